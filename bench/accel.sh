# Programs of the accel sample, to the reference interpreter on the same ones.
# shellcheck shell=sh disable=SC2154
part "programs: 16 steps on 64 KiB, the accel sample (KMDF), direct64"
accel_run() { # sinks count [BENCH_REFERENCE]
    echo "BENCH_REFERENCE=${3:-0} BENCH_COUNT=$2 $machine $build/bench/accel.so direct64 $1"
}
t=$(best 5 "$(accel_run none 20)" "$(accel_run none 220)" "$(accel_run verify 20)" "$(accel_run verify 220)" \
    "$(accel_run none 20 1)" "$(accel_run none 220 1)")
each() { calc %.9f "($(nth "$t" "$2") - $(nth "$t" "$1")) / 200"; }
off=$(each 1 2)
on=$(each 3 4)
reference=$(each 5 6)
row "a program, verifier off, to the reference interpreter" "$(ratio "$off" "$reference")" "" "times" \
    "$(calc %.0f "1 / $off") a second; the interpreter $(calc %.0f "1 / $reference")"
row "a program, verifier on, to the reference interpreter" "$(ratio "$on" "$reference")" "" "times" \
    "$(calc %.0f "1 / $on") a second"
