#!/bin/sh
# Each fuzz target a fixed number of runs from a fixed seed, and over its corpus: smoke.sh BUILD NAME...
set -u
build=$1
shift
passed=0
failed=0
export ASAN_OPTIONS="detect_leaks=0:handle_segv=1:detect_stack_use_after_return=0"
for name in "$@"; do
    corpus=fuzz/corpus/${name#fuzz_}
    mkdir -p "$build/work/$name"
    set -- "$build/work/$name"
    [ -d "$corpus" ] && set -- "$@" "$corpus"
    if "$build/$name" -seed=1 -runs=2000 -max_len=512 -verbosity=0 "$@" > "$build/$name.log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 25 "$build/$name.log"
    fi
    rm -rf "$build/work/$name"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
