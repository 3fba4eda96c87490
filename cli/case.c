/*
 * Field stories: drivers-under-test/cases/NAME, a driver whose faults can be mended one by one. Each
 * fault `put-early` that its driver.ini names is a macro FAULT_PUT_EARLY for the compiler, 1 for a
 * fault that is there and 0 for one that is mended.
 */
#include "cli/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FAULTS_MAX 16
#define WORDS_BYTES 512

struct words {
    char text[WORDS_BYTES]; /* cut into words in place */
    const char *word[FAULTS_MAX];
    unsigned count;
};

/* false: more of them than there can be. */
static bool cut(struct words *w, const char *text, const char *between)
{
    char *save = NULL;

    w->count = 0;
    if ((size_t)snprintf(w->text, sizeof w->text, "%s", text) >= sizeof w->text)
        return false;
    for (char *p = strtok_r(w->text, between, &save); p; p = strtok_r(NULL, between, &save)) {
        if (w->count == FAULTS_MAX)
            return false;
        w->word[w->count++] = p;
    }
    return true;
}

static bool has(const struct words *w, const char *word)
{
    for (unsigned i = 0; i < w->count; i++)
        if (!strcmp(w->word[i], word))
            return true;
    return false;
}

/* `put-early` and 1 make `FAULT_PUT_EARLY=1`. */
static void define_add(char *defines, size_t size, const char *fault, bool there)
{
    size_t n = strlen(defines);
    int wrote = snprintf(defines + n, size - n, "%sFAULT_%s=%d", n ? " " : "", fault, there);

    for (char *p = defines + n; wrote > 0 && *p; p++)
        *p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
}

int cli_case_defines(const char *shown, const char *faults, const char *mend, char *defines,
                     size_t size)
{
    struct words all, mended;
    bool every = mend && !strcmp(mend, "all");

    *defines = '\0';
    if (!cut(&all, faults, " \t") || !cut(&mended, mend && !every ? mend : "", ","))
        return cli_wrong("%s: %u faults at most", shown, FAULTS_MAX);
    if (mend && !all.count)
        return cli_wrong("run: --mend is for a case; '%s' names no faults in its driver.ini",
                         shown);
    if (mend && !every && !mended.count)
        return cli_wrong("run: --mend wants FAULT[,...] or all, not '%s'", mend);
    for (unsigned i = 0; i < mended.count; i++)
        if (!has(&all, mended.word[i]))
            return cli_wrong("run: %s has no fault '%s'; its faults: %s", shown, mended.word[i],
                             faults);
    for (unsigned i = 0; i < all.count; i++)
        define_add(defines, size, all.word[i], !every && !has(&mended, all.word[i]));
    return 0;
}

bool cli_case_folder(const char *name, char *path, size_t size)
{
    char folder[72], wanted[128];

    if (!*name || strchr(name, '/') || strlen(name) > 64)
        return false;
    snprintf(folder, sizeof folder, "%s", name);
    for (char *p = folder; *p; p++)
        *p = *p == '-' ? '_' : *p;
    snprintf(wanted, sizeof wanted, "drivers-under-test/cases/%s/driver.ini", folder);
    if (!cli_tree_file(wanted, path, size))
        return false;
    *strrchr(path, '/') = '\0';
    return true;
}

bool cli_is_case(const char *driver) { return driver && !strncmp(driver, "case:", 5); }

static bool profile_shows(const struct report *r, const char *profile)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        for (unsigned k = 0; k < r->findings[i].run_count; k++)
            if (!r->findings[i].all_profiles &&
                !strcmp(r->runs[r->findings[i].runs[k]].profile, profile))
                return true;
    return false;
}

/* The profiles on which something is found, or on which nothing is. */
static void list_profiles(const struct report *r, bool shown, char *text, size_t size)
{
    *text = '\0';
    for (unsigned i = 0; i < r->run_count; i++) {
        const char *profile = r->runs[i].profile;
        size_t n = strlen(text);
        bool before = false;

        for (unsigned k = 0; k < i && !before; k++)
            before = !strcmp(r->runs[k].profile, profile);
        if (!before && profile_shows(r, profile) == shown)
            snprintf(text + n, size - n, "%s%s", n ? ", " : "", profile);
    }
    if (!*text)
        snprintf(text, size, "none");
}

void cli_case_notice(struct report *r)
{
    char shown[1024], hidden[1024];

    list_profiles(r, true, shown, sizeof shown);
    list_profiles(r, false, hidden, sizeof hidden);
    report_add_notice(r, "case", "%s: shown on %s; hidden on %s", r->driver, shown, hidden);
}
