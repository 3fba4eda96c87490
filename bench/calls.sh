# What Windows' calls cost, with nobody listening and with the verifier.
# shellcheck shell=sh disable=SC2154
part "DMA calls, nobody listening"
none=$(pairs direct64 none 1 1)
row "get+put of one page, no sinks" "$none" 670 "instructions"
row "get+put of 16 fragments, no sinks" "$(pairs direct64 none 2 16)" 2110 "instructions"
p64=$(pairs direct64 none 1 64)
p4096=$(pairs direct64 none 1 4096)
row "slope a page, one run, 64 to 4,096 pages" "$(ratio "$((p4096 - p64))" 4032)" 12 "instructions"
f64=$(pairs direct64 none 2 64)
f4096=$(pairs direct64 none 2 4096)
row "slope a fragment, 64 to 4,096 fragments" "$(ratio "$((f4096 - f64))" 4032)" 85 "instructions"

part "events, trackers and rules"
row "an event into the ring" "$(ops emit 1000 101000)" 60 "instructions"
null=$(pairs direct64 null 1 1)
verify=$(pairs direct64 verify 1 1)
export BENCH_OP=1 BENCH_SIZE=1
e1=$(BENCH_COUNT=200 "$machine" "$driver" direct64 null | sed -n 's/ events//p')
e2=$(BENCH_COUNT=1200 "$machine" "$driver" direct64 null | sed -n 's/ events//p')
events=$(((e2 - e1) / 1000))
row "events of a one-page pair" "$events" "" "events"
# What runs inside site_capture alone, for each of the two calls of a pair.
inside() {
    valgrind --tool=callgrind --toggle-collect=site_capture --callgrind-out-file=/dev/null \
        "$machine" "$driver" direct64 null 2>&1 | sed -n 's/.*Collected : //p'
}
a=$(BENCH_COUNT=200 inside)
b=$(BENCH_COUNT=1200 inside)
stack=$(((b - a) / 2000))
row "a captured stack" "$stack" 120 "instructions"
row "an event: its arguments, the event, an empty sink" \
    "$(ratio "$((null - none - 2 * stack))" "$events")" 60 "instructions"
row "trackers and rules per one-page pair, with their dispatch" "$((verify - null))" 700 "instructions"
row "everything the verifier adds to a one-page pair" "$((verify - none))" \
    "$((60 * events + 2 * 120 + 700))" "instructions" "dma-debug adds 475 without events or stacks: the stretch"
r12=$(pairs direct64 rules=12 1 1)
r100=$(pairs direct64 rules=100 1 1)
row "a pair with 100 rules, to one with 12" "$(ratio "$r100" "$r12")" 1.10 "times" \
    "the real rules thinned out to 12 and repeated in turn to 100: what hears of misuse alone costs nothing here; no device at work"
row "a pair with 100,000 lists live, to one with 1, verifier on" \
    "$(ratio "$(pairs direct64 verify 3 100000)" "$(pairs direct64 verify 3 1)")" 1.2 "times"
