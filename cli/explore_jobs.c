/*
 * A search by several processes: each takes every n-th run and sends what came of it through a pipe
 * when it has ended. The parent puts it in the order of the runs, so that what is found is what one
 * process finds.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"
#include "cli/explore.h"

struct worker {
    pid_t pid;
    FILE *from;
};

static bool get(FILE *f, void *p, size_t bytes) { return fread(p, 1, bytes, f) == bytes; }

static void put_sum(FILE *f, const struct explore_sum *sum)
{
    fwrite(sum, sizeof *sum, 1, f); /* its pointer means nothing over there */
    for (unsigned i = 0; i < sum->found_count; i++) {
        const struct explore_found *found = &sum->found[i];
        uint32_t length = found->token ? (uint32_t)strlen(found->token) + 1 : 0;

        fwrite(found, sizeof *found, 1, f);
        fwrite(&length, sizeof length, 1, f);
        fwrite(found->token ? found->token : "", 1, length, f);
    }
}

static bool get_found(FILE *f, struct explore_sum *sum)
{
    struct explore_found found;
    uint32_t length;

    if (!get(f, &found, sizeof found) || !get(f, &length, sizeof length))
        return false;
    found.token = length ? malloc(length) : NULL;
    if (length && (!found.token || !get(f, found.token, length)))
        return false;
    explore_add_found(sum, &found);
    return true;
}

static bool get_sum(FILE *f, struct explore_sum *sum)
{
    struct explore_sum one;
    bool good = get(f, &one, sizeof one);

    sum->runs += good ? one.runs : 0;
    sum->points += good ? one.points : 0;
    sum->checked += good ? one.checked : 0;
    for (unsigned i = 0; good && i < one.found_count; i++)
        good = get_found(f, sum);
    return good;
}

static void work(const struct explore_verb *o, struct dm_driver *d, unsigned index,
                 volatile uint64_t *stop_at, FILE *to)
{
    struct explore_verb mine = *o;
    struct explore_sum sum = { 0 };

    if (index)
        mine.run.outputs.style.verbosity = -1; /* one of them tells how far it is */
    explore_loop(&mine, d, index, o->run.jobs, stop_at, &sum);
    put_sum(to, &sum);
}

static bool start(struct worker *w, const struct explore_verb *o, struct dm_driver *d,
                  unsigned index, volatile uint64_t *stop_at)
{
    int ends[2];

    if (pipe(ends))
        return false;
    fflush(NULL);
    w->pid = fork();
    if (w->pid == 0) {
        FILE *to = fdopen(ends[1], "w");

        close(ends[0]);
        if (to)
            work(o, d, index, stop_at, to);
        _exit(to && !fclose(to) ? 0 : DM_INTERNAL);
    }
    close(ends[1]);
    w->from = w->pid > 0 ? fdopen(ends[0], "r") : NULL;
    return w->from != NULL;
}

static int by_run(const void *a, const void *b)
{
    const struct explore_found *one = a, *other = b;

    return (one->run > other->run) - (one->run < other->run);
}

static bool is_known(const uint64_t *known, unsigned count, uint64_t hash)
{
    for (unsigned i = 0; i < count; i++)
        if (known[i] == hash)
            return true;
    return false;
}

/* In the order of runs, each finding once; without --keep-going the first alone. */
static void sort_out(const struct explore_verb *o, struct explore_sum *sum)
{
    uint64_t *known = calloc((size_t)sum->found_count + 1, EXPLORE_FRESH_MAX * sizeof *known);
    unsigned kept = 0, known_count = 0;

    must(known);
    qsort(sum->found, sum->found_count, sizeof *sum->found, by_run);
    for (unsigned i = 0; i < sum->found_count; i++) {
        struct explore_found *f = &sum->found[i];
        bool fresh = f->news != EXPLORE_NEW;

        for (unsigned k = 0; k < f->fresh_count; k++)
            if (!is_known(known, known_count, f->fresh[k])) {
                known[known_count++] = f->fresh[k];
                fresh = true;
            }
        if (fresh && (o->keep_going || !kept))
            sum->found[kept++] = *f;
        else
            free(f->token);
    }
    sum->found_count = kept;
    free(known);
}

int explore_in_jobs(const struct explore_verb *o, struct dm_driver *d, struct explore_sum *sum)
{
    unsigned jobs = (unsigned)o->run.jobs;
    struct worker *workers = calloc(jobs, sizeof *workers);
    volatile uint64_t *stop_at =
        mmap(NULL, sizeof *stop_at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int code = 0, status;

    must(workers && stop_at != MAP_FAILED);
    *stop_at = UINT64_MAX;
    for (unsigned i = 0; i < jobs; i++)
        if (!start(&workers[i], o, d, i, stop_at)) {
            cli_wrong("cannot start a worker: %s", strerror(errno));
            code = DM_INTERNAL;
        }
    for (unsigned i = 0; i < jobs; i++) {
        if (workers[i].pid <= 0)
            continue;
        if (!workers[i].from || !get_sum(workers[i].from, sum))
            code = DM_INTERNAL;
        if (workers[i].from)
            fclose(workers[i].from);
        if (waitpid(workers[i].pid, &status, 0) < 0 || status)
            code = DM_INTERNAL;
    }
    if (sum->found_count)
        sort_out(o, sum);
    munmap((void *)stop_at, sizeof *stop_at);
    free(workers);
    return code;
}
