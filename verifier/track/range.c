/*
 * Ranges of bus addresses by page (range.h): a set-associative table, so that forgetting old
 * history is overwriting, and nothing is ever rehashed in a steady state.
 */
#include "verifier/track/range.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/must.h"

/* An entry whose set is full of live ones goes on this many sets at most. Enough for neighbours in
 * the hash, and for a dozen requests over one buffer; a page mapped more often than that at one
 * time keeps its first mappings in the index, and the others are found through the owner that the
 * events themselves name. */
#define RANGE_WALK_MAX 3

int track_range_create(struct range_index *x, unsigned bits)
{
    memset(x, 0, sizeof *x);
    x->mask = (1u << bits) - 1;
    x->epoch = 1;
    x->levels = 1;
    x->sets = calloc((size_t)x->mask + 1, sizeof *x->sets);
    return x->sets ? 0 : -1;
}

void track_range_destroy(struct range_index *x)
{
    free(x->sets);
    memset(x, 0, sizeof *x);
}

void track_range_reset(struct range_index *x)
{
    x->epoch++;
    x->stamp = 0;
    x->live = 0;
    x->levels = 1;
    if (x->epoch)
        return;
    memset(x->sets, 0, ((size_t)x->mask + 1) * sizeof *x->sets); /* the epochs came round */
    x->epoch = 1;
}

static inline uint32_t set_of(const struct range_index *x, uint64_t key)
{
    return (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32) & x->mask;
}

/* The way to write a new entry to: an empty one, else the oldest dead one; NULL: all live. */
static struct range_entry *victim_in(struct range_set *set)
{
    struct range_entry *best = NULL;

    for (unsigned i = 0; i < RANGE_WAYS; i++) {
        struct range_entry *w = &set->ways[i];

        if (!w->stamp)
            return w;
        if (!(w->stamp & 1) && (!best || w->stamp < best->stamp))
            best = w;
    }
    return best;
}

static bool put_block(struct range_index *x, const struct range_entry *entry)
{
    uint32_t at = set_of(x, entry->key);

    for (unsigned walk = 0; walk < RANGE_WALK_MAX; walk++, at = (at + 1) & x->mask) {
        struct range_set *set = &x->sets[at];
        struct range_entry *way;

        if (set->epoch != x->epoch) {
            memset(set, 0, sizeof *set);
            set->epoch = x->epoch;
        }
        way = victim_in(set);
        if (way) {
            set->turn = (uint16_t)(way - set->ways + 1);
            *way = *entry;
            return true;
        }
        set->overflowed = 1;
    }
    return false;
}

/* Doubles the table when it is well filled; what is dead is forgotten. */
static bool grow(struct range_index *x)
{
    struct range_index old = *x;

    if (x->live <= x->mask || x->mask >= (1u << 22) - 1 ||
        track_range_create(x, 33u - (unsigned)__builtin_clz(x->mask)))
        return *x = old, false;
    x->stamp = old.stamp;
    x->levels = old.levels;
    x->live = old.live;
    for (uint32_t s = 0; s <= old.mask; s++)
        for (unsigned i = 0; old.sets[s].epoch == old.epoch && i < RANGE_WAYS; i++)
            if (old.sets[s].ways[i].stamp & 1)
                put_block(x, &old.sets[s].ways[i]);
    free(old.sets);
    return true;
}

/* The way that holds this block of that live range of this owner which holds the address. */
static struct range_entry *find_block(const struct range_index *x, uint64_t key, uint64_t address,
                                      uint32_t owner)
{
    uint32_t at = set_of(x, key);

    for (unsigned walk = 0; walk < RANGE_WALK_MAX; walk++, at = (at + 1) & x->mask) {
        struct range_set *set = &x->sets[at];

        if (set->epoch != x->epoch)
            return NULL;
        for (unsigned i = 0; i < RANGE_WAYS; i++) {
            struct range_entry *w = &set->ways[i];

            if (w->owner == owner && w->key == key && (w->stamp & 1) && address >= w->start &&
                address < w->end)
                return w;
        }
        if (!set->overflowed)
            return NULL;
    }
    return NULL;
}

/* The largest aligned block that begins at page and does not pass last. */
static inline unsigned block_level(uint64_t page, uint64_t last)
{
    unsigned fits = 63u - (unsigned)__builtin_clzll(last - page + 1);
    unsigned aligned = page ? (unsigned)__builtin_ctzll(page) : 63u;

    return fits < aligned ? fits : aligned;
}

/* Not empty, and within one page: most ranges are. */
static inline bool in_one_page(uint64_t start, uint64_t length_bytes)
{
    return length_bytes - 1 < PAGE_BYTES - PAGE_OFFSET(start);
}

/* No blocks to cut, and as a rule room in the page's own set, where the way after the one that was
 * written last is empty or the oldest. */
static inline bool enter_page(struct range_index *x, uint64_t start, uint64_t length_bytes,
                              uint32_t owner)
{
    uint64_t key = start >> PAGE_BITS << 6;
    struct range_set *set = &x->sets[set_of(x, key)];
    unsigned turn = set->turn;
    struct range_entry *way = &set->ways[turn % RANGE_WAYS];

    if (__builtin_expect(set->epoch != x->epoch || (way->stamp & 1), 0))
        return false;
    set->turn = (uint16_t)(turn + 1);
    x->stamp += 2;
    x->live++;
    way->key = key;
    way->start = start;
    way->end = start + length_bytes;
    way->owner = owner;
    way->stamp = x->stamp | 1;
    return true;
}

static __attribute__((noinline)) void enter_blocks(struct range_index *x, uint64_t start,
                                                   uint64_t end, uint32_t owner)
{
    struct range_entry entry = { .start = start, .end = end, .owner = owner };
    uint64_t last = (end - 1) >> PAGE_BITS;

    entry.stamp = (x->stamp += 2) | 1;
    for (uint64_t page = start >> PAGE_BITS; page <= last;) {
        unsigned level = block_level(page, last);

        entry.key = page << 6 | level;
        x->levels |= 1ull << level;
        x->live++;
        while (!put_block(x, &entry))
            if (!grow(x)) {
                x->live--;
                break;
            }
        page += 1ull << level;
    }
}

void track_range_enter(struct range_index *x, uint64_t start, uint64_t length_bytes, uint32_t owner)
{
    if (in_one_page(start, length_bytes) && enter_page(x, start, length_bytes, owner))
        return;
    if (length_bytes && start + length_bytes > start) /* not past the end of the address space */
        enter_blocks(x, start, start + length_bytes, owner);
}

static void leave_blocks(struct range_index *x, uint64_t start, uint64_t end, uint32_t owner)
{
    uint64_t last = (end - 1) >> PAGE_BITS;

    for (uint64_t page = start >> PAGE_BITS; page <= last;) {
        unsigned level = block_level(page, last);
        struct range_entry *w = find_block(x, page << 6 | level, start, owner);

        if (w) {
            w->stamp &= ~1u;
            x->live--;
        }
        page += 1ull << level;
    }
}

/* The live range of this owner around an address; NULL: none is entered. */
static const struct range_entry *around(const struct range_index *x, uint64_t address,
                                        uint32_t owner)
{
    uint64_t page = address >> PAGE_BITS;

    for (uint64_t left = x->levels; left; left &= left - 1) {
        unsigned level = (unsigned)__builtin_ctzll(left);
        const struct range_entry *w =
            find_block(x, (page >> level << level) << 6 | level, address, owner);

        if (w)
            return w;
    }
    return NULL;
}

/* The whole of a range of one page that enter_page has just put where it is. */
static inline bool leave_page(struct range_index *x, uint64_t start, uint64_t length_bytes,
                              uint32_t owner)
{
    struct range_set *set = &x->sets[set_of(x, start >> PAGE_BITS << 6)];
    struct range_entry *w = &set->ways[(set->turn - 1u) % RANGE_WAYS];

    if (w->start != start || w->end - start != length_bytes || w->owner != owner ||
        !(w->stamp & 1) || set->epoch != x->epoch || !in_one_page(start, length_bytes))
        return false;
    w->stamp--;
    x->live--;
    return true;
}

static __attribute__((noinline)) void leave_part(struct range_index *x, uint64_t start,
                                                 uint64_t length_bytes, uint32_t owner)
{
    const struct range_entry *w = length_bytes ? around(x, start, owner) : NULL;
    uint64_t whole_start, whole_end;

    if (!w)
        return;
    whole_start = w->start;
    whole_end = w->end;
    leave_blocks(x, whole_start, whole_end, owner);
    if (start > whole_start) /* a part was given up: what is before and behind it lives on */
        track_range_enter(x, whole_start, start - whole_start, owner);
    if (start + length_bytes < whole_end)
        track_range_enter(x, start + length_bytes, whole_end - (start + length_bytes), owner);
}

void track_range_leave(struct range_index *x, uint64_t start, uint64_t length_bytes, uint32_t owner)
{
    if (!leave_page(x, start, length_bytes, owner))
        leave_part(x, start, length_bytes, owner);
}

static const struct range_entry *best_at(const struct range_index *x, uint64_t key,
                                         uint64_t address, const struct range_entry *best)
{
    uint32_t at = set_of(x, key);

    for (unsigned walk = 0; walk < RANGE_WALK_MAX; walk++, at = (at + 1) & x->mask) {
        const struct range_set *set = &x->sets[at];

        if (set->epoch != x->epoch)
            break;
        for (unsigned i = 0; i < RANGE_WAYS; i++) {
            const struct range_entry *w = &set->ways[i];
            bool better = !best || (w->stamp & 1) > (best->stamp & 1) ||
                          ((w->stamp & 1) == (best->stamp & 1) && w->stamp > best->stamp);

            if (w->stamp && w->key == key && address >= w->start && address < w->end && better)
                best = w;
        }
        if (!set->overflowed)
            break;
    }
    return best;
}

uint32_t track_range_owner(const struct range_index *x, uint64_t address, bool *live)
{
    const struct range_entry *best = NULL;
    uint64_t page = address >> PAGE_BITS;

    for (uint64_t left = x->levels; left; left &= left - 1) {
        unsigned level = (unsigned)__builtin_ctzll(left);

        best = best_at(x, (page >> level << level) << 6 | level, address, best);
    }
    *live = best && (best->stamp & 1);
    return best ? best->owner : 0;
}

/* Further owners at this address into others[count..max); how many there are then. */
static unsigned others_at(const struct range_index *x, uint64_t key, uint64_t address,
                          uint32_t owner, uint32_t *others, unsigned count, unsigned max)
{
    uint32_t at = set_of(x, key);

    for (unsigned walk = 0; walk < RANGE_WALK_MAX; walk++, at = (at + 1) & x->mask) {
        const struct range_set *set = &x->sets[at];

        if (set->epoch != x->epoch)
            break;
        for (unsigned i = 0; i < RANGE_WAYS; i++) {
            const struct range_entry *w = &set->ways[i];

            if ((w->stamp & 1) && w->key == key && address >= w->start && address < w->end &&
                w->owner != owner && count < max)
                others[count++] = w->owner;
        }
        if (!set->overflowed)
            break;
    }
    return count;
}

unsigned track_range_others(const struct range_index *x, uint64_t address, uint32_t owner,
                            uint32_t *others, unsigned max)
{
    uint64_t page = address >> PAGE_BITS;
    unsigned count = 0;

    for (uint64_t left = x->levels; left && count < max; left &= left - 1) {
        unsigned level = (unsigned)__builtin_ctzll(left);

        count =
            others_at(x, (page >> level << level) << 6 | level, address, owner, others, count, max);
    }
    return count;
}

bool track_range_shared(const struct range_index *x, uint64_t address, uint32_t owner)
{
    uint32_t other;

    return track_range_others(x, address, owner, &other, 1) != 0;
}

uint64_t track_range_run(const struct range_index *x, uint64_t address, uint32_t owner)
{
    uint64_t at = address;

    for (const struct range_entry *w; (w = around(x, at, owner)) != NULL;)
        at = w->end;
    return at - address;
}
