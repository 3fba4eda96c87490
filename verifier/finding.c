/*
 * Gathers findings: silences echoes, keeps equal ones once, and works out what Driver Verifier
 * would have said on this profile.
 */
#include "verifier/finding.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "verifier/private.h"
#include "verifier/verify.h"

int findings_create(struct findings *f)
{
    f->said_mask = 63;
    f->said = calloc(f->said_mask + 1, sizeof *f->said);
    f->said_index = calloc(f->said_mask + 1, sizeof *f->said_index);
    f->rows = calloc(FINDINGS_MAX, sizeof *f->rows);
    return f->said && f->said_index && f->rows ? 0 : -1;
}

void findings_destroy(struct findings *f)
{
    free(f->rows);
    free(f->said);
    free(f->said_index);
    memset(f, 0, sizeof *f);
}

void findings_reset(struct findings *f)
{
    if (f->said_count)
        memset(f->said, 0, ((size_t)f->said_mask + 1) * sizeof *f->said);
    f->said_count = 0;
    f->count = 0;
    f->dropped = 0;
}

void findings_begin(struct findings *f, const char *profile, uint64_t seed, bool remapped)
{
    f->remapped = remapped;
    f->seed = seed;
    snprintf(f->profile, sizeof f->profile, "%s", profile ? profile : "");
}

/* --- who said what of which object --- */

static uint32_t said_slot(const struct findings *f, uint64_t key)
{
    uint32_t at = (uint32_t)rng_mix(key) & f->said_mask;

    while (f->said[at] && f->said[at] != key)
        at = (at + 1) & f->said_mask;
    return at;
}

static uint64_t said_key(unsigned rule, uint32_t obj) { return (uint64_t)(rule + 1) << 32 | obj; }

/* The finding (index + 1) that a rule made of an object; 0: none. */
static uint32_t said(const struct findings *f, unsigned rule, uint32_t obj)
{
    uint32_t at = said_slot(f, said_key(rule, obj));

    return f->said[at] ? f->said_index[at] : 0;
}

static void said_grow(struct findings *f)
{
    struct findings old = *f;

    f->said_mask = f->said_mask << 1 | 1;
    f->said = calloc((size_t)f->said_mask + 1, sizeof *f->said);
    f->said_index = calloc((size_t)f->said_mask + 1, sizeof *f->said_index);
    if (!f->said || !f->said_index) {
        free(f->said);
        free(f->said_index);
        *f = old;
        return;
    }
    for (uint32_t i = 0; i <= old.said_mask; i++)
        if (old.said[i]) {
            uint32_t at = said_slot(f, old.said[i]);

            f->said[at] = old.said[i];
            f->said_index[at] = old.said_index[i];
        }
    free(old.said);
    free(old.said_index);
}

static void said_put(struct findings *f, unsigned rule, uint32_t obj, uint32_t index)
{
    uint32_t at;

    if (!obj)
        return;
    if (f->said_count * 2 > f->said_mask)
        said_grow(f);
    if (f->said_count >= f->said_mask)
        return; /* the host has no memory: an echo may then be heard */
    at = said_slot(f, said_key(rule, obj));
    f->said_count += !f->said[at];
    f->said[at] = said_key(rule, obj);
    f->said_index[at] = index + 1;
}

static bool is_echo(const struct findings *f, const struct rule_run *r,
                    const struct finding_about *a)
{
    if (r->rule->once && a->obj && said(f, r->index, a->obj))
        return true;
    for (unsigned i = 0; i < r->after_count; i++)
        if ((a->obj && said(f, r->after[i], a->obj)) ||
            (a->owner && said(f, r->after[i], a->owner)) ||
            (a->also && said(f, r->after[i], a->also)))
            return true;
    return false;
}

/* What a device does, and that nobody can go on. What it is given is no more its driver's: a card that says
 * that it has ended drops what it is told while it still runs. */
static bool is_device_event(const struct event *e)
{
    return e->kind == EV_DEV_CLAIM || e->kind == EV_DEV_READ || e->kind == EV_DEV_WRITE ||
           e->kind == EV_DEV_FAULT || e->kind == EV_DEV_STRAY || e->kind == EV_DEV_POSTED ||
           e->kind == EV_STUCK || e->kind == EV_DMA_WAITS;
}

/* A device that has been made to lie is the culprit of what it does, and of those who wait for it. */
static bool is_the_devices(const struct rule_run *r, const struct event *e)
{
    return r->track->device_lies &&
           (r->rule->family == DEVICE || r->rule->family == ORDER || (e && is_device_event(e)));
}

/* --- making one --- */

static void say_bugcheck(char *text, size_t size, const struct rule_run *r, bool remapped,
                         const struct finding_about *a)
{
    struct rule_bugcheck b = a->as.code ? a->as : r->rule->bugcheck;
    size_t used;

    if (!a->as.code && remapped && r->rule->bugcheck_remapped.code)
        b = r->rule->bugcheck_remapped;
    if (!b.code || a->blind) {
        snprintf(text, size, "blind");
        return;
    }
    used = (size_t)snprintf(text, size, "0x%X (0x%02X", b.code, b.param1);
    if (b.has_param2 && !a->bugcheck_known)
        used += (size_t)snprintf(text + used, size - used, ", 0x%X", b.param2);
    for (unsigned i = 0; i < a->bugcheck_known && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, ", 0x%" PRIX64, a->bugcheck[i]);
    if (used < size)
        snprintf(text + used, size - used, a->bugcheck_known < 3 ? ", ...)" : ")");
}

static void take_sites(struct finding *f, const struct finding_about *a)
{
    for (unsigned i = 0; i < FINDING_SITES_MAX; i++)
        if (a->sites[i].role && a->sites[i].site)
            f->sites[f->site_count++] = a->sites[i];
}

/* Whether b, just made, says what a said when it was made. */
static bool equal(const struct finding *a, const struct finding *b)
{
    if (a->rule != b->rule || a->site_count - a->amended != b->site_count)
        return false;
    for (unsigned i = 0; i < b->site_count; i++)
        if (a->sites[i].role != b->sites[i].role || a->sites[i].site != b->sites[i].site)
            return false;
    return b->site_count > 0 || a->obj == b->obj;
}

void finding(struct rule_run *r, const struct event *e, const struct finding_about *about,
             const char *format, ...)
{
    struct findings *f = verifier_findings(r->verifier);
    struct finding n = { .rule = r->rule,
                         .word = r->word,
                         .profile = f->profile,
                         .count = 1,
                         .severity = rule_level_word(r->rule->level),
                         .seed = f->seed,
                         .obj = about->obj,
                         .owner = about->owner };
    unsigned i;
    va_list args;

    if (is_echo(f, r, about) || is_the_devices(r, e))
        return;
    if (e) {
        n.seq = e->seq;
        n.ns = e->ns;
        n.agent = e->agent;
    }
    take_sites(&n, about);
    for (i = 0; i < f->count && !equal(&f->rows[i], &n); i++)
        ;
    said_put(f, r->index, about->obj, i);
    if (i < f->count) {
        f->rows[i].count++;
        return;
    }
    if (f->count == FINDINGS_MAX) {
        f->dropped++;
        return;
    }
    va_start(args, format);
    vsnprintf(n.message, sizeof n.message, format, args);
    va_end(args);
    say_bugcheck(n.driver_verifier, sizeof n.driver_verifier, r, f->remapped, about);
    f->rows[f->count++] = n;
}

bool finding_amend(struct rule_run *r, uint32_t obj, enum finding_role role, uint32_t site)
{
    struct findings *f = verifier_findings(r->verifier);
    uint32_t index = said(f, r->index, obj);
    struct finding *n = index && index <= f->count ? &f->rows[index - 1] : NULL;

    if (!n)
        return false;
    for (unsigned i = 0; i < n->site_count; i++)
        if (n->sites[i].role == role)
            return true;
    if (n->site_count < FINDING_SITES_MAX && site) {
        n->sites[n->site_count++] = (struct finding_site) { role, site };
        n->amended++;
    }
    return true;
}

static bool stops(const struct rule *rule, uint32_t code)
{
    for (unsigned i = 0; i < RULE_STOPS_MAX && rule->stops[i]; i++)
        if (rule->stops[i] == code)
            return true;
    return false;
}

/* The finding of a rule that this bug check may come of, at this place; FINDINGS_MAX: none. */
static unsigned explaining(const struct findings *f, uint32_t code, uint32_t site)
{
    for (unsigned i = 0; i < f->count; i++) {
        const struct finding *n = &f->rows[i];

        if (!site && !n->site_count && stops(n->rule, code)) /* neither has a place in the driver */
            return i;
        for (unsigned k = 0; k < n->site_count; k++)
            if (n->sites[k].site == site && stops(n->rule, code))
                return i;
    }
    return FINDINGS_MAX;
}

bool finding_explains(const struct rule_run *r, uint32_t code, uint32_t site)
{
    return explaining(verifier_findings(r->verifier), code, site) < FINDINGS_MAX;
}

bool finding_explains_of(struct rule_run *r, uint32_t code, uint32_t site, uint32_t obj)
{
    struct findings *f = verifier_findings(r->verifier);
    unsigned i = explaining(f, code, site);

    if (i < FINDINGS_MAX)
        said_put(f, r->index, obj, i);
    return i < FINDINGS_MAX;
}

/* --- reading them --- */

unsigned finding_count(const struct verifier *v)
{
    return verifier_findings((struct verifier *)v)->count;
}

const struct finding *finding_at(const struct verifier *v, unsigned index)
{
    const struct findings *f = verifier_findings((struct verifier *)v);

    return index < f->count ? &f->rows[index] : NULL;
}

uint64_t finding_dropped(const struct verifier *v)
{
    return verifier_findings((struct verifier *)v)->dropped;
}

const char *finding_role_word(enum finding_role role)
{
    static const char *const words[ROLES] = {
        [ROLE_NONE] = "",
        [ROLE_CREATED] = "Created at",
        [ROLE_ALLOCATED] = "Allocated at",
        [ROLE_MAPPED] = "Mapped at",
        [ROLE_GIVEN] = "Handed to the device at",
        [ROLE_RAISED] = "IRQL set at",
        [ROLE_RELEASED] = "Released at",
        [ROLE_FREED] = "Freed at",
        [ROLE_TOUCHED] = "Touched at",
        [ROLE_LOCKED] = "Locked at",
        [ROLE_CHECKED] = "Checked at",
        [ROLE_COMPLETED] = "Completed at",
        [ROLE_HELD] = "Held since",
        [ROLE_FIRST] = "First at",
        [ROLE_OTHER] = "The other at",
        [ROLE_WAITS] = "Waits at",
        [ROLE_HERE] = "Here",
    };

    return role < ROLES ? words[role] : "";
}

const char *finding_object(uint32_t obj)
{
    static char texts[8][48];
    static unsigned next;
    char *text = texts[next++ % 8];
    const char *word = object_word(OBJ_TYPE(obj));

    snprintf(text, sizeof texts[0], "%s#%u", word ? word : "object", OBJ_NUMBER(obj));
    return text;
}
