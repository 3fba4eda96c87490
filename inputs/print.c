/*
 * Numbers are printed as the decoder takes them: what has wrapped around is shown wrapped.
 */
#include "inputs/print.h"

#include <inttypes.h>

#include "inputs/decode.h"
#include "inputs/record.h"

#define PAYLOAD_SHOWN 64u

static const char *const points[] = {
#define FAULT(point, word, text) word,
#include "trace/faults.def"
#undef FAULT
};
#define POINTS (sizeof(points) / sizeof(points[0]))

static const char *const hows[RECORD_BUFFERS] = {
    [RECORD_BUFFER_NEW] = "new",       [RECORD_BUFFER_LAST] = "last",
    [RECORD_BUFFER_NULL] = "null",     [RECORD_BUFFER_WILD] = "wild",
    [RECORD_BUFFER_KERNEL] = "kernel", [RECORD_BUFFER_FREED] = "freed",
    [RECORD_BUFFER_CHAIN] = "chain"
};

static const char *const acts[RECORD_ACTS] = { [RECORD_STOP] = "stop",
                                               [RECORD_START] = "start",
                                               [RECORD_REMOVE] = "remove",
                                               [RECORD_SURPRISE] = "surprise-removal" };

static void print_who(FILE *to, const struct record *r)
{
    bool waits = r->kind == RECORD_READ || r->kind == RECORD_WRITE || r->kind == RECORD_IOCTL ||
                 r->kind == RECORD_WAIT;

    fprintf(to, " thread=%u", RECORD_THREAD(r->who));
    if (r->kind == RECORD_CLOSE || r->kind == RECORD_READ || r->kind == RECORD_WRITE ||
        r->kind == RECORD_IOCTL)
        fprintf(to, " file=%u", RECORD_WHICH(r->who));
    if (r->kind == RECORD_CANCEL || r->kind == RECORD_WAIT)
        fprintf(to, " request=%u", RECORD_WHICH(r->who));
    if (waits && RECORD_AT_ONCE(r->who))
        fputs(" until-done", to);
}

static void print_ioctl(FILE *to, const struct record *r, const struct surface *s)
{
    if (s && s->ioctl_count && !RECORD_IOCTL_IS_RAW(r->a)) {
        const struct surface_ioctl *i = &s->ioctls[RECORD_IOCTL_INDEX(r->a) % s->ioctl_count];

        fprintf(to, " %s code=0x%" PRIx32, i->name, i->code);
    } else if (RECORD_IOCTL_IS_RAW(r->a)) {
        fprintf(to, " code=0x%" PRIx32, r->c);
    } else {
        fprintf(to, " which=%" PRIu32, RECORD_IOCTL_INDEX(r->a));
    }
    fprintf(to, " out_bytes=%" PRIu32, s ? r->b % (s->bytes_max + 1) : r->b);
}

static void print_numbers(FILE *to, const struct record *r)
{
    const uint32_t numbers[] = { r->a, r->b, r->c };

    for (unsigned i = 0; i < 3; i++) {
        const char *word = record_number_word(r->kind, i);

        if (word[0] != '-')
            fprintf(to, " %s=%" PRIu32, word, numbers[i]);
    }
}

static void print_payload(FILE *to, const struct record *r)
{
    const char *word = record_number_word(r->kind, 3);

    if (!r->payload_bytes)
        return;
    fprintf(to, " %s=", word[0] == '-' ? "unused" : word);
    for (unsigned i = 0; i < r->payload_bytes && i < PAYLOAD_SHOWN; i++)
        fprintf(to, "%02x", r->payload[i]);
    fprintf(to, r->payload_bytes > PAYLOAD_SHOWN ? "... (%u bytes)" : " (%u bytes)",
            r->payload_bytes);
}

static void print_record(FILE *to, const struct record *r, const struct surface *s)
{
    fputs(record_word(r->kind), to);
    print_who(to, r);
    switch ((enum record_kind)r->kind) {
    case RECORD_IOCTL:
        print_ioctl(to, r, s);
        break;
    case RECORD_READ:
    case RECORD_WRITE:
        if (r->kind == RECORD_READ || r->payload_bytes < 2)
            fprintf(to, " bytes=%" PRIu32, s ? r->a % (s->bytes_max + 1) : r->a);
        fprintf(to, " offset=%" PRIu64, r->b | (uint64_t)r->c << 32);
        break;
    case RECORD_BUFFER:
        fprintf(to, " how=%s offset_in_page=%" PRIu32 " how_in=%s", hows[r->a % RECORD_BUFFERS],
                r->b % 4096, hows[r->c % RECORD_BUFFERS]);
        break;
    case RECORD_PNP:
        fprintf(to, " device=%" PRIu32 " act=%s", r->a, acts[r->b % RECORD_ACTS]);
        break;
    case RECORD_FAULT:
        fprintf(to, " point=%s nth=%u value=0x%" PRIx32, points[r->a % POINTS], decode_nth(r->b),
                r->c);
        break;
    default:
        print_numbers(to, r);
    }
    print_payload(to, r);
    fputc('\n', to);
}

void input_print(FILE *to, const uint8_t *bytes, size_t size, const struct surface *surface)
{
    const uint8_t *at = bytes;
    struct record r;
    unsigned count = 0;

    for (; count < DECODE_RECORDS_MAX && record_next(&at, bytes + size, &r); count++)
        print_record(to, &r, surface);
    if (at < bytes + size)
        fprintf(to, "; %zu bytes are passed over: an input has %u records at most\n",
                (size_t)(bytes + size - at), DECODE_RECORDS_MAX);
}
