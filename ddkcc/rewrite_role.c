/*
 * rewrite_role.c: functions whose definition disagrees with their role. WDM declares callbacks by role
 * (`DRIVER_NOTIFICATION_CALLBACK_ROUTINE Changed;`), and many drivers define them with the type
 * that they know the context to have. Microsoft's compiler warns (C4028); clang refuses. For the
 * functions that clang has refused, the declaration by role becomes one without parameters, which
 * fits every definition: pointers are passed alike whatever they point to.
 *
 * Gap: a parameter narrower than int (BOOLEAN) does not fit such a declaration; clang's error stays.
 */
#include "ddkcc/ddkcc.h"

#include <stdlib.h>
#include <string.h>

static char *text_of(const struct tokens *t, size_t first, size_t end)
{
    struct buf text = { 0 };

    for (size_t i = first; i < end; i++)
        if (!tok_is(&t->at[i], "static") && !tok_is(&t->at[i], "extern"))
            buf_fmt(&text, "%.*s ", (int)t->at[i].len, t->at[i].at);
    return text.at;
}

/* What the definition of `name` returns, as text; null: it is not defined here. */
static char *result_of(const struct tokens *t, const char *name)
{
    struct decl d;

    for (size_t at = 0; decl_next(t, &at, &d);)
        if (d.body && d.name && tok_is(&t->at[d.name], name))
            return text_of(t, d.first, d.name);
    return NULL;
}

/* [extern|static] ROLE NAME ; */
static bool by_role(const struct tokens *t, const struct decl *d, const char *name)
{
    return !d->body && d->name && tok_is(&t->at[d->name], name) && d->end == d->name + 2 &&
           tok_is(&t->at[d->name + 1], ";") && d->name > d->first &&
           t->at[d->name - 1].kind == T_NAME && !tok_is(&t->at[d->first], "typedef");
}

bool rewrite_roles(struct tokens *t, const struct list *refused)
{
    bool changed = false;

    for (size_t i = 0; i < refused->len; i++) {
        const char *name = refused->at[i];
        char *result = result_of(t, name);
        struct decl d;

        for (size_t at = 0; result && decl_next(t, &at, &d);)
            if (by_role(t, &d, name)) {
                tok_set(&t->at[d.name - 1], result);
                tok_set(&t->at[d.name], say("%s()", name));
                changed = true;
            }
    }
    return changed;
}

/* The functions that clang's words name: error: conflicting types for 'NAME'. */
void roles_refused(const struct buf *said, struct list *refused)
{
    static const char words[] = "error: conflicting types for '";
    const char *p = said->len ? said->at : "";

    while ((p = strstr(p, words))) {
        p += sizeof words - 1;
        list_once(refused, say("%.*s", (int)strcspn(p, "'\n"), p));
    }
}
