/*
 * What sim/dev/accel.c is made of besides its engine: a step as it lies in memory, what of its buffers it
 * uses, whether it may, and what it computes. All rules are those of docs/devices/accel.md.
 */
#ifndef DMACHECK_SIM_DEV_ACCEL_STEP_H
#define DMACHECK_SIM_DEV_ACCEL_STEP_H

#include <stdbool.h>
#include <stdint.h>

#define ACCEL_STEPS_MAX 65536u
#define ACCEL_OPERAND_BYTES_MAX (16u << 20)
#define ACCEL_TILE_MAX 64u
#define ACCEL_GATHER_BYTES_MAX (64u << 10)
#define ACCEL_BUFFERS_MAX 8u
#define ACCEL_BUFFER_BYTES_MAX (256ull << 20)
#define ACCEL_PAGES_MAX 65537u
#define ACCEL_PAGE_BYTES 4096u
#define ACCEL_PAGE_READ 1ull
#define ACCEL_PAGE_WRITE 2ull
#define ACCEL_PAGE_LOCAL 4ull
#define ACCEL_NO_STEP 0xffffffffu

enum accel_opcode {
    ACCEL_COPY = 1,
    ACCEL_FILL,
    ACCEL_ADD,
    ACCEL_MUL,
    ACCEL_FMA,
    ACCEL_REDUCE,
    ACCEL_SELECT,
    ACCEL_MATMUL,
    ACCEL_GATHER,
    ACCEL_OPCODES
};
enum accel_type { ACCEL_U8, ACCEL_I32, ACCEL_F32, ACCEL_TYPES };
enum accel_reduction { ACCEL_SUM, ACCEL_MINIMUM, ACCEL_MAXIMUM, ACCEL_REDUCTIONS };
enum accel_comparison { ACCEL_EQ, ACCEL_NE, ACCEL_LT, ACCEL_LE, ACCEL_COMPARISONS };

enum accel_fault {
    ACCEL_FAULT_NONE,
    ACCEL_FAULT_COMMAND,
    ACCEL_FAULT_OPCODE,
    ACCEL_FAULT_TYPE,
    ACCEL_FAULT_VARIANT,
    ACCEL_FAULT_SIZE,
    ACCEL_FAULT_ALIGNMENT,
    ACCEL_FAULT_REFERENCE,
    ACCEL_FAULT_OVERLAP,
    ACCEL_FAULT_INDEX,
    ACCEL_FAULT_DMA_ABORT
};

enum accel_operand { ACCEL_OUT, ACCEL_A, ACCEL_B, ACCEL_C, ACCEL_D, ACCEL_OPERANDS };

struct accel_step {
    uint8_t opcode, type, variant, flags;
    uint32_t count, count2, count3;
    uint64_t refs[ACCEL_OPERANDS];
    uint32_t immediate, tag;
};
_Static_assert(sizeof(struct accel_step) == 64, "as it lies in memory");

struct accel_buffer { /* as the device keeps it */
    uint64_t bytes;
    uint32_t first_page, pages; /* in accel_space.pages */
    uint32_t first_byte;
};

struct accel_space { /* all that a program may name */
    unsigned count;
    struct accel_buffer buffers[ACCEL_BUFFERS_MAX];
    uint64_t pages[ACCEL_PAGES_MAX]; /* of all buffers */
};

static inline unsigned accel_ref_buffer(uint64_t ref) { return (unsigned)(ref >> 56); }
static inline uint64_t accel_ref_offset(uint64_t ref) { return ref & 0x00ffffffffffffffull; }
static inline unsigned accel_element_bytes(const struct accel_step *s)
{
    return s->type == ACCEL_U8 ? 1 : 4;
}

/* --- check.c --- */
/* How many bytes the step uses through this reference; 0: it has no such operand. */
uint64_t accel_operand_bytes(const struct accel_step *s, enum accel_operand operand);
/* Of a step in this space, before anything is done; ACCEL_FAULT_NONE: it may be carried out. */
enum accel_fault accel_check(const struct accel_step *s, const struct accel_space *space);
/* Whether the later of two steps has to wait for the earlier. */
bool accel_depends(const struct accel_step *earlier, const struct accel_step *later);

/* --- compute.c: elements lie packed and at any alignment --- */
/* COPY to FMA, and SELECT; in[] by enum accel_operand. */
void accel_elements(const struct accel_step *s, uint32_t count, uint8_t *out,
                    const uint8_t *const in[ACCEL_OPERANDS]);
/* Goes on with *acc; first: begins with in[0]. */
void accel_reduce(const struct accel_step *s, uint32_t count, const uint8_t *in, bool first,
                  uint32_t *acc);
uint32_t accel_reduced(const struct accel_step *s, uint32_t acc); /* as it is written */
void accel_matmul(const struct accel_step *s, uint8_t *out, const uint8_t *a, const uint8_t *b,
                  const uint8_t *c);
/* false: an index is not below count2. */
bool accel_gather(const struct accel_step *s, uint32_t count, uint8_t *out, const uint8_t *table,
                  const uint8_t *index);

#endif
