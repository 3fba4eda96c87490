#!/bin/sh
# The accelerator's model against its reference interpreter, what the driver makes of programs, and its runs:
# run.sh BUILD
set -u
build=$1
log=$build/tests/accel/log
passed=0
failed=0
for name in compare staged; do
    "$build/tests/accel/$name" > "$log" 2>&1
    code=$?
    p=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log")
    f=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$log" | head -n 1)
    f=${f:-0}
    if [ $code -ne 0 ]; then
        [ "$f" -ne 0 ] || f=1
        tail -n 40 "$log"
    fi
    passed=$((passed + ${p:-0}))
    failed=$((failed + f))
done

# driver PROGRAM...: the sample driver makes each, runs it, and gets what its text expects.
driver() {
    for file in "$@"; do
        shift
        set -- "$@" --program "$file"
    done
    if "$build/dmacheck" run accel "$@" --no-races --jobs 2 > "$log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED: dmacheck run accel --program ..."
        tail -n 40 "$log"
    fi
}
if [ -e "$build/drivers/samples/accel.so" ]; then
    folder=$build/check/accel
    rm -rf "$folder"
    mkdir -p "$folder"
    "$build/tests/accel/generate" "$folder"
    driver drivers-under-test/samples/accel/programs/*.acc
    driver "$folder"/*.acc
    rm -rf "$folder"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
