/*
 * driver_rt.c: compiled into every driver, without the access door. It tells whoever loads the
 * driver where its statics are, so that they can be put back before each machine, and how it was
 * built. In a driver without AddressSanitizer's run-time it also answers for the names that the
 * instrumentation emits besides the door's own.
 */
#include "sim/core/image.h"

/* Both sections exist even in a driver without statics, so that the linker makes their bounds. */
__attribute__((section("dutdata"), used, aligned(16))) static char data_floor[16] = { 1 };
#pragma clang section bss = "dutbss"
__attribute__((used, aligned(16))) static char bss_floor[16];
#pragma clang section bss = ""

extern char start_data[] __asm__("__start_dutdata") __attribute__((visibility("hidden")));
extern char stop_data[] __asm__("__stop_dutdata") __attribute__((visibility("hidden")));
extern char start_bss[] __asm__("__start_dutbss") __attribute__((visibility("hidden")));
extern char stop_bss[] __asm__("__stop_dutbss") __attribute__((visibility("hidden")));

__attribute__((visibility("default"))) const struct dmacheck_image dmacheck_image = {
    .version = DMACHECK_IMAGE_VERSION,
    .flags = (DDKCC_ASAN ? DMACHECK_IMAGE_ASAN : 0) | (DDKCC_FUZZ ? DMACHECK_IMAGE_FUZZ : 0),
    .data_start = start_data,
    .data_stop = stop_data,
    .bss_start = start_bss,
    .bss_stop = stop_bss,
    .source_root = ".",
};

#if !DDKCC_ASAN
void __asan_init(void);
void __asan_version_mismatch_check_v8(void);
void __asan_handle_no_return(void);

void __asan_init(void) {}

void __asan_version_mismatch_check_v8(void) {}

void __asan_handle_no_return(void) {}
#endif
