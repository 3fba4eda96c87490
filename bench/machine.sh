# What the machine itself costs: deciding who goes next, being reset, being made.
# shellcheck shell=sh disable=SC2154
part "scheduler"
switch=$(ops switch 1000 101000)
row "two bare fiber switches" "$switch" "" "instructions"
row "a scheduling point and its decision, beyond the switch" "$(($(ops point 2000 202000) - switch / 2))" \
    100 "instructions"
row "the same, drawn from a seed" "$(($(ops point_seed 2000 202000) - switch / 2))" 100 "instructions" \
    "the list of who could go, and a draw at every point: about a third each; one seed, both processors near"

part "life of a machine"
row "a machine reset with its work" "$(ops reset 20 1020)" "" "instructions" \
    "valgrind counts rep stosb by the byte; the times below judge"
row "create+destroy of a machine" "$(ops create 20 220)" "" "instructions" "valgrind counts as above"
export BENCH_FAULTS=1
faults=$("$core" reset 2000 | sed -n 's/ page faults//p')
unset BENCH_FAULTS
row "page faults of 2,000 resets" "${faults:-0}" 0 "faults"
calls() {
    strace -f -c -o "$tmp/calls" "$core" reset "$1" > /dev/null 2>&1
    awk '$NF == "total" {print $(NF - 1) + 0 ? $(NF - 1) : $(NF - 2)}' "$tmp/calls"
}
few=$(calls 100)
many=$(calls 2100)
row "system calls of 2,000 resets" "$((many - few))" 0 "calls"
t=$(best 11 "$core reset 20000" "$core work 20000" "$core memset 200000" "$core create 20000")
reset=$(calc %.1f "$(nth "$t" 1) * 1e9 / 20000")
work=$(calc %.1f "$(nth "$t" 2) * 1e9 / 20000")
memset=$(calc %.1f "$(nth "$t" 3) * 1e9 / 200000")
create=$(calc %.1f "$(nth "$t" 4) * 1e9 / 20000")
row "reset after a small transfer, to a memset of the bytes dirtied" \
    "$(calc %.3f "($reset - $work) / $memset")" 2 "times" \
    "($reset ns work and reset - $work ns the work, which gives back what it took) / $memset ns for 8 KiB: a user page, a page of pool"
row "create+destroy, to 1/500 of QEMU's 11.8 ms to its first reply" "$(ratio "$create" 23600)" 1 "times" \
    "1/$(calc %.0f "11800000 / $create") of it"
