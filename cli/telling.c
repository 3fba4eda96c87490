/*
 * Taking the options that say how to tell what was found.
 */
#include "cli/telling.h"

#define FINDINGS_MAX 1000000

static int take_color(struct cli_telling *t, const char *text)
{
    t->color = text;
    return cli_color_known(text)
               ? 0
               : cli_wrong("%s: --color wants auto, always or never, not '%s'", t->verb, text);
}

static int take_level(struct cli_telling *t, const char *text)
{
    *t->fail_on = report_severity(text);
    return *t->fail_on
               ? 0
               : cli_wrong("%s: --fail-on wants note, warning or error, not '%s'", t->verb, text);
}

int cli_telling_option(struct cli_telling *t, int c, const char *text)
{
    switch (c) {
    case CLI_FORMAT:
        t->outputs->format = text;
        return 0;
    case CLI_COLOR:
        return take_color(t, text);
    case CLI_FAIL_ON:
        return take_level(t, text);
    case CLI_MAX_FINDINGS:
        return cli_take_number(t->verb, "max-findings", text, 1, FINDINGS_MAX, t->findings_max);
    case 'o':
        return cli_outputs_add(t->outputs, text);
    case 'q':
        t->outputs->style.verbosity = -1;
        return 0;
    case 'v':
        t->outputs->style.verbosity = 1;
        return 0;
    }
    return cli_known_option(t->known, c, text) ? 0 : -1;
}
