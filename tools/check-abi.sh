#!/bin/sh
# check-abi.sh: sizes, offsets and constants of include/ddk against an independent implementation.
#
# tests/abi/structs.txt (TYPE, or TYPE FIELD) and constants.txt (NAME) become initialised arrays, compiled
# in four worlds: mingw-w64's DDK; ours for the same target; ours natively as a driver sees it; ours
# natively as the simulator does. What mingw-w64 lacks stands in tests/abi/*.tsv (kind name field value
# page): typed by hand from the pages, and wdf.tsv what KMDF's public headers imply. A difference counts unless accepted.txt gives its reason,
# and a reason for what no longer differs is an error. Writes below build/abi only.
set -u
cd "$(dirname "$0")/.." || exit 2
CLANG=${CLANG:-clang-14}
MINGW=${MINGW:-/usr/x86_64-w64-mingw32/include}
out=build/abi
mkdir -p "$out" || exit 2
tab=$(printf '\t')
[ -d "$MINGW/ddk" ] || { echo "check-abi: no mingw-w64 DDK below $MINGW" >&2; exit 2; }

theirs="--target=x86_64-w64-mingw32 -isystem $MINGW/ddk"
ours_win="--target=x86_64-w64-mingw32 -nostdinc -Iinclude/ddk"
ours_drv="-fms-extensions -fms-compatibility -fdeclspec -fshort-wchar -mms-bitfields -nostdinc
          -Iinclude/ddk"
ours_sim="-fshort-wchar -DDDK_HOST=1 -idirafter include/ddk"

# emit STRUCTS CONSTANTS: a C file with one number for each line of the lists.
emit() {
    echo '#include <stddef.h>'
    for h in ntifs csq wmistr wmilib ntddser ntdddisk; do echo "#include <$h.h>"; done
    echo 'const unsigned long long ddk_abi[] = {'
    sed -e '/^#/d' -e '/^$/d' "$1" | while read -r type field; do
        if [ -z "$field" ]; then echo "sizeof($type),"; else echo "offsetof($type, $field),"; fi
    done
    sed -e '/^#/d' -e '/^$/d' "$2" | while read -r name; do
        echo "(unsigned long long)($name),"
    done
    echo '};'
}

# numbers WORLD FILE FLAGS...: the array of FILE as numbers, one a line, out of the assembly.
numbers() {
    world=$1
    file=$2
    shift 2
    "$CLANG" "$@" -std=gnu11 -w -O0 -S -o "$out/$world.s" "$file" || {
        echo "check-abi: $world does not compile" >&2
        exit 2
    }
    awk '/^ddk_abi:/ { on = 1; next }
         on && $1 == ".quad" { print $2; next }
         on && $1 == ".zero" { for (i = 0; i < $2 / 8; i++) print 0; next }
         on && /^[^ \t]/ { exit }' "$out/$world.s" >"$out/$world.txt"
}

emit tests/abi/structs.txt tests/abi/constants.txt >"$out/probe.c"
{
    sed -e '/^#/d' -e '/^$/d' tests/abi/structs.txt | sed "s/ /./"
    sed -e '/^#/d' -e '/^$/d' tests/abi/constants.txt
} >"$out/names.txt"
# shellcheck disable=SC2086
{
    numbers theirs "$out/probe.c" $theirs
    numbers ours_win "$out/probe.c" $ours_win
    numbers ours_drv "$out/probe.c" $ours_drv
    numbers ours_sim "$out/probe.c" $ours_sim
}
want=$(wc -l <"$out/names.txt")
for world in theirs ours_win ours_drv ours_sim; do
    got=$(wc -l <"$out/$world.txt")
    [ "$got" -eq "$want" ] || { echo "check-abi: $world: $got numbers of $want" >&2; exit 2; }
done

# The typed tables: every row is a struct's size, a field's offset, a constant or an enumerator.
cat tests/abi/*.tsv | sed -e '/^#/d' -e '/^$/d' -e '/^kind/d' >"$out/typed.tsv"
{
    echo '#include <stddef.h>'
    for h in ntifs wdf wdfusb; do echo "#include <$h.h>"; done
    echo 'const unsigned long long ddk_abi[] = {'
    while IFS=$tab read -r kind name field value page; do
        case $kind in
        size) echo "sizeof($name)," ;;
        field) echo "offsetof($name, $field)," ;;
        const) echo "(unsigned long long)($name)," ;;
        enum) echo "(unsigned)($name)," ;; # 32 bits, whatever sign the compiler gives it
        *) echo "check-abi: unknown kind '$kind' of $name ($field $value $page)" >&2 ;;
        esac
    done <"$out/typed.tsv"
    echo '};'
} >"$out/typed.c"
# shellcheck disable=SC2086
{
    numbers typed_win "$out/typed.c" $ours_win
    numbers typed_drv "$out/typed.c" $ours_drv
    numbers typed_sim "$out/typed.c" $ours_sim
}
awk -F "$tab" '{ print ($1 == "field" ? $2 "." $3 : $2) }' "$out/typed.tsv" >"$out/typed_names.txt"
awk -F "$tab" '{ print $4 }' "$out/typed.tsv" >"$out/typed_want_raw.txt"
while read -r v; do echo $((v)); done <"$out/typed_want_raw.txt" >"$out/typed_want.txt"

# Every world against the reference; a line of accepted.txt is NAME, then why.
sed -e '/^#/d' -e '/^$/d' tests/abi/accepted.txt >"$out/accepted.txt"
compare() { # names reference world...
    list=$1
    reference=$2
    shift 2
    for world in "$@"; do
        paste "$out/$list.txt" "$out/$reference.txt" "$out/$world.txt" |
            awk -v w="$world" -F "$tab" '$2 != $3 { print $1 "\t" $2 "\t" $3 "\t" w }'
    done
}
compare names theirs ours_win ours_drv ours_sim >"$out/differences.txt"
compare typed_names typed_want typed_win typed_drv typed_sim >"$out/typed_differences.txt"
bad=0
# What was typed from a page has no excuse.
if [ -s "$out/typed_differences.txt" ]; then
    bad=1
    while IFS=$tab read -r name reference value world; do
        echo "check-abi: $name: the page has $reference, $world has $value" >&2
    done <"$out/typed_differences.txt"
fi
cut -f1 "$out/differences.txt" | LC_ALL=C sort -u >"$out/differing.txt"
awk '{ print $1 }' "$out/accepted.txt" | LC_ALL=C sort -u >"$out/accepted_names.txt"
LC_ALL=C comm -23 "$out/differing.txt" "$out/accepted_names.txt" >"$out/unaccepted.txt"
LC_ALL=C comm -13 "$out/differing.txt" "$out/accepted_names.txt" >"$out/stale.txt"
if [ -s "$out/unaccepted.txt" ]; then
    bad=1
    grep -F -w -f "$out/unaccepted.txt" "$out/differences.txt" |
        while IFS=$tab read -r name reference value world; do
            echo "check-abi: $name: expected $reference, $world has $value" >&2
        done
fi
if [ -s "$out/stale.txt" ]; then
    bad=1
    sed 's/^/check-abi: accepted.txt excuses what does not differ: /' "$out/stale.txt" >&2
fi
awk 'NF < 2 { print "check-abi: accepted.txt gives no reason for " $1; bad = 1 } END { exit bad }' \
    "$out/accepted.txt" >&2 || bad=1
[ "$bad" -eq 0 ] || exit 1
{
    LC_ALL=C sort -u "$out/names.txt" | LC_ALL=C comm -23 - "$out/accepted_names.txt"
    cat "$out/typed_names.txt"
} | LC_ALL=C sort -u >"$out/equal.txt"
structures=$({
    sed -e '/^#/d' -e '/^$/d' tests/abi/structs.txt | awk 'NF == 1'
    awk -F "$tab" '$1 == "size" { print $2 }' "$out/typed.tsv"
} | LC_ALL=C sort -u | LC_ALL=C comm -12 - "$out/equal.txt" | wc -l)
fields=$(grep -c '\.' "$out/equal.txt")
all=$(wc -l <"$out/equal.txt")
echo "$structures structures, $fields fields, $((all - structures - fields)) constants equal"
