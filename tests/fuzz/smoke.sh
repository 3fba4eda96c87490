#!/bin/sh
# Each fuzz target a fixed number of runs from a fixed seed, beginning with its corpus: smoke.sh BUILD
# NAME... So many runs as take about ten seconds; no clock decides.
set -u
build=$1
shift
passed=0
failed=0
for name in "$@"; do
    case $name in
    fuzz_ioctl) runs=700 ;; # two runs of a whole machine each
    fuzz_trace | fuzz_verify) runs=3000 ;;
    fuzz_api) runs=15000 ;;
    *) runs=50000 ;;
    esac
    corpus=fuzz/corpus/${name#fuzz_}
    work=$build/work/$name
    rm -rf "$work"
    mkdir -p "$work"
    set -- "$work"
    [ -d "$corpus" ] && set -- "$work" "$corpus"
    if "$build/$name" -seed=1 -runs=$runs -len_control=0 -max_len=512 -verbosity=0 -artifact_prefix="$build/$name." "$@" \
        > "$build/$name.log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED: $name"
        grep -m 1 -E '^(fuzz|dmacheck):|ERROR' "$build/$name.log"
        tail -n 25 "$build/$name.log"
    fi
    rm -rf "$work"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
