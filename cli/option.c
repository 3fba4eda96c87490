/*
 * What is said when an option is wrong.
 */
#include "cli/cli.h"

#include <getopt.h>

/* argv[optind - 1] is the text that was not understood, but for a letter within a cluster. */
int cli_wrong_option(const char *verb, char **argv, int got)
{
    const char *text = argv[optind - 1];

    if (got == ':')
        return cli_wrong("%s: option '%s' wants a value; see dmacheck %s --help", verb, text, verb);
    if (text[0] == '-' && text[1] == '-' && optopt)
        return cli_wrong("%s: option '%s' takes no value; see dmacheck %s --help", verb, text,
                         verb);
    if (text[0] == '-' && text[1] == '-')
        return cli_wrong("%s: unknown option '%s'; dmacheck %s --help lists them", verb, text,
                         verb);
    return cli_wrong("%s: unknown option '-%c'; dmacheck %s --help lists them", verb, optopt, verb);
}
