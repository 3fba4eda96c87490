/*
 * A scenario's own expectation that did not hold, as a finding: its place is the line of the scenario,
 * so that one fault of several runs is one, and tools can show it there.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/run.h"

#define EXPECTED "expected: "

/* Cuts "FILE:LINE: " off; what is behind it, or the whole text when there is no such thing. */
static const char *take_place(const char *text, char *file, size_t size, unsigned *line)
{
    for (const char *colon = strchr(text, ':'); colon; colon = strchr(colon + 1, ':')) {
        size_t digits = strspn(colon + 1, "0123456789");

        if (!digits || strncmp(colon + 1 + digits, ": ", 2) || colon == text)
            continue;
        snprintf(file, size, "%.*s", (int)(colon - text), text);
        *line = (unsigned)strtoul(colon + 1, NULL, 10);
        return colon + 1 + digits + 2;
    }
    return text;
}

void run_add_expectation(struct report *out, unsigned run, const struct run_item *item,
                         const char *failure, const char *repro, const char *last)
{
    char message[256], file[256] = "";
    unsigned line = 0;
    const char *what = take_place(failure, file, sizeof file, &line);
    bool expected = !strncmp(what, EXPECTED, strlen(EXPECTED));
    struct report_finding f = { .rule = "expectation-failed",
                                .severity = "error",
                                .message = message,
                                .driver_verifier = "blind",
                                .scenario = item->scenario,
                                .profile = item->profile,
                                .seed = item->seed,
                                .repro = repro,
                                .last = last };

    if (*file) {
        f.sites[0].role = "Expected at";
        f.sites[0].frames[0] = (struct report_frame) { file, item->scenario, line };
        f.sites[0].frame_count = f.site_count = 1;
    } else {
        f.where = item->scenario;
    }
    snprintf(message, sizeof message, "%s%s",
             expected ? "what the scenario expects does not hold: " : "",
             expected ? what + strlen(EXPECTED) : what);
    report_add_finding(out, run, &f);
}
