#!/bin/sh
# Each rule's driver: twins.sh BUILD NAME...
#   BUG=1 makes that rule speak, and no other, on at least one profile and never another rule on any;
#   BUG=0 is silent on all; what a recorded run says is what the live one said.
set -u
build=$1
shift
dmacheck=$build/dmacheck
tmp=$build/check/twins
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }

for name in "$@"; do
    word=$(echo "$name" | tr _ -)
    for bug in 0 1; do
        "$dmacheck" run "twin:$word" --bug $bug --profile all --seeds 0..3 --format json > "$tmp/out.json" 2> "$tmp/err"
        code=$?
        rules=$(jq -r '[.findings[].rule] | unique | join(" ")' "$tmp/out.json" 2> /dev/null)
        if [ $bug = 0 ]; then
            if [ $code -eq 0 ] && [ -z "$rules" ]; then ok; else bad "$word: BUG=0 is not silent (exit $code): $rules"; tail -n 3 "$tmp/err"; fi
        else
            if [ $code -eq 1 ] && [ "$rules" = "$word" ]; then ok; else bad "$word: BUG=1 should fire it alone (exit $code): ${rules:-nothing}"; tail -n 3 "$tmp/err"; fi
        fi
    done
    # Live and recorded say the same.
    profile=$(jq -r '[.findings[].runs[].profile] | first // "direct64"' "$tmp/out.json" 2> /dev/null)
    "$dmacheck" run "twin:$word" --profile "${profile:-direct64}" --seed 1 --record "$tmp/t.dmatrace" --format json > "$tmp/live.json" 2> /dev/null
    "$dmacheck" verify "$tmp/t.dmatrace" --format json > "$tmp/again.json" 2> /dev/null
    jq -S '[.findings[] | {rule, message, sites, severity, driver_verifier}]' "$tmp/live.json" > "$tmp/live" 2> /dev/null
    jq -S '[.findings[] | {rule, message, sites, severity, driver_verifier}]' "$tmp/again.json" > "$tmp/again" 2> /dev/null
    if [ -s "$tmp/live" ] && cmp -s "$tmp/live" "$tmp/again"; then ok; else bad "$word: the recorded run's findings differ from the live ones"; fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
