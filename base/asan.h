/*
 * Whether AddressSanitizer's run-time is there. DMACHECK_ASAN: it is, although this file is not
 * instrumented, as in a fuzz target that looks at its driver alone.
 */
#ifndef DMACHECK_BASE_ASAN_H
#define DMACHECK_BASE_ASAN_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN_THERE 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(DMACHECK_ASAN)
#undef ASAN_THERE
#define ASAN_THERE 1
#endif
#ifndef ASAN_THERE
#define ASAN_THERE 0
#endif

#if ASAN_THERE
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#endif
