# What recording a run costs, and reading it again.
# shellcheck shell=sh disable=SC2154
traces=$build/bench/bench_trace
xfer=$build/drivers/samples/xfer.so
part "traces: the scenario many of xfer on remap"
row "an event into memory" "$(ops keep 1000 101000)" 60 "instructions" "saying it included"
recorded=$tmp/bench.dmatrace
BENCH_SCENARIO=many "$machine" "$xfer" remap "record=$recorded"
events=$("$traces" count "$recorded" 1)
lines() { # operation: instructions an event
    a=$(count "$traces" "$1" "$recorded" 1)
    b=$(count "$traces" "$1" "$recorded" 6)
    calc %.0f "($b - $a) / 5 / $events"
}
row "an event as a line of a file" "$(lines write)" "" "instructions" "$(wc -c < "$recorded") bytes, $events events"
row "an event read, sites and inputs on the way" "$(lines read)" 10000 "instructions" \
    "300,000 events a second at 3 billion instructions"
many="BENCH_SCENARIO=many BENCH_RUNS=40 $machine $xfer remap"
t=$(best 15 "$many run" "$many record=$recorded" "$traces read $recorded 20" \
    "$traces json $recorded 20")
row "of a recorded run's time, writing the trace" "$(calc %.3f "1 - $(nth "$t" 1) / $(nth "$t" 2)")" 0.25 "times" \
    "$(calc %.0f "$(nth "$t" 1) / 40 * 1e6") us a run without, $(calc %.0f "$(nth "$t" 2) / 40 * 1e6") us with it"
row "reading a trace, to jansson's time for its lines" "$(ratio "$(nth "$t" 3)" "$(nth "$t" 4)")" 0.5 "times" \
    "$(calc %.0f "$events * 20 / $(nth "$t" 3)") events a second here"
rm -f "$recorded"
