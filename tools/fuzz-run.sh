#!/bin/sh
# Runs fuzz targets one after the other: fuzz-run.sh BUILD SECONDS NAME... SECONDS in all. What they learn stays in
# BUILD/work/NAME, what is wrong in BUILD/artifacts/NAME.*; exit 1 then.
set -u
build=$1
seconds=$2
shift 2
[ $# -gt 0 ] || { echo "fuzz: no such target" >&2; exit 2; }
each=$((seconds / $#))
[ $each -gt 0 ] || each=1
mkdir -p "$build/artifacts"
found=0
for name in "$@"; do
    short=${name#fuzz_}
    corpus=fuzz/corpus/$short
    case $short in *-*) corpus=fuzz/corpus/${short#*-} ;; esac
    mkdir -p "$build/work/$name"
    set -- "$build/work/$name"
    [ -d "$corpus" ] && set -- "$@" "$corpus"
    if "$build/$name" -max_total_time=$each -max_len=4096 -rss_limit_mb=2048 -artifact_prefix="$build/artifacts/$name." "$@" \
        > "$build/$name.log" 2>&1; then
        echo "$name: $(grep -a '^Done' "$build/$name.log"), nothing wrong"
    else
        found=1
        echo "$name: $(grep -a -m 1 -E '^(fuzz|dmacheck):|ERROR' "$build/$name.log")"
        grep -a 'Test unit written to' "$build/$name.log"
    fi
done
exit $found
