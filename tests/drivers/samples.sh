#!/bin/sh
# The sample drivers: samples.sh BUILD SEEDS NAME...
#   silent on every profile and seed; the same bytes twice; findings of the recorded run equal the live
#   ones; a replay with the recorded choices gives the same events; no choice site that a sample meets
#   stays at its plain value, and the seeds give at least 15 distinct schedules.
set -u
build=$1
seeds=$2
shift 2
dmacheck=$build/dmacheck
tmp=$build/check/samples
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }

for name in "$@"; do
    # Silent everywhere, and the variety of what was tried.
    if "$dmacheck" run "$name" --profile all --seeds "1..$seeds" --format json --jobs 2 > "$tmp/$name.json" 2> "$tmp/$name.err" &&
        jq -e '.findings | length == 0' "$tmp/$name.json" > /dev/null; then
        ok
    else
        bad "$name: not silent over $seeds seeds on all profiles"
        jq -c '.findings[:5][] | {rule, message, runs: .runs[:2]}' "$tmp/$name.json" 2> /dev/null
        tail -n 5 "$tmp/$name.err"
    fi
    schedules=$(jq '[.runs[] | select(.profile == "direct64") | .schedule] | unique | length' "$tmp/$name.json" 2> /dev/null)
    need=15
    [ "$seeds" -lt 15 ] && need=$seeds
    if [ "${schedules:-0}" -ge "$need" ]; then ok; else bad "$name: ${schedules:-0} distinct schedules over $seeds seeds"; fi
    stuck=$(jq -r '[.runs[] | .choices | to_entries[]] | group_by(.key) | map(select(all(.value == "plain"))) | map(.[0].key) | join(" ")' "$tmp/$name.json" 2> /dev/null)
    if [ -z "$stuck" ]; then ok; else bad "$name: these choices never took a second value: $stuck"; fi

    for profile in $("$dmacheck" profiles --format json | jq -r '.profiles[].name'); do
        a=$tmp/$name.$profile.a.dmatrace
        b=$tmp/$name.$profile.b.dmatrace
        c=$tmp/$name.$profile.c.dmatrace
        "$dmacheck" run "$name" --profile "$profile" --seed 7 --record "$a" -q > /dev/null 2>&1
        "$dmacheck" run "$name" --profile "$profile" --seed 7 --record "$b" -q > /dev/null 2>&1
        if [ -s "$a" ] && cmp -s "$a" "$b"; then ok; else bad "$name on $profile: two runs differ"; fi
        falls=$(grep -o '"t":[0-9]*' "$a" | awk -F: '$2 < p {n++} {p = $2} END {print n + 0}')
        if [ "$falls" -eq 0 ]; then ok; else bad "$name on $profile: virtual time falls $falls times"; fi
        if "$dmacheck" verify "$a" -q > "$tmp/out" 2>&1; then ok; else bad "$name on $profile: the recorded run is not silent"; tail -n 3 "$tmp/out"; fi
        # The same run again, by its recorded choices alone: every event must come again.
        "$dmacheck" run "$name" --profile "$profile" --choices "$a" --record "$c" -q > /dev/null 2>&1
        tail -n +2 "$a" > "$tmp/a.tail"
        tail -n +2 "$c" > "$tmp/c.tail"
        if [ -s "$tmp/c.tail" ] && cmp -s "$tmp/a.tail" "$tmp/c.tail"; then ok; else bad "$name on $profile: the replay by recorded choices differs"; fi
        rm -f "$a" "$b" "$c"
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
