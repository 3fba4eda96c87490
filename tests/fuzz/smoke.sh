#!/bin/sh
# Each fuzz target a fixed number of runs from a fixed seed, beginning with its corpus, and everything that is
# kept of it (corpus, regressions) once more as files alone, without a fuzzer: smoke.sh BUILD REPLAYED NAME...
# So many runs as take about ten seconds; no clock decides. The canary must find its bug.
set -u
build=$1
replayed=$2
shift 2
passed=0
failed=0
bad() { # name, log
    failed=$((failed + 1))
    echo "FAILED: $1"
    grep -m 1 -E '^(fuzz|dmacheck):|ERROR' "$2"
    tail -n 25 "$2"
}
for name in "$@"; do
    short=${name#fuzz_}
    want=0
    case $short in
    canary) runs=40000 want=77 ;;
    ioctl-* | device-* | plan-*) runs=2500 ;;
    program) runs=3000 ;;
    trace | verify) runs=3000 ;;
    import) runs=1500 ;; # a trace written and read
    api) runs=15000 ;;
    *) runs=50000 ;;
    esac
    case $short in
    *-*) corpus=fuzz/corpus/${short#*-} ;; # of the driver
    *) corpus=fuzz/corpus/$short ;;
    esac
    kept=""
    [ -d "$corpus" ] && kept=$corpus
    [ -d "fuzz/regressions/$short" ] && kept="$kept fuzz/regressions/$short"
    work=$build/work/$name
    rm -rf "$work"
    mkdir -p "$work"
    # shellcheck disable=SC2086 # several folders, none with a blank
    "$build/$name" -seed=1 -runs=$runs -len_control=0 -max_len=2048 -verbosity=0 \
        -artifact_prefix="$build/$name." "$work" $kept > "$build/$name.log" 2>&1
    code=$?
    if [ $code -eq $want ]; then passed=$((passed + 1)); else bad "$name (exit $code)" "$build/$name.log"; fi
    if [ $want -ne 0 ] && ! grep -q '^fuzz: pool-leaked at tests/drivers/canary.c:' "$build/$name.log"; then
        bad "$name finds something else" "$build/$name.log"
    fi
    rm -rf "$work"
    [ -n "$kept" ] || continue
    # shellcheck disable=SC2086
    if "$replayed/$name" $kept > "$build/$name.replayed" 2>&1; then passed=$((passed + 1)); else
        bad "$name, replayed" "$build/$name.replayed"
    fi
done
# Targets for a driver that is none of ours: a folder, and a header with its control codes.
if make --no-print-directory fuzz DRIVER=drivers-under-test/samples/pkt SURFACE=drivers-under-test/samples/xfer/ioctl.h \
    > "$build/own.log" 2>&1; then passed=$((passed + 1)); else bad "make fuzz DRIVER=" "$build/own.log"; fi
for target in ioctl device; do
    rm -rf "$build/work/own"
    mkdir -p "$build/work/own"
    # four transfers and six control codes
    if "$build/own/pkt/fuzz_$target" -seed=1 -runs=300 -verbosity=0 -artifact_prefix="$build/own." "$build/work/own" "$build/own/pkt/seeds" \
        > "$build/own.log" 2>&1 && [ "$(find "$build/own/pkt/seeds" -type f | wc -l)" -eq 10 ]; then passed=$((passed + 1)); else
        bad "own $target" "$build/own.log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
