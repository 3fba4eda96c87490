#!/bin/sh
# Which lines of ours the tests reach: coverage.sh BUILD ROOM:GOAL...
# BUILD has been made with COV=1. Runs the unit tests (their names on standard input, one a line), the sample
# drivers on all profiles and the field stories, writes BUILD/coverage/index.html and lcov.info, and prints the
# share of lines of each ROOM; ends with 1 if one is below its GOAL (per cent). Whether tests pass is the
# business of `make check`. The numbers differ by a line or two with the compiler.
set -eu
build=$1
drivers=$build/drivers
shift
out=$build/coverage
mkdir -p "$out"
lcov --quiet --zerocounters --directory "$build/obj"
failed=0
while read -r name; do
    DMACHECK_DRIVERS=$drivers "$build/tests/unit/$name" > "$out/test.log" 2>&1 ||
        echo "coverage: $name fails in this build" >&2
done
for driver in "$drivers"/samples/*.so; do
    "$build/dmacheck" run "$(basename "$driver" .so)" --profile all --seeds 1..1 > "$out/run.log" 2>&1 ||
        echo "coverage: the sample $(basename "$driver" .so) is not clean in this build" >&2
done
for driver in "$drivers"/cases/*.bug1.so; do
    "$build/dmacheck" run "case:$(basename "$driver" .bug1.so)" --seeds 1..1 > "$out/run.log" 2>&1 || true
done
lcov --quiet --capture --directory "$build/obj" --base-directory . --no-external \
    --output-file "$out/all.info" 2> "$out/lcov.log"
lcov --quiet --remove "$out/all.info" '*/tests/*' '*/build/*' --output-file "$out/lcov.info" 2>> "$out/lcov.log"
genhtml --quiet --prefix "$PWD" --output-directory "$out" "$out/lcov.info" 2>> "$out/lcov.log"
for pair in "$@"; do
    room=${pair%:*}
    goal=${pair#*:}
    awk -F: -v room="/$room/" -v name="$room" -v goal="$goal" '
        /^SF:/ { ours = index($0, room) > 0 }
        ours && /^LF:/ { all += $2 }
        ours && /^LH:/ { hit += $2 }
        END { share = all ? 100 * hit / all : 0
              printf "%-10s %5.1f %% of %d lines (goal %d %%)\n", name, share, all, goal
              exit share < goal }' "$out/lcov.info" || failed=1
done
echo "report: $out/index.html"
exit $failed
