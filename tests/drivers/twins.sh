#!/bin/sh
# Each rule's driver: twins.sh BUILD NAME...
#   BUG=1 makes that rule speak and no other, on the profiles that its page names ("Speaks on: all", or
#   a list) and on no other; BUG=0 is silent on all; what a recorded run says is what the live one said
#   (but for the two rules that only the runner of scenarios knows).
# TWIN_SEEDS=N: seeds 0..N, 3 by default. Two at a time. The last line is `N rules: N fire alone, N silent when mended`.
set -u
build=$1
shift
dmacheck=$build/dmacheck
tmp=$build/check/twins
rm -rf "$tmp"
mkdir -p "$tmp"
all=$("$dmacheck" profiles --format json | jq -r '[.profiles[].name] | sort | join(" ")')
say='[.findings[] | select(.rule != "expectation-failed" and .rule != "profile-differential") | {rule, message, sites, severity, driver_verifier}]'

# Prints a line FAILED for each thing that does not hold; one word of OK lines for each that does.
judge() { # NAME
    word=$(echo "$1" | tr _ -)
    t=$tmp/$1
    "$dmacheck" run "twin:$word" --bug 0 --profile all --seeds "0..${TWIN_SEEDS:-3}" --format json > "$t.0.json" 2> "$t.0.err"
    code=$?
    rules=$(jq -r '[.findings[].rule] | unique | join(" ")' "$t.0.json" 2> /dev/null)
    if [ $code -eq 0 ] && [ -z "$rules" ]; then echo silent; else
        echo "FAILED: $word: BUG=0 is not silent (exit $code): $rules"
        jq -c '.findings[:3][] | {rule, message, runs: .runs[:3]}' "$t.0.json" 2> /dev/null
        tail -n 3 "$t.0.err"
    fi
    "$dmacheck" run "twin:$word" --bug 1 --profile all --seeds "0..${TWIN_SEEDS:-3}" --format json > "$t.1.json" 2> "$t.1.err"
    code=$?
    heard=$(jq -r '[([.findings[].rule] | unique | join(" ")), ([.findings[].runs[].profile] | (unique | join(" ")), (first // "direct64"))] | join("|")' "$t.1.json" 2> /dev/null)
    rules=${heard%%|*}
    spoke=${heard#*|}
    spoke=${spoke%|*}
    profile=${heard##*|}
    if [ $code -eq 1 ] && [ "$rules" = "$word" ]; then echo alone; else
        echo "FAILED: $word: BUG=1 should fire it alone (exit $code): ${rules:-nothing}"
        jq -c '.findings[:3][] | {rule, message, runs: .runs[:3]}' "$t.1.json" 2> /dev/null
        tail -n 3 "$t.1.err"
    fi
    wanted=$(sed -n 's/^Speaks on: //p' "docs/rules/$1.md" | tr -d '`.,' | tr ' ' '\n' | LC_ALL=C sort | xargs)
    [ "$spoke" = "$all" ] && spoke=all
    if [ "$spoke" = "$wanted" ]; then echo OK; else
        echo "FAILED: $word: its page says 'Speaks on: ${wanted:-?}', it spoke on: $spoke"
    fi
    "$dmacheck" run "twin:$word" --profile "${profile:-direct64}" --seed 1 --record "$t.dmatrace" --format json > "$t.live.json" 2> /dev/null
    "$dmacheck" verify "$t.dmatrace" --format json > "$t.again.json" 2> /dev/null
    jq -S "$say" "$t.live.json" > "$t.live" 2> /dev/null
    jq -S "$say" "$t.again.json" > "$t.again" 2> /dev/null
    if [ -s "$t.live" ] && cmp -s "$t.live" "$t.again"; then echo OK; else
        echo "FAILED: $word: the recorded run's findings differ from the live ones"
    fi
    rm -f "$t.dmatrace"
}

half() { # 0 or 1, NAME...: every other one
    n=$1
    shift
    for name in "$@"; do
        [ $((n % 2)) -eq 0 ] && judge "$name"
        n=$((n + 1))
    done
}

half 0 "$@" > "$tmp/half.0" &
half 1 "$@" > "$tmp/half.1"
wait
cat "$tmp/half.0" "$tmp/half.1" > "$tmp/said"
grep -vE '^(OK|alone|silent)$' "$tmp/said"
passed=$(grep -cE '^(OK|alone|silent)$' "$tmp/said")
failed=$(grep -c '^FAILED' "$tmp/said")
echo "$passed passed, $failed failed"
unreachable=$("$dmacheck" rules --format json | jq -r '[.rules[] | select(.reachable | not) | .name] | join(", ")')
[ -n "$unreachable" ] && echo "no driver can cause: $unreachable"
echo "$# rules: $(grep -c '^alone$' "$tmp/said") fire alone, $(grep -c '^silent$' "$tmp/said") silent when mended"
[ "$failed" -eq 0 ]
