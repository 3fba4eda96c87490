#!/bin/sh
# What the command says of findings: formats held against their schemas, suppressions, baselines, reports
# written again. reports.sh BUILD
set -u
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C NO_COLOR=1
unset SOURCE_DATE_EPOCH
dmacheck=$1/dmacheck
here=$PWD/$dmacheck
tmp=$1/check/reports
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
# exits CODE ARGS...: stdout and stderr stay in $tmp/out and $tmp/err
exits() {
    want=$1
    shift
    "$dmacheck" "$@" > "$tmp/out" 2> "$tmp/err"
    code=$?
    if [ $code -eq "$want" ]; then ok; else bad "'dmacheck $*' exits $code, not $want: $(head -n 2 "$tmp/err")"; fi
}
has() { if grep -qE -- "$2" "$tmp/$1"; then ok; else bad "no '$2' in $1: $(head -n 3 "$tmp/$1")"; fi; }
hasnt() { if grep -qE -- "$2" "$tmp/$1"; then bad "'$2' in $1: $(grep -E -- "$2" "$tmp/$1" | head -n 1)"; else ok; fi; }
holds() { if jq -e "$2" "$1" > /dev/null 2>&1; then ok; else bad "$1: not $2"; fi; }
same() { if cmp -s "$1" "$2"; then ok; else bad "$1 and $2 differ: $(diff "$1" "$2" | head -n 3)"; fi; }
wrong() { # wrong PATTERN ARGS...: exit 2, nothing on stdout, one line on stderr
    pattern=$1
    shift
    exits 2 "$@"
    has err "$pattern"
    if [ ! -s "$tmp/out" ] && [ "$(wc -l < "$tmp/err")" -eq 1 ]; then ok; else bad "'dmacheck $*': one line on stderr"; fi
}

# --- suppressions: what is suppressed is listed and does not count, until its day is over ---
flush="run twin:flush-missing --profile bounce32"
printf '# a comment\n\nflush-missing  *flush_missing.c:TwinWrite  2026-01-01  ticket 1\nsgl-*  *  never  nothing here\n' > "$tmp/known.txt"
exits 0 $flush --suppress "$tmp/known.txt" --today 2026-01-01
has out '^dmacheck: error: flush-missing .*flush_missing\.c:[0-9]+ \(suppressed\)$'
has err 'known\.txt:4: the suppression of sgl-\* at \* \(nothing here\) met no finding'
exits 1 $flush --suppress "$tmp/known.txt" --today 2026-01-02
has err 'known\.txt:3: the suppression of flush-missing .* expired on 2026-01-01 \(ticket 1\); 1 findings count again'
hasnt out '\(suppressed'
for epoch in 0:1767311999 1:1767312000; do # the last second of 2026-01-01, and the one after it (date -u -d @N)
    SOURCE_DATE_EPOCH=${epoch#*:} "$dmacheck" $flush --suppress "$tmp/known.txt" > "$tmp/out" 2> "$tmp/err"
    if [ $? -eq "${epoch%:*}" ]; then ok; else bad "SOURCE_DATE_EPOCH=${epoch#*:} does not exit ${epoch%:*}"; fi
done
exits 0 $flush --suppress "$tmp/known.txt" --today 2026-01-01 --format json
holds "$tmp/out" '.findings[0].suppressed | .reason == "ticket 1" and .expires == "2026-01-01" and (.place | endswith("known.txt:3"))'
holds "$tmp/out" '[.notices[].kind] == ["suppression-unused"] and .runs[0].excused'
# By file, by line, by function, by a pattern of rules; another file's entry does nothing.
line=$(jq -r '.findings[0].where' "$tmp/out" | sed 's/.*://')
for entry in "* *" "flush-missing *flush_missing.c" "flush-missing *flush_missing.c:$line" "flush-* drivers-under-test/*:TwinWrite" \
    "flush-missing *twin.h:TwinDispatchWrite"; do
    printf '%s never some reason\n' "$entry" > "$tmp/one.txt"
    exits 0 $flush --suppress "$tmp/one.txt"
done
for entry in "flush-missing *other.c" "flush-missing *flush_missing.c:TwinRead" "sgl-leaked *"; do
    printf '%s never some reason\n' "$entry" > "$tmp/one.txt"
    exits 1 $flush --suppress "$tmp/one.txt"
done
for text in 'flush-missing * never:expected RULE SITE' 'flush-missing * tomorrow x:expected a day' 'flush-missing * 2026-02-29 x:expected a day' \
    'flush-missing * 2026-13-01 x:expected a day' 'no-such-rule * never x:unknown rule'; do
    printf '# one\n\n%s\n' "${text%:*}" > "$tmp/one.txt"
    wrong "one\.txt:3: ${text##*:}" $flush --suppress "$tmp/one.txt"
done
wrong 'cannot read .*nonsense' $flush --suppress "$tmp/nonsense"
wrong 'YYYY-MM-DD' $flush --suppress "$tmp/known.txt" --today 2026-1-1
wrong 'without --suppress' $flush --today 2026-01-01
wrong 'one driver' run --all-samples --baseline "$tmp/known.txt"

# --- baselines: only what is new counts; three kinds of file ---
exits 1 $flush --write-baseline "$tmp/base.json" -o "$tmp/run.json"
holds "$tmp/base.json" '.schema == "dmacheck-baseline-1" and .driver == "twin:flush-missing" and ([.findings[].rule] == ["flush-missing"])'
# FNV-1a as its page gives it (64 bits, offset basis cbf29ce484222325, prime 100000001b3), by another program.
hash=$(perl -e 'use bigint; my $h = 0xcbf29ce484222325; for my $c (unpack("C*", join("", map { "$_\0" } @ARGV))) { $h = (($h ^ $c) * 0x100000001b3) & 0xffffffffffffffff } printf("%s\n", substr($h->as_hex, 2))' \
    flush-missing drivers-under-test/twins/flush_missing.c TwinWrite)
holds "$tmp/base.json" ".findings[0].fingerprint | split(\":\") | (.[0] | ltrimstr(\"0\")) == \"$hash\" and .[1] == \"1\""
for file in base.json run.json; do
    exits 0 $flush --seed 3 --baseline "$tmp/$file"
    has out 'flush_missing\.c:[0-9]+ \(known\)$'
done
exits 1 run twin:sgl-leaked --baseline "$tmp/base.json"
has err 'was made of twin:flush-missing, not of twin:sgl-leaked'
has err 'flush-missing at .* was not found again'
exits 0 run twin:flush-missing --bug 0 --profile bounce32 --baseline "$tmp/base.json"
has err 'was not found again: fixed, or not run this time'
# What is suppressed does not enter a baseline, neither directly nor through a report.
printf 'flush-missing * never x\n' > "$tmp/one.txt"
exits 0 $flush --suppress "$tmp/one.txt" --write-baseline "$tmp/none.json" -o "$tmp/excused.json"
holds "$tmp/none.json" '.findings == []'
exits 1 $flush --baseline "$tmp/excused.json"
printf '{"schema":"dmacheck-rules-1"}' > "$tmp/other.json"
wrong 'expected dmacheck-baseline-1' $flush --baseline "$tmp/other.json"
printf '{\n"schema":\n' > "$tmp/other.json"
wrong 'other\.json:[0-9]+: ' $flush --baseline "$tmp/other.json"

# A recorded run is judged by the same two.
"$dmacheck" $flush --record "$tmp/flush.dmatrace" > /dev/null 2>&1
exits 1 verify "$tmp/flush.dmatrace" --write-baseline "$tmp/trace.json"
exits 0 verify "$tmp/flush.dmatrace" --baseline "$tmp/trace.json"
exits 0 $flush --baseline "$tmp/trace.json"
exits 1 verify "$tmp/flush.dmatrace" -o "$tmp/verified.json" -o "$tmp/verified.txt"
exits 0 report "$tmp/verified.json" -o "$tmp/again.txt"
same "$tmp/verified.txt" "$tmp/again.txt"
exits 0 verify "$tmp/flush.dmatrace" --suppress "$tmp/one.txt"
has out '\(suppressed\)$'

# --- a finished run in another format ---
exits 1 run twin:put-while-device-runs --profile all --seeds 0..1 -o "$tmp/run.json" -o "$tmp/run.txt" -o "$tmp/run2.json"
same "$tmp/run.json" "$tmp/run2.json"
exits 0 report "$tmp/run.json" -o "$tmp/again.json" -o "$tmp/again.txt"
same "$tmp/run.json" "$tmp/again.json"
same "$tmp/run.txt" "$tmp/again.txt"
exits 1 report "$tmp/run.json" --fail-on error -q
has out '^dmacheck: error: put-while-device-runs '
exits 0 report "$tmp/run.json" --baseline "$tmp/run.json" --fail-on note
wrong 'wants one report' report
wrong 'cannot read .*nonsense' report "$tmp/nonsense.json"
wrong 'expected schema' report "$tmp/base.json"
jq 'del(.findings[0].fingerprint)' "$tmp/run.json" > "$tmp/cut.json"
wrong 'expected fingerprint' report "$tmp/cut.json"
jq 'del(.runs[0])' "$tmp/run.json" > "$tmp/cut.json"
wrong 'expected a run for each finding' report "$tmp/cut.json"

# --- formats held against their schemas: the golden files, which have one of everything, and runs ---
valid() { # valid SCHEMA FILE
    if said=$(sh tests/cli/validate.sh "$1" "$2" 2>&1); then ok; else bad "$(printf '%s' "$said" | head -n 3)"; fi
}
invalid() { # invalid SCHEMA FILE FILTER: after the change the schema must object
    jq "$3" "$2" > "$tmp/changed.json"
    if sh tests/cli/validate.sh "$1" "$tmp/changed.json" > /dev/null 2>&1; then bad "$1 takes '$3'"; else ok; fi
}
xml() { if said=$(xmllint --noout --schema tests/cli/junit.xsd "$1" 2>&1); then ok; else bad "$(printf '%s' "$said" | head -n 3)"; fi; }
xpath() { if [ "$(xmllint --xpath "$2" "$1" 2> /dev/null)" = "$3" ]; then ok; else bad "$1: $2 is not $3"; fi; }
sarif_holds() { # what the schema cannot say
    valid tests/cli/sarif-subset.schema.json "$1"
    holds "$1" 'all(.runs[]; .tool.driver.rules as $r | all(.results[] | select(.ruleIndex); $r[.ruleIndex].id == .ruleId))'
    holds "$1" '[.runs[].automationDetails.id] | length == (unique | length)'
    holds "$1" 'all(.runs[].results[].codeFlows[].threadFlows[].locations; [.[].executionOrder] == [range(1; length + 1)])'
    holds "$1" 'all(.runs[].results[]; [.locations[0].physicalLocation] - [.codeFlows[].threadFlows[].locations[].location.physicalLocation] == [])'
}
golden=reports/golden
valid docs/report.schema.json $golden/json.txt
sarif_holds $golden/sarif.txt
xml $golden/junit.txt
for change in 'del(.schema)' '.runs[0].exit = 9' '.findings[0].severity = "bad"' '.findings[0].fingerprint = "x"' '.findings[0].runs = []' \
    '.findings[0].sites[0].frames[0].line = -1' '.findings[0].nonsense = 1' '.notices[0].kind = ""' 'del(.runs[0].choices)'; do
    invalid docs/report.schema.json $golden/json.txt "$change"
done
for change in '.version = "2.0.0"' 'del(.runs[0].tool)' '.runs[0].results[0].level = "bad"' '.runs[0].results[0].locations = []' \
    '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = "a b"' 'del(.runs[0].results[0].message)' \
    '.runs[0].results[0].suppressions[0].kind = "x"' '.runs[0].automationDetails.id = "x"'; do
    invalid tests/cli/sarif-subset.schema.json $golden/sarif.txt "$change"
done
"$dmacheck" rules --format json > "$tmp/rules.json"
valid docs/rules.schema.json "$tmp/rules.json"
invalid docs/rules.schema.json "$tmp/rules.json" '.rules[0].severity = "bad"'
for driver in "twin:put-while-device-runs --profile all --seeds 0..1" "twin:descriptor-overrun --readiness remap" "twin:wrong-irql --profile all" "pkt --profile remap --coverage" \
    "twin:iommu-fault --readiness remap" "case:adapter-put-outstanding --profile all" \
    "twin:flush-missing --profile bounce32 --suppress $tmp/one.txt --baseline $tmp/base.json --seeds 1..2"; do
    # shellcheck disable=SC2086
    "$dmacheck" run $driver -o "$tmp/v.json" -o "$tmp/v.sarif" -o "$tmp/v.xml" -o "$tmp/v.md" > /dev/null 2>&1
    valid docs/report.schema.json "$tmp/v.json"
    sarif_holds "$tmp/v.sarif"
    xml "$tmp/v.xml"
    xpath "$tmp/v.xml" 'sum(//testsuite/@tests) = /testsuites/@tests and count(//testcase) = /testsuites/@tests' true
    xpath "$tmp/v.xml" 'count(//failure) = /testsuites/@failures and count(//testcase[failure]/system-out[contains(., "repro: dmacheck run ")]) = count(//failure)' true
    # Written again from the JSON, every format is the same.
    "$dmacheck" report "$tmp/v.json" -o "$tmp/w.json" -o "$tmp/w.sarif" -o "$tmp/w.xml" -o "$tmp/w.md"
    for e in json sarif xml md; do same "$tmp/v.$e" "$tmp/w.$e"; done
done
xpath "$tmp/v.xml" 'count(//failure)' 0
holds "$tmp/v.sarif" '[.runs[].results[].suppressions[0] | .kind, .justification] == ["external", "x"]'

# A scenario's expectation has its line as place, and is one finding wherever it fails.
mkdir -p "$tmp/wrong"
cp drivers-under-test/twins/flush_missing.c drivers-under-test/twins/*.h "$tmp/wrong"
cat > "$tmp/wrong/scenarios.c" << 'END'
#include "include/dmacheck/scenario.h"
static void never(struct dm_run *r)
{
    dm_expect(r, dm_time_ns(r) == 1);
    for (unsigned i = 0; dm_profile(r)[i]; i++)
        dm_expect(r, !i);
}
const struct dm_scenario dmacheck_scenarios[] = { { "never", "", never, 0 }, { 0 } };
END
printf '[driver]\nsources = flush_missing.c\ndefine = BUG=0\ndevice = pktdma\nscenarios = scenarios.c\n' > "$tmp/wrong/driver.ini"
exits 1 run "$tmp/wrong" --profile all -o "$tmp/wrong.json" -o "$tmp/wrong.sarif" -o -
has out '^dmacheck: error: expectation-failed .*scenarios\.c:4$'
holds "$tmp/wrong.json" '.findings | length == 1 and (.[0].runs | length == 12) and .[0].sites[0].frames[0].function == "never"'
sarif_holds "$tmp/wrong.sarif"
(cd "$tmp/wrong" && "$here" run . --profile bounce32) > "$tmp/out" 2>&1 # the folder itself: its names start above it
has out "          \\| dm_expect\\(r, dm_time_ns\\(r\\) == 1\\);"

# SARIF: a run for each profile, the places in the order of time, fingerprints that stay when lines move.
holds "$tmp/run.json" '[.runs[].profile] | unique | length == 12'
exits 0 report "$tmp/run.json" -o "$tmp/run.sarif" -o "$tmp/run.sarif.json"
same "$tmp/run.sarif" "$tmp/run.sarif.json"
holds "$tmp/run.sarif" '(.runs | length == 12) and any(.runs[]; .automationDetails.id == "dmacheck/twin:put-while-device-runs/remap/")'
holds "$tmp/run.sarif" '.runs[0].results[0].codeFlows[0].threadFlows[0].locations | [.[].location.message.text] ==
    ["Mapped at", "Handed to the device at", "Released at", "Touched at"]'
holds "$tmp/run.sarif" '.runs[0].results[0].locations[0].physicalLocation.artifactLocation == {"uri": "drivers-under-test/twins/put_while_device_runs.c", "uriBaseId": "%SRCROOT%"}'
exits 0 $flush --baseline "$tmp/base.json" -o "$tmp/known.sarif"
holds "$tmp/known.sarif" '[.runs[].results[].baselineState] == ["unchanged"]'
exits 0 $flush --baseline "$tmp/known.sarif"

# GitHub: one line for each fault, escaped; the page for the summary.
exits 1 $flush --format github
has out '^::error file=drivers-under-test/twins/flush_missing\.c,line=[0-9]+,title=dmacheck%3A flush-missing::4096 bytes are mapped .*%0ADriver Verifier: 0xE6 \(0x0D.*%0Arepro: dmacheck run '
exits 0 $flush --format github --baseline "$tmp/base.json"
hasnt out '^::'
exits 1 $flush --format markdown
has out '^\| bounce32 \| \*\*findings 1/1\*\* \|$'

# --- outputs: what cannot be written is told before anything runs ---
wrong "cannot write .*nowhere/x.json" $flush -o "$tmp/nowhere/x.json"
wrong 'the extension names no format' $flush -o "$tmp/x.nonsense"
exits 1 $flush -o "$tmp/x.nonsense" --format json
holds "$tmp/x.nonsense" .schema
exits 1 $flush -o - -o "$tmp/x.json"
has out '^dmacheck: error: flush-missing'

# --- colour: on a terminal only, and not with NO_COLOR; never in a file ---
esc=$(printf '\033\\[')
on_terminal() { script -qec "$1" /dev/null < /dev/null > "$tmp/out" 2>&1; }
on_terminal "env -u NO_COLOR $dmacheck $flush"
has out "^dmacheck: ${esc}1;31merror${esc}0m: flush-missing "
on_terminal "$dmacheck $flush"
hasnt out "$esc"
on_terminal "env -u NO_COLOR $dmacheck $flush --color never"
hasnt out "$esc"
(unset NO_COLOR && exec "$dmacheck" $flush) > "$tmp/out" 2>&1
hasnt out "$esc"
"$dmacheck" $flush --color always -o "$tmp/colour.txt" -o - > "$tmp/out" 2>&1
has out "$esc"
if grep -q "$(printf '\033')" "$tmp/colour.txt"; then bad "a file is coloured"; else ok; fi

# --- a run without a verdict says why, in every format ---
head -n 40 "$tmp/flush.dmatrace" > "$tmp/cut.dmatrace"
exits 5 run twin:flush-missing --choices "$tmp/cut.dmatrace" -o - -o "$tmp/cut.json" -o "$tmp/cut.xml" -o "$tmp/cut.sarif"
has out '^no verdict: write \[profile=bounce32 seed=0\]: '
valid docs/report.schema.json "$tmp/cut.json"
sarif_holds "$tmp/cut.sarif"
holds "$tmp/cut.sarif" '.runs[0].invocations[0] | .executionSuccessful == false and (.toolExecutionNotifications[0].message.text | contains("recorded"))'
xpath "$tmp/cut.xml" 'count(//testcase/error[@type="diverged"])' 1

# --- repro: the printed command shows the same finding ---
repro() { # repro ARGS...: runs it, takes the first repro line, runs that, and looks for the same first line
    "$dmacheck" "$@" > "$tmp/first" 2> /dev/null
    command=$(sed -n 's/^  repro: dmacheck //p' "$tmp/first" | head -n 1)
    line=$(sed -n '1s/ \[.*//p' "$tmp/first")
    eval "$dmacheck $command" > "$tmp/second" 2> /dev/null
    if [ -n "$command" ] && grep -qF "$line" "$tmp/second"; then ok; else bad "'$command' does not show '$line'"; fi
}
repro run twin:put-while-device-runs --profile all --seeds 3..5
repro run twin:put-while-device-runs --profile remap --bugcheck
mkdir -p "$tmp/a b's"
cp "$1/drivers/twins/flush_missing.bug1.so" "$tmp/a b's/x.so"
repro run "$tmp/a b's/x.so" --profile bounce32
"$dmacheck" $flush --seed 9 --record "$tmp/a b's/t.dmatrace" > /dev/null 2>&1
repro verify "$tmp/a b's/t.dmatrace"
repro run twin:flush-missing --choices "$tmp/a b's/t.dmatrace"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
