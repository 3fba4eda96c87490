/*
 * main.c: the command line of ddkcc. It reads options, finds what the tool needs beside itself, and
 * hands over to the steps. `usage` below is the reference of the command line.
 */
#include "ddkcc/ddkcc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: ddkcc -o OUT.so [options] SOURCE.c... [OBJECT.o...]\n"
    "       ddkcc -c -o OUT.o [options] SOURCE.c... [OBJECT.o...]\n"
    "       ddkcc --undefined OUT.so [--known LIST]\n"
    "\n"
    "  -o FILE          the shared object (or, with -c, the one linkable object) to write\n"
    "  -c               write an object that a program links, such as a fuzz target\n"
    "  -D NAME[=VALUE]  define a macro         -U NAME   undefine one\n"
    "  -I DIR           look for headers there\n"
    "  -g               accepted; debug information is always made\n"
    "  --asan           AddressSanitizer on stack and statics, behind the door\n"
    "  --fuzz           libFuzzer's coverage\n"
    "  --root DIR       name files in debug information relative to DIR\n"
    "  --ddk DIR        the WDK headers (default: include/ddk of the tree that ddkcc is in)\n"
    "  --depfile FILE   write a make rule that names every file read\n"
    "  --export NAME    keep this symbol visible, besides DriverEntry and dmacheck_*\n"
    "  --keep           leave the private folder with its intermediate texts\n"
    "  --verbose        print each command\n"
    "  --undefined FILE list the names that FILE needs, without those in LIST\n"
    "  --known LIST     a file with one known name a line\n"
    "\n"
    "environment: DDKCC_CLANG the compiler (clang-14, then clang); DDKCC_HOME the tree's root\n"
    "objects: linked as they are, such as a scenario compiled beside its driver\n"
    "exit: 0 done, 1 the driver does not compile or link, 2 usage, 3 ddkcc itself failed\n";

/* The tool ends with its work; what it allocated is no leak. Read only where ASan is linked. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_leaks=0"; }

static bool in_path(const char *program)
{
    const char *path = getenv("PATH");

    for (const char *p = path ? path : "/usr/bin"; *p;) {
        size_t len = strcspn(p, ":");
        char *full = say("%.*s/%s", (int)len, p, program);
        bool found = access(full, X_OK) == 0;
        free(full);
        if (found)
            return true;
        p += len + (p[len] == ':');
    }
    return false;
}

static const char *find_clang(void)
{
    const char *wanted = getenv("DDKCC_CLANG");

    if (wanted && *wanted)
        return wanted;
    return in_path("clang-14") ? "clang-14" : "clang";
}

/* The nearest folder above the executable that holds ddkcc's run-time text. */
static const char *find_home(void)
{
    const char *wanted = getenv("DDKCC_HOME");
    char *at = wanted && *wanted ? say("%s", wanted) : path_real("/proc/self/exe");

    while (at) {
        if (access(say("%s/ddkcc/rt/driver_rt.c", at), R_OK) == 0)
            return at;
        if (!strcmp(at, "/") || !strcmp(at, "."))
            break;
        at = path_dir(at);
    }
    quit(EXIT_USAGE, "cannot find ddkcc/rt/driver_rt.c above the executable; set DDKCC_HOME");
}

static const char *value_of(int argc, char **argv, int *i)
{
    if (*i + 1 >= argc)
        quit(EXIT_USAGE, "%s wants a value", argv[*i]);
    return argv[++*i];
}

struct named {
    const char *name;
    const char **value;
    bool *flag;
    struct list *list;
};

static bool take_named(struct options *o, int argc, char **argv, int *i)
{
    const struct named table[] = {
        { "-o", &o->out, NULL, NULL },
        { "--root", &o->root, NULL, NULL },
        { "--ddk", &o->ddk, NULL, NULL },
        { "--depfile", &o->depfile, NULL, NULL },
        { "--undefined", &o->undefined, NULL, NULL },
        { "--known", &o->known, NULL, NULL },
        { "--export", NULL, NULL, &o->exports },
        { "-c", NULL, &o->object, NULL },
        { "--asan", NULL, &o->asan, NULL },
        { "--fuzz", NULL, &o->fuzz, NULL },
        { "--keep", NULL, &o->keep, NULL },
        { "--verbose", NULL, &o->verbose, NULL },
    };

    for (size_t n = 0; n < sizeof table / sizeof *table; n++) {
        size_t len = strlen(table[n].name);
        bool whole = !strcmp(argv[*i], table[n].name);
        bool joined = len > 2 && !strncmp(argv[*i], table[n].name, len) && argv[*i][len] == '=';
        if (!whole && !(joined && !table[n].flag))
            continue;
        if (table[n].flag) {
            *table[n].flag = true;
            return true;
        }
        const char *value = whole ? value_of(argc, argv, i) : argv[*i] + len + 1;
        if (table[n].list)
            list_add(table[n].list, say("%s", value));
        else
            *table[n].value = value;
        return true;
    }
    return false;
}

static void take(struct options *o, int argc, char **argv, int *i)
{
    const char *a = argv[*i];

    if (take_named(o, argc, argv, i) || !strncmp(a, "-g", 2))
        return;
    if (a[0] == '-' && a[1] && strchr("DUI", a[1])) {
        const char *value = a[2] ? a + 2 : value_of(argc, argv, i);
        if (a[1] == 'I')
            list_add(&o->includes, say("%s", value));
        else
            list_add(&o->defines, say("-%c%s", a[1], value));
    } else if (a[0] == '-') {
        quit(EXIT_USAGE, "unknown option %s; ddkcc --help lists them", a);
    } else if (strlen(a) > 2 && !strcmp(a + strlen(a) - 2, ".o")) {
        list_add(&o->objects, argv[*i]);
    } else {
        list_add(&o->sources, argv[*i]);
    }
}

static void check(struct options *o)
{
    if (!o->out)
        quit(EXIT_USAGE, "no output: give -o FILE");
    if (!o->sources.len)
        quit(EXIT_USAGE, "no source: give at least one .c file");
    for (size_t i = 0; i < o->sources.len; i++)
        if (access(o->sources.at[i], R_OK))
            quit(EXIT_USAGE, "cannot read source %s", o->sources.at[i]);
    for (size_t i = 0; i < o->objects.len; i++)
        if (access(o->objects.at[i], R_OK))
            quit(EXIT_USAGE, "cannot read object %s", o->objects.at[i]);
    for (size_t i = 0; i < o->includes.len; i++)
        if (access(o->includes.at[i], X_OK))
            quit(EXIT_USAGE, "no such folder: -I %s", o->includes.at[i]);
    o->clang = find_clang();
    o->home = find_home();
    o->root = path_real(o->root ? o->root : o->home);
    if (!o->root)
        quit(EXIT_USAGE, "no such folder: --root");
    if (!o->ddk)
        o->ddk = say("%s/include/ddk", o->home);
    else if (access(o->ddk, X_OK))
        quit(EXIT_USAGE, "no such folder: --ddk %s", o->ddk);
}

static void build(struct options *o)
{
    struct scan s = { 0 };
    struct list objects = { 0 }, deps = { 0 };
    struct inlines inlines = { 0 };

    o->inlines = &inlines;
    tmp_create(o);
    scan_sources(o, &s);
    wpp_write(o, &s);
    mc_write(o, &s);
    char *overlay = overlay_write(o, &s);
    do {
        objects.len = deps.len = 0;
        for (size_t i = 0; i < o->sources.len; i++)
            list_add(&objects, build_source(o, &s, o->sources.at[i], i, overlay, &deps));
        for (size_t i = 0; i < o->objects.len; i++)
            list_add(&objects, o->objects.at[i]);
        list_add(&objects, build_runtime(o));
    } while (!link_output(o, &objects));
    if (o->depfile)
        depfile_write(o, &deps);
    tmp_remove();
}

int main(int argc, char **argv)
{
    struct options o = { 0 };

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            fputs(usage, stdout);
            return EXIT_OK;
        }
        take(&o, argc, argv, &i);
    }
    if (o.undefined)
        return undefined_list(&o);
    check(&o);
    build(&o);
    return EXIT_OK;
}
