#!/bin/sh
# Seeds for the fuzz targets, out of what the samples' own scenarios do: each is recorded on the plain
# schedule and encoded. fuzz-seeds.sh DMACHECK: writes fuzz/corpus/DRIVER/SCENARIO. What is longer than
# a few pages is left out: a fuzzer learns little from it and slowly.
set -u
dmacheck=$1
most=3100
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
for driver in xfer pkt accel; do
    mkdir -p "fuzz/corpus/$driver"
    "$dmacheck" run "$driver" --format json > "$tmp/runs" 2> /dev/null || exit 1
    for scenario in $(jq -r '[.runs[].scenario] | unique | .[]' "$tmp/runs"); do
        "$dmacheck" run "$driver" --scenario "$scenario" --record "$tmp/t.dmatrace" > /dev/null 2>&1 || exit 1
        "$dmacheck" fuzz encode "$tmp/t.dmatrace" -o "$tmp/seed" --driver "$driver" || exit 1
        if [ "$(wc -c < "$tmp/seed")" -le $most ]; then
            cp "$tmp/seed" "fuzz/corpus/$driver/$scenario"
        fi
    done
done
