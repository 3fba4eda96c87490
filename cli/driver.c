/*
 * From what the user typed after `run` to a driver's shared object.
 */
#include "cli/cli.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool cli_is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n > m && !strcmp(text + n - m, end);
}

/* drivers/KIND/NAMEsuffix.so beside the program; a dash also finds an underscore. */
static bool built(char *path, size_t size, const char *kind, const char *name, const char *suffix)
{
    char file[128];

    snprintf(file, sizeof file, "%s", name);
    if (strchr(name, '/'))
        return false;
    for (int pass = 0; pass < 2; pass++) {
        snprintf(path, size, "%s/drivers/%s/%s%s.so", cli_exe_folder(), kind, file, suffix);
        if (cli_exists(path))
            return true;
        for (char *p = file; *p; p++)
            *p = *p == '-' ? '_' : *p;
    }
    return false;
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

unsigned cli_samples(char (*names)[64], unsigned max)
{
    char folder[4096];
    unsigned count = 0;
    DIR *dir;

    snprintf(folder, sizeof folder, "%s/drivers/samples", cli_exe_folder());
    dir = opendir(folder);
    for (struct dirent *e; dir && count < max && (e = readdir(dir));)
        if (ends_with(e->d_name, ".so") && strlen(e->d_name) < 64)
            snprintf(names[count++], 64, "%.*s", (int)strlen(e->d_name) - 3, e->d_name);
    if (dir)
        closedir(dir);
    qsort(names, count, sizeof *names, by_name);
    return count;
}

static int unknown(const char *name)
{
    char names[32][64], text[512] = "";
    unsigned count = cli_samples(names, 32);

    for (unsigned i = 0; i < count; i++) {
        strncat(text, i ? ", " : "", sizeof text - strlen(text) - 1);
        strncat(text, names[i], sizeof text - strlen(text) - 1);
    }
    return cli_wrong("unknown driver '%s': no such file, folder or sample (samples: %s)", name,
                     count ? text : "none built");
}

/* A story: built with all its faults and without any; in between it is compiled on demand. */
static int find_case(struct cli_driver *d, const char *name, const char *mend)
{
    char folder[4096];

    if (!cli_case_folder(name + 5, folder, sizeof folder))
        return cli_wrong("unknown driver '%s': no such case; docs/cases.md lists the cases", name);
    if ((!mend || !strcmp(mend, "all")) &&
        built(d->path, sizeof d->path, "cases", name + 5, mend ? ".bug0" : ".bug1"))
        return 0;
    return cli_build_folder(folder, name, mend, d->path, sizeof d->path);
}

int cli_driver_find(struct cli_driver *d, const char *name, int bug, const char *mend)
{
    d->shown = name;
    if (!strncmp(name, "case:", 5))
        return find_case(d, name, mend);
    if (!strncmp(name, "twin:", 5) && !mend) {
        if (built(d->path, sizeof d->path, "twins", name + 5, bug ? ".bug1" : ".bug0"))
            return 0;
        return cli_wrong("unknown driver '%s': no such twin; dmacheck rules lists the rules", name);
    }
    if (cli_is_folder(name) &&
        (strchr(name, '/') || !built(d->path, sizeof d->path, "samples", name, "")))
        return cli_build_folder(name, name, mend, d->path, sizeof d->path);
    if (mend)
        return cli_wrong("run: --mend is for a case, not for '%s'", name);
    if ((strchr(name, '/') || ends_with(name, ".so")) && cli_exists(name)) {
        /* dlopen takes a name without a slash for a library of the system. */
        snprintf(d->path, sizeof d->path, "%s%s", strchr(name, '/') ? "" : "./", name);
        return 0;
    }
    return built(d->path, sizeof d->path, "samples", name, "") ? 0 : unknown(name);
}
