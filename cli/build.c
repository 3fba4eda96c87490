/*
 * A folder with driver.ini to a shared object: the C compiler for its scenarios, ddkcc for the
 * driver and the link. The result is kept in a cache and made again when a file of the folder, the
 * compiler or a header of ours is newer.
 *
 *     [driver]
 *     name = xfer                    ; default: the folder's name
 *     sources = a.c b.c              ; of the driver
 *     include = . inc                ; folders of its headers
 *     define = NAME NAME=VALUE
 *     device = sgdma                 ; models to plug, comma separated, unless a scenario file says
 *                                    ; nothing behind the `=`: none; no such line: scenario.h, dm_setup
 *     scenarios = scenarios.c        ; compiled natively with -DDMACHECK_SCENARIO
 *     [case]
 *     faults = put-early             ; each a macro FAULT_PUT_EARLY: 1, or 0 where it is mended
 *     rules = sgl-used-after-put     ; which should speak of them
 *
 * A folder without driver.ini is taken as it is: all its .c files but scenarios.c, which are its
 * scenarios, and the folders inc and include in it or beside it.
 */
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ini.h>

#define ARGS_MAX 256
#define VALUE_MAX 1024

extern char **environ;

/* Further options of ddkcc, for every folder: "--asan --fuzz". */
static const char *extra = "";
void cli_build_options(const char *words) { extra = words; }

struct build {
    const char *folder;
    char name[64];
    char sources[VALUE_MAX], include[VALUE_MAX], define[VALUE_MAX], device[VALUE_MAX],
        scenarios[VALUE_MAX], faults[VALUE_MAX];
    char fault_defines[VALUE_MAX];
    bool device_said;
    char bad_key[128];
    int bad_line;
    char cache[PATH_MAX];
    char *args[ARGS_MAX];
    unsigned arg_count;
};

/* --- driver.ini --- */

static int take_key(void *ctx, const char *section, const char *key, const char *value)
{
    struct build *b = ctx;
    const struct {
        const char *key;
        char *to;
        size_t size;
    } keys[] = {
        { "name", b->name, sizeof b->name },  { "sources", b->sources, VALUE_MAX },
        { "include", b->include, VALUE_MAX }, { "define", b->define, VALUE_MAX },
        { "device", b->device, VALUE_MAX },   { "scenarios", b->scenarios, VALUE_MAX },
    };

    if (!strcmp(section, "case") && !strcmp(key, "faults")) {
        snprintf(b->faults, sizeof b->faults, "%s", value);
        return strlen(value) < sizeof b->faults;
    }
    if (!strcmp(section, "case") && !strcmp(key, "rules"))
        return 1; /* what should speak: for the tree's own check */
    for (size_t i = 0; !strcmp(section, "driver") && i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(keys[i].key, key)) {
            snprintf(keys[i].to, keys[i].size, "%s", value);
            b->device_said |= keys[i].to == b->device;
            return strlen(value) < keys[i].size;
        }
    snprintf(b->bad_key, sizeof b->bad_key, "[%s] %s", section, key);
    return 0;
}

/* A name with a slash or a dot could leave the cache. */
static bool plain_name(const char *name)
{
    return *name &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
               strlen(name);
}

/* The folder's own name, without what does not go into a file name of the cache. */
static void name_folder(struct build *b)
{
    char real[PATH_MAX];

    if (!realpath(b->folder, real))
        return;
    snprintf(b->name, sizeof b->name, "%.63s", strrchr(real, '/') + 1);
    for (char *p = b->name; *p; p++) {
        char one[2] = { *p, 0 };

        *p = plain_name(one) ? *p : '_';
    }
}

static bool add_word(char *list, const char *word)
{
    size_t n = strlen(list);

    return (size_t)snprintf(list + n, VALUE_MAX - n, "%s%s", n ? " " : "", word) < VALUE_MAX - n;
}

static int is_source(const struct dirent *e)
{
    size_t n = strlen(e->d_name);

    return n > 2 && e->d_name[0] != '.' && !strcasecmp(e->d_name + n - 2, ".c");
}

/* No driver.ini: what lies in the folder is the driver. */
static int take_folder(struct build *b)
{
    static const char *const includes[] = { ".", "inc", "include", "../inc", "../include" };
    struct dirent **e;
    int count = scandir(b->folder, &e, is_source, alphasort);
    bool fits = true;
    char path[PATH_MAX];

    for (int i = 0; i < count; i++) {
        bool scenarios = !strcmp(e[i]->d_name, "scenarios.c");

        fits &= !strpbrk(e[i]->d_name, " \t") &&
                add_word(scenarios ? b->scenarios : b->sources, e[i]->d_name);
        free(e[i]);
    }
    if (count >= 0)
        free(e);
    for (size_t i = 0; i < sizeof includes / sizeof *includes; i++) {
        snprintf(path, sizeof path, "%s/%s", b->folder, includes[i]);
        if (cli_exists(path))
            add_word(b->include, includes[i]);
    }
    name_folder(b);
    if (!*b->sources)
        return cli_wrong("%s: no driver.ini in this folder, and no .c files either", b->folder);
    if (!fits)
        return cli_wrong("%s: too many .c files, or blanks in their names, to go without a "
                         "driver.ini",
                         b->folder);
    fprintf(stderr, "dmacheck: %s: no driver.ini; taken as the driver: %s\n", b->folder,
            b->sources);
    return 0;
}

static int read_ini(struct build *b)
{
    char path[PATH_MAX];
    int line;

    snprintf(path, sizeof path, "%s/driver.ini", b->folder);
    if (!cli_exists(path))
        return take_folder(b);
    line = ini_parse(path, take_key, b);
    if (line > 0 && *b->bad_key)
        return cli_wrong("%s:%d: unknown key '%s'; known in [driver]: name sources include define "
                         "device scenarios",
                         path, line, b->bad_key);
    if (line)
        return cli_wrong("%s:%d: expected '[driver]' or 'key = value'", path, line > 0 ? line : 1);
    if (!*b->name)
        name_folder(b);
    if (!plain_name(b->name))
        return cli_wrong("%s: name: expected letters, digits, '-' and '_', not '%s'", path,
                         b->name);
    if (!*b->sources)
        return cli_wrong("%s: expected 'sources = FILE.c ...' in [driver]", path);
    return 0;
}

/* --- the cache --- */

static void make_folder(const char *path)
{
    char part[PATH_MAX];

    snprintf(part, sizeof part, "%s", path);
    for (char *p = part + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(part, 0777);
            *p = '/';
        }
    mkdir(part, 0777);
}

static uint64_t hash_text(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return h;
}

static int choose_cache(struct build *b)
{
    const char *xdg = getenv("XDG_CACHE_HOME");
    char base[PATH_MAX / 2], real[PATH_MAX];
    uint64_t id;

    if (!realpath(b->folder, real))
        return cli_wrong("%s: %s", b->folder, strerror(errno));
    id = hash_text(real) ^ (*b->fault_defines ? hash_text(b->fault_defines) : 0) ^
         (*extra ? hash_text(extra) : 0);
    if (xdg && *xdg)
        snprintf(base, sizeof base, "%s/dmacheck", xdg);
    else
        snprintf(base, sizeof base, "%s/cache", cli_exe_folder());
    snprintf(b->cache, sizeof b->cache, "%s/%s-%016llx", base, b->name,
             (unsigned long long)id); /* two folders may hold drivers of one name */
    make_folder(b->cache);
    if (access(b->cache, W_OK))
        return cli_wrong("cannot write to the cache %s; XDG_CACHE_HOME names another", b->cache);
    return 0;
}

/* The time of the newest file in a folder, three levels deep. */
static int64_t newest(const char *folder, int depth)
{
    DIR *dir = opendir(folder);
    int64_t time = 0;

    for (struct dirent *e; dir && (e = readdir(dir));) {
        char path[PATH_MAX];
        struct stat st;
        int64_t t;

        if (e->d_name[0] == '.' ||
            (size_t)snprintf(path, sizeof path, "%s/%s", folder, e->d_name) >= sizeof path ||
            stat(path, &st))
            continue;
        t = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
        if (S_ISDIR(st.st_mode))
            t = depth ? newest(path, depth - 1) : 0;
        time = t > time ? t : time;
    }
    if (dir)
        closedir(dir);
    return time;
}

static int64_t time_of(const char *path)
{
    struct stat st;

    return stat(path, &st) ? 0 : (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

/* --- commands --- */

static void arg(struct build *b, const char *format, const char *value)
{
    if (b->arg_count + 1 < ARGS_MAX && asprintf(&b->args[b->arg_count], format, value) >= 0)
        b->arg_count++;
}

/* One argument for each word of a value; files are taken from the folder. */
static void arg_words(struct build *b, const char *words, const char *option, bool file)
{
    char copy[VALUE_MAX], full[PATH_MAX], *save = NULL;

    snprintf(copy, sizeof copy, "%s", words);
    for (char *p = strtok_r(copy, " \t", &save); p; p = strtok_r(NULL, " \t", &save)) {
        snprintf(full, sizeof full, "%s%s%s%s", option, file ? b->folder : "", file ? "/" : "", p);
        arg(b, "%s", full);
    }
}

/* Runs and forgets the arguments; the compiler's own lines go to stderr. false: it failed. */
static bool command(struct build *b)
{
    posix_spawn_file_actions_t to_stderr;
    int status = 1;
    pid_t pid;
    int code;

    b->args[b->arg_count] = NULL;
    posix_spawn_file_actions_init(&to_stderr);
    posix_spawn_file_actions_adddup2(&to_stderr, STDERR_FILENO, STDOUT_FILENO);
    code = posix_spawnp(&pid, b->args[0], &to_stderr, NULL, b->args, environ);
    if (code)
        fprintf(stderr, "%s: %s\n", b->args[0], strerror(code));
    else
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    posix_spawn_file_actions_destroy(&to_stderr);
    for (unsigned i = 0; i < b->arg_count; i++)
        free(b->args[i]);
    b->arg_count = 0;
    return status == 0;
}

/* As ddkcc chooses: Debian installs clang-14 under that name alone. */
static const char *native_compiler(void)
{
    static const char *const variables[] = { "DMACHECK_CC", "DDKCC_CLANG" };
    const char *path = getenv("PATH");
    char candidate[PATH_MAX];

    for (int i = 0; i < 2; i++) {
        const char *cc = getenv(variables[i]);

        if (cc && *cc)
            return cc;
    }
    while (path && *path) {
        size_t n = strcspn(path, ":");

        snprintf(candidate, sizeof candidate, "%.*s/clang-14", (int)n, path);
        if (access(candidate, X_OK) == 0)
            return "clang-14";
        path += n + (path[n] == ':');
    }
    return "clang";
}

static void native(struct build *b, const char *tree)
{
    static const char *const words[] = {
        "-std=gnu11",         "-O1", "-g", "-gdwarf-4", "-fPIC", "-Wall", "-fno-omit-frame-pointer",
        "-DDMACHECK_SCENARIO"
    };

    arg(b, "%s", native_compiler());
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        arg(b, "%s", words[i]);
    arg(b, "-I%s", tree);
    arg(b, "-I%s/include", tree);
    arg_words(b, b->include, "-I", true);
    arg(b, "%s", "-c");
}

/* The scenarios' objects are scenario0.o, scenario1.o, ...; returns how many, -1: one failed. */
static int compile_scenarios(struct build *b, const char *tree)
{
    char copy[VALUE_MAX], *save = NULL;
    int count = 0;

    snprintf(copy, sizeof copy, "%s", b->scenarios);
    for (char *p = strtok_r(copy, " \t", &save); p; p = strtok_r(NULL, " \t", &save)) {
        char object[PATH_MAX + 32];

        native(b, tree);
        arg_words(b, p, "", true);
        snprintf(object, sizeof object, "-o%s/scenario%d.o", b->cache, count++);
        arg(b, "%s", object);
        if (!command(b))
            return -1;
    }
    return count;
}

/* What driver.ini says of devices, for scenario files that do not say it themselves. */
static bool compile_setup(struct build *b, const char *tree)
{
    char path[PATH_MAX + 32];
    const char *quote = b->device_said ? "\"" : "";
    FILE *f;

    snprintf(path, sizeof path, "%s/setup.c", b->cache);
    f = fopen(path, "w");
    if (!f)
        return false;
    fprintf(f,
            "#include \"include/dmacheck/scenario.h\"\n"
            "__attribute__((weak)) const struct dm_setup dmacheck_setup = { .devices = %s%s%s };\n"
            "__attribute__((weak)) const struct dm_scenario dmacheck_scenarios[1];\n",
            quote, b->device_said ? b->device : "NULL", quote);
    if (fclose(f))
        return false;
    native(b, tree);
    arg(b, "%s", path);
    arg(b, "-o%s/setup.o", b->cache);
    return command(b);
}

/* ddkcc compiles the driver and links the scenarios' objects in. */
static bool compile_driver(struct build *b, const char *ddkcc, const char *so, int scenarios)
{
    char path[PATH_MAX + 32];

    arg(b, "%s", ddkcc);
    arg(b, "%s", "-o");
    arg(b, "%s", so);
#ifdef __SANITIZE_ADDRESS__
    arg(b, "%s", "--asan");
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    arg(b, "%s", "--asan");
#endif
#endif
    arg_words(b, extra, "", false);
    arg_words(b, b->define, "-D", false);
    arg_words(b, b->fault_defines, "-D", false);
    arg_words(b, b->include, "-I", true);
    arg_words(b, b->sources, "", true);
    arg(b, "%s/setup.o", b->cache);
    for (int i = 0; i < scenarios; i++) {
        snprintf(path, sizeof path, "%s/scenario%d.o", b->cache, i);
        arg(b, "%s", path);
    }
    return command(b);
}

/* Nothing that went into it is newer: the folder, the compiler, our headers, of which a new dmacheck may
 * bring others, and what cases share, which lies beside them. */
static bool is_fresh(const struct build *b, const char *so, const char *ddkcc, const char *tree)
{
    char folder[PATH_MAX + 16];
    int64_t built = time_of(so);

    if (built <= newest(b->folder, 3) || built <= time_of(ddkcc))
        return false;
    snprintf(folder, sizeof folder, "%s/include", tree);
    if (built <= newest(folder, 2))
        return false;
    snprintf(folder, sizeof folder, "%s/..", b->folder);
    return !*b->faults || built > newest(folder, 0);
}

static int make(struct build *b, const char *so)
{
    char ddkcc[PATH_MAX], header[PATH_MAX], tree[PATH_MAX];
    const char *scenario_h = cli_tree_file("include/dmacheck/scenario.h", header, sizeof header);
    int scenarios;

    snprintf(ddkcc, sizeof ddkcc, "%s/ddkcc", cli_exe_folder());
    if (!cli_exists(ddkcc) && !cli_tree_file("build/ddkcc", ddkcc, sizeof ddkcc))
        return cli_wrong("cannot find ddkcc beside %s; type make", cli_exe_folder());
    if (!scenario_h)
        return cli_wrong("cannot find include/dmacheck/scenario.h above %s", cli_exe_folder());
    snprintf(tree, sizeof tree, "%.*s", (int)(strstr(header, "/include/dmacheck/") - header),
             header);
    if (is_fresh(b, so, ddkcc, tree))
        return 0;
    scenarios = compile_scenarios(b, tree);
    if (scenarios < 0)
        return cli_wrong("%s: its scenarios do not compile; the compiler's lines are above",
                         b->folder);
    if (!compile_setup(b, tree))
        return cli_wrong("%s: its devices ('%s') cannot be written down", b->folder, b->device);
    if (!compile_driver(b, ddkcc, so, scenarios))
        return cli_wrong("%s does not compile; the compiler's lines are above", b->folder);
    return 0;
}

int cli_build_folder(const char *folder, const char *shown, const char *mend, char *path,
                     size_t size)
{
    struct build *b = calloc(1, sizeof *b);
    char trimmed[PATH_MAX];
    int code;

    if (!b)
        return DM_INTERNAL;
    snprintf(trimmed, sizeof trimmed, "%s", folder);
    for (size_t n = strlen(trimmed); n > 1 && trimmed[n - 1] == '/';)
        trimmed[--n] = '\0';
    b->folder = trimmed;
    code = read_ini(b);
    if (!code)
        code = cli_case_defines(shown, b->faults, mend, b->fault_defines, sizeof b->fault_defines);
    if (!code)
        code = choose_cache(b);
    if (!code) {
        snprintf(path, size, "%s/%s.so", b->cache, b->name);
        code = make(b, path);
        if (code)
            unlink(path); /* a failed build must not be found newer the next time */
    }
    free(b);
    return code;
}
