/*
 * dmacheck profiles: the machines that there are.
 */
#include "cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/writer.h"
#include "sim/core/profile.h"

#define PROFILES_MAX 256

static void print_json(const struct profile *p, int count)
{
    struct writer w;

    writer_init(&w, STDOUT_FILENO, false);
    writer_object_begin(&w);
    writer_key_string(&w, "schema", "dmacheck-profiles-1");
    writer_key_string(&w, "tool", REPORT_TOOL " " REPORT_VERSION);
    writer_key(&w, "profiles");
    writer_array_begin(&w);
    for (int i = 0; i < count; i++) {
        writer_object_begin(&w);
        writer_key_string(&w, "name", p[i].name);
        writer_key_string(&w, "summary", p[i].summary);
        writer_key(&w, "remapped");
        writer_bool(&w, p[i].translation != TRANSLATION_NONE);
        writer_key(&w, "coherent");
        writer_bool(&w, p[i].coherent);
        writer_key(&w, "scatter_gather");
        writer_bool(&w, p[i].scatter_gather);
        writer_key_u64(&w, "address_bits", p[i].address_bits);
        writer_key_u64(&w, "map_registers", p[i].map_registers);
        writer_key_u64(&w, "cpus", p[i].cpus);
        writer_object_end(&w);
    }
    writer_array_end(&w);
    writer_object_end(&w);
    writer_end(&w);
}

static int read_all(struct profile *p, int *count)
{
    char names[PROFILES_MAX][32], message[256];

    *count = profile_names(names, PROFILES_MAX);
    if (*count <= 0)
        return cli_wrong("no profiles found; DMACHECK_PROFILES names their folder");
    for (int i = 0; i < *count; i++)
        if (profile_find(&p[i], names[i], message, sizeof message))
            return cli_wrong("%s", message);
    return 0;
}

int verb_profiles(int argc, char **argv)
{
    static const struct option options[] = { { "format", required_argument, NULL, 'f' },
                                             { "help", no_argument, NULL, 'h' },
                                             { NULL, 0, NULL, 0 } };
    static struct profile p[PROFILES_MAX];
    bool json = false;
    int count, c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        if (c == 'h') {
            puts("usage: dmacheck profiles [--format text|json]\n\n"
                 "Lists the machine profiles. A profile is a file profiles/NAME.ini.");
            return DM_CLEAN;
        } else if (c == 'f' && (!strcmp(optarg, "json") || !strcmp(optarg, "text"))) {
            json = !strcmp(optarg, "json");
        } else if (c == 'f') {
            return cli_wrong("profiles: unknown format '%s'; known: text, json", optarg);
        } else {
            return cli_wrong_option("profiles", argv, c);
        }
    if (optind < argc)
        return cli_wrong("profiles: '%s' is one argument too many", argv[optind]);
    if (read_all(p, &count))
        return DM_USAGE;
    if (json)
        print_json(p, count);
    for (int i = 0; !json && i < count; i++)
        printf("%-14s %s\n", p[i].name, p[i].summary);
    return DM_CLEAN;
}
