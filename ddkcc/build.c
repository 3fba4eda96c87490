/*
 * build.c: a source's way from text to object: preprocess as Windows' x64 compiler would, rewrite
 * tokens, compile what comes out with the access door in it. Line markers go through untouched, so
 * the second compile speaks of the driver's own files and lines.
 */
#include "ddkcc/ddkcc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the language is; both compiles need it. */
/* clang-format off */
static const char *const dialect[] = {
    "-std=gnu11", "-fms-extensions", "-fms-compatibility", "-fms-compatibility-version=19.29",
    "-fdeclspec", "-fshort-wchar", "-mms-bitfields", "-Wno-everything",
    "-ferror-limit=50", "-fno-color-diagnostics", NULL};
/* clang-format on */

/*
 * What a Windows x64 compiler defines, and the types of ours that are made of `long` on Linux. The
 * date is fixed because the same source must give the same bytes. No GNU version: a driver that
 * asks for __GNUC__ means MinGW.
 */
/* clang-format off */
static const char *const predefined[] = {
    "-nostdinc", "-fgnuc-version=0", "-U__linux__", "-U__linux", "-Ulinux", "-U__gnu_linux__",
    "-U__unix__", "-U__unix", "-Uunix", "-U__ELF__", "-D_WIN64=1", "-D_WIN32=1",
    "-D_M_AMD64=100", "-D_M_X64=100", "-D_AMD64_=1", "-DAMD64=1", "-D_KERNEL_MODE=1", "-DDBG=1",
    "-DNTDDI_VERSION=0x0A00000C", "-D_WIN32_WINNT=0x0A00", "-DWINVER=0x0A00", "-D_MSC_VER=1929",
    "-D_MSC_FULL_VER=192930133", "-D_MSC_BUILD=0", "-D_MSC_EXTENSIONS=1",
    "-D_INTEGRAL_MAX_BITS=64", "-D__DATE__=\"Jan  1 2024\"", "-D__TIME__=\"00:00:00\"",
    "-D__TIMESTAMP__=\"Mon Jan  1 00:00:00 2024\"", "-D__SIZEOF_LONG__=4", "-D__LONG_WIDTH__=32",
    "-D__LONG_MAX__=2147483647L", "-D__INT64_TYPE__=long long int",
    "-D__UINT64_TYPE__=long long unsigned int", "-D__INTMAX_TYPE__=long long int",
    "-D__UINTMAX_TYPE__=long long unsigned int", "-D__INTPTR_TYPE__=long long int",
    "-D__UINTPTR_TYPE__=long long unsigned int", "-D__SIZE_TYPE__=__typeof__(sizeof(0))",
    "-D__PTRDIFF_TYPE__=__typeof__((char *)0 - (char *)0)", "-D__INT64_C_SUFFIX__=LL",
    "-D__UINT64_C_SUFFIX__=ULL", "-D__INTMAX_C_SUFFIX__=LL", "-D__UINTMAX_C_SUFFIX__=ULL",
    "-D__SIZE_MAX__=18446744073709551615ULL", "-D__INTPTR_MAX__=9223372036854775807LL",
    "-D__UINTPTR_MAX__=18446744073709551615ULL", "-D__PTRDIFF_MAX__=9223372036854775807LL",
    "-D__INT64_MAX__=9223372036854775807LL", "-D__INTMAX_MAX__=9223372036854775807LL",
    "-D__UINT64_MAX__=18446744073709551615ULL", "-D__UINTMAX_MAX__=18446744073709551615ULL",
    NULL};
/* clang-format on */

/*
 * How the object is made. -O1: what the optimiser merges, Windows' compiler may merge too. Frame
 * pointers: stacks in findings are walked through them. A call to a function that no header
 * declares is an error, because it is a Windows name that we do not have.
 */
static const char *const code[] = { "-O1",
                                    "-g",
                                    "-gdwarf-4",
                                    "-gdwarf-aranges",
                                    "-fPIC",
                                    "-fno-omit-frame-pointer",
                                    "-mno-omit-leaf-frame-pointer",
                                    "-fno-strict-aliasing",
                                    "-fwrapv",
                                    "-fno-delete-null-pointer-checks",
                                    "-fno-optimize-sibling-calls",
                                    "-fno-common",
                                    "-fno-ident",
                                    "-fvisibility=hidden",
                                    "-fno-stack-protector",
                                    "-fexceptions",
                                    NULL };

/*
 * The access door: every access becomes a call under a name of ours before any optimiser may judge
 * it needless. Without ASan's run-time, stack and globals stay as they are; driver_rt.c then
 * answers for the few other names that ASan's pass emits.
 */
static const char *const door[] = { "-fsanitize=address",
                                    "-fsanitize-recover=address",
                                    "-mllvm",
                                    "-asan-instrumentation-with-call-threshold=0",
                                    "-mllvm",
                                    "-asan-memory-access-callback-prefix=__door_",
                                    "-mllvm",
                                    "-asan-opt=0",
                                    "-mllvm",
                                    "-asan-opt-same-temp=0",
                                    NULL };

static const char *const door_without_asan[] = { "-mllvm", "-asan-stack=0",
                                                 "-mllvm", "-asan-globals=0",
                                                 "-mllvm", "-asan-instrument-dynamic-allocas=0",
                                                 NULL };

static void add_all(struct list *l, const char *const *words)
{
    for (; *words; words++)
        list_add(l, say("%s", *words));
}

/* The whole path: the overlay shows whole paths for headers, and one prefix then fits them all. */
static char *whole(const char *name)
{
    char *real = path_real(name);

    return real ? real : say("%s", name);
}

static void add_paths(const struct options *o, struct list *l)
{
    list_add(l, say("-ffile-prefix-map=%s/=", o->root));
    list_add(l, say("-ffile-prefix-map=%s/=", whole(o->tmp)));
    list_add(l, say("-ffile-prefix-map=%s/=", o->tmp));
    list_add(l, say("-fdebug-compilation-dir=."));
}

static void preprocess(const struct options *o, const char *source, const char *overlay,
                       const char *to)
{
    struct list l = { 0 };

    list_add(&l, say("%s", o->clang));
    list_add(&l, say("-E"));
    add_all(&l, dialect);
    add_all(&l, predefined);
    for (size_t i = 0; i < o->defines.len; i++)
        list_add(&l, o->defines.at[i]);
    add_paths(o, &l);
    list_add(&l, say("-ivfsoverlay"));
    list_add(&l, say("%s", overlay));
    list_add(&l, say("-I%s/tmh", o->tmp));
    for (size_t i = 0; i < o->includes.len; i++)
        list_add(&l, say("-I%s", whole(o->includes.at[i])));
    list_add(&l, say("-I%s", whole(o->ddk)));
    list_add(&l, say("-x"));
    list_add(&l, say("c"));
    list_add(&l, whole(source));
    list_add(&l, say("-o"));
    list_add(&l, say("%s", to));
    if (run(o, l.at))
        quit(EXIT_DRIVER, "%s does not preprocess", source);
}

/*
 * Returns whether there was a __try. The forced text goes behind the first line marker, because
 * clang takes the source's name from that.
 */
static bool rewrite(const struct options *o, const char *source, const char *from, const char *to,
                    const struct list *refused)
{
    struct buf text = { 0 }, body = { 0 }, prologue = { 0 }, out = { 0 };
    struct tokens t = { 0 };

    if (!file_read(from, &text))
        quit(EXIT_TOOL, "cannot read back %s", from);
    if (!file_read(say("%s/ddkcc/rt/prologue.h", o->home), &prologue))
        quit(EXIT_USAGE, "cannot read %s/ddkcc/rt/prologue.h", o->home);
    lex(&text, &t);
    rewrite_long(&t);
    rewrite_casts(&t);
    rewrite_decl(o, &t);
    rewrite_roles(&t, refused);
    bool lowered = rewrite_seh(&t);
    lex_join(&t, &body);
    buf_fmt(&out, "# 1 \"%s\"\n# 1 \"ddkcc/rt/prologue.h\"\n%s\n", whole(source), prologue.at);
    buf_add(&out, body.at, body.len);
    file_write(to, &out);
    free(text.at);
    return lowered;
}

/*
 * Line markers name the files that the preprocessor opened, its own and ours among them. Those
 * below the current folder are named from there, as a Makefile does.
 */
static void collect_deps(const struct options *o, const char *from, struct list *deps)
{
    struct buf text = { 0 };
    char *here = whole(".");

    file_read(from, &text);
    for (char *p = text.at; p && *p; p += strcspn(p, "\n"), p += *p == '\n') {
        if (p[0] != '#' || p[1] != ' ')
            continue;
        char *q = p + strcspn(p, "\"\n");
        if (*q != '"' || q[1] == '<')
            continue;
        char *name = say("%.*s", (int)strcspn(q + 1, "\"\n"), q + 1);
        if (!strncmp(name, o->tmp, strlen(o->tmp)) || name[strlen(name) - 1] == '/')
            continue;
        bool below = !strncmp(name, here, strlen(here)) && name[strlen(here)] == '/';
        list_once(deps, below ? name + strlen(here) + 1 : name);
    }
    free(text.at);
}

/* What clang says goes into `said`. Returns its exit code. */
static int compile(const struct options *o, const char *from, const char *to, bool lowered,
                   const char *said)
{
    struct list l = { 0 };

    list_add(&l, say("%s", o->clang));
    list_add(&l, say("-c"));
    add_all(&l, dialect);
    list_add(&l, say("-Werror=implicit-function-declaration"));
    if (lowered) /* what a caret would point into is not the driver's text */
        list_add(&l, say("-fno-caret-diagnostics"));
    add_all(&l, code);
    add_all(&l, door);
    if (!o->asan)
        add_all(&l, door_without_asan);
    if (o->fuzz)
        list_add(&l, say("-fsanitize=fuzzer-no-link"));
    add_paths(o, &l);
    list_add(&l, say("-x"));
    list_add(&l, say("cpp-output"));
    list_add(&l, say("%s", from));
    list_add(&l, say("-o"));
    list_add(&l, say("%s", to));
    return run_heard(o, l.at, said);
}

char *build_source(const struct options *o, const struct scan *s, const char *source, size_t index,
                   const char *overlay, struct list *deps)
{
    char *text = say("%s/%zu.i", o->tmp, index), *made = say("%s/%zu.out.i", o->tmp, index);
    char *said = say("%s/%zu.said", o->tmp, index);
    char *object = say("%s/%zu.o", o->tmp, index);
    struct list refused = { 0 };
    struct buf heard = { 0 };

    (void)s;
    preprocess(o, source, overlay, text);
    collect_deps(o, text, deps);
    for (int pass = 0, failed = 1; failed; pass++) {
        bool lowered = rewrite(o, source, text, made, &refused);
        failed = compile(o, made, object, lowered, said);
        size_t known = refused.len;
        heard.len = 0;
        file_read(said, &heard);
        if (failed)
            roles_refused(&heard, &refused);
        if (failed && !pass && refused.len > known)
            continue; /* once more, without what clang refused */
        fputs(heard.len ? heard.at : "", stderr);
        if (failed)
            quit(EXIT_DRIVER, "%s does not compile", source);
    }
    return object;
}

/* The run-time part is compiled without the door: it says where the door's statics are. */
char *build_runtime(const struct options *o)
{
    char *object = say("%s/driver_rt.o", o->tmp);
    struct list l = { 0 };

    list_add(&l, say("%s", o->clang));
    list_add(&l, say("-c"));
    list_add(&l, say("-std=c11"));
    list_add(&l, say("-I%s", o->home));
    add_all(&l, code);
    add_paths(o, &l);
    list_add(&l, say("-DDDKCC_ASAN=%d", o->asan));
    list_add(&l, say("-DDDKCC_FUZZ=%d", o->fuzz));
    list_add(&l, say("%s/ddkcc/rt/driver_rt.c", o->home));
    list_add(&l, say("-o"));
    list_add(&l, object);
    if (run(o, l.at))
        quit(EXIT_TOOL, "ddkcc/rt/driver_rt.c does not compile");
    return object;
}
