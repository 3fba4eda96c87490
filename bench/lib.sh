# What the benches share: counting, timing, rows. Sourced by run.sh, which sets build.
# shellcheck shell=sh disable=SC2034,SC2154
machine=$build/bench/bench_machine
core=$build/bench/bench_core
driver=$build/bench/driver.so
tmp=$build/bench/tmp
mkdir -p "$tmp"
over=0

# Instructions of a whole run.
count() { valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 | sed -n 's/.*Collected : //p'; }
# Instructions of one operation of the driver: two lengths, the difference divided.
pairs() { # profile sinks op size
    export BENCH_OP="$3" BENCH_SIZE="$4"
    a=$(BENCH_COUNT=200 count "$machine" "$driver" "$1" "$2")
    b=$(BENCH_COUNT=1200 count "$machine" "$driver" "$1" "$2")
    echo $(((b - a) / 1000))
}
# The same for an operation of the machine's.
ops() { # operation low high
    a=$(count "$core" "$1" "$2")
    b=$(count "$core" "$1" "$3")
    echo $(((b - a) / ($3 - $2)))
}

# Times: whatever is to be compared runs in turn, round after round, and the smallest of each counts;
# so a busy minute of the host falls on all of them. best ROUNDS COMMAND... : one time a line, seconds.
best() {
    rounds=$1
    shift
    rm -f "$tmp"/time.*
    for round in $(seq "$rounds"); do
        i=0
        for command in "$@"; do
            i=$((i + 1))
            BENCH_TIME=1 sh -c "$command" | head -n 1 >> "$tmp/time.$i"
        done
    done
    i=0
    for command in "$@"; do
        i=$((i + 1))
        sort -g "$tmp/time.$i" | head -n 1
    done
}
driver_run() { # profile op size count: the command
    echo "BENCH_OP=$2 BENCH_SIZE=$3 BENCH_COUNT=$4 $machine $driver $1 none"
}
nth() { echo "$1" | sed -n "$2p"; }
calc() { awk "BEGIN {printf \"$1\", $2}"; }
ratio() { calc %.3f "$1 / $2"; }

row() { # what, value, budget, unit, note
    verdict=
    budget=-
    if [ -n "$3" ]; then
        verdict=ok
        budget="at most $3"
        if awk "BEGIN {exit !($2 > $3)}"; then
            verdict="OVER by $(awk "BEGIN {if ($3) printf \"%.0f %%\", ($2 / $3 - 1) * 100; else print $2}")"
            over=$((over + 1))
        fi
    fi
    printf '| %-60s | %10s %-12s | %-15s | %-13s | %s\n' "$1" "$2" "$4" "$budget" "$verdict" "${5:-}"
}
part() { printf '|-- %s\n' "$1"; }
