/* inttypes.h: print formats of Windows' exact integers. */
#ifndef DDK_INTTYPES_H
#define DDK_INTTYPES_H
#include <stdint.h>
#define PRId8 "hhd"
#define PRId16 "hd"
#define PRId32 "d"
#define PRId64 "lld"
#define PRIu8 "hhu"
#define PRIu16 "hu"
#define PRIu32 "u"
#define PRIu64 "llu"
#define PRIx8 "hhx"
#define PRIx16 "hx"
#define PRIx32 "x"
#define PRIx64 "llx"
#define PRIX8 "hhX"
#define PRIX16 "hX"
#define PRIX32 "X"
#define PRIX64 "llX"
#define PRIxPTR "llx"
#define PRIXPTR "llX"
#define PRIuPTR "llu"
#define PRIdPTR "lld"
#endif
