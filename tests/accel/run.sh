#!/bin/sh
# The accelerator's model against its reference interpreter: run.sh BUILD
set -u
log=$1/tests/accel/log
"$1/tests/accel/compare" > "$log" 2>&1
code=$?
passed=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log")
failed=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$log")
failed=${failed:-0}
if [ $code -ne 0 ]; then
    [ "$failed" -ne 0 ] || failed=1
    tail -n 40 "$log"
fi
echo "${passed:-0} passed, $failed failed"
[ "$failed" -eq 0 ]
