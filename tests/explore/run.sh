#!/bin/sh
# dmacheck explore: run.sh BUILD
#   strategies find what they should, count what they should and stay silent where nothing is wrong; a finding's
#   repro line shows it again; bad input is told in one line.
set -u
export LC_ALL=C NO_COLOR=1
build=$(cd "$1" && pwd)
dmacheck=$build/dmacheck
tmp=$build/check/explore
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }

# says CODE PATTERN ARGS...: the exit code, and PATTERN in what is said.
says() {
    want=$1
    pattern=$2
    shift 2
    "$dmacheck" explore "$@" > "$tmp/out" 2> "$tmp/err"
    code=$?
    if [ $code -ne "$want" ]; then
        bad "'explore $*' exits $code, not $want: $(head -n 2 "$tmp/err")"
    elif ! cat "$tmp/out" "$tmp/err" | grep -qE -- "$pattern"; then
        bad "'explore $*' does not say '$pattern': $(head -n 2 "$tmp/out" "$tmp/err")"
    else
        ok
    fi
}
wrong() {
    says 2 "$@"
    if [ ! -s "$tmp/out" ] && [ "$(wc -l < "$tmp/err")" -eq 1 ]; then ok; else
        shift
        bad "'explore $*' should say one line on stderr: $(cat "$tmp/err")"
    fi
}
found_at() { sed -n 's/.*the first finding came with run \([0-9]*\).*/\1/p' "$tmp/out"; }

# Bad input.
says 0 '^usage: dmacheck explore' --help
wrong 'no driver'
wrong "unknown driver 'nonsense'" nonsense --scenario s
wrong 'which scenario of xfer' xfer
wrong "has no scenario 'nonsense'" xfer --scenario nonsense
wrong 'wants a program' accel --scenario program
wrong "unknown profile|nonsense" xfer --scenario cancel-one --profile nonsense
wrong "wants one machine, not 'all'" xfer --scenario cancel-one --profile all
wrong "wants random, pct or dfs, not 'luck'" xfer --strategy luck
wrong 'depth wants a number from 0 to 16' xfer --depth 17
wrong 'from 1 to 16 for pct' xfer --scenario cancel-one --depth 0
wrong 'depth is for pct and dfs' xfer --scenario cancel-one --strategy random --depth 2
for budget in 0s 0runs 5 5minutes runs -1s 99999999999999999999s; do
    wrong 'as 60s or 5000runs' xfer --budget $budget
done
wrong 'jobs is for random and pct' xfer --scenario cancel-one --strategy dfs --jobs 2
wrong 'run is for random and pct' xfer --scenario cancel-one --strategy dfs --run 2
wrong 'list is for --faults systematic' xfer --scenario cancel-one --list
wrong 'exclude is for --faults systematic' xfer --scenario cancel-one --exclude 1
wrong 'log is for --faults systematic' xfer --scenario cancel-one --log x
wrong "wants systematic, not 'some'" xfer --faults some
wrong "unknown option '--nonsense'" xfer --nonsense
wrong "one argument too many" xfer pkt
wrong 'unknown driver' case:nonsense

# All schedules of two requests and one cancel: how many there are, and that all of them were run.
says 0 'dfs: 14 schedules with at most 0 preemptions \(14 with 0\): the space is exhausted' xfer --scenario cancel-one --strategy dfs --depth 0
says 0 'dfs: 2776 schedules with at most 1 preemption \(14 with 0, 2762 with 1\): the space is exhausted' xfer --scenario cancel-one --strategy dfs --depth 1 --no-races
says 4 'dfs: 50 schedules .*: the space is not exhausted' xfer --scenario cancel-one --strategy dfs --depth 1 --budget 50runs

# The routine that outlives its timer's cancelling looks at freed memory or, later still, at registers that are gone:
# ten searches, a median of 2,000 runs at most, none over 20,000.
: > "$tmp/runs"
for seed in 1 2 3 4 5 6 7 8 9 10; do
    "$dmacheck" explore case:poll-outlives --budget 20000runs --seed $seed > "$tmp/out" 2> "$tmp/err"
    [ $? -eq 1 ] && grep -qE 'error: (common-buffer-touched-after-free|bug-check)' "$tmp/out" && found_at >> "$tmp/runs"
done
count=$(wc -l < "$tmp/runs")
if [ "$count" -eq 10 ]; then ok; else bad "pct finds the teardown race with $count of 10 seeds"; fi
median=$(sort -n "$tmp/runs" | sed -n 6p)
if [ "${median:-99999}" -le 2000 ]; then ok; else bad "pct needs $median runs for the teardown race"; fi
says 1 'common-buffer-touched-after-free' case:poll-outlives --strategy random
says 1 'common-buffer-touched-after-free' case:poll-outlives --strategy dfs --depth 1
says 0 'pct: 2000 schedules' case:poll-outlives --mend all --budget 2000runs
says 0 'dfs: .* the space is exhausted' case:poll-outlives --mend all --strategy dfs

# Equal options, equal output; with several processes too.
says 1 . case:poll-outlives --seed 4 --format json
cp "$tmp/out" "$tmp/first"
says 1 . case:poll-outlives --seed 4 --format json
if cmp -s "$tmp/out" "$tmp/first"; then ok; else bad "two equal searches differ"; fi
says 1 . case:poll-outlives --seed 4 --format json --jobs 3
for f in out first; do jq 'del(.notices)' "$tmp/$f" > "$tmp/$f.findings"; done
if cmp -s "$tmp/out.findings" "$tmp/first.findings"; then ok; else bad "three processes find something else than one"; fi
if jq -e '.notices[] | select(.kind == "explored")' "$tmp/out" > /dev/null; then ok; else bad "JSON does not say what was explored"; fi

# What the repro line says shows it again: a token, or, where that is too long, a number.
again() { # what is asked for in the repro line, then ARGS
    asked=$1
    shift
    "$dmacheck" explore "$@" > "$tmp/out" 2> "$tmp/err"
    repro=$(sed -n 's/^  repro: dmacheck //p' "$tmp/out" | head -n 1)
    case $repro in *"$asked"*) ok ;; *) bad "'explore $*' is not shown again by $asked: $repro" ;; esac
    # shellcheck disable=SC2086
    "$dmacheck" $repro > "$tmp/again" 2> "$tmp/err"
    if [ $? -eq 1 ] && [ "$(head -n 3 "$tmp/out")" = "$(head -n 3 "$tmp/again")" ]; then ok; else
        bad "'dmacheck $repro' shows something else"
    fi
}
again '--schedule S1:' case:poll-outlives --strategy dfs --depth 1
again '--schedule S1:' case:poll-outlives --seed 1
again '--strategy random --seed 1 --run 5' case:program-changed --strategy random --run 5
again '--strategy pct --depth 2 --seed 1 --run 20' case:program-changed --depth 2 --run 20

# Its trace: the same finding, and the same events by its choices.
"$dmacheck" explore case:poll-outlives --seed 1 --record "$tmp/t.dmatrace" -q > /dev/null 2>&1
if "$dmacheck" verify "$tmp/t.dmatrace" -q | grep -q common-buffer-touched-after-free; then ok; else bad "the recorded run does not show it"; fi
"$dmacheck" run case:poll-outlives --choices "$tmp/t.dmatrace" -q > "$tmp/out" 2> "$tmp/err"
if [ $? -eq 1 ] && grep -q common-buffer-touched-after-free "$tmp/out"; then ok; else bad "the recorded choices do not show it: $(head -n 2 "$tmp/err")"; fi

# All distinct findings of one search.
says 1 . case:poll-outlives --seed 1 --keep-going --budget 1500runs --format json
if jq -e '[.findings[].rule] | index("common-buffer-touched-after-free")' "$tmp/out" > /dev/null; then ok; else bad "--keep-going loses a finding"; fi
if [ "$(jq '.findings | length' "$tmp/out")" -eq "$(jq '[.findings[] | {rule, sites}] | unique | length' "$tmp/out")" ]; then ok; else bad "--keep-going tells a finding twice"; fi

# Each resource failed once: what is told of the ways out of a driver that takes wrong ones.
careless=$build/drivers/tests/careless.so
while read -r scenario outcome; do
    "$dmacheck" explore "$careless" --scenario "$scenario" --faults systematic > "$tmp/out" 2> "$tmp/err"
    code=$?
    want=1
    [ "$scenario" = right ] && want=0
    if [ $code -eq $want ] && grep -qE "^[0-9a-f]{8}  pool +tests/drivers/careless.c:[0-9]+ DispatchRead: $outcome" "$tmp/out"; then ok; else
        bad "careless $scenario: exit $code, $(grep 'pool ' "$tmp/out" | tail -n 1)"
    fi
    if grep -q '6 points with a stack of their own: 6 failed once' "$tmp/out"; then ok; else bad "careless $scenario: $(tail -n 2 "$tmp/out")"; fi
done << 'END'
right the requester is told 0xC000009A
silent all requests succeed, but what they got differs, and nobody is told
less request 2 succeeds with 32 bytes in the place of 64, and nobody is told
leaks pool-leaked: pool#1 of 128 bytes
stays_busy tests/drivers/careless.c:[0-9]+: expected: dm_read
hangs request-never-completes: irp#
END
"$dmacheck" explore "$careless" --scenario less --faults systematic > "$tmp/out" 2> "$tmp/err"
repro=$(sed -n 's/^  repro: dmacheck //p' "$tmp/out")
# shellcheck disable=SC2086
"$dmacheck" $repro > "$tmp/again" 2> "$tmp/err"
if [ $? -eq 1 ] && grep -q 'request 2 succeeds with 32 bytes' "$tmp/again"; then ok; else bad "'dmacheck $repro' shows something else"; fi

# Ids stay the same; listed is not failed; excluded, chosen, done before.
says 0 '^[0-9a-f]{8}  pool +drivers-under-test/samples/xfer/queue.c:[0-9]+ XferRequestQueue$' xfer --scenario cancel-one --faults systematic --list
cut -c1-8 "$tmp/out" | grep -E '^[0-9a-f]{8}$' > "$tmp/ids"
says 0 '0 of them with a wrong outcome, 0 excluded, 0 done before' xfer --scenario cancel-one --faults systematic --log "$tmp/done"
cut -c1-8 "$tmp/out" | grep -E '^[0-9a-f]{8}$' > "$tmp/again"
if [ -s "$tmp/ids" ] && cmp -s "$tmp/ids" "$tmp/again"; then ok; else bad "a list has other ids than a run"; fi
if [ "$(cut -d' ' -f1 "$tmp/done")" = "$(cat "$tmp/ids")" ]; then ok; else bad "the log does not have all that was done"; fi
count=$(wc -l < "$tmp/ids")
says 0 "$count points .*: 0 failed once, .*, $count done before" xfer --scenario cancel-one --faults systematic --log "$tmp/done"
says 0 "1 excluded" xfer --scenario cancel-one --faults systematic --exclude "$(head -n 1 "$tmp/ids")"
says 0 "$count points .*: 2 failed once" xfer --scenario cancel-one --faults systematic --only "$(head -n 2 "$tmp/ids" | paste -sd,)"
sed 2s/^./x/ "$tmp/done" > "$tmp/wrong.log"
wrong "wrong.log:2: expected an id" xfer --scenario cancel-one --faults systematic --log "$tmp/wrong.log"
wrong 'exclude wants ids of eight hex digits' xfer --scenario cancel-one --faults systematic --exclude 12
wrong 'no point has the id 00000000' xfer --scenario cancel-one --faults systematic --only 00000000
wrong "cannot be written" xfer --scenario cancel-one --faults systematic --log "$tmp/none/log"
wrong 'is not clean without a fault' twin:flush-missing --profile bounce32 --faults systematic
# All of them on the samples: every point of every scenario once, and each outcome right.
while read -r sample least; do
    rm -f "$tmp/$sample.done"
    for scenario in $("$dmacheck" run "$sample" --format json -q 2> /dev/null | jq -r '.runs[].scenario' | sort -u); do
        says 0 ' 0 of them with a wrong outcome' "$sample" --scenario "$scenario" --faults systematic --log "$tmp/$sample.done"
    done
    count=$(wc -l < "$tmp/$sample.done")
    if [ "$count" -ge "$least" ]; then ok; else bad "$sample: only $count points were failed"; fi
done << 'END'
xfer 20
pkt 10
accel 30
END

# The samples are silent.
for what in 'xfer cancel' 'xfer surprise' 'xfer power' 'pkt cancel' 'pkt surprise' 'pkt power' 'accel narrow' 'accel surprise'; do
    for strategy in pct random; do
        says 0 "$strategy: 40 schedules" "${what% *}" --scenario "${what#* }" --strategy $strategy --budget 40runs
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
