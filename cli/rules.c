/*
 * dmacheck rules: what is looked for, and what Driver Verifier says to the same fault.
 */
#include "cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"
#include "reports/writer.h"
#include "verifier/rule.h"

static void write_bugcheck(struct writer *w, const char *key, struct rule_bugcheck b)
{
    writer_key(w, key);
    if (!b.code) {
        writer_null(w);
        return;
    }
    writer_object_begin(w);
    writer_key(w, "code");
    writer_hex(w, b.code);
    writer_key(w, "param1");
    writer_hex(w, b.param1);
    if (b.has_param2) {
        writer_key(w, "param2");
        writer_hex(w, b.param2);
    }
    writer_object_end(w);
}

static void write_rule(struct writer *w, const struct rule *rule)
{
    char word[RULE_WORD_MAX];

    rule_word(rule, word, sizeof word);
    writer_object_begin(w);
    writer_key_string(w, "name", word);
    writer_key_string(w, "family", rule_family_word(rule->family));
    writer_key_string(w, "severity", rule_level_word(rule->level));
    write_bugcheck(w, "bugcheck", rule->bugcheck);
    if (rule->bugcheck_remapped.code)
        write_bugcheck(w, "bugcheck_remapped", rule->bugcheck_remapped);
    writer_key(w, "reachable");
    writer_bool(w, !rule->unreachable);
    if (rule->unreachable)
        writer_key_string(w, "reason", rule->unreachable);
    writer_key(w, "readiness");
    writer_bool(w, rule->readiness);
    writer_key_string(w, "source", rule->source);
    writer_object_end(w);
}

static const struct rule *rule_at(unsigned i)
{
    return i < rules_count ? rules_all[i] : run_rules[i - rules_count];
}

static void print_json(void)
{
    struct writer w;

    writer_init(&w, STDOUT_FILENO, false);
    writer_object_begin(&w);
    writer_key_string(&w, "schema", "dmacheck-rules-1");
    writer_key_string(&w, "tool", REPORT_TOOL " " REPORT_VERSION);
    writer_key(&w, "rules");
    writer_array_begin(&w);
    for (unsigned i = 0; rule_at(i); i++)
        write_rule(&w, rule_at(i));
    writer_array_end(&w);
    writer_object_end(&w);
    writer_end(&w);
}

static void bugcheck_text(const struct rule *rule, char *text, size_t size)
{
    if (rule->bugcheck.code)
        snprintf(text, size, "0x%X/0x%02X", rule->bugcheck.code, rule->bugcheck.param1);
    else if (rule->bugcheck_remapped.code)
        snprintf(text, size, "0x%X/0x%02X remapped", rule->bugcheck_remapped.code,
                 rule->bugcheck_remapped.param1);
    else
        snprintf(text, size, "blind");
}

static void print_text(void)
{
    printf("%-32s %-8s %-14s %s\n", "rule", "severity", "family", "Driver Verifier");
    for (unsigned i = 0; rule_at(i); i++) {
        char word[RULE_WORD_MAX], bugcheck[48];

        rule_word(rule_at(i), word, sizeof word);
        bugcheck_text(rule_at(i), bugcheck, sizeof bugcheck);
        printf("%-32s %-8s %-14s %s\n", word, rule_level_word(rule_at(i)->level),
               rule_family_word(rule_at(i)->family), bugcheck);
    }
}

int verb_rules(int argc, char **argv)
{
    static const struct option options[] = { { "format", required_argument, NULL, 'f' },
                                             { "help", no_argument, NULL, 'h' },
                                             { NULL, 0, NULL, 0 } };
    bool json = false;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        if (c == 'h') {
            puts("usage: dmacheck rules [--format text|json]\n\n"
                 "Lists the rules. 'blind': Driver Verifier does not see this fault; 'remapped': "
                 "it\n"
                 "sees it on machines whose IOMMU translates. dmacheck explain RULE tells more.");
            return DM_CLEAN;
        } else if (c == 'f' && (!strcmp(optarg, "json") || !strcmp(optarg, "text"))) {
            json = !strcmp(optarg, "json");
        } else if (c == 'f') {
            return cli_wrong("rules: unknown format '%s'; known: text, json", optarg);
        } else {
            return cli_wrong_option("rules", argv, c);
        }
    if (optind < argc)
        return cli_wrong("rules: '%s' is one argument too many", argv[optind]);
    if (json)
        print_json();
    else
        print_text();
    return DM_CLEAN;
}
