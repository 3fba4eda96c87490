/*
 * Schedule tokens: typed ones mean what docs/replaying.md says, what is written is read again, and each
 * mistake is told with its place.
 */
#include "tests/dut.h"

#include <unistd.h>

#include "machine/schedule.h"

static void typed_tokens_mean_what_the_page_says(void **state)
{
    struct choice_record changes[] = {
        { CHOICE_SG_SPLIT, 1, 300, 8, 2 },
        { CHOICE_SCHED_NEXT, 2, 9, 4, 3 },
        { CHOICE_SCHED_NEXT, 4, 1, 2, 1 },
        { CHOICE_SCHED_NEXT, 2, 5, 4, 1 },
    };
    static const struct {
        struct schedule schedule;
        const char *token;
    } rows[] = {
        { { .seeded = false }, "S1:AAAABPIH" },
        { { .seeded = true, .seed = 7 }, "S1:AEDQAL6E" },
        { { .seeded = true, .seed = UINT64_MAX }, "S1:AH77777777777777AEAOCEI" },
    };
    struct schedule with = { .seeded = true, .seed = 7 };
    char *token;

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct schedule s = rows[i].schedule;

        token = schedule_token(&s);
        assert_string_equal(token, rows[i].token);
        free(token);
    }
    for (unsigned i = 0; i < 4; i++)
        assert_true(schedule_change(&with, &changes[i]));
    token = schedule_token(&with); /* whatever the order they came in */
    assert_string_equal(token, "S1:AEDQIBQCBIGQQBQCAIFQKAOYATQFW");
    free(token);
    schedule_free(&with);
}

/* Points between calls have numbers from 2^31 on, and are as short as others. */
static void points_between_calls_are_short(void **state)
{
    static const uint32_t nths[] = { 0, 0x80000003, 1 };
    struct schedule s = { 0 };
    char message[256], *token;

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_true(
            schedule_change(&s, &(struct choice_record) { CHOICE_SCHED_NEXT, 5, nths[i], 2, 1 }));
    token = schedule_token(&s);
    schedule_free(&s);
    assert_string_equal(token, "S1:AAAAGBQFAACAKBIAOY");
    assert_int_equal(schedule_read(&s, token, message, sizeof(message)), 0);
    assert_int_equal(s.changes[0].nth, 0);
    assert_int_equal(s.changes[1].nth, 1);
    assert_int_equal(s.changes[2].nth, 0x80000003);
    free(token);
    schedule_free(&s);
}

static void a_token_is_read_again(void **state)
{
    struct schedule s;
    char message[256] = "", *token;

    (void)state;
    assert_int_equal(schedule_read(&s, "S1:aedqibqcbigqqbqcaifqkaoyatqfw", message,
                                   sizeof(message)),
                     0);
    assert_true(s.seeded);
    assert_int_equal(s.seed, 7);
    assert_int_equal(s.change_count, 4);
    assert_int_equal(s.changes[1].site, CHOICE_SCHED_NEXT);
    assert_int_equal(s.changes[1].agent, 2);
    assert_int_equal(s.changes[1].nth, 9);
    assert_int_equal(s.changes[1].value, 3);
    assert_int_equal(s.changes[3].site, CHOICE_SG_SPLIT);
    assert_int_equal(s.changes[3].agent, 1);
    assert_int_equal(s.changes[3].nth, 300);
    assert_int_equal(s.changes[3].value, 2);
    token = schedule_token(&s);
    assert_string_equal(token, "S1:AEDQIBQCBIGQQBQCAIFQKAOYATQFW");
    free(token);
    schedule_free(&s);
}

static void a_file_holds_one_of_any_length(void **state)
{
    struct schedule s = { 0 }, again;
    char message[256] = "", path[] = "/tmp/dmacheck-unit-XXXXXX", at[64], *token;
    int fd = mkstemp(path);

    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        struct choice_record r = { CHOICE_DEVICE_STEP, (uint16_t)(i % 7), i / 7, 4, i % 3 };

        assert_true(schedule_change(&s, &r));
    }
    token = schedule_token(&s);
    assert_true(strlen(token) > SCHEDULE_TOKEN_MAX);
    assert_int_not_equal(schedule_read(&again, token, message, sizeof(message)), 0);
    assert_string_equal(
        message, "schedule:201: longer than 200 characters: put it into a file and give @FILE");
    assert_true(fd >= 0 && dprintf(fd, " %s\n", token) > 0);
    close(fd);
    snprintf(at, sizeof(at), "@%s", path);
    assert_int_equal(schedule_read(&again, at, message, sizeof(message)), 0);
    assert_int_equal(again.change_count, 20000);
    assert_memory_equal(&again.changes[7].nth, &s.changes[7].nth, sizeof(uint32_t));
    unlink(path);
    free(token);
    schedule_free(&s);
    schedule_free(&again);
}

static void a_mistake_is_told_with_its_place(void **state)
{
    static const struct {
        const char *token, *said;
    } rows[] = {
        { "", "schedule:1: a schedule begins with S1:, not with ''" },
        { "S2:AEDQAL6E", "schedule:1: a schedule begins with S1:, not with 'S2:'" },
        { "seed", "schedule:1: a schedule begins with S1:, not with 'see'" },
        { "S1:", "schedule:4: it ends before its checksum" },
        { "S1:AED", "schedule:7: it ends before its checksum" },
        { "S1:AEDQ1L6E", "schedule:8: '1' is none of A to Z and 2 to 7" },
        { "S1:AEDQ L6E", "schedule:8: ' ' is none of A to Z and 2 to 7" },
        { "S1:AEDQAL6", "schedule:1-10: its checksum is wrong: a character is missing, added or "
                        "another" },
        { "S1:AEDRAL6E", "schedule:1-11: its checksum is wrong: a character is missing, added or "
                         "another" },
        { "S1:AIAABFRT", "schedule:1-11: a number is too large" }, /* a third strategy */
        { "S1:AAAAAAF6QA", "schedule:1-13: something follows its last change" },
        { "S1:ACAPAOQ", "schedule:1-10: it ends within a number" },
        { "S1:AAAACBYRAAAI6XI", "schedule:1-18: a change names no choice that there is" },
        { "S1:AAAAEBIABEAE74Y", "schedule:1-18: a choice is changed twice" },
        { "S1:AAAAEBP777776DYEXNQA",
          "schedule:1-23: a change names no choice that there is" }, /* one more than the last */
        { "@/nosuch/file",
          "/nosuch/file: cannot be read as a schedule: No such file or directory" },
        { "@/tmp", "/tmp: cannot be read as a schedule: Is a directory" },
        { "@/dev/null", "/dev/null:1: a schedule begins with S1:, not with ''" },
        { "@/dev/zero", "/dev/zero: cannot be read as a schedule: it is too large" },
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct schedule s;
        char message[256] = "";

        assert_int_not_equal(schedule_read(&s, rows[i].token, message, sizeof(message)), 0);
        assert_string_equal(message, rows[i].said);
    }
}

/* What a run by seed and a run by the token of it have in common: everything. */
static void a_run_goes_by_its_token(void **state)
{
    struct dm_options seed = { .verify = true, .seed = 7, .profile = "remap" };
    struct dm_options by_token = { .verify = true, .schedule = "S1:AEDQAL6E", .profile = "remap" };
    struct dm_result first;
    struct dut t;
    char *token;

    (void)state;
    dut_open(&t, "samples/pkt", &seed);
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
    first = t.result;
    token = dm_machine_schedule(t.machine);
    assert_string_equal(token, "S1:AEDQAL6E");
    free(token);
    dut_close(&t);
    dut_open(&t, "samples/pkt", &by_token);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
        assert_int_equal(t.result.events, first.events);
        assert_int_equal(t.result.virtual_ns, first.virtual_ns);
        assert_int_equal(t.result.choices_hash, first.choices_hash);
    }
    dut_close(&t);
}

static void a_change_makes_another_run(void **state)
{
    struct schedule s = { .seeded = true, .seed = 7 };
    struct choice_record change = { CHOICE_SCHED_NEXT, 0, 0, 2, 0 };
    struct dm_options o = { .verify = true, .seed = 7, .profile = "remap" };
    struct dm_result first;
    struct dut t;
    char *token;

    (void)state;
    dut_open(&t, "samples/pkt", &o);
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
    first = t.result;
    dut_close(&t);
    for (change.nth = 0; change.nth < 40; change.nth++) /* some of them the seed made otherwise */
        for (change.agent = 0; change.agent < 8; change.agent++)
            assert_true(schedule_change(&s, &change));
    token = schedule_token(&s);
    schedule_free(&s);
    o = (struct dm_options) { .verify = true, .profile = "remap" };
    char path[] = "/tmp/dmacheck-unit-XXXXXX", at[64];
    int fd = mkstemp(path);

    assert_true(fd >= 0 && dprintf(fd, "%s", token) > 0);
    close(fd);
    snprintf(at, sizeof(at), "@%s", path);
    o.schedule = at;
    dut_open(&t, "samples/pkt", &o);
    unlink(path);
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
    assert_int_not_equal(t.result.choices_hash, first.choices_hash);
    free(token);
    token = dm_machine_schedule(t.machine);
    assert_non_null(strstr(token, "S1:AED"));
    free(token);
    dut_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typed_tokens_mean_what_the_page_says),
        cmocka_unit_test(points_between_calls_are_short),
        cmocka_unit_test(a_token_is_read_again),
        cmocka_unit_test(a_file_holds_one_of_any_length),
        cmocka_unit_test(a_mistake_is_told_with_its_place),
        cmocka_unit_test(a_run_goes_by_its_token),
        cmocka_unit_test(a_change_makes_another_run),
    };

    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
