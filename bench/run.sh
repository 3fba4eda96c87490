#!/bin/sh
# The table of budgets. Instructions are counted by callgrind: each operation is run with two counts and
# the difference taken, so the figure repeats exactly. Times stand as ratios to something that was timed
# in the same run, the smallest of several. Nothing is left out: a budget that does not hold says by how
# much.
#     run.sh BUILD
set -u
build=$1
machine=$build/bench/bench_machine
core=$build/bench/bench_core
driver=$build/bench/driver.so
tmp=$build/bench/tmp
mkdir -p "$tmp"
over=0

# Instructions of a whole run.
count() { valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 | sed -n 's/.*Collected : //p'; }
# Per operation: two lengths, the difference divided. per LOW HIGH command... (COUNT is replaced)
pairs() { # profile sinks op size
    export BENCH_OP="$3" BENCH_SIZE="$4"
    a=$(BENCH_COUNT=200 count "$machine" "$driver" "$1" "$2")
    b=$(BENCH_COUNT=1200 count "$machine" "$driver" "$1" "$2")
    echo $(((b - a) / 1000))
}
ops() { # operation low high
    a=$(count "$core" "$1" "$2")
    b=$(count "$core" "$1" "$3")
    echo $(((b - a) / ($3 - $2)))
}
row() { # what, value, budget, unit, note
    verdict=ok
    if [ -n "$3" ]; then
        if awk "BEGIN {exit !($2 > $3)}"; then
            verdict="OVER by $(awk "BEGIN {printf \"%.0f %%\", ($2 / $3 - 1) * 100}")"
            over=$((over + 1))
        fi
        budget="at most $3"
    else
        verdict=""
        budget="-"
    fi
    printf '| %-58s | %10s %-14s | %-16s | %-14s | %s\n' "$1" "$2" "$4" "$budget" "$verdict" "${5:-}"
}
# The smallest of nine timed runs, in ns per operation.
time_ns() { # loops, command...
    loops=$1
    shift
    for _ in 1 2 3 4 5 6 7 8 9; do BENCH_TIME=1 "$@" | head -n 1; done | sort -g | head -n 1 |
        awk -v n="$loops" '{printf "%.3f\n", $1 * 1e9 / n}'
}
time_pairs() { # profile sinks op size count: ns per pair, start-up taken away
    export BENCH_OP="$3" BENCH_SIZE="$4"
    low=$(BENCH_COUNT=1 time_ns 1 "$machine" "$driver" "$1" "$2")
    high=$(BENCH_COUNT="$5" time_ns 1 "$machine" "$driver" "$1" "$2")
    awk "BEGIN {printf \"%.1f\n\", ($high - $low) / ($5 - 1)}"
}
ratio() { awk "BEGIN {printf \"%.3f\", $1 / $2}"; }
minus() { awk "BEGIN {printf \"%.1f\", $1 - $2}"; }

echo "A ddkcc-built driver calling through adapter->DmaOperations, access door on, profile direct64 unless named."
printf '| %-58s | %-25s | %-16s | %-14s |\n' "what" "measured" "budget" "verdict"

none=$(pairs direct64 none 1 1)
row "get+put of one page, no sinks" "$none" 670 "instructions"
f16=$(pairs direct64 none 2 16)
row "get+put of 16 fragments, no sinks" "$f16" 2110 "instructions"
p64=$(pairs direct64 none 1 64)
p4096=$(pairs direct64 none 1 4096)
row "slope a page, one run, 64 to 4,096 pages" "$(ratio "$((p4096 - p64))" 4032)" 12 "instructions"
f64=$(pairs direct64 none 2 64)
f4096=$(pairs direct64 none 2 4096)
row "slope a fragment, 64 to 4,096 fragments" "$(ratio "$((f4096 - f64))" 4032)" 85 "instructions"

emit=$(ops emit 1000 101000)
row "an event into the ring" "$emit" 60 "instructions"
null=$(pairs direct64 null 1 1)
verify=$(pairs direct64 verify 1 1)
export BENCH_OP=1 BENCH_SIZE=1
e1=$(BENCH_COUNT=200 "$machine" "$driver" direct64 null | sed -n 's/ events//p')
e2=$(BENCH_COUNT=1200 "$machine" "$driver" direct64 null | sed -n 's/ events//p')
events=$(((e2 - e1) / 1000))
row "events of a one-page pair" "$events" "" "events"
saying=$((null - none))
# What runs inside site_capture alone, for each of the two calls of a pair.
inside() { valgrind --tool=callgrind --toggle-collect=site_capture --callgrind-out-file=/dev/null "$machine" "$driver" direct64 null 2>&1 | sed -n 's/.*Collected : //p'; }
a=$(BENCH_COUNT=200 inside)
b=$(BENCH_COUNT=1200 inside)
stack=$(((b - a) / 2000))
row "a captured stack" "$stack" 120 "instructions"
row "an event: its arguments, the event, an empty sink" "$(ratio "$((saying - 2 * stack))" "$events")" 60 "instructions"
row "trackers and rules per one-page pair, with their dispatch" "$((verify - null))" 700 "instructions"
row "everything the verifier adds to a one-page pair" "$((verify - none))" "$((60 * events + 2 * 120 + 700))" "instructions" "dma-debug adds 475 without events or stacks: the stretch"

live1=$(pairs direct64 verify 3 1)
live100k=$(pairs direct64 verify 3 100000)
row "a pair with 100,000 lists live, to one with 1, verifier on" "$(ratio "$live100k" "$live1")" 1.2 "times"

switch=$(ops switch 1000 101000)
point=$(ops point 2000 202000)
row "two bare fiber switches" "$switch" "" "instructions"
row "a scheduling point and its decision, beyond the switch" "$((point - switch / 2))" 100 "instructions"

reset=$(ops reset 20 1020)
work=$(ops work 20 220)
row "a machine reset after a small transfer's work" "$((reset - work))" "" "instructions"
create=$(ops create 20 220)
row "create+destroy of a machine" "$create" "" "instructions"
export BENCH_FAULTS=1
faults=$("$core" reset 2000 | sed -n 's/ page faults//p')
unset BENCH_FAULTS
row "page faults of 2,000 resets" "${faults:-0}" 0 "faults"
calls() { strace -f -c -o "$tmp/calls" "$core" reset "$1" > /dev/null 2>&1; awk '$NF == "total" {print $(NF - 1) + 0 ? $(NF - 1) : $(NF - 2)}' "$tmp/calls"; }
few=$(calls 100)
many=$(calls 2100)
row "system calls of 2,000 resets" "$((many - few))" 0 "calls"

# Times, as ratios.
reset_ns=$(awk "BEGIN {print $(time_ns 20000 "$core" reset 20000) - $(time_ns 20000 "$core" work 250) * 0}")
work_ns=$(time_ns 250 "$core" work 250)
memset_ns=$(time_ns 200000 "$core" memset 200000)
row "reset with its work, to a memset of the 8 KiB dirtied" "$(ratio "$reset_ns" "$memset_ns")" "" "times" "work alone: $(ratio "$work_ns" "$memset_ns")"
create_ns=$(time_ns 2000 "$core" create 2000)
row "create+destroy, to QEMU's 11.8 ms to its first reply" "1/$(awk "BEGIN {printf \"%.0f\", 11800000 / $create_ns}")" "" "" "budget 1/500"
awk "BEGIN {exit !(11800000 / $create_ns < 500)}" && over=$((over + 1)) && echo "  OVER: create+destroy takes $create_ns ns"

bounce=$(time_pairs bounce32 none 4 16 20001)
copy=$(time_pairs bounce32 none 5 16 20001)
row "bounce of 64 KiB to the device, to memcpy page by page" "$(ratio "$bounce" "$copy")" 1.10 "times"
bounce=$(time_pairs bounce32 none 4 256 2001)
copy=$(time_pairs bounce32 none 5 256 2001)
row "bounce of 1 MiB to the device, to memcpy page by page" "$(ratio "$bounce" "$copy")" 1.10 "times"
empty=$(time_pairs direct64 none 0 1 1000001)
pair=$(time_pairs direct64 none 1 1 200001)
row "get+put of one page, to a call through the function table" "$(ratio "$pair" "$empty")" "" "times"

if [ -x "$build/bench/bench_device" ]; then sh bench/device.sh "$build"; fi
echo
if [ $over -eq 0 ]; then echo "every budget holds"; else echo "$over budgets do not hold"; fi
