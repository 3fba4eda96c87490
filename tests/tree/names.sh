#!/bin/sh
# names.sh: every name of the census (names.txt) is declared by include/ddk, or names.skip says why not.
#
# A name counts as declared when it is a macro or a word of the preprocessed headers; which kind of
# thing it is, and its value, other checks know. A skipped name that is declared after all is an
# error, so that the list of gaps stays true.
set -u
cd "$(dirname "$0")/../.." || exit 2
CLANG=${CLANG:-clang-14}
out=build/tree
mkdir -p "$out" || exit 2
{
    echo '#define INITGUID 1'
    for h in ntifs wdf wdmguid initguid csq wdmsec ntstrsafe ntintsafe wmilib wmistr evntrace stdarg \
        stdio stdlib wchar limits devpkey windef; do
        echo "#include <$h.h>"
    done
} >"$out/names.c"
flags="-std=gnu11 -fshort-wchar -nostdinc -Iinclude/ddk -DDBG=1 -w"
# shellcheck disable=SC2086
{
    "$CLANG" $flags -fsyntax-only "$out/names.c" || exit 2
    "$CLANG" $flags -E -P "$out/names.c" >"$out/names.i" || exit 2
    "$CLANG" $flags -E -dM "$out/names.c" >"$out/names.m" || exit 2
}
{
    tr -cs 'A-Za-z0-9_' '\n' <"$out/names.i"
    sed -n 's/^#define \([A-Za-z0-9_]*\).*/\1/p' "$out/names.m"
} | LC_ALL=C sort -u >"$out/declared.txt"
sed -e '/^#/d' -e '/^$/d' tests/tree/names.txt | awk '{ print $1 }' | LC_ALL=C sort -u >"$out/wanted.txt"
sed -e '/^#/d' -e '/^$/d' tests/tree/names.skip >"$out/skip.txt"
awk '{ print $1 }' "$out/skip.txt" | LC_ALL=C sort -u >"$out/skipped.txt"
bad=0
awk 'NF < 2 { print "names: names.skip gives no reason for " $1; bad = 1 } END { exit bad }' \
    "$out/skip.txt" >&2 || bad=1
LC_ALL=C comm -23 "$out/wanted.txt" "$out/declared.txt" >"$out/missing.txt"
LC_ALL=C comm -23 "$out/missing.txt" "$out/skipped.txt" >"$out/bad.txt"
LC_ALL=C comm -12 "$out/skipped.txt" "$out/declared.txt" >"$out/stale.txt"
if [ -s "$out/bad.txt" ]; then
    bad=1
    sed 's/^/names: not declared and not skipped: /' "$out/bad.txt" >&2
fi
if [ -s "$out/stale.txt" ]; then
    bad=1
    sed 's/^/names: skipped but declared: /' "$out/stale.txt" >&2
fi
echo "names: $(wc -l <"$out/wanted.txt") names," \
    "$(LC_ALL=C comm -12 "$out/wanted.txt" "$out/declared.txt" | wc -l) declared," \
    "$(wc -l <"$out/skipped.txt") skipped with a reason"
exit "$bad"
