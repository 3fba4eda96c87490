#!/bin/sh
# Failing runs made smaller, and written as tests: run.sh BUILD CASE...
#   For every field story a failing run is recorded, shrunk and written as a test in C, and must come out as
#   the one that is kept in tests/replay/cases (UPDATE=1 writes them): tests that are kept are made anew each
#   time, so neither they nor what makes them can rot, and a change of either is seen as a change of text.
#   Each compiles against include/ alone, fails with the rule and the places that its head shows, and passes
#   with the mended driver. Then three runs of 500 random calls: at most 12 remain.
set -u
export LC_ALL=C NO_COLOR=1
build=$1
shift
dmacheck=$build/dmacheck
tmp=$build/check/replay
kept=tests/replay/cases
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }

# compiles FILE.c PROGRAM [OPTION...]: as its reader would, with every warning.
compiles() {
    source=$1
    program=$2
    shift 2
    if ${CC:-gcc} -std=gnu11 -g -Wall -Wextra -Werror -Iinclude "$@" -c "$source" -o "$program.o" 2> "$program.err" &&
        ${CC:-gcc} -rdynamic -o "$program" "$program.o" -Wl,--whole-archive "$build/libdmacheck.a" -Wl,--no-whole-archive -lcmocka \
            -ljansson -linih -ldw -lzstd -ldl -lpthread -lm 2>> "$program.err"; then ok; else
        bad "$source does not compile: $(head -n 3 "$program.err")"
        return 1
    fi
}

# fails_as_said FILE.c PROGRAM DRIVER: with the rule and all places of its head.
fails_as_said() {
    DMACHECK_DRIVER=$3 "$2" > "$2.out" 2>&1
    code=$?
    rule=$(sed -n '2s/^ \* \([a-z0-9-]*\): .*/\1/p' "$1")
    sed -n 's/^ \* \(  [A-Z ][a-z ].*\)$/\1/p' "$1" > "$2.places"
    nowhere=$(grep -A1 ": $rule: " "$2.out" | sed -n 2p) # a finding that has no places
    if [ $code -eq 1 ] && [ -n "$rule" ] && grep -q ": $rule: " "$2.out" && { [ -s "$2.places" ] || [ -z "$nowhere" ]; }; then ok; else
        bad "$1 should fail with '$rule' (exit $code): $(head -n 5 "$2.out")"
    fi
    missing=$(grep -vxFf "$2.out" "$2.places")
    if [ -z "$missing" ]; then ok; else bad "$1 fails elsewhere than it says: $missing"; fi
}

formatted() {
    if clang-format-14 --style=file:.clang-format "$1" 2> /dev/null | cmp -s - "$1"; then ok; else bad "$1 is not as clang-format writes it"; fi
}

# number WORD before|after: of the table that shrink prints into $tmp/said.
number() { awk -v word="$1" -v column="$([ "$2" = before ] && echo 2 || echo 3)" '$1 == word { print $column }' "$tmp/said"; }

# The first of these machines and seeds that shows the story; or what a search for a schedule finds.
record() {
    for profile in direct64 remap bounce32; do
        for seed in 0 1 2; do
            "$dmacheck" run "case:$1" --profile $profile --seed $seed --record "$tmp/$name.dmatrace" -q > /dev/null 2>&1
            grep -q '"k":"finding"' "$tmp/$name.dmatrace" && return 0
        done
    done
    "$dmacheck" explore "case:$1" --strategy dfs --budget 2000runs --record "$tmp/$name.dmatrace" -q > /dev/null 2>&1
    grep -q '"k":"finding"' "$tmp/$name.dmatrace"
}

# shellcheck source=tests/replay/cli.sh
. tests/replay/cli.sh

for name in "$@"; do
    word=$(echo "$name" | tr _ -)
    record "$word" || { bad "$word shows nothing"; continue; }
    "$dmacheck" shrink "$tmp/$name.dmatrace" -o "$tmp/$name.small.dmatrace" --budget 3000runs -q > "$tmp/said" 2>&1 || {
        bad "$word: shrink exits $?: $(cat "$tmp/said")"
        continue
    }
    if [ "$(number operations after)" -le 8 ]; then ok; else bad "$word: $(cat "$tmp/said")"; fi
    "$dmacheck" trace to-test "$tmp/$name.small.dmatrace" --name "$name" -o "$tmp/$name.made.c" || bad "$word: to-test exits $?"
    sed "s|\"$build/|\"build/gcc/|" "$tmp/$name.made.c" > "$tmp/$name.c"
    [ -n "${UPDATE:-}" ] && mkdir -p $kept && cp "$tmp/$name.c" "$kept/$name.c"
    if cmp -s "$tmp/$name.c" "$kept/$name.c"; then ok; else
        bad "$kept/$name.c is not what comes out; UPDATE=1 make check-replay writes it"
        diff "$kept/$name.c" "$tmp/$name.c" | head -n 20
    fi
    formatted "$tmp/$name.c"
    compiles "$kept/$name.c" "$tmp/$name" || continue
    fails_as_said "$kept/$name.c" "$tmp/$name" "$build/drivers/cases/$name.bug1.so"
    if DMACHECK_DRIVER=$build/drivers/cases/$name.bug0.so "$tmp/$name" > "$tmp/$name.out" 2>&1; then ok; else
        bad "$word: mended it should pass: $(head -n 5 "$tmp/$name.out")"
    fi
done

# Every op and every sort of buffer: the written test does what its plan does, and is well-formed C.
"$build/tests/replay/everything" "$tmp/everything.c" || bad "everything cannot be written"
formatted "$tmp/everything.c"
if compiles "$tmp/everything.c" "$tmp/everything" &&
    compiles tests/replay/played.c "$tmp/played" -I. -D_GNU_SOURCE -fshort-wchar "-DGENERATED=\"$tmp/everything.c\""; then
    if "$tmp/played" "$build/drivers/samples/xfer.so" "$tmp" > "$tmp/played.out" 2>&1; then ok; else bad "everything: $(head -n 5 "$tmp/played.out")"; fi
fi

# Random runs: CASE PROFILE SEED RULE, recorded, shrunk twice with the same result.
random() {
    name=random-$1
    driver=$build/drivers/cases/$1.bug1.so
    "$build/tests/replay/random" "$driver" "$2" "$3" "$tmp/$name.dmatrace" > /dev/null 2>&1
    for i in 1 2; do
        "$dmacheck" shrink "$tmp/$name.dmatrace" -o "$tmp/$name.$i.dmatrace" --finding "$4" --budget 3000runs -q > "$tmp/said" 2>&1 ||
            bad "$name: shrink exits $?: $(cat "$tmp/said")"
    done
    cat "$tmp/said"
    if [ "$(number operations before)" -ge 500 ] && [ "$(number operations after)" -le 12 ]; then ok; else bad "$name is not small"; fi
    if cmp -s "$tmp/$name.1.dmatrace" "$tmp/$name.2.dmatrace"; then ok; else bad "$name: shrunk twice, it is not the same"; fi
    for f in "$name" "$name.1"; do
        "$dmacheck" verify "$tmp/$f.dmatrace" --format json 2> /dev/null |
            jq -S --arg rule "$4" '[.findings[] | select(.rule == $rule) | {rule, sites, severity}]' > "$tmp/$f.findings"
    done
    if [ -s "$tmp/$name.findings" ] && cmp -s "$tmp/$name.findings" "$tmp/$name.1.findings"; then ok; else bad "$name is another failure now"; fi
    says 1 'events, each as recorded' replay "$tmp/$name.1.dmatrace"
    "$dmacheck" trace to-test "$tmp/$name.1.dmatrace" -o "$tmp/$name.c" || bad "$name: to-test exits $?"
    formatted "$tmp/$name.c"
    compiles "$tmp/$name.c" "$tmp/$name" && fails_as_said "$tmp/$name.c" "$tmp/$name" "$driver"
}
random early_put remap 1 sgl-used-after-put
random direction_mismatch noncoherent 2 direction-differs-at-put
random small_buffer direct64 1 sgl-used-after-put
# Progress, where there is no terminal: a line every 500 runs.
says 0 '^dmacheck: 500 runs: [0-9]+ operations, [0-9]+ choices$' shrink "$tmp/random-small_buffer.dmatrace" -o "$tmp/progress.dmatrace" \
    --finding sgl-used-after-put

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
