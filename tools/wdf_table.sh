#!/bin/sh
# Writes the table of the framework's functions that drivers call through:
#     wdf_table.sh OBJECT...
# A function that the headers declare and no object defines gets a loud stub: it says so in one line, is an
# event, and fails (or raises, where it has no way to fail). Rows are read from include/ddk/wdf*.h.
set -eu
cat <<'TXT'
/* Made by tools/wdf_table.sh: KMDF's function table, in the order of wdffuncenum.h. */
#include "include/ddk/wdf.h"
uint64_t ddk_unmodelled(const char *name, int kind, const void *frame);
#define STUB(name, kind) \
    static uint64_t stub_##name(void) { return ddk_unmodelled(#name, kind, __builtin_frame_address(0)); }
TXT
have="${TMPDIR:-/tmp}/dmacheck-wdf.$$"
nm --defined-only -g -P "$@" 2>/dev/null | sed -n 's/^imp_\(Wdf[A-Za-z0-9]*\) [TtWw].*/\1/p' | sort -u > "$have"
awk -v have="$have" '
BEGIN { while ((getline name < have) > 0) defined[name] = 1
        status["NTSTATUS"] = 0; status["VOID"] = 2; status["BOOLEAN"] = 3; status["ULONG"] = 4 }
FILENAME ~ /wdffuncenum.h$/ { if (match($0, /Wdf[A-Za-z0-9]*TableIndex/)) order[++n] = substr($0, RSTART, RLENGTH - 10); next }
/^WDF_F[NV]0?\(/ { line = $0; void = line ~ /^WDF_FV/; sub(/^WDF_F[NV]0?\(/, "", line)
    split(line, field, /[,()]/); type = void ? "VOID" : field[1]; name = void ? field[1] : field[2]; gsub(/ /, "", name)
    kind[name] = type in status ? status[type] : type == "size_t" || type ~ /^(LONGLONG|ULONGLONG)$/ ? 5 : 1 }
END { for (i = 1; i <= n; i++) if (!(order[i] in defined)) printf "STUB(%s, %d)\n", order[i], order[i] in kind ? kind[order[i]] : 0
      print "const WDFFUNC wdf_function_table[WdfFunctionTableNumEntries] = {"
      for (i = 1; i <= n; i++) printf "    [%sTableIndex] = (WDFFUNC)%s%s,\n", order[i], order[i] in defined ? "imp_" : "stub_", order[i]
      print "};" }
' include/ddk/wdf*.h
rm -f "$have"
