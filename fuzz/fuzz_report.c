/*
 * Reports, baselines and suppressions out of arbitrary bytes: each is refused in one line, or taken; what
 * is taken can be written in every format, and its JSON says the same when it is read back.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/bytes.h"
#include "reports/baseline.h"
#include "reports/load.h"
#include "reports/suppress.h"

static const char *choice(unsigned site) { return site < 2 ? "schedule" : NULL; }
static bool is_rule(const char *word) { return strlen(word) > 2; }

/* The report's JSON in memory; returns the descriptor. */
static int json_of(const struct report *r)
{
    const struct report_style style = { .verbosity = 1 };
    int fd = memfd_create("json", 0);

    if (fd < 0 || report_writer_find("json")->write(r, fd, &style))
        wrong("no JSON", "");
    return fd;
}

static void read_back(const struct report *r)
{
    char path[64], message[600] = "";
    static char first[1 << 20], second[1 << 20];
    int fd = json_of(r), again;
    ssize_t n = pread(fd, first, sizeof first, 0), m;
    struct report copy;

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (report_load(&copy, path, choice, message, sizeof message))
        wrong("its own JSON is refused", message);
    again = json_of(&copy);
    m = pread(again, second, sizeof second, 0);
    if (n != m || memcmp(first, second, (size_t)n))
        wrong("its JSON says something else when it is read back", first);
    close(fd);
    close(again);
    report_free(&copy);
}

static void take(struct report *r, const char *known)
{
    static const struct report_style style = { .verbosity = 1, .bugcheck = true, .color = true };
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    char message[600] = "";
    struct suppressions *s = suppressions_read(known, is_rule, message, sizeof message);

    if (s)
        suppressions_apply(s, r, "2026-01-01");
    else
        refused(message);
    for (unsigned i = 0; report_writers_all[i]; i++)
        report_writers_all[i]->write(r, nowhere, &style);
    read_back(r);
    suppressions_free(s);
    close(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *file = file_of("", 0, data, size);
    char message[600] = "";
    struct baseline *b = baseline_read(file, message, sizeof message);
    struct report r;

    if (!b)
        refused(message);
    if (report_load(&r, file, choice, message, sizeof message)) {
        refused(message);
    } else {
        report_fingerprint_all(&r);
        if (b)
            baseline_apply(b, &r);
        report_excuse_runs(&r);
        take(&r, file);
        report_free(&r);
    }
    baseline_free(b);
    return 0;
}
