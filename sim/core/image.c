/*
 * image.c: a driver's statics, copied away once and put back before each machine. The copy goes
 * over ASan's red zones between the statics, and ASan watches even calls of memcpy; so bytes are
 * moved by the processor's own string instruction, which nothing instruments.
 */
#include "sim/core/image.h"

static void copy_raw(void *to, const void *from, size_t bytes)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static void zero_raw(void *to, size_t bytes)
{
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(0) : "memory");
}

size_t image_data_bytes(const struct dmacheck_image *image)
{
    return (size_t)(image->data_stop - image->data_start);
}

void image_save(const struct dmacheck_image *image, void *copy)
{
    copy_raw(copy, image->data_start, image_data_bytes(image));
}

void image_restore(const struct dmacheck_image *image, const void *copy)
{
    copy_raw(image->data_start, copy, image_data_bytes(image));
    zero_raw(image->bss_start, (size_t)(image->bss_stop - image->bss_start));
}
