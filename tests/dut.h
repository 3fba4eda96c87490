/*
 * The fixture of tests that run a whole driver: a machine, the driver's image, one run, and what
 * must have been found. Drivers are the shared objects that `make drivers` builds; DMACHECK_DRIVERS
 * names their folder.
 */
#ifndef DMACHECK_TESTS_DUT_H
#define DMACHECK_TESTS_DUT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/dmacheck/machine.h"
#include "include/dmacheck/scenario.h"

struct dut {
    struct dm_machine *machine;
    struct dm_driver *driver;
    struct dm_result result;
};

/* name: "samples/xfer", "twins/late-put.bug1". Fails the test when it cannot be opened. */
static inline struct dm_driver *dut_driver(const char *name)
{
    const char *folder = getenv("DMACHECK_DRIVERS");
    char path[512], message[256] = "";
    struct dm_driver *d;

    snprintf(path, sizeof(path), "%s/%s.so", folder ? folder : "build/gcc/drivers", name);
    d = dm_driver_open(path, message, sizeof(message));
    if (!d)
        fail_msg("%s", message);
    return d;
}

static inline void dut_open(struct dut *t, const char *driver, const struct dm_options *o)
{
    struct dm_options plain = { .verify = true };
    char message[256] = "";

    memset(t, 0, sizeof(*t));
    t->driver = dut_driver(driver);
    t->machine = dm_machine_create(o ? o : &plain, message, sizeof(message));
    if (!t->machine)
        fail_msg("%s", message);
}

static inline enum dm_exit dut_run(struct dut *t, const char *scenario)
{
    return dm_machine_run(t->machine, t->driver, scenario, &t->result);
}

static inline void dut_close(struct dut *t)
{
    dm_machine_destroy(t->machine);
    dm_driver_close(t->driver);
}

/* Exactly these rules spoke in the last run, in this order: assert_findings(m, "sgl-leaked"). None:
 * assert_findings(m). */
#define assert_findings(machine_, ...)                                                             \
    assert_findings_at((machine_), (const char *const[]) { __VA_ARGS__ __VA_OPT__(, ) NULL },      \
                       __FILE__, __LINE__)

static inline void assert_findings_at(const struct dm_machine *m, const char *const *rules,
                                      const char *file, int line)
{
    unsigned i = 0;

    for (; rules[i]; i++) {
        const struct dm_finding *f = dm_finding(m, i);

        if (!f || strcmp(f->rule, rules[i])) {
            print_error("finding %u: expected %s, got %s\n", i, rules[i], f ? f->rule : "none");
            _fail(file, line);
        }
    }
    if (i < dm_finding_count(m)) {
        print_error("one finding more than expected: %s: %s\n", dm_finding(m, i)->rule,
                    dm_finding(m, i)->message);
        _fail(file, line);
    }
}

#endif
