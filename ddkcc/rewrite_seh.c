/*
 * rewrite_seh.c: structured exceptions in plain C. `__try B __except (F) H` becomes
 *
 *     { ddk_seh_frame f; int w = 0; int k = ddk_seh_enter(&f, 1);
 *       if (!k) { B e: ; ddk_seh_leave(&f, w != 0); }
 *       else if (k == 1) ddk_seh_verdict(&f, (F)); else { H }
 *       if (w == 1) return rv; if (w == 2) goto label; ... }
 *
 * and `__finally` runs its block on every way out. A statement that leaves B (return, goto, break,
 * continue) notes in `w` which one it was and goes to `e`; behind the lowered statement it happens
 * for real, or goes one __try further out. That needs to know what a break belongs to, so function
 * bodies with a __try are read statement by statement; all others are left alone.
 *
 * Such a function is not optimised, so that locals changed in B keep their values; and it holds a
 * block of variable size, so that its locals are never addressed through the stack pointer, which
 * is another one while a filter runs (sim/core/seh.c).
 */
#include "ddkcc/ddkcc.h"

#include <stdlib.h>
#include <string.h>

enum exit_kind { X_RETURN, X_RETURN_VALUE, X_GOTO, X_BREAK, X_CONTINUE };
enum around_kind { A_LOOP, A_SWITCH, A_TRY };
enum { EXITS_MAX = 64 };

struct way_out {
    enum exit_kind kind;
    char *label;
};

/* What a statement stands in, innermost first. */
struct around {
    struct around *out;
    enum around_kind kind;
    int number;         /* A_TRY: the frame's */
    size_t open, close; /* A_TRY: braces of the body */
    struct way_out exits[EXITS_MAX];
    int exit_count;
};

struct seh {
    struct tokens *t;
    int frames;    /* numbers given so far in this file */
    int exception; /* whose GetExceptionCode this is; 0: outside */
    int finally;   /* whose AbnormalTermination this is */
    bool returns_void, uses_value;
};

static const char *const try_words[] = { "__try", "_try", "try", NULL };
static const char *const except_words[] = { "__except", "_except", "except", NULL };
static const char *const finally_words[] = { "__finally", "_finally", "finally", NULL };
static const char *const leave_words[] = { "__leave", "_leave", "leave", NULL };
static const char *const code_words[] = { "GetExceptionCode", "_exception_code",
                                          "ddk_exception_code", NULL };
static const char *const info_words[] = { "GetExceptionInformation", "_exception_info",
                                          "ddk_exception_information", NULL };
static const char *const abnormal_words[] = { "AbnormalTermination", "_abnormal_termination",
                                              "ddk_abnormal_termination", NULL };

static size_t statement(struct seh *s, size_t i, struct around *a);
static size_t compound(struct seh *s, size_t i, struct around *a);

static _Noreturn void fail(const struct seh *s, size_t i, const char *what)
{
    struct buf where = { 0 };

    tok_where(s->t, i, &where);
    quit(EXIT_DRIVER, "%s: error: %s", where.at, what);
}

static bool is(const struct seh *s, size_t i, const char *text)
{
    return i < s->t->len && tok_is(&s->t->at[i], text);
}

static bool any(const struct seh *s, size_t i, const char *const *words)
{
    return s->t->at[i].kind == T_NAME && tok_any(&s->t->at[i], words);
}

static bool starts_try(const struct seh *s, size_t i)
{
    return any(s, i, try_words) && is(s, i + 1, "{");
}

static void put_after(struct seh *s, size_t i, const char *text)
{
    struct token *k = &s->t->at[i];

    k->at = say("%.*s%s", (int)k->len, k->at, text);
    k->len = strlen(k->at);
}

/* Whether `label:` stands between two tokens. */
static bool label_in(const struct seh *s, size_t from, size_t to, const char *label)
{
    for (size_t i = from + 1; i < to; i++) {
        const struct token *before = &s->t->at[i - 1];
        if (tok_is(&s->t->at[i], label) && is(s, i + 1, ":") &&
            (strchr(";{}:)", *before->at) || tok_is(before, "else") || tok_is(before, "do")))
            return true;
    }
    return false;
}

/* Whether leaving by `kind` from inside `a` leaves `a` itself. */
static bool leaves(const struct seh *s, const struct around *a, enum exit_kind kind,
                   const char *label)
{
    switch (kind) {
    case X_RETURN:
    case X_RETURN_VALUE:
        return true;
    case X_GOTO:
        return a->kind != A_TRY || !label_in(s, a->open, a->close, label);
    case X_BREAK:
        return a->kind == A_TRY;
    default:
        return a->kind != A_LOOP;
    }
}

/* The __try that must be left properly first, or null if the statement may stand as it is. */
static struct around *barrier(const struct seh *s, struct around *a, enum exit_kind kind,
                              const char *label)
{
    for (; a && leaves(s, a, kind, label); a = a->out)
        if (a->kind == A_TRY)
            return a;
    return NULL;
}

static int exit_number(struct seh *s, size_t i, struct around *a, enum exit_kind kind, char *label)
{
    for (int n = 0; n < a->exit_count; n++)
        if (a->exits[n].kind == kind && (kind != X_GOTO || !strcmp(a->exits[n].label, label)))
            return n + 1;
    if (a->exit_count == EXITS_MAX)
        fail(s, i, "too many different ways out of one __try");
    a->exits[a->exit_count++] = (struct way_out) { kind, label };
    return a->exit_count;
}

static char *leave_text(struct seh *s, size_t i, struct around *a, enum exit_kind kind, char *label)
{
    struct around *b = barrier(s, a, kind, label);

    if (b)
        return say("__seh_w%d = %d; goto __seh_e%d;", b->number, exit_number(s, i, b, kind, label),
                   b->number);
    switch (kind) {
    case X_RETURN:
        return say("return;");
    case X_RETURN_VALUE:
        return say("return __seh_rv;");
    case X_GOTO:
        return say("goto %s;", label);
    case X_BREAK:
        return say("break;");
    default:
        return say("continue;");
    }
}

/* GetExceptionCode() and its like belong to the frame in whose filter or handler they stand. */
static void intrinsic(struct seh *s, size_t i)
{
    if (!is(s, i + 1, "(") || !is(s, i + 2, ")"))
        return;
    const char *name = NULL;
    int frame = s->exception;
    if (any(s, i, code_words))
        name = "ddk_exception_code_in";
    else if (any(s, i, info_words))
        name = "(struct _EXCEPTION_POINTERS *)ddk_exception_information_in";
    else if (any(s, i, abnormal_words)) {
        name = "ddk_abnormal_termination_in";
        frame = s->finally;
    }
    if (!name)
        return;
    if (!frame)
        fail(s, i, "this has a meaning only in a filter, an __except or a __finally block");
    tok_set(&s->t->at[i], say("(%s", name));
    tok_set(&s->t->at[i + 1], say("(&__seh_f%d", frame));
    tok_set(&s->t->at[i + 2], "))");
}

/* An expression; a statement expression in it holds statements again. */
static void expression(struct seh *s, size_t from, size_t to, struct around *a)
{
    for (size_t i = from; i < to; i++)
        if (is(s, i, "(") && is(s, i + 1, "{"))
            i = compound(s, i + 1, a) - 1;
        else if (s->t->at[i].kind == T_NAME)
            intrinsic(s, i);
}

/* `( ... )` at `i`; what follows it. */
static size_t paren(struct seh *s, size_t i, struct around *a)
{
    if (!is(s, i, "("))
        fail(s, i, "'(' expected");
    size_t close = tok_close(s->t, i);
    expression(s, i + 1, close, a);
    return close + 1;
}

/* The next `what` outside brackets, from `i` on. */
static size_t find(struct seh *s, size_t i, char what)
{
    int question = 0;

    for (; s->t->at[i].kind != T_END; i++) {
        const struct token *k = &s->t->at[i];
        if (k->kind != T_PUNCT)
            continue;
        if (*k->at == what && (what != ':' || !question--))
            return i;
        if (*k->at == '?')
            question++;
        else if (strchr("([{", *k->at))
            i = tok_close(s->t, i);
    }
    return i;
}

static size_t return_statement(struct seh *s, size_t i, struct around *a)
{
    size_t end = find(s, i, ';');
    bool value = !is(s, i + 1, ";");
    enum exit_kind kind = value && !s->returns_void ? X_RETURN_VALUE : X_RETURN;

    expression(s, i + 1, end, a);
    if (!barrier(s, a, kind, NULL))
        return end + 1;
    s->uses_value |= kind == X_RETURN_VALUE;
    tok_set(&s->t->at[i], kind == X_RETURN_VALUE ? "{ __seh_rv = (" : value ? "{ (" : "{ ");
    tok_set(&s->t->at[end], say("%s%s }", value ? "); " : "", leave_text(s, i, a, kind, NULL)));
    return end + 1;
}

static size_t jump_statement(struct seh *s, size_t i, struct around *a)
{
    enum exit_kind kind = is(s, i, "goto") ? X_GOTO : is(s, i, "break") ? X_BREAK : X_CONTINUE;
    size_t end = find(s, i, ';');
    char *label = NULL;

    if (kind == X_GOTO) {
        if (s->t->at[i + 1].kind != T_NAME)
            return end + 1; /* a computed goto; Microsoft's compiler has none */
        label = say("%.*s", (int)s->t->at[i + 1].len, s->t->at[i + 1].at);
    }
    if (!barrier(s, a, kind, label))
        return end + 1;
    tok_set(&s->t->at[i], say("{ %s }", leave_text(s, i, a, kind, label)));
    for (size_t n = i + 1; n <= end; n++)
        tok_set(&s->t->at[n], "");
    return end + 1;
}

static size_t leave_statement(struct seh *s, size_t i, struct around *a)
{
    while (a && a->kind != A_TRY)
        a = a->out;
    if (!a)
        fail(s, i, "__leave outside a __try");
    tok_set(&s->t->at[i], say("goto __seh_e%d", a->number));
    return i + 2;
}

/* The tail: every way out that the body took, now from outside. */
static char *exits_text(struct seh *s, size_t i, struct around *try, struct around *out)
{
    struct buf b = { 0 };

    for (int n = 0; n < try->exit_count; n++)
        buf_fmt(&b, " if (__seh_w%d == %d) { %s }", try->number, n + 1,
                leave_text(s, i, out, try->exits[n].kind, try->exits[n].label));
    buf_str(&b, " }");
    return b.at;
}

static size_t block(struct seh *s, size_t i, struct around *a)
{
    if (!is(s, i, "{"))
        fail(s, i, "'{' expected");
    return compound(s, i, a);
}

static size_t except_clause(struct seh *s, size_t i, int number, struct around *a)
{
    int outer = s->exception;

    s->exception = number;
    tok_set(&s->t->at[i],
            say("else if (__seh_k%d == 1) ddk_seh_verdict(&__seh_f%d, ", number, number));
    size_t next = paren(s, i + 1, a);
    put_after(s, next - 1, "); else");
    next = block(s, next, a);
    s->exception = outer;
    return next;
}

static size_t finally_clause(struct seh *s, size_t i, int number, struct around *a)
{
    int outer = s->finally;

    s->finally = number;
    tok_set(&s->t->at[i], "");
    size_t next = block(s, i + 1, a);
    put_after(s, next - 1, say(" ddk_seh_resume(&__seh_f%d);", number));
    s->finally = outer;
    return next;
}

static size_t try_statement(struct seh *s, size_t i, struct around *a)
{
    struct around *try = need(calloc(1, sizeof *try));
    int n = ++s->frames;

    *try = (struct around) {
        .out = a, .kind = A_TRY, .number = n, .open = i + 1, .close = tok_close(s->t, i + 1)
    };
    size_t clause = block(s, i + 1, try);
    bool is_except = any(s, clause, except_words);
    if (!is_except && !any(s, clause, finally_words))
        fail(s, i, "a __try without __except or __finally");
    tok_set(&s->t->at[i], say("{ ddk_seh_frame __seh_f%d; int __seh_w%d = 0; "
                              "int __seh_k%d = ddk_seh_enter(&__seh_f%d, %d); if (!__seh_k%d)",
                              n, n, n, n, is_except ? 1 : 2, n));
    tok_before(&s->t->at[try->close],
               say("; __seh_e%d: ; ddk_seh_leave(&__seh_f%d, __seh_w%d != 0); ", n, n, n));

    size_t next = is_except ? except_clause(s, clause, n, a) : finally_clause(s, clause, n, a);
    put_after(s, next - 1, exits_text(s, i, try, a));
    free(try);
    return next;
}

/* A statement's body in a loop or switch. */
static size_t inside(struct seh *s, size_t i, struct around *a, enum around_kind kind)
{
    struct around *in = need(calloc(1, sizeof *in));

    in->out = a;
    in->kind = kind;
    size_t next = statement(s, i, in);
    free(in);
    return next;
}

static size_t after_label(struct seh *s, size_t i, struct around *a)
{
    return is(s, i, "}") ? i : statement(s, i, a);
}

static size_t statement(struct seh *s, size_t i, struct around *a)
{
    static const char *const jumps[] = { "goto", "break", "continue", NULL };

    if (is(s, i, "{"))
        return compound(s, i, a);
    if (starts_try(s, i))
        return try_statement(s, i, a);
    if (is(s, i, "if")) {
        i = statement(s, paren(s, i + 1, a), a);
        return is(s, i, "else") ? statement(s, i + 1, a) : i;
    }
    if (is(s, i, "while") || is(s, i, "for"))
        return inside(s, paren(s, i + 1, a), a, A_LOOP);
    if (is(s, i, "switch"))
        return inside(s, paren(s, i + 1, a), a, A_SWITCH);
    if (is(s, i, "do"))
        return paren(s, inside(s, i + 1, a, A_LOOP) + 1, a) + 1;
    if (is(s, i, "case"))
        return after_label(s, find(s, i, ':') + 1, a);
    if (is(s, i, "return"))
        return return_statement(s, i, a);
    if (any(s, i, jumps))
        return jump_statement(s, i, a);
    if (any(s, i, leave_words) && is(s, i + 1, ";"))
        return leave_statement(s, i, a);
    if (s->t->at[i].kind == T_NAME && is(s, i + 1, ":"))
        return after_label(s, i + 2, a);

    size_t end = find(s, i, ';');
    expression(s, i, end, a);
    return s->t->at[end].kind == T_END ? end : end + 1;
}

static size_t compound(struct seh *s, size_t i, struct around *a)
{
    size_t close = tok_close(s->t, i);

    for (i++; i < close;)
        i = statement(s, i, a);
    return close + 1;
}

/* The declared type before the name, without what does not belong to a type. */
static char *return_type(const struct tokens *t, const struct decl *d)
{
    static const char *const no_type[] = { "static",    "extern",        "__inline__", "inline",
                                           "__inline",  "__cdecl",       "__stdcall",  "__fastcall",
                                           "_Noreturn", "__extension__", "register",   NULL };
    static const char *const attributes[] = { "__attribute__", "__declspec", NULL };
    struct buf b = { 0 };

    for (size_t i = d->first; i < d->name; i++) {
        if (tok_any(&t->at[i], attributes) && tok_is(&t->at[i + 1], "("))
            i = tok_close(t, i + 1);
        else if (!tok_any(&t->at[i], no_type))
            buf_fmt(&b, "%s%.*s", b.len ? " " : "", (int)t->at[i].len, t->at[i].at);
    }
    while (b.len && b.at[b.len - 1] == ' ')
        b.at[--b.len] = '\0';
    return b.len ? b.at + strspn(b.at, " ") : say("int");
}

static bool holds_try(const struct seh *s, const struct decl *d)
{
    for (size_t i = d->body; d->body && i < d->end; i++)
        if (starts_try(s, i))
            return true;
    return false;
}

/* The words of a header's FORCEINLINE that would speak against what a lowered function needs. */
static void drop_always_inline(struct tokens *t, const struct decl *d)
{
    for (size_t i = d->first; i < d->body; i++)
        if (tok_is(&t->at[i], "always_inline") || tok_is(&t->at[i], "__always_inline__"))
            tok_set(&t->at[i], "noinline");
}

static void function(struct seh *s, const struct decl *d)
{
    char *type = return_type(s->t, d);
    bool plain = tok_is(&s->t->at[d->name + 1], "(");
    struct buf start = { 0 };

    drop_always_inline(s->t, d);
    s->returns_void = !strcmp(type, "void");
    s->uses_value = false;
    compound(s, d->body, NULL);
    buf_str(&start, " volatile int __seh_n = 16; (void)__builtin_alloca(__seh_n);");
    if (s->uses_value) {
        if (!plain)
            fail(s, d->first, "a return out of __try in a function that returns a function");
        buf_fmt(&start, " __typeof__(((%s (*)(void))0)()) __seh_rv;", type);
    }
    put_after(s, d->body, start.at);
    tok_before(&s->t->at[d->first], "__attribute__((optnone, noinline)) ");
}

bool rewrite_seh(struct tokens *t)
{
    struct seh s = { .t = t };
    struct decl d;

    for (size_t at = 0; decl_next(t, &at, &d);)
        if (holds_try(&s, &d))
            function(&s, &d);
    return s.frames > 0;
}
