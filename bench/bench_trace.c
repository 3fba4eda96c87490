/*
 * Reading and writing traces: bench_trace OP TRACE COUNT. With BENCH_TIME it prints seconds.
 *
 *     read      the events of TRACE, COUNT times
 *     json      its lines by jansson, COUNT times: what reading is compared with
 *     write     its events into TRACE.again, COUNT times behind one another
 *     count     prints how many events it has
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/must.h"
#include "trace/load.h"
#include "trace/record.h"

static char message[300];

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void bench_read(const char *path, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct trace_reader *r = trace_read_open(path, message, sizeof(message));
        struct event e;
        int got;

        must(r);
        while ((got = trace_read_next(r, &e, message, sizeof(message))) > 0)
            ;
        must(got == 0);
        trace_read_close(r);
    }
}

static void bench_json(const char *path, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        FILE *f = fopen(path, "r");
        char *line = NULL;
        size_t room = 0;

        must(f);
        while (getline(&line, &room, f) > 0) {
            json_t *o = json_loads(line, 0, NULL);

            must(json_is_object(o));
            json_decref(o);
        }
        free(line);
        fclose(f);
    }
}

static void bench_write(const char *path, unsigned count)
{
    const struct record_header header = { .tool = "bench",
                                          .driver = "",
                                          .driver_digest = "",
                                          .scenario = "",
                                          .profile = "",
                                          .profile_text = "",
                                          .strategy = "" };
    struct trace_loaded *t = trace_load(path, message, sizeof(message));
    char again[1024];
    struct recorder *r;

    must(t);
    snprintf(again, sizeof(again), "%s.again", path);
    r = recorder_open(again, &header, t->depot, NULL, NULL, message, sizeof(message));
    must(r);
    for (unsigned i = 0; i < count; i++)
        for (size_t k = 0; k < t->event_count; k++)
            recorder_event(r, &t->events[k]);
    must(recorder_close(r, message, sizeof(message)) == 0);
    unlink(again);
    trace_load_free(t);
}

static void bench_count(const char *path, unsigned count)
{
    struct trace_loaded *t = trace_load(path, message, sizeof(message));

    must(t && count);
    printf("%zu\n", t->event_count);
    trace_load_free(t);
}

static const struct {
    const char *name;
    void (*run)(const char *path, unsigned count);
} benches[] = {
    { "read", bench_read },
    { "json", bench_json },
    { "write", bench_write },
    { "count", bench_count },
};

int main(int argc, char **argv)
{
    for (unsigned i = 0; argc == 4 && i < sizeof(benches) / sizeof(benches[0]); i++)
        if (strcmp(argv[1], benches[i].name) == 0) {
            double start = seconds();

            benches[i].run(argv[2], (unsigned)atoi(argv[3]));
            if (getenv("BENCH_TIME"))
                printf("%.9f\n", seconds() - start);
            return 0;
        }
    fprintf(stderr, "usage: bench_trace read|json|write|count TRACE COUNT\n");
    return 2;
}
