/*
 * dmacheck explain: a rule's page, as it is in docs/rules.
 */
#include "cli/cli.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* docs/rules is looked for beside the program and above it, or where DMACHECK_DOCS says. */
FILE *cli_rule_page(const char *rule)
{
    const char *folder = getenv("DMACHECK_DOCS");
    char symbol[64], name[128], path[PATH_MAX];

    snprintf(symbol, sizeof symbol, "%s", rule);
    for (char *p = symbol; *p; p++)
        *p = *p == '-' ? '_' : *p;
    snprintf(name, sizeof name, "docs/rules/%s.md", symbol);
    if (folder && *folder) {
        snprintf(path, sizeof path, "%s/rules/%s.md", folder, symbol);
        return fopen(path, "r");
    }
    return cli_tree_file(name, path, sizeof path) ? fopen(path, "r") : NULL;
}

int verb_explain(int argc, char **argv)
{
    FILE *page;

    if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        puts("usage: dmacheck explain RULE\n\n"
             "Prints the page of a rule: what happens on a machine, the lines of its twin driver\n"
             "that make the difference, and what the rule cannot see.");
        return DM_CLEAN;
    }
    if (argc == 2 && argv[1][0] == '-')
        return cli_wrong("explain: unknown option '%s'; dmacheck explain --help lists them",
                         argv[1]);
    if (argc != 2)
        return cli_wrong("explain: wants one rule; dmacheck rules lists them");
    for (const char *p = argv[1]; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
            return cli_wrong("explain: unknown rule '%s'; dmacheck rules lists them", argv[1]);
    page = cli_rule_page(argv[1]);
    if (!page)
        return cli_wrong("explain: unknown rule '%s'; dmacheck rules lists them", argv[1]);
    for (int c; (c = getc(page)) != EOF;)
        putchar(c);
    fclose(page);
    return DM_CLEAN;
}
