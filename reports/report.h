/*
 * A report: what one or more runs of a driver gave, merged. Writers turn it into a format. Strings
 * belong to the report; findings that differ only in profile and seed are one, with its runs
 * listed.
 */
#ifndef DMACHECK_REPORTS_REPORT_H
#define DMACHECK_REPORTS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_SCHEMA "dmacheck-report-1"
#define REPORT_TOOL "dmacheck"
#define REPORT_VERSION "0.1.0"
#define REPORT_SITES_MAX 8
#define REPORT_FRAMES_MAX 8

struct report_run {
    const char *scenario, *profile;
    uint64_t seed, bytes, virtual_ns, events;
    uint64_t settled_hash, schedule;      /* of what settled requests got; of all choices */
    uint32_t choices_met, choices_varied; /* a bit for each choice site */
    unsigned findings;                    /* made in this run */
    int exit;
};

struct report_frame {
    const char *file, *function;
    unsigned line;
};
struct report_site {
    const char *role;
    struct report_frame frames[REPORT_FRAMES_MAX];
    unsigned frame_count;
};

struct report_finding {
    const char *rule, *severity, *message, *driver_verifier;
    const char *scenario, *profile; /* of the first run that made it */
    uint64_t seed;
    const char *where; /* instead of a site, where there is none: may be NULL */
    struct report_site sites[REPORT_SITES_MAX]; /* the first is the primary one */
    unsigned site_count;
    unsigned *runs; /* indexes into report.runs */
    unsigned run_count, run_room;
};

struct report {
    const char *driver; /* as named on the command line */
    const char
        *repro; /* further options that a run needs to be repeated: " --faults 20"; or NULL */
    const char *(*choice_word)(unsigned site); /* names of the bits above; NULL: unknown here */
    struct report_run *runs;
    unsigned run_count, run_room;
    struct report_finding *findings;
    unsigned finding_count, finding_room;
    unsigned findings_max; /* more are counted in `more`; 0: no limit */
    uint64_t more;
    struct report_text *texts; /* owned strings */
};

void report_init(struct report *r, const char *driver);
void report_free(struct report *r);
const char *report_keep(struct report *r, const char *text); /* a copy that lives with the report */
unsigned report_add_run(struct report *r, const struct report_run *run); /* copies; its index */
/* Merges: equal rule and sites are one finding. Copies what it is given. */
void report_add_finding(struct report *r, unsigned run, const struct report_finding *f);
int report_severity(const char *word); /* note 1, warning 2, error 3; 0: no such word */
/* "file.c:12" of the first site, or where; "-" when neither is known. */
void report_where(const struct report_finding *f, char *text, size_t size);

struct report_style {
    bool color;
    bool bugcheck; /* print stop codes as Windows does */
    int verbosity; /* -1 quiet, 0, 1 */
};

/* One format. write returns 0 or a negative err (the file system said no). */
struct report_writer {
    const char *name, *extension;
    int (*write)(const struct report *r, int fd, const struct report_style *style);
};
#define REPORT_WRITER(name_, ...)                                                                  \
    const struct report_writer report_writer_##name_ = { .name = #name_, __VA_ARGS__ }
extern const struct report_writer *const report_writers_all[]; /* build/index.c, NULL at the end */
const struct report_writer *report_writer_find(const char *name_or_path); /* by name or extension */

#endif
