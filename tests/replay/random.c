/*
 * A program that makes 500 calls at random with a card, by several threads, and is recorded: what is there to
 * be shrunk. What it does is drawn by the scenario's own choices, so the seed says all.
 * Usage: random DRIVER.so PROFILE SEED TRACE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/dmacheck/machine.h"
#include "include/dmacheck/plan.h"
#include "include/dmacheck/scenario.h"

#define OPERATIONS 500
#define THREADS 3
#define FILES 3
#define MEMORIES 4
#define REQUESTS 4
#define BYTES_MAX 20000u

struct user { /* one thread */
    struct dm_file *files[FILES];
    uint8_t *memories[MEMORIES];
    struct dm_request *requests[REQUESTS];
};
static struct user users[THREADS];
static unsigned left; /* operations to come */

static uint32_t length(struct dm_run *r)
{
    static const uint32_t usual[] = { 1, 64, 128, 4096, 8192, BYTES_MAX };
    uint32_t n = usual[dm_choose(r, 6)];

    return n > 64 && dm_choose(r, 3) == 0 ? n - dm_choose(r, 64) : n;
}

/* Each says how many calls it made. */
static unsigned file_anew(struct dm_run *r, struct dm_file **f)
{
    if (*f) {
        dm_close(r, *f);
        *f = NULL;
    } else {
        *f = dm_open(r, dm_device_at(r, 0), DM_READ_ACCESS | DM_WRITE_ACCESS, NULL);
    }
    return 1;
}

static unsigned memory_anew(struct dm_run *r, uint8_t **p)
{
    if (*p)
        dm_free(r, *p);
    *p = *p ? NULL : dm_alloc(r, BYTES_MAX, 0);
    return 1;
}

/* Those on one file go before it. */
static unsigned end_all(struct dm_run *r, struct user *u)
{
    unsigned calls = 0;

    for (unsigned i = 0; i < REQUESTS; i++) {
        if (!u->requests[i])
            continue;
        dm_wait(r, u->requests[i], UINT64_MAX);
        dm_request_free(r, u->requests[i]);
        u->requests[i] = NULL;
        calls += 2;
    }
    return calls;
}

static unsigned transfer(struct dm_run *r, struct user *u)
{
    struct dm_file *f = u->files[dm_choose(r, FILES)];
    uint8_t *p = u->memories[dm_choose(r, MEMORIES)];
    uint32_t bytes = length(r), at = 64 * dm_choose(r, 1000);

    if (!f || !p)
        return 0;
    dm_fill(r, p, bytes, bytes);
    if (dm_choose(r, 2))
        dm_write(r, f, p, bytes, at, NULL);
    else
        dm_read(r, f, p, bytes, at, NULL);
    return 1;
}

static unsigned start(struct dm_run *r, struct user *u)
{
    struct dm_request **q = &u->requests[dm_choose(r, REQUESTS)];
    struct dm_file *f = u->files[dm_choose(r, FILES)];
    uint8_t *p = u->memories[dm_choose(r, MEMORIES)];
    uint32_t bytes = length(r);

    if (*q) {
        dm_wait(r, *q, UINT64_MAX);
        dm_request_free(r, *q);
        *q = NULL;
        return 2;
    }
    if (!f || !p)
        return 0;
    *q = dm_choose(r, 2) ? dm_write_start(r, f, p, bytes, 0) : dm_read_start(r, f, p, bytes, 0);
    return 1;
}

static unsigned ask(struct dm_run *r, struct user *u)
{
    struct dm_file *f = u->files[dm_choose(r, FILES)];
    uint32_t code = DM_CTL_CODE(0x22, 0xf00 + dm_choose(r, 16), dm_choose(r, 3), 0);

    if (f)
        dm_ioctl(r, f, code, NULL, 0, NULL, 0, NULL);
    return f != NULL;
}

static unsigned operation(struct dm_run *r, struct user *u)
{
    unsigned calls;

    switch (dm_choose(r, 12)) {
    case 0:
        calls = end_all(r, u);
        return calls + file_anew(r, &u->files[dm_choose(r, FILES)]);
    case 1:
        calls = end_all(r, u);
        return calls + memory_anew(r, &u->memories[dm_choose(r, MEMORIES)]);
    case 2:
        dm_sleep(r, 100 * dm_choose(r, 100));
        return 1;
    case 3:
        return ask(r, u);
    case 4:
    case 5:
        return start(r, u);
    }
    return transfer(r, u);
}

static void use(struct dm_run *r, void *user)
{
    struct user *u = user;

    while (left) {
        unsigned calls = operation(r, u);

        left -= calls < left ? calls : left;
    }
    end_all(r, u);
    for (unsigned i = 0; i < FILES; i++)
        dm_close(r, u->files[i]);
    for (unsigned i = 0; i < MEMORIES; i++)
        dm_free(r, u->memories[i]);
}

static void run_random(struct dm_run *r)
{
    struct dm_thread *threads[THREADS];

    left = OPERATIONS;
    for (unsigned i = 0; i < THREADS; i++) {
        users[i] = (struct user) { .requests = { NULL } };
        file_anew(r, &users[i].files[0]);
        memory_anew(r, &users[i].memories[0]);
        threads[i] = dm_thread(r, use, &users[i]);
    }
    for (unsigned i = 0; i < THREADS; i++)
        dm_join(r, threads[i]);
}

int main(int argc, char **argv)
{
    const struct dm_scenario scenario = { "random", "", run_random, 0 };
    struct dm_options options = { .verify = true };
    char message[512] = "";
    struct dm_result result;
    struct dm_machine *m;
    struct dm_driver *d;

    if (argc != 5) {
        fputs("usage: random DRIVER.so PROFILE SEED TRACE\n", stderr);
        return 2;
    }
    options.profile = argv[2];
    options.seed = strtoull(argv[3], NULL, 10);
    options.record = argv[4];
    options.subject = argv[1];
    d = dm_driver_open(argv[1], message, sizeof(message));
    m = d ? dm_machine_create(&options, message, sizeof(message)) : NULL;
    if (!m) {
        fprintf(stderr, "%s\n", message);
        return 2;
    }
    dm_machine_run_scenario(m, d, &scenario, NULL, &result);
    for (unsigned i = 0; i < dm_finding_count(m); i++)
        printf("%s\n", dm_finding(m, i)->rule);
    if (*result.first_failure)
        printf("%s\n", result.first_failure);
    dm_machine_destroy(m);
    dm_driver_close(d);
    return (int)result.exit;
}
