/*
 * Names of rules, levels and families.
 */
#include "verifier/rule.h"

#include <stdio.h>
#include <string.h>

void rule_word(const struct rule *rule, char *word, size_t size)
{
    snprintf(word, size, "%s", rule->symbol);
    for (char *p = word; *p; p++)
        if (*p == '_')
            *p = '-';
}

/* Underscore and dash are one letter here, so that both spellings find a rule. */
static bool same(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (*a != *b && !((*a == '_' || *a == '-') && (*b == '_' || *b == '-')))
            return false;
    return *a == *b;
}

const struct rule *rule_find(const char *word_or_symbol)
{
    for (unsigned i = 0; i < rules_count; i++)
        if (same(rules_all[i]->symbol, word_or_symbol))
            return rules_all[i];
    return NULL;
}

const char *rule_level_word(enum rule_level level)
{
    return level == ERROR ? "error" : level == WARNING ? "warning" : "note";
}

const char *rule_family_word(enum rule_family family)
{
    static const char *const words[RULE_FAMILIES] = {
        [ADAPTER] = "adapter", [CHANNEL] = "channel",
        [MAP] = "map",         [COMMON] = "common-buffer",
        [DEVICE] = "device",   [CALLER] = "caller",
        [MDLS] = "mdl",        [MEMORY] = "memory",
        [REQUEST] = "request", [FRAMEWORK] = "framework",
        [ORDER] = "order",     [RUN] = "run",
    };

    return family < RULE_FAMILIES && words[family] ? words[family] : "other";
}
