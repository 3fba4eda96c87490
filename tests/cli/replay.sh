#!/bin/sh
# dmacheck replay: a recorded run again, on its machine and on others, with its driver and with others; what
# diverges, and what is wrong with a trace. replay.sh BUILD
set -u
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C NO_COLOR=1
dmacheck=$1/dmacheck
tmp=$1/check/replay
rm -rf "$tmp"
mkdir -p "$tmp"
export XDG_CACHE_HOME="$tmp/cache"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
exits() { # exits CODE ARGS...: stdout and stderr stay in $tmp/out and $tmp/err
    want=$1
    shift
    "$dmacheck" "$@" > "$tmp/out" 2> "$tmp/err"
    code=$?
    if [ $code -eq "$want" ]; then ok; else bad "'dmacheck $*' exits $code, not $want: $(head -n 2 "$tmp/err")"; fi
}
has() { if grep -qE -- "$2" "$tmp/$1"; then ok; else bad "no '$2' in $1: $(head -n 3 "$tmp/$1")"; fi; }
hasnt() { if grep -qE -- "$2" "$tmp/$1"; then bad "'$2' in $1: $(grep -E -- "$2" "$tmp/$1" | head -n 1)"; else ok; fi; }
holds() { if [ -s "$1" ] && jq -e "$2" "$1" > /dev/null 2>&1; then ok; else bad "$1: not $2"; fi; }
valid() { if sh tests/cli/validate.sh docs/report.schema.json "$1" > "$tmp/invalid" 2>&1; then ok; else bad "$1: $(head -n 1 "$tmp/invalid")"; fi; }
wrong() { # wrong PATTERN ARGS...: exit 2, nothing on stdout, one line on stderr
    pattern=$1
    shift
    exits 2 "$@"
    has err "$pattern"
    if [ ! -s "$tmp/out" ] && [ "$(wc -l < "$tmp/err")" -eq 1 ]; then ok; else bad "'dmacheck $*': one line on stderr"; fi
}
record() { # record FILE ARGS...
    file=$1
    shift
    "$dmacheck" run "$@" --record "$file" -q > /dev/null 2>&1
}
events() { sed -n '/^{"s":/p' "$1"; }

# --- the same run again: every event, the findings, the exit code, the inputs from either source ---
record "$tmp/flush.dmatrace" twin:flush-missing --profile remap --seed 7
record "$tmp/clean.dmatrace" xfer --profile tight --seed 3 --scenario many
record "$tmp/plain.dmatrace" pkt --profile noncoherent
record "$tmp/faults.dmatrace" xfer --seed 9 --faults 20 --scenario methods
record "$tmp/leak.dmatrace" twin:sgl-leaked --profile remap --bugcheck
record "$tmp/packed.dmatrace.zst" twin:flush-missing --profile remap --seed 7
for case in flush.dmatrace:1 clean.dmatrace:0 plain.dmatrace:0 faults.dmatrace:0 leak.dmatrace:1 packed.dmatrace.zst:1; do
    trace=$tmp/${case%:*}
    for inputs in '' --plan; do
        exits "${case#*:}" replay "$trace" $inputs --record "$tmp/again.dmatrace"
        has out '^replay: [0-9]+ events, each as recorded$'
        [ ! -s "$tmp/err" ] || bad "replay $trace $inputs: $(head -n 1 "$tmp/err")"
        case $trace in *.zst) continue ;; esac
        events "$trace" > "$tmp/was"
        events "$tmp/again.dmatrace" > "$tmp/is"
        if [ -s "$tmp/was" ] && cmp -s "$tmp/was" "$tmp/is"; then ok; else bad "replay $trace $inputs: other events"; fi
    done
done
# An adversary that never struck is watched for all the same; a program is in the trace; expectations are the scenario's.
record "$tmp/adversary.dmatrace" accel --scenario users --profile remap --seed 3 --faults 30
exits 0 replay "$tmp/adversary.dmatrace"
record "$tmp/program.dmatrace" accel --program drivers-under-test/samples/accel/programs/saxpy.acc --profile remap --seed 2
for inputs in '' --plan; do
    exits 0 replay "$tmp/program.dmatrace" $inputs
    has out '^replay: [0-9]+ events, each as recorded$'
done
exits 0 replay "$tmp/program.dmatrace" --profile all
has out '^bounce32 +0 +0 +0 +0 +3 +0 +5 +5 +4100$'
record "$tmp/expect.dmatrace" twin:expectation-failed
exits 1 replay "$tmp/expect.dmatrace"
has out '^dmacheck: error: expectation-failed '
has out "^  repro: dmacheck replay $tmp/expect\.dmatrace$"
exits 0 replay "$tmp/expect.dmatrace" --plan
has err '^dmacheck: what the scenario expected is not in the trace, and is not judged$'
exits 0 replay "$tmp/expect.dmatrace" --bug 0
has out '^gone on direct64: expectation-failed at '
exits 1 replay "$tmp/flush.dmatrace"
has out '^dmacheck: error: flush-missing \[profile=remap seed=7\] drivers-under-test/twins/flush_missing\.c:26$'
has out '^  schedule: S1:AEDQAL6E$'
has out "^  repro: dmacheck replay $tmp/flush\.dmatrace$"
exits 0 replay "$tmp/flush.dmatrace" --fail-on error --suppress /dev/null --max-findings 1 -q --bug 0
exits 1 replay "$tmp/flush.dmatrace" --format json -o - -o "$tmp/r.json" -o "$tmp/r.html" -o "$tmp/r.sarif" -o "$tmp/r.xml"
valid "$tmp/r.json"
holds "$tmp/r.json" '.replay.comparison == {"differs": false, "ends_early": false, "events": 311} and .replay.recorded.exit == 1'
# --- the schedule as a token ---
exits 0 replay "$tmp/flush.dmatrace" --print-token
has out '^S1:AEDQAL6E$'
exits 0 replay "$tmp/plain.dmatrace" --print-token
has out '^S1:AAAABPIH$'
"$dmacheck" run xfer --profile tight --scenario many --choices "$tmp/clean.dmatrace" --record "$tmp/recorded.dmatrace" -q > /dev/null 2>&1
exits 0 replay "$tmp/recorded.dmatrace" --print-token # plain, and every choice that was not
cp "$tmp/out" "$tmp/token"
record "$tmp/by_token.dmatrace" xfer --profile tight --scenario many --schedule "@$tmp/token"
events "$tmp/clean.dmatrace" > "$tmp/was"
events "$tmp/by_token.dmatrace" > "$tmp/is"
if [ "$(wc -c < "$tmp/token")" -gt 201 ] && cmp -s "$tmp/was" "$tmp/is"; then ok; else bad "a recorded run's token gives another run"; fi

# --- a run that does not follow ---
line=$(grep -n '"k":"choice"' "$tmp/clean.dmatrace" | sed -n 20p | cut -d: -f1)
awk -v n="$line" 'NR == n { if (sub(/"value":1/, "\"value\":0")) ; else sub(/"value":[0-9]+/, "\"value\":1") } { print }' \
    "$tmp/clean.dmatrace" > "$tmp/flipped.dmatrace"
if cmp -s "$tmp/clean.dmatrace" "$tmp/flipped.dmatrace"; then bad "no choice was flipped"; fi
sed "${line}d" "$tmp/clean.dmatrace" > "$tmp/missing.dmatrace"
call=$(grep -n '"k":"call"' "$tmp/clean.dmatrace" | sed -n 40p | cut -d: -f1)
sed "${call}d" "$tmp/clean.dmatrace" > "$tmp/nocall.dmatrace"
for trace in flipped missing nocall; do
    exits 5 replay "$tmp/$trace.dmatrace"
    has err '^dmacheck: many \[profile=tight seed=3\]: the run diverged from its recording at event [0-9]+ \(- recorded, \+ now\)$'
    has out '^no verdict: many \[profile=tight seed=3\]: the run diverged'
    if [ "$(sed '/^-/q' "$tmp/err" | grep -c '^  *[0-9]* .* us ')" -eq 5 ] && grep -q '^- ' "$tmp/err" && grep -q '^+ ' "$tmp/err"; then ok; else
        bad "$trace: the difference is not shown with 5 events before it"
    fi
    exits 5 replay "$tmp/$trace.dmatrace" --on-divergence report
    exits 0 replay "$tmp/$trace.dmatrace" --on-divergence resync
    has out '^replay: [0-9]+ of [0-9]+ recorded operations came again'
    has out 'the first difference is at event [0-9]+ '
done
exits 0 replay "$tmp/nocall.dmatrace" --on-divergence resync --format json # one event more than was recorded
holds "$tmp/out" '.replay.comparison | .missing == 0 and .new == 1 and .changed == 0 and .realigned == 1'
# stop ends the run there; report goes on to the end.
exits 5 replay "$tmp/nocall.dmatrace" --format json
stopped=$(jq '.runs[0].events' "$tmp/out")
exits 5 replay "$tmp/nocall.dmatrace" --on-divergence report --format json
reported=$(jq '.runs[0].events' "$tmp/out")
if [ "$stopped" -lt 1000 ] && [ "$reported" -gt 10000 ]; then ok; else bad "stop after $stopped events, report after $reported"; fi
# A trace whose writer was killed is compared as far as it goes.
head -n 2000 "$tmp/clean.dmatrace" > "$tmp/early.dmatrace"
exits 0 replay "$tmp/early.dmatrace"
has out '^replay: [0-9]+ events, each as recorded; the recording ends there$'

# --- until and break ---
exits 0 replay "$tmp/flush.dmatrace" --until 100 --format json
holds "$tmp/out" '.replay.comparison.events == 101 and .findings == []'
exits 1 replay "$tmp/flush.dmatrace" --until 220
has out 'flush-missing'
exits 1 replay "$tmp/flush.dmatrace" --until 100000
has out '^replay: 311 events, each as recorded$'
wrong 'make debug TRACE=.*/flush\.dmatrace EVENT=100 starts one$' replay "$tmp/flush.dmatrace" --break 100
if command -v gdb > /dev/null; then
    gdb -q -batch -ex 'set breakpoint pending on' -ex 'break dm_break_here' -ex run -ex 'info args' -ex bt -ex kill \
        --args "$dmacheck" replay "$tmp/flush.dmatrace" --break 210 > "$tmp/gdb" 2>&1
    for line in 'event = 210' 'MapTransfer' 'TwinWrite'; do
        if grep -q "$line" "$tmp/gdb"; then ok; else bad "gdb at event 210: no '$line': $(tail -n 3 "$tmp/gdb")"; fi
    done
fi

# --- another machine, another driver ---
exits 1 replay "$tmp/flush.dmatrace" --profile all
has out '^remap \(recorded\) +1 +1 +- +- +1 +- +2 +0 +0$'
has out '^bounce32 +1 +1 +0 +0 +1 +0 +2 +2 +0$'
exits 1 replay "$tmp/flush.dmatrace" --profile bounce32 --format json -o - -o "$tmp/r.json"
valid "$tmp/r.json"
holds "$tmp/r.json" '.replay.comparison == null and .replay.runs[0].bounced == 2 and .replay.recorded.bounced == 0 and (.replay.runs[0].same | length) == 1'
record "$tmp/late.dmatrace" twin:put-while-device-runs --profile remap
exits 1 replay "$tmp/late.dmatrace" --profile remap
exits 0 replay "$tmp/flush.dmatrace" --bug 0
has out '^gone on remap: flush-missing at drivers-under-test/twins/flush_missing\.c:26$'
has out '^remap \(now\) +0 +0 +1 +0 '
exits 0 replay "$tmp/flush.dmatrace" --driver "$1/drivers/twins/flush_missing.bug0.so"
exits 1 replay "$tmp/flush.dmatrace" --driver "$1/drivers/twins/flush_missing.bug1.so"
has out '^remains on remap: flush-missing at '
record "$tmp/case.dmatrace" case:small-buffer --profile deferred
exits 1 replay "$tmp/case.dmatrace"
exits 0 replay "$tmp/case.dmatrace" --mend all
exits 1 replay "$tmp/flush.dmatrace" --driver twin:sgl-leaked --format json
holds "$tmp/out" '(.replay.runs[0].gone | length) == 1 and (.replay.runs[0].new | length) == 1'
sed '1s/"digest":"fnv1a:[0-9a-f]*/"digest":"fnv1a:0123456789abcdef/' "$tmp/flush.dmatrace" > "$tmp/digest.dmatrace"
exits 1 replay "$tmp/digest.dmatrace"
has err '^dmacheck: twin:flush-missing is another build than the one that was recorded \(fnv1a:0123456789abcdef\)$'
has out '^replay: 311 events, each as recorded$'

# --- what is wrong, in one line each ---
exits 0 replay --help
has out '^usage: dmacheck replay TRACE'
wrong 'wants one trace' replay
wrong 'nosuch\.dmatrace' replay "$tmp/nosuch.dmatrace"
wrong "stop, report or resync, not 'nonsense'" replay "$tmp/flush.dmatrace" --on-divergence nonsense
wrong "number of an event, not 'nonsense'" replay "$tmp/flush.dmatrace" --until nonsense
wrong "number of an event, not '-1'" replay "$tmp/flush.dmatrace" --break -1
wrong 'goes its own way' replay "$tmp/flush.dmatrace" --profile all --on-divergence stop
wrong 'no --until or --break' replay "$tmp/flush.dmatrace" --profile all --until 7
wrong "unknown driver 'nonsense'" replay "$tmp/flush.dmatrace" --driver nonsense
wrong '"nonsense" is unknown' replay "$tmp/flush.dmatrace" --profile nonsense
wrong 'wants 0 or 1' replay "$tmp/flush.dmatrace" --bug 2
sed '1s/"dmatrace":1/"dmatrace":99/' "$tmp/flush.dmatrace" > "$tmp/version.dmatrace"
wrong 'version\.dmatrace:1: .*version 99' replay "$tmp/version.dmatrace"
sed 's/"k":"choice","o":\([0-9]*\)\(.*\)"bound":[0-9]*/"k":"choice","o":\1\2"bound":1/' "$tmp/flush.dmatrace" > "$tmp/bound.dmatrace"
wrong 'bound\.dmatrace: event [0-9]+: expected a choice whose value is below its bound' replay "$tmp/bound.dmatrace"
sed '1s/"subject":"[^"]*"/"subject":"gone.so"/' "$tmp/flush.dmatrace" > "$tmp/gone.dmatrace"
wrong "unknown driver 'gone\.so'" replay "$tmp/gone.dmatrace"
sed '1s/"faults":"20"/"faults":"x"/' "$tmp/faults.dmatrace" > "$tmp/planned.dmatrace"
wrong "planned\.dmatrace:1: expected faults as N or POINT:K, not 'x'" replay "$tmp/planned.dmatrace"
sed 's/"op":"given","name":"program","bytes":/&1/' "$tmp/program.dmatrace" > "$tmp/given.dmatrace"
wrong 'given\.dmatrace:[0-9]+: expected a name and data of as many bytes as it says' replay "$tmp/given.dmatrace"
sed '1s/cpus=[0-9]*/cpus=9/' "$tmp/flush.dmatrace" > "$tmp/cpus.dmatrace"
wrong 'expected another value than cpus=9' replay "$tmp/cpus.dmatrace"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
