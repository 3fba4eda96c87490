/*
 * Where things are: beside the program, or in the tree that the program was built in.
 */
#include "cli/cli.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool cli_exists(const char *path) { return access(path, R_OK) == 0; }

const char *cli_exe_folder(void)
{
    static char folder[PATH_MAX];
    ssize_t n;
    char *slash;

    if (*folder)
        return folder;
    n = readlink("/proc/self/exe", folder, sizeof folder - 1);
    folder[n > 0 ? n : 0] = '\0';
    slash = strrchr(folder, '/');
    if (!slash)
        strcpy(folder, ".");
    else
        *slash = '\0';
    return folder;
}

const char *cli_tree_file(const char *name, char *path, size_t size)
{
    char folder[PATH_MAX];

    snprintf(folder, sizeof folder, "%s", cli_exe_folder());
    for (;;) {
        char *slash = strrchr(folder, '/');

        if ((size_t)snprintf(path, size, "%s/%s", folder, name) < size && cli_exists(path))
            return path;
        if (!slash || slash == folder)
            return NULL;
        *slash = '\0';
    }
}
