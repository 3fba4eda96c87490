#!/bin/sh
# Runs the unit test programs and adds up what CMocka says of them: run.sh BUILD NAME...
set -u
build=$1
shift
passed=0
failed=0
log=$build/tests/unit/log
for name in "$@"; do
    DMACHECK_DRIVERS=$build/drivers "$build/tests/unit/$name" > "$log" 2>&1
    code=$?
    p=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | awk '{n += $1} END {print n + 0}')
    f=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$log" | awk '{n += $1} END {print n + 0}')
    if [ $code -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    if [ "$f" -ne 0 ]; then
        echo "FAILED: $name (exit $code)"
        tail -n 40 "$log"
    fi
    passed=$((passed + p))
    failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
