#!/bin/sh
# The ASan+UBSan configuration: unit tests, each sample on every profile with a few seeds, each twin and case.
#     san.sh BUILD
set -u
build=$1
passed=0
failed=0
export UBSAN_OPTIONS="print_stacktrace=1" # ASan's: machine/sanitizer.c; a fault of ours exits 3
add() { passed=$((passed + $1)); failed=$((failed + $2)); }
units=$(cd tests/unit && ls *.c | sed 's/\.c$//')
# shellcheck disable=SC2086 # a list of words
line=$(sh tests/unit/run.sh "$build" $units | tee "$build/unit.log" | tail -n 1)
add "${line%% *}" "$(echo "$line" | sed 's/.*, \([0-9]*\) failed/\1/')"
grep -A15 FAILED "$build/unit.log"
for so in "$build"/drivers/samples/*.so; do
    name=$(basename "$so" .so)
    if "$build/dmacheck" run "$name" --profile all --seeds 0..1 -q > "$build/out" 2>&1; then add 1 0; else
        add 0 1
        echo "FAILED: $name under ASan and UBSan"
        tail -n 20 "$build/out"
    fi
done
# Each rule: alone with its fault, silent when mended, here as well.
twins=$(cd drivers-under-test/twins && ls *.c | sed "s/\.c$//")
# shellcheck disable=SC2086 # a list of words
line=$(TWIN_SEEDS=1 sh tests/drivers/twins.sh "$build" $twins > "$build/twins.out"; grep -E "^[0-9]+ passed" "$build/twins.out")
add "${line%% *}" "$(echo "$line" | sed "s/.*, \([0-9]*\) failed/\1/")"
grep -A3 FAILED "$build/twins.out"
tail -n 1 "$build/twins.out"
for so in "$build"/drivers/cases/*.bug1.so; do
    name=$(basename "$so" .bug1.so | tr _ -)
    "$build/dmacheck" run "case:$name" --seed 1 -q > "$build/out" 2>&1
    code=$?
    if [ $code -le 1 ] && "$build/dmacheck" run "case:$name" --mend all --seed 1 -q >> "$build/out" 2>&1; then add 1 0; else
        add 0 1
        echo "FAILED: case $name under ASan and UBSan: exit $code"
        tail -n 20 "$build/out"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
