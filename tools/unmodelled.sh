#!/bin/sh
# Writes a loud stub for each function that the headers declare and no object file defines:
#     unmodelled.sh trace/unmodelled.def OBJECT...
# A call of one says so in one line, is an event, and fails (or raises, where it has no way to fail).
set -eu
list=$1
shift
cat <<'TXT'
/* Made by tools/unmodelled.sh: functions that are declared but not modelled. */
#include <stdint.h>
uint64_t ddk_unmodelled(const char *name, int kind, const void *frame);
TXT
nm --defined-only -g -P "$@" 2>/dev/null | awk '$2 ~ /^[TtWwDdBbRrVv]$/ {print $1}' | sort -u > "${TMPDIR:-/tmp}/dmacheck.$$"
awk -v defined="${TMPDIR:-/tmp}/dmacheck.$$" '
BEGIN { while ((getline name < defined) > 0) have[name] = 1
        kind["NTSTATUS"] = 0; kind["PTR"] = 1; kind["VOID"] = 2; kind["BOOL"] = 3; kind["ULONG"] = 4; kind["U64"] = 5 }
/^FN\(/ { line = $0; sub(/^FN\(/, "", line); sub(/\).*/, "", line); split(line, f, /, */)
          if (!(f[1] in have) && !(f[1] in seen)) { seen[f[1]] = 1
            printf "uint64_t %s(void);\nuint64_t %s(void) { return ddk_unmodelled(\"%s\", %d, __builtin_frame_address(0)); }\n", f[1], f[1], f[1], kind[f[2]] } }
' "$list"
rm -f "${TMPDIR:-/tmp}/dmacheck.$$"
