# What a replay costs: each event held against a loaded trace, beside the run that was recorded.
# shellcheck shell=sh disable=SC2154
part "replaying"
replay="$build/bench/bench_replay $build/drivers/samples/xfer.so remap many"
$replay record "$tmp/replay.dmatrace" 1 > /dev/null
t=$(best 7 "$replay record $tmp/again.dmatrace 20" "$replay replay $tmp/replay.dmatrace 20" \
    "$replay unchecked $tmp/replay.dmatrace 20")
row "a checked replay from a loaded trace, to the live run with recorder" "$(ratio "$(nth "$t" 2)" "$(nth "$t" 1)")" 1.11 \
    "times" "0.9 of its speed; xfer's many on remap, verifier and race detector on; $(ratio "$(nth "$t" 2)" "$(nth "$t" 3)") of one unchecked"
rm -f "$tmp/replay.dmatrace" "$tmp/again.dmatrace"
