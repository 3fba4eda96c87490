/*
 * A small report that has one of everything: two profiles, scenarios and seeds, a fault that Driver
 * Verifier sees on one profile and not on the other, one that is suppressed, one that is known, one
 * without a place, text that no format may take as its own.
 */
#ifndef DMACHECK_TESTS_REPORTS_FIXTURE_H
#define DMACHECK_TESTS_REPORTS_FIXTURE_H

#include <string.h>

#include "reports/report.h"

#define NASTY                                                                                      \
    "a<b>&\"c\" 'd' `e` | 100%, f:g\nnext \x01\x1b[31m \xc3\xa9 \xff\xfe \xed\xa0\x80 "            \
    "\xef\xbf\xbf ]]> "                                                                            \
    "${{x}}"

static inline void fixture_site(struct report_finding *f, const char *role, const char *file,
                                unsigned line, const char *function)
{
    struct report_site *site = &f->sites[f->site_count++];

    site->role = role;
    site->frames[site->frame_count++] = (struct report_frame) { file, function, line };
    site->frames[site->frame_count++] =
        (struct report_frame) { "src/dispatch.c", "DispatchWrite", 314 };
}

static inline unsigned fixture_run(struct report *r, const char *scenario, const char *profile,
                                   uint64_t seed, int exit)
{
    return report_add_run(r, &(struct report_run) { .scenario = scenario,
                                                    .profile = profile,
                                                    .seed = seed,
                                                    .exit = exit,
                                                    .bytes = 4096,
                                                    .events = 120,
                                                    .virtual_ns = 1500000123,
                                                    .schedule = 0xabc,
                                                    .findings = exit == 1,
                                                    .token = "S1:AEBQA35B" });
}

/* The late release, on both profiles. */
static inline void fixture_late_release(struct report *r)
{
    struct report_finding f = { .rule = "put-while-device-runs",
                                .severity = "error",
                                .message =
                                    "SGL#1 of adapter#1 was released while engine 0 was still "
                                    "to read 2048 bytes of it",
                                .driver_verifier = "blind",
                                .scenario = "write",
                                .profile = "direct64",
                                .seed = 3,
                                .last =
                                    "      7  1.000 us x  0 call A\n      8  2.000 us x  0 put" };

    fixture_site(&f, "Released at", "src/write.c", 23, "Write");
    fixture_site(&f, "Mapped at", "src/write.c", 15, "Write");
    fixture_site(&f, "Handed to the device at", "src/write.c", 19, "Write");
    report_add_finding(r, 0, &f);
    report_add_finding(r, 1, &f);
    f.driver_verifier = "0xE6 (0x26, ...)";
    f.profile = "remap";
    fixture_site(&f, "Touched at", "src/write.c", 19, "Write");
    report_add_finding(r, 4, &f);
    report_add_finding(r, 5, &f);
}

static inline void fixture_others(struct report *r)
{
    struct report_finding f = { .rule = "flush-missing",
                                .severity = "warning",
                                .message = NASTY,
                                .driver_verifier = "0xE6 (0x0D, 0x800, 0x1000, ...)",
                                .scenario = "read",
                                .profile = "direct64",
                                .seed = 3 };

    fixture_site(&f, "Released at", "src/odd name#1,100%:x.c", 7, "Read");
    report_add_finding(r, 2, &f);
    f.site_count = 0;
    memset(f.sites, 0, sizeof f.sites);
    fixture_site(&f, "Released at", "/abs/read.c", 9, "Read");
    f.sites[0].frames[1].file = "./src/dispatch.c";
    f.message = "suppressed";
    report_add_finding(r, 2, &f);
    f.site_count = 0;
    memset(f.sites, 0, sizeof f.sites);
    fixture_site(&f, "Released at", "src/read.c", 11, "Read");
    f.message = "known";
    f.severity = "error";
    report_add_finding(r, 6, &f);
    report_add_finding(r, 2,
                       &(struct report_finding) { .rule = "profile-differential",
                                                  .severity = "error",
                                                  .message = "requesters got something else",
                                                  .driver_verifier = "blind",
                                                  .scenario = "read",
                                                  .profile = "direct64",
                                                  .seed = 3,
                                                  .all_profiles = true,
                                                  .where = "read" });
    report_add_finding(r, 6,
                       &(struct report_finding) { .rule = "sgl-leaked",
                                                  .severity = "note",
                                                  .message = "a note",
                                                  .scenario = "read",
                                                  .profile = "remap",
                                                  .seed = 3,
                                                  .site_count = 1,
                                                  .sites = { { .role = "Created at" } } });
}

static inline void fixture_make(struct report *r)
{
    static const char page[] =
        "# put-while-device-runs\n\nMemory is released too early. A device may\n"
        "still use it.\n\nSpeaks on: all\n\n## Source\n\n`some/page`\n";

    report_init(r, "./odd drivers/xfer.so");
    r->repro = report_keep(r, " --faults 20");
    r->baselined = r->suppressing = true;
    for (int profile = 0; profile < 2; profile++)
        for (int scenario = 0; scenario < 2; scenario++)
            for (uint64_t seed = 3; seed <= 4; seed++)
                fixture_run(r, scenario ? "read" : "write", profile ? "remap" : "direct64", seed,
                            profile && scenario && seed == 4 ? 4
                            : scenario && seed == 4          ? 0
                                                             : 1);
    fixture_late_release(r);
    fixture_others(r);
    r->runs[7].trouble = report_keep(r, "everybody waits:\n  thread 1 <for> \"x\"");
    report_fingerprint_all(r);
    r->findings[3].suppressed =
        (struct report_suppression) { "ticket 1 | <later>", "2026-12-31", "known.txt:3" };
    r->findings[4].known = true;
    report_excuse_runs(r);
    report_add_rule(r, &(struct report_rule) { .name = "put-while-device-runs",
                                               .severity = "error",
                                               .family = "device",
                                               .source = "some/page",
                                               .readiness = true,
                                               .page = page });
    report_add_rule(r, &(struct report_rule) { .name = "flush-missing", .severity = "warning" });
    report_add_notice(r, "suppression-unused", "known.txt:4: nobody needs <it>");
}

#endif
