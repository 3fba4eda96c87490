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

struct coverage;

#define REPORT_SCHEMA "dmacheck-report-1"
#define REPORT_TOOL "dmacheck"
#define REPORT_VERSION "0.1.0"
#define REPORT_SITES_MAX 8
#define REPORT_FRAMES_MAX 8
#define REPORT_FINGERPRINT_MAX 32
#define REPORT_COMMAND_MAX 2048

struct report_run {
    const char *scenario, *profile;
    const char *program; /* that the scenario was handed; NULL: none */
    uint64_t seed, bytes, virtual_ns, events;
    uint64_t settled_hash, schedule;      /* of what settled requests got; of all choices */
    uint32_t choices_met, choices_varied; /* a bit for each choice site */
    unsigned findings;                    /* made in this run */
    int exit;
    bool remapped;       /* the machine had an IOMMU that translates */
    uint32_t seen;       /* what it exercised: readiness.h; where watched */
    bool excused;        /* it has findings, and each is known or suppressed: report_excuse_runs */
    const char *trouble; /* why it came to no verdict; NULL: it did, or nobody knows */
    const char *token;   /* the schedule, or @FILE with it; NULL: too long, or not known */
    bool by_token;       /* it was given so, and is shown again so */
    const char *dump;    /* the adapters where --bugcheck stopped it; NULL: it did not stop */
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

/* Why a finding does not count: an entry of a suppression file. */
struct report_suppression {
    const char *reason, *expires, *place; /* "2026-12-31" or NULL; "FILE:LINE" of the entry */
};

struct report_finding {
    const char *rule, *severity, *message, *driver_verifier;
    const char *scenario, *profile; /* of the first run that made it */
    uint64_t seed;
    const char *where; /* instead of a site, where there is none: may be NULL */
    const char *repro; /* the command that shows it again; NULL: report_repro composes it */
    const char *last;  /* what happened last, a line an event; NULL: nobody asked */
    bool all_profiles; /* it compares profiles: showing it again takes them all */
    char fingerprint[REPORT_FINGERPRINT_MAX];   /* report_fingerprint_all */
    bool known;                                 /* the baseline has it */
    struct report_suppression suppressed;       /* reason NULL: nothing suppresses it */
    struct report_site sites[REPORT_SITES_MAX]; /* the first is the primary one */
    unsigned site_count;
    unsigned *runs; /* indexes into report.runs */
    unsigned run_count, run_room;
};

/* What a finding's rule is: for formats that explain themselves. */
struct report_rule {
    const char *name, *severity, *family, *source;
    bool readiness;   /* says that the driver would not survive DMA remapping */
    const char *page; /* Markdown, its first line is a heading; NULL: not found */
};

/* Something to know about the report itself: a suppression that nothing needs any more. */
struct report_notice {
    const char *kind, *text;
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
    uint64_t more; /* findings that report_trim took away */
    struct report_rule *rules;
    unsigned rule_count, rule_room;
    struct report_notice *notices;
    unsigned notice_count, notice_room;
    int fail_on;                  /* from this severity on a finding fails the run; 0: warning */
    bool suppressing, baselined;  /* such a file was given, whether it names a finding or not */
    bool watched;                 /* runs say what they exercised: readiness can be judged */
    bool readiness;               /* nothing else was asked: text is the readiness page */
    struct coverage *coverage;    /* reports/coverage.h: what was tried; NULL: nobody asked */
    struct report_story *story;   /* reports/story.h: how runs went; NULL: nobody asked */
    struct report_replay *replay; /* reports/replay.h: what it is held against; NULL: no replay */
    struct report_text *texts;    /* owned strings */
};

void report_init(struct report *r, const char *driver);
void report_free(struct report *r);
const char *report_keep(struct report *r, const char *text); /* a copy that lives with the report */
/* Either may be NULL. */
bool report_same_text(const char *a, const char *b);
unsigned report_add_run(struct report *r, const struct report_run *run); /* copies; its index */
/* Merges: equal rule and sites are one finding. Copies what it is given. */
void report_add_finding(struct report *r, unsigned run, const struct report_finding *f);
/* The finding of the report that this one is, by rule and sites; -1: none. */
int report_index_of(const struct report *r, const struct report_finding *f);
void report_add_rule(struct report *r, const struct report_rule *rule); /* copies; once each */
const struct report_rule *report_rule(const struct report *r, const char *name); /* or NULL */
void report_add_notice(struct report *r, const char *kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Keeps the first `max` findings and counts the others in `more`; 0: keeps all. After the verdict. */
void report_trim(struct report *r, unsigned max);
/* Whether a finding counts for the verdict: neither known before nor suppressed. */
bool report_counts(const struct report_finding *f);
bool report_fails(const struct report *r,
                  const struct report_finding *f); /* counts, and is severe */
/* Marks the runs none of whose findings counts. */
void report_excuse_runs(struct report *r);
int report_run_exit(const struct report_run *run); /* an excused run is clean */
bool report_finding_has_run(const struct report_finding *f, unsigned run);

int report_severity(const char *word); /* note 1, warning 2, error 3; 0: no such word */
const char *report_severity_word(int severity);
/* "file.c:12" of the first site, or where; "-" when neither is known. */
void report_where(const struct report_finding *f, char *text, size_t size);
/* Why a run came to no verdict, in a few words. */
const char *report_trouble(const struct report_run *run);
/* The command that shows the finding again, on the profile and seed of one of its runs. */
void report_repro(const struct report *r, const struct report_finding *f, unsigned run, char *text,
                  size_t size);
/* Equal rule and places, whatever Driver Verifier says. */
bool report_same_fault(const struct report_finding *a, const struct report_finding *b);
/* What stands in the driver's source there; false: the file is not at hand. */
bool report_source_line(const struct report *r, const struct report_frame *frame, char *text,
                        size_t size);
/* A driver's or profile's name as one word without slashes and dots: "./a/my.so" is "my". */
void report_slug(const char *name, char *text, size_t size);
/* Whether no earlier run is of this one's profile: for formats that go by profile. */
bool report_opens_profile(const struct report *r, unsigned run);
/* A word as a shell reads it: quoted where it must be. */
void report_shell_word(const char *word, char *text, size_t size);
/* Indexes of a finding's sites in the order of time: mapped, handed over, released, touched. */
unsigned report_sites_in_time(const struct report_finding *f, unsigned order[REPORT_SITES_MAX]);
/* Names each finding so that it is known again when lines have moved: fingerprint.c says how. */
void report_fingerprint_all(struct report *r);

struct report_style {
    bool color;
    bool bugcheck; /* print stop codes as Windows does */
    int verbosity; /* -1 quiet, 0, 1 */
};

/* One format. write returns 0 or a negative err (the file system said no). */
struct report_writer {
    const char *name, *extensions[2]; /* ".json": what a path ends with */
    bool tells_story;                 /* shows report.story: how runs went */
    int (*write)(const struct report *r, int fd, const struct report_style *style);
};
#define REPORT_WRITER(name_, ...)                                                                  \
    const struct report_writer report_writer_##name_ = { .name = #name_, __VA_ARGS__ }
extern const struct report_writer *const report_writers_all[]; /* build/index.c, NULL at the end */
const struct report_writer *report_writer_find(const char *name_or_path); /* by name or extension */

#endif
