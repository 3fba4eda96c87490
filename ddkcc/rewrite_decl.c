/*
 * rewrite_decl.c: linkage, as far as clang on ELF sees it differently. Microsoft's `__inline` makes
 * a function that every file may define and that is there when a call is not inlined; here that is
 * `static`. DriverEntry and whatever the simulator looks up by name are made visible, everything
 * else in a driver is hidden. Calls of memcpy and its like become builtins, so that the access door
 * sees them even where a header's prototype is not the one that clang knows.
 */
#include "ddkcc/ddkcc.h"

#include <string.h>

static const char *const inline_words[] = { "__inline",      "__inline__",   "_inline", "inline",
                                            "__forceinline", "_forceinline", NULL };

static bool has_inline(const struct tokens *t, const struct decl *d)
{
    size_t end = d->body ? d->body : d->end;

    for (size_t i = d->first; i < end; i++)
        if (tok_any(&t->at[i], inline_words))
            return true;
    return false;
}

static char *name_of(const struct tokens *t, const struct decl *d)
{
    const struct token *k = &t->at[d->name];

    return say("%.*s", (int)k->len, k->at);
}

static void make_static(struct tokens *t, const struct decl *d)
{
    size_t end = d->name ? d->name : d->end;
    bool is_static = false;

    for (size_t i = d->first; i < end; i++) {
        bool word = tok_is(&t->at[i], "static");
        if (tok_is(&t->at[i], "extern") || (word && is_static))
            tok_set(&t->at[i], "");
        is_static |= word;
    }
    if (!is_static)
        tok_before(&t->at[d->first], "static ");
}

static void drop_inline(struct tokens *t, const struct decl *d, const char *instead)
{
    size_t end = d->body ? d->body : d->end;

    for (size_t i = d->first; i < end; i++)
        if (tok_any(&t->at[i], inline_words)) {
            tok_set(&t->at[i], instead);
            instead = "";
        }
}

static bool has_static(const struct tokens *t, const struct decl *d)
{
    for (size_t i = d->first; i < d->name; i++)
        if (tok_is(&t->at[i], "static"))
            return true;
    return false;
}

/* One that another source calls is there for it, once in the whole driver, as Microsoft's linker does. */
static void rewrite_inline(const struct options *o, struct tokens *t)
{
    struct list inlined = { 0 };
    struct decl d;

    for (size_t at = 0; decl_next(t, &at, &d);)
        if (d.body && d.name && has_inline(t, &d)) {
            list_once(&inlined, name_of(t, &d));
            if (!has_static(t, &d))
                list_once(&o->inlines->met, name_of(t, &d));
        }
    for (size_t at = 0; decl_next(t, &at, &d);) {
        bool marked = has_inline(t, &d);
        bool known =
            d.name && tok_is(&t->at[d.name + 1], "(") && list_has(&inlined, name_of(t, &d));
        bool called = known && list_has(&o->inlines->called, name_of(t, &d));
        if (marked)
            drop_inline(t, &d, d.body && !called ? "__inline__" : "");
        if (called && d.body)
            tok_before(&t->at[d.first], "__attribute__((weak)) ");
        if (known && !called && !tok_is(&t->at[d.first], "typedef"))
            make_static(t, &d);
    }
}

static bool exported(const struct options *o, const char *name)
{
    return !strcmp(name, "DriverEntry") || !strncmp(name, "dmacheck_", 9) ||
           list_has(&o->exports, name);
}

static void rewrite_exports(const struct options *o, struct tokens *t)
{
    struct decl d;

    for (size_t at = 0; decl_next(t, &at, &d);) {
        bool defines = d.body || (d.name && !tok_is(&t->at[d.name + 1], "("));
        if (!defines || !d.name || tok_is(&t->at[d.first], "typedef"))
            continue;
        char *name = name_of(t, &d);
        if (exported(o, name))
            tok_before(&t->at[d.first], "__attribute__((visibility(\"default\"))) ");
    }
}

/*
 * A prototype stands at file level and keeps its name; only calls inside functions change. clang has
 * no instrumentation for memcmp, so the door has a function of its own for it.
 */
static void rewrite_memory(struct tokens *t)
{
    static const char *const known[] = { "memcpy", "memmove",          "memset",
                                         "memcmp", "__builtin_memcmp", NULL };
    struct decl d;

    for (size_t at = 0; decl_next(t, &at, &d);)
        for (size_t i = d.body; d.body && i < d.end; i++) {
            struct token *k = &t->at[i];
            if (k->kind == T_NAME && tok_any(k, known) && tok_is(&t->at[i + 1], "(") &&
                !tok_is(&t->at[i - 1], ".") && !tok_is(&t->at[i - 1], ">"))
                tok_set(k, k->at[k->len - 1] == 'p' ? "__door_memcmp"
                                                    : say("__builtin_%.*s", (int)k->len, k->at));
        }
}

/*
 * Microsoft's preprocessor drops a comma before empty variable arguments, clang's only most of the
 * time. Nothing valid has a comma right before `)`.
 */
static void rewrite_commas(struct tokens *t)
{
    for (size_t i = 0; i + 1 < t->len; i++)
        if (tok_is(&t->at[i], ",") && tok_is(&t->at[i + 1], ")"))
            t->at[i].at = " ";
}

/*
 * Microsoft's preprocessor hands on text: a macro for `L` with a string behind it is a wide string.
 * clang hands on tokens, and no program has a name before a string.
 */
static void rewrite_wide(struct tokens *t)
{
    for (size_t i = 1; i < t->len; i++)
        if ((t->at[i].kind == T_STRING || t->at[i].kind == T_CHAR) && tok_is(&t->at[i - 1], "L")) {
            tok_set(&t->at[i], say("L%.*s", (int)t->at[i].len, t->at[i].at));
            tok_set(&t->at[i - 1], "");
        }
}

/*
 * A place of its own would take a static out of the sections that the run-time restores, and code
 * has no paged sections here.
 */
static void rewrite_places(struct tokens *t)
{
    static const char *const places[] = { "allocate", "code_seg", NULL };

    for (size_t i = 1; i + 1 < t->len; i++)
        if (t->at[i].kind == T_NAME && tok_any(&t->at[i], places) && tok_is(&t->at[i - 1], "(") &&
            tok_is(&t->at[i + 1], "(") && i >= 2 && tok_is(&t->at[i - 2], "__declspec"))
            for (size_t end = tok_close(t, i + 1); i <= end; i++)
                tok_set(&t->at[i], "");
}

/*
 * A variable without an initialiser may stand in several files (a header, say): Microsoft's linker
 * makes one of them. Only those that the linker refused change, since a weak one might be missing
 * unseen.
 */
static void rewrite_tentative(const struct options *o, struct tokens *t)
{
    static const char *const others[] = { "extern", "static", "typedef", NULL };
    struct decl d;

    for (size_t at = 0; o->tentative.len && decl_next(t, &at, &d);) {
        bool plain = d.name && !d.body && list_has(&o->tentative, name_of(t, &d));
        for (size_t i = d.first; plain && i < d.end; i++)
            plain = !tok_any(&t->at[i], others) && !tok_is(&t->at[i], "=");
        if (plain)
            tok_before(&t->at[d.first], "__attribute__((weak)) ");
    }
}

void rewrite_decl(const struct options *o, struct tokens *t)
{
    rewrite_commas(t);
    rewrite_wide(t);
    rewrite_places(t);
    rewrite_inline(o, t);
    rewrite_memory(t);
    rewrite_tentative(o, t);
    rewrite_exports(o, t);
}
