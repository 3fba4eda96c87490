#!/bin/sh
# Traces that are not as their writer left them, through each verb that reads one: the exit code, and one
# clear line. broken.sh BUILD
set -u
export LC_ALL=C NO_COLOR=1
build=$(cd "$1" && pwd)
dmacheck=$build/dmacheck
tmp=$build/check/broken
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
# says CODE PATTERN ARGS...: the exit code, and one line on stderr, with PATTERN.
says() {
    want=$1
    pattern=$2
    shift 2
    "$dmacheck" "$@" > "$tmp/out" 2> "$tmp/err"
    code=$?
    if [ $code -ne "$want" ]; then
        bad "'dmacheck $*' exits $code, not $want: $(head -n 2 "$tmp/err")"
    elif [ "$(wc -l < "$tmp/err")" -ne 1 ]; then
        bad "'dmacheck $*' should say one line: $(head -n 3 "$tmp/err")"
    elif ! grep -qE -- "$pattern" "$tmp/err"; then
        bad "'dmacheck $*' should say '$pattern': $(head -n 3 "$tmp/err")"
    else
        ok
    fi
}
# refused PATTERN TRACE: by every verb.
refused() {
    says 2 "^dmacheck: $1" verify "$2"
    says 2 "^dmacheck: $1" dump --at end "$2"
    says 2 "^dmacheck: $1" trace cat "$2"
    says 2 "^dmacheck: $1" run $driver --choices "$2"
    says 2 "^dmacheck: $1" replay "$2"
}
# used PATTERN TRACE DRIVER: the verbs say so and go on as usual; what verify exits with is in clean.
used() {
    says $clean "^dmacheck: note: $1" verify "$2"
    says 0 "^dmacheck: note: $1" dump --at end "$2"
    says 0 "^dmacheck: note: $1" trace cat "$2"
    says $clean "^dmacheck: $1" replay "$2"
    says $clean "^dmacheck: note: $1" run "$3" --choices "$2"
}

driver=twin:sgl-leaked
clean=1
good=$tmp/good.dmatrace
"$dmacheck" run $driver --profile remap --seed 3 --record "$good" -q > /dev/null 2>&1
at() { grep -n "$1" "$good" | head -n 1 | cut -d: -f1; }

# --- another version, no trace, a line that is none ---
sed '1s/"dmatrace":1/"dmatrace":2/' "$good" > "$tmp/future.dmatrace"
refused '.*/future\.dmatrace:1: trace version 2; this dmacheck reads version 1$' "$tmp/future.dmatrace"
: > "$tmp/empty.dmatrace"
refused '.*/empty\.dmatrace:1: expected a dmatrace header$' "$tmp/empty.dmatrace"
sed '30s/.*/what?/' "$good" > "$tmp/line.dmatrace"
refused '.*/line\.dmatrace:30: expected one JSON object$' "$tmp/line.dmatrace"
sed "$(at '"k":"map"')s/\"ba\":/\"ba\":-/" "$good" > "$tmp/field.dmatrace"
refused ".*/field\.dmatrace:$(at '"k":"map"'): expected an event with numbers in its fields\$" "$tmp/field.dmatrace"

# --- a gigabyte of nothing (in how little memory: tests/unit/trace_read.c) ---
: > "$tmp/zeros.dmatrace"
truncate -s 1G "$tmp/zeros.dmatrace"
head -n 40 "$good" > "$tmp/tail.dmatrace"
truncate -s 1G "$tmp/tail.dmatrace"
refused '.*/zeros\.dmatrace:1: expected a dmatrace header$' "$tmp/zeros.dmatrace"
refused '.*/tail\.dmatrace:41: expected one JSON object$' "$tmp/tail.dmatrace"
rm -f "$tmp/zeros.dmatrace" "$tmp/tail.dmatrace"

# --- cut off ---
finding=$(at '"k":"finding","rule"')
head -n "$finding" "$good" | head -c -20 > "$tmp/cut.dmatrace"
used ".*/cut\.dmatrace:$finding: the last line is cut off: only the lines before it are used\$" "$tmp/cut.dmatrace" $driver
{
    cat "$good"
    echo '{"k":"lost","lines":      12,"bytes":    3456,"why":"No space left on device"}'
} > "$tmp/lost.dmatrace"
used '.*/lost\.dmatrace: its last 12 lines \(3456 bytes\) could not be written: No space left on device$' "$tmp/lost.dmatrace" $driver

# --- compressed ---
"$dmacheck" run $driver --profile remap --seed 3 --record "$tmp/good.dmatrace.zst" -q > /dev/null 2>&1
if zstd -dqc "$tmp/good.dmatrace.zst" | cmp -s - "$good"; then ok; else bad "the compressed trace is another"; fi
zstd -q --no-content-size -c "$good" > "$tmp/stream.dmatrace.zst"
"$dmacheck" verify "$good" > "$tmp/verify.good" 2>&1
"$dmacheck" verify "$tmp/stream.dmatrace.zst" 2>&1 | sed 's/stream\(.dmatrace\).zst/good\1/' > "$tmp/verify.stream"
if cmp -s "$tmp/verify.good" "$tmp/verify.stream"; then ok; else bad "a streamed zst is judged otherwise"; fi
long=$tmp/long.dmatrace
"$dmacheck" run xfer --scenario methods --seed 3 --record "$long.zst" -q > /dev/null 2>&1
head -c $(($(wc -c < "$long.zst") * 7 / 10)) "$long.zst" > "$tmp/part.dmatrace.zst"
clean=0
used '.*/part\.dmatrace\.zst: the compressed data stops before its end: only what comes before is used$' "$tmp/part.dmatrace.zst" xfer
"$dmacheck" replay "$tmp/part.dmatrace.zst" > "$tmp/out" 2> "$tmp/err"
if grep -qE '^replay: [0-9]{4,} events, each as recorded; the recording ends there$' "$tmp/out"; then ok; else bad "of a part of a stream hardly anything is used"; fi
clean=1
head -c 20 "$tmp/stream.dmatrace.zst" > "$tmp/little.dmatrace.zst"
refused '.*/little\.dmatrace\.zst:1: expected a dmatrace header$' "$tmp/little.dmatrace.zst"
head -c 5000 /dev/zero | tr '\0' 'x' > "$tmp/garbage.dmatrace.zst"
refused '.*/garbage\.dmatrace\.zst: expected a zstd file$' "$tmp/garbage.dmatrace.zst"

# --- a run that is killed: what it had said is there, and nothing is missing before ---
large="run accel --scenario large --profile remap --seed 3 -q"
# shellcheck disable=SC2086
"$dmacheck" $large --record "$tmp/large.dmatrace" > /dev/null 2>&1
"$dmacheck" trace cat "$tmp/large.dmatrace" > "$tmp/large.cat"
for bytes in 1000 3000000 20000000 60000000; do
    rm -f "$tmp"/killed.dmatrace*
    # shellcheck disable=SC2086
    "$dmacheck" $large --record "$tmp/killed.dmatrace" > /dev/null 2>&1 &
    pid=$!
    while kill -0 $pid 2> /dev/null && [ "$(stat -c %s "$tmp/killed.dmatrace" 2> /dev/null || echo 0)" -lt $bytes ]; do :; done
    kill -9 $pid 2> /dev/null
    { wait $pid; } 2> /dev/null
    code=$?
    "$dmacheck" trace cat "$tmp/killed.dmatrace" > "$tmp/killed.cat" 2> "$tmp/err"
    if [ $code -eq 137 ] && [ ! -s "$tmp/err" ] && [ -e "$tmp/killed.dmatrace.spool" ] &&
        [ "$(wc -l < "$tmp/killed.cat")" -gt 100 ] &&
        cmp -s -n "$(wc -c < "$tmp/killed.cat")" "$tmp/killed.cat" "$tmp/large.cat"; then ok; else
        bad "killed after $bytes bytes (exit $code): $(cat "$tmp/err") $(cmp "$tmp/killed.cat" "$tmp/large.cat" 2>&1)"
    fi
done
rm -f "$tmp"/large.* "$tmp"/killed.*

# --- another run than the one recorded: where it goes its own way, exit 5 ---
other() {
    "$dmacheck" run $driver --choices "$1" > "$tmp/out" 2> "$tmp/err"
    code=$?
    if [ $code -eq 5 ] && grep -qE -- "$2" "$tmp/out" "$tmp/err"; then ok; else bad "$1: exit $code: $(cat "$tmp/err")"; fi
    "$dmacheck" replay "$1" > "$tmp/out" 2> "$tmp/err"
    code=$?
    if [ $code -eq 5 ] && grep -qE -- "$3" "$tmp/err"; then ok; else bad "replay $1: exit $code: $(head -n 1 "$tmp/err")"; fi
}
event=$(at '"k":"map"')
sed "${event}d" "$good" > "$tmp/missing.dmatrace"
number=$(sed -n "${event}s/.*\"s\":\([0-9]*\),.*/\1/p" "$good")
other "$tmp/missing.dmatrace" 'diverged from its recording' "^dmacheck: .*: the run diverged from its recording at event $number "
says 1 "^dmacheck: note: .*/missing\.dmatrace:$event: event $((number + 1)) stands behind event $((number - 1)): lines are missing$" verify "$tmp/missing.dmatrace"
choice=$(at '"k":"choice"')
sed "${choice}s/\"value\":1/\"value\":0/;${choice}s/\"value\":[2-9]/\"value\":1/" "$good" > "$tmp/flipped.dmatrace"
if cmp -s "$tmp/flipped.dmatrace" "$good"; then bad "no choice was flipped: $(sed -n "${choice}p" "$good")"; else ok; fi
other "$tmp/flipped.dmatrace" 'diverged from its recording' '^dmacheck: .*: the run diverged from its recording at event [0-9]+ '
sed '1s/"digest":"[^"]*"/"digest":"fnv1a:0123456789abcdef"/' "$good" > "$tmp/digest.dmatrace"
says 1 '^dmacheck: twin:sgl-leaked is another build than the one that was recorded \(fnv1a:0123456789abcdef\)$' replay "$tmp/digest.dmatrace"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
