#!/bin/sh
# Runs every stage of `make check`, prints a table of their times and results, and ends with the line
# `N passed, N failed`. Each stage ends with such a line of its own; one that does not counts as one
# test. What a stage printed stays in BUILD/check/STAGE.log; of a stage that failed the end is shown.
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
passed=0
failed=0
table=""
for stage in tree unit accel ddkcc cli explore query reports html docs rules patched cases inplace replay drivers plan traces fault recorder calls abi win san fuzz "$@"; do
    start=$(date +%s)
    printf '== check-%s\n' "$stage"
    make --no-print-directory -j"$jobs" "check-$stage" SEEDS="$seeds" > "$out/$stage.log" 2>&1
    code=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$out/$stage.log" | tail -n 1)
    p=$(printf '%s' "$line" | sed -n 's/^\([0-9]*\) passed.*/\1/p')
    f=$(printf '%s' "$line" | sed -n 's/.* \([0-9]*\) failed.*/\1/p')
    p=${p:-0}
    f=${f:-0}
    if [ $code -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    if [ -z "$line" ] && [ $code -eq 0 ]; then p=1; fi
    if [ "$f" -ne 0 ]; then
        tail -n 60 "$out/$stage.log"
        echo "check-$stage failed; all that it said is in $out/$stage.log"
    fi
    passed=$((passed + p))
    failed=$((failed + f))
    table="$table$(printf '%-10s %6s passed %4s failed %5s s' "$stage" "$p" "$f" $(($(date +%s) - start)))
"
done
printf '\n%s\n' "$table"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
