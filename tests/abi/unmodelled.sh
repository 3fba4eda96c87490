#!/bin/sh
# unmodelled.sh: trace/unmodelled.def has a row for every external kernel function that include/ddk
# declares, no more and no less; --write makes it anew. A driver may call any declared function, so
# what has no row would fail at link time, silently for us.
set -u
cd "$(dirname "$0")/../.." || exit 2
CLANG=${CLANG:-clang-14}
out=build/abi
mkdir -p "$out" || exit 2
tab=$(printf '\t')

{
    for h in ntifs ntstrsafe ntintsafe wdmsec wmilib evntrace csq wdmguid devpkey; do
        echo "#include <$h.h>"
    done
} >"$out/all.c"
# Declarations without a body, with their return type; ddk_ names and C functions are not the kernel's.
"$CLANG" -std=gnu11 -fshort-wchar -nostdinc -Iinclude/ddk -w -fsyntax-only -Xclang -ast-dump \
    -fno-color-diagnostics "$out/all.c" >"$out/ast.txt" || exit 2
awk '
    /^[|`]-FunctionDecl/ { if (name != "" && !body) print name "\t" type
        body = 0; name = ""; line = $0
        sub(/^.*(line|col):[0-9:]+(, (line|col):[0-9:]+)?>* ((line|col):[0-9:]+ |[^ ]+:[0-9]+:[0-9]+ )?/, "", line)
        sub(/^(implicit |used |referenced )*/, "", line)
        split(line, w, " "); name = w[1]
        match(line, /\047[^\047]*\047/); type = substr(line, RSTART + 1, RLENGTH - 2)
        if ($0 ~ / implicit /) name = ""; next }
    /^[|`]-/ { if (name != "" && !body) print name "\t" type; name = "" }
    /^[| ] [|`]-CompoundStmt/ { body = 1 }
    END { if (name != "" && !body) print name "\t" type }' "$out/ast.txt" |
    grep -v -e '^ddk_' -e '^[a-z][a-z0-9]*	' | LC_ALL=C sort -u >"$out/declared.txt"
awk -F "$tab" '
    { t = $2; sub(/ *\(.*/, "", t); sub(/ *__attribute__.*/, "", t)
      if ($2 ~ /^[^(]*\*/) r = "PTR"
      else if (t == "NTSTATUS") r = "NTSTATUS"
      else if (t == "VOID" || t == "void") r = "VOID"
      else if (t == "BOOLEAN") r = "BOOL"
      else if (t ~ /^(ULONG64|ULONGLONG|LONGLONG|LONG64|SIZE_T|ULONG_PTR|LONG_PTR|KAFFINITY|LARGE_INTEGER|PHYSICAL_ADDRESS)$/) r = "U64"
      else if (t ~ /^P[A-Z]/ || t == "HANDLE") r = "PTR"
      else r = "ULONG"
      print "FN(" $1 ", " r ")" }' "$out/declared.txt" | LC_ALL=C sort >"$out/rows.txt"
{
    cat <<'H'
/*
 * unmodelled.def: every kernel function that include/ddk declares and its kind of result, sorted.
 *
 * The build takes away those that sim/nt models and makes a loud stub for each of the rest, so
 * that a driver that calls any declared function links, and one clear line says that it is not
 * modelled. The kind is NTSTATUS, PTR, VOID, BOOL (BOOLEAN), ULONG (integers and enums up to 32 bits) or U64.
 * tests/abi/unmodelled.sh proves that the list is complete; with --write it makes it.
 */
H
    cat "$out/rows.txt"
} >"$out/unmodelled.def"
if [ "${1:-}" = --write ]; then
    cp "$out/unmodelled.def" trace/unmodelled.def
elif ! diff -u trace/unmodelled.def "$out/unmodelled.def" >&2; then
    echo "unmodelled: trace/unmodelled.def is not what the headers declare (--write mends it)" >&2
    exit 1
fi
echo "unmodelled: $(grep -c '^FN(' trace/unmodelled.def) functions declared"
