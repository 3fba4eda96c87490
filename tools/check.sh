#!/bin/sh
# Runs every stage of `make check`, prints a table of their times and results, and ends with the line
# `N passed, N failed`. Each stage ends with such a line of its own; one that does not counts as one
# test. What a stage printed stays in BUILD/check/STAGE.log; of a stage that failed the end is shown.
# The stages that build into folders of their own (the sanitizers', the fuzzer's) run beside the others.
#     check.sh BUILD SEEDS [STAGE...]        further stages come after the usual ones
set -u
build=$1
seeds=$2
shift 2
out=$build/check
# The variables of the make that called stay (CC, V); its job server does not reach through a shell.
MAKEFLAGS=$(printf '%s' "${MAKEFLAGS:-}" | sed 's/--jobserver[^ ]*//g; s/-j[0-9]*//g')
export MAKEFLAGS
jobs=$(nproc 2> /dev/null || echo 2)
mkdir -p "$out"
rm -f "$out"/*.result
here="tree unit accel ddkcc cli explore query reports html docs rules patched cases inplace replay drivers plan traces fault recorder calls abi win $*"
beside="san fuzz"

run() { # STAGE: its log, and "passed failed seconds" in STAGE.result
    start=$(date +%s)
    make --no-print-directory -j"$jobs" "check-$1" SEEDS="$seeds" > "$out/$1.log" 2>&1
    code=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$out/$1.log" | tail -n 1)
    p=$(printf '%s' "$line" | sed -n 's/^\([0-9]*\) passed.*/\1/p')
    f=$(printf '%s' "$line" | sed -n 's/.* \([0-9]*\) failed.*/\1/p')
    p=${p:-0}
    f=${f:-0}
    if [ $code -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    if [ -z "$line" ] && [ $code -eq 0 ]; then p=1; fi
    echo "$p $f $(($(date +%s) - start))" > "$out/$1.result"
    printf 'check-%-10s %6s passed %4s failed %5s s\n' "$1" "$p" "$f" $(($(date +%s) - start))
    if [ "$f" -ne 0 ]; then
        tail -n 60 "$out/$1.log"
        echo "check-$1 failed; all that it said is in $out/$1.log"
    fi
}

(for stage in $beside; do run "$stage"; done) &
for stage in $here; do run "$stage"; done
wait

passed=0
failed=0
echo
for stage in $here $beside; do
    read -r p f seconds < "$out/$stage.result" || { p=0 f=1 seconds=0; }
    printf '%-10s %6s passed %4s failed %5s s\n' "$stage" "$p" "$f" "$seconds"
    passed=$((passed + p))
    failed=$((failed + f))
done
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
