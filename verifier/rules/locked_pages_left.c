/*
 * locked_pages_left: pages that a driver locked and never unlocked: the MDL is freed with its lock, or the
 * driver goes without doing anything about it. A process whose pages they are cannot end: bug check 0x76,
 * or 0xCB where Driver Verifier or TrackLockedPages keeps book.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

static void say(struct rule_run *r, const struct event *e, const struct mdl_record *m)
{
    finding(r, e,
            &(struct finding_about) { .obj = m->head.id,
                                      .sites = { { ROLE_LOCKED, m->site_locked },
                                                 { ROLE_FREED, e ? e->site : 0 },
                                                 { ROLE_CREATED, m->site_created } } },
            "%s %s its pages locked", finding_object(m->head.id),
            e ? "is freed with" : "was left with");
}

static void on_free(struct rule_run *r, const struct event *e)
{
    const struct mdl_record *m = objtab_find(&r->track->mdls, e->obj);

    if (m && m->head.live && m->locks)
        say(r, e, m);
}

static void each_left(void *ctx, void *row)
{
    const struct mdl_record *m = row;

    if (m->locks)
        say(ctx, NULL, m);
}

static void at_end(struct rule_run *r) { objtab_each_live(&r->track->mdls, each_left, r); }

RULE(locked_pages_left, .on = EV(MDL_END), .level = ERROR, .family = MDLS, .once = true,
     .after = "lock_wrong_flags, mdl_freed_mapped", .bugcheck = DV(0xCB, 0),
     .source = "debugger/bug-check-0xcb--driver-left-locked-pages-in-process", .run = on_free,
     .also_at_end = at_end);
