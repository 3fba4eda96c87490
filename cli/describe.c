/*
 * Gives a report what its formats say of the rules that spoke: level, family, source and page.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/run.h"
#include "verifier/rule.h"

#define PAGE_BYTES_MAX 16384

static const struct rule *find(const char *name)
{
    char word[RULE_WORD_MAX];

    for (unsigned i = 0; run_rules[i]; i++) {
        rule_word(run_rules[i], word, sizeof word);
        if (!strcmp(word, name))
            return run_rules[i];
    }
    return rule_find(name);
}

/* The page's text; false: there is none to be found. */
static bool read_page(const char *name, char *page, size_t size)
{
    FILE *f = cli_rule_page(name);
    size_t n;

    if (!f)
        return false;
    n = fread(page, 1, size - 1, f);
    page[n] = '\0';
    fclose(f);
    return true;
}

void cli_describe_rules(struct report *r)
{
    static char page[PAGE_BYTES_MAX];

    for (unsigned i = 0; i < r->finding_count; i++) {
        const char *name = r->findings[i].rule;
        const struct rule *rule = find(name);
        struct report_rule to = { .name = name, .severity = r->findings[i].severity };

        if (report_rule(r, name))
            continue;
        if (rule) {
            to.severity = rule_level_word(rule->level);
            to.family = rule_family_word(rule->family);
            to.source = rule->source;
            to.readiness = rule->readiness;
        }
        to.page = read_page(name, page, sizeof page) ? page : NULL;
        report_add_rule(r, &to);
    }
}
