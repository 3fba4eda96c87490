/*
 * A written test from its first line to its last.
 */
#include "machine/to_test.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "include/dmacheck/scenario.h"
#include "machine/shrink_private.h"
#include "machine/to_test_private.h"

#define LITERAL_COLUMNS 76u

void to_test_name(char *name, size_t size, const char *from)
{
    size_t n = 0;

    for (; *from && n + 1 < size; from++)
        name[n++] = isalnum((unsigned char)*from) ? *from : '_';
    name[n] = 0;
}

/* --- what is found --- */

static void write_places(FILE *out, const struct shrink_target *t)
{
    for (unsigned s = 0; s < t->site_count; s++)
        for (unsigned f = 0; f < t->sites[s].frame_count; f++) {
            const struct site_frame_text *frame = &t->sites[s].frames[f];

            fprintf(out, " *   %-16s ", f ? "" : t->sites[s].role);
            code_comment(out, frame->file);
            fprintf(out, ":%u ", frame->line);
            code_comment(out, frame->function);
            fputc('\n', out);
        }
}

static void write_head(FILE *out, const struct to_test *t)
{
    char what[512];

    fputs("/*\n", out);
    if (t->target) {
        snprintf(what, sizeof(what), "%s: %s", t->target->rule,
                 *t->target->failure ? t->target->failure : t->target->message);
        code_paragraph(out, what);
        write_places(out, t->target);
        fputs(" *\n * Made by dmacheck trace to-test of a run in which this was found. The test "
              "fails as "
              "long as it\n * is, and passes when the driver is mended.",
              out);
    } else {
        fputs(" * Made by dmacheck trace to-test of a run in which nothing was found.", out);
    }
    fputs("\n * DMACHECK_DRIVER names the driver's shared object.\n */\n", out);
}

static void write_includes(FILE *out)
{
    static const char *const system[] = { "setjmp.h", "stdarg.h", "stddef.h", "stdint.h",
                                          "cmocka.h", "stdlib.h", "string.h" };
    static const char *const own[] = { "machine.h", "plan.h", "scenario.h" };

    for (unsigned i = 0; i < sizeof(system) / sizeof(*system); i++)
        fprintf(out, "#include <%s>\n", system[i]);
    fputc('\n', out);
    for (unsigned i = 0; i < sizeof(own) / sizeof(*own); i++)
        fprintf(out, "#include \"dmacheck/%s\"\n", own[i]);
    fputc('\n', out);
}

/* --- what the run is given besides --- */

/* A long word in pieces, one a line. */
static void write_literal(FILE *out, const char *name, const char *value)
{
    char literal[1024];
    size_t length;

    code_string(literal, sizeof(literal), value);
    length = strlen(literal);
    if (strlen("static const char [] = ;") + strlen(name) + length <= CODE_COLUMNS) {
        fprintf(out, "static const char %s[] = %s;\n", name, literal);
        return;
    }
    fprintf(out, "static const char %s[] =\n", name);
    for (size_t at = 0; at < length; at += LITERAL_COLUMNS) {
        size_t left = length - at;

        fprintf(out, "    %s%.*s%s\n", at ? "\"" : "",
                (int)(left < LITERAL_COLUMNS ? left : LITERAL_COLUMNS), literal + at,
                left > LITERAL_COLUMNS ? "\"" : ";");
    }
}

static void write_faults(FILE *out, const struct dm_plan *p)
{
    char literal[128];

    if (!p->fault_count)
        return;
    fputs("static const struct dm_plan_fault faults[] = {\n", out);
    for (size_t i = 0; i < p->fault_count; i++) {
        fprintf(out, "    { .point = %s, .nth = %u",
                code_string(literal, sizeof(literal), p->faults[i].point), p->faults[i].nth);
        if (p->faults[i].value)
            fprintf(out, ", .value = 0x%" PRIx64, p->faults[i].value);
        fputs(" },\n", out);
    }
    fputs("};\n", out);
}

static void write_choices(FILE *out, const struct to_test *t)
{
    if (!t->choice_count)
        return;
    fputs("/* clang-format off */\nstatic const struct dm_choice choices[] = {\n", out);
    for (size_t i = 0; i < t->choice_count; i++) {
        const struct choice_record *c = &t->choices[i];

        fprintf(out, "    { \"%s\", %u, %u, %u },\n", choice_word(c->site), c->agent, c->nth,
                c->value);
    }
    fputs("};\n/* clang-format on */\n", out);
}

/* --- the test --- */

static void write_options(FILE *out, const struct to_test *t)
{
    char literal[1024];

    fprintf(out, "    const struct dm_options options = {\n        .profile = %s,\n",
            code_string(literal, sizeof(literal), t->profile));
    if (t->profile_text)
        fputs("        .profile_text = machine,\n", out);
    fputs("        .verify = true,\n", out);
    if (t->schedule)
        fputs("        .schedule = schedule,\n", out);
    if (t->choice_count)
        fprintf(out, "        .changes = choices,\n        .change_count = %zu,\n",
                t->choice_count);
    if (t->races)
        fputs("        .races = true,\n", out);
    if (t->bugcheck_stops)
        fputs("        .bugcheck_stops = true,\n", out);
    fprintf(out, "        .faults = %s,\n        .fault_count = %zu,\n    };\n",
            t->plan->fault_count ? "faults" : "&none", t->plan->fault_count);
}

static void write_flags(FILE *out, unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *word;
    } words[] = { { DM_MANUAL, "DM_MANUAL" },
                  { DM_EXPECT_FAILED_START, "DM_EXPECT_FAILED_START" } };
    const char *between = "";

    for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (flags & words[i].flag) {
            fprintf(out, "%s%s", between, words[i].word);
            between = " | ";
        }
    if (!*between)
        fputc('0', out);
}

static void write_test(FILE *out, const struct to_test *t)
{
    char literal[1024];

    fprintf(out, "static void test_%s(void **state)\n{\n", t->name);
    if (!t->plan->fault_count)
        fputs("    static const struct dm_plan_fault none;\n", out);
    write_options(out, t);
    fprintf(out,
            "    const struct dm_scenario scenario = {\n        .name = \"%s\",\n"
            "        .summary = \"\",\n        .run = run_scenario,\n        .flags = ",
            t->name);
    write_flags(out, t->plan->flags);
    fputs(",\n    };\n"
          "    const char *path = getenv(\"DMACHECK_DRIVER\");\n"
          "    char message[512] = \"\", found[8192] = \"\";\n"
          "    struct dm_result result;\n"
          "    struct dm_driver *d;\n"
          "    struct dm_machine *m;\n"
          "\n"
          "    (void)state;\n"
          "    d = dm_driver_open(path ? path : driver, message, sizeof(message));\n"
          "    m = d ? dm_machine_create(&options, message, sizeof(message)) : NULL;\n"
          "    if (!m)\n"
          "        fail_msg(\"%s\", message);\n",
          out);
    code_statement(out, 4, "dm_machine_run_scenario(m, d, &scenario, %s, &result);",
                   t->plan->devices ? code_string(literal, sizeof(literal), t->plan->devices)
                                    : "NULL");
    fputs("    dm_found(m, &result, found, sizeof(found));\n"
          "    dm_machine_destroy(m);\n"
          "    dm_driver_close(d);\n"
          "    if (result.exit != DM_CLEAN)\n"
          "        fail_msg(\"%s\", found);\n"
          "}\n\n",
          out);
    fprintf(out,
            "int main(void)\n{\n    const struct CMUnitTest tests[] = {\n"
            "        cmocka_unit_test(test_%s),\n    };\n\n"
            "    return cmocka_run_group_tests(tests, NULL, NULL);\n}\n",
            t->name);
}

void to_test_write(FILE *out, const struct to_test *from)
{
    struct shrink_case given = { .plan = *from->plan }, numbered;
    struct to_test t = *from;
    struct draft draft = { 0 };
    struct names names;

    draft_take(&draft, &given); /* numbers from 1 */
    draft_show(&draft, &numbered);
    t.plan = &numbered.plan;
    names_take(&names, t.plan);
    write_head(out, &t);
    write_includes(out);
    write_literal(out, "driver", t.driver);
    if (t.profile_text)
        write_literal(out, "machine", t.profile_text);
    if (t.schedule)
        write_literal(out, "schedule", t.schedule);
    write_choices(out, &t);
    write_faults(out, t.plan);
    fputc('\n', out);
    functions_write_data(out, &names);
    functions_write(out, t.plan, &names);
    write_test(out, &t);
    names_free(&names);
    draft_free(&draft);
}
