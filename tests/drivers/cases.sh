#!/bin/sh
# The field stories: cases.sh BUILD NAME...
#   with its faults each case is caught by a rule on at least one profile, by the one that its driver.ini
#   names among others (where it says `search`, by `explore` alone, within so many runs); mended it is silent on all; what a recorded run says is what the live one said; each
#   fault can be mended alone; and the table in docs/cases.md is what comes out of it (UPDATE=1 writes it).
set -u
build=$1
shift
dmacheck=$build/dmacheck
tmp=$build/check/cases
page=docs/cases.md
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
key() { sed -n "s/^$1 *= *//p" "drivers-under-test/cases/$name/driver.ini"; }
profiles=$("$dmacheck" profiles --format json | jq -r '[.profiles[].name] | join(" ")')

# One row of the table: a letter for each rule that speaks, ! where the requester got something else than
# it should have, `hidden` where nobody says anything.
row() { # word file profiles < report
    jq -r --arg word "$1" --arg file "$2" --arg profiles "$3" '
        ["expectation-failed", "profile-differential"] as $user
        | [.findings[] | {rule, profiles: ([.runs[].profile] | unique)}] as $said
        | ([$said[].rule | select(. as $r | $user | index($r) | not)] | unique) as $rules
        | [$profiles | split(" ")[] as $p
           | [$said[] | select(.profiles | index($p)) | .rule] as $here
           | ([$rules | to_entries[] | select(.value as $r | $here | index($r)) | ("abcdefghij"[.key:.key + 1])]
              + (if ($here | index("expectation-failed")) then ["!"] else [] end) | join(" "))
           | if . == "" then "hidden" else . end] as $cells
        | "| [\($word)](cases/\($file).md) | "
          + ([$rules | to_entries[] | "abcdefghij"[.key:.key + 1] + " " + .value] | join("<br>"))
          + " | " + ($cells | join(" | ")) + " |"'
}

{
    printf '| case | rules that speak |'
    for p in $profiles; do printf ' %s |' "$p"; done
    printf '\n|---|---|'
    for p in $profiles; do printf -- '---|'; done
    printf '\n'
} > "$tmp/table"

for name in "$@"; do
    word=$(echo "$name" | tr _ -)
    [ -s "docs/cases/$name.md" ] && ok || bad "$word: docs/cases/$name.md is missing"

    "$dmacheck" run "case:$word" --profile all --seeds 0..3 --format json > "$tmp/bug.json" 2> "$tmp/err"
    code=$?
    cp "$tmp/bug.json" "$tmp/run.json"
    search=$(key search)
    if [ -n "$search" ]; then
        if [ $code -eq 0 ]; then ok; else bad "$word: a run without a search should show nothing (exit $code)"; fi
        "$dmacheck" explore "case:$word" --budget "$search" --format json > "$tmp/bug.json" 2> "$tmp/err"
        code=$?
        if "$dmacheck" explore "case:$word" --mend all --budget 2000runs -q > /dev/null 2> "$tmp/err"; then ok; else
            bad "$word: mended, a search should show nothing"
        fi
    fi
    rules=$(jq -r '[.findings[].rule] | unique - ["expectation-failed", "profile-differential"] | join(" ")' "$tmp/bug.json" 2> /dev/null)
    for rule in $(key rules); do
        case " $rules " in *" $rule "*) ok ;; *) bad "$word: $rule should speak: $rules" ;; esac
    done
    if [ $code -eq 1 ] && [ -n "$rules" ]; then ok; else bad "$word: no rule speaks (exit $code)"; tail -n 3 "$tmp/err"; fi
    row "$word" "$name" "$profiles" < "$tmp/run.json" | sed "${search:+s/|  |/| found by \`explore\`: $rules |/}" >> "$tmp/table"

    "$dmacheck" run "case:$word" --mend all --profile all --seeds 0..3 --format json > "$tmp/mended.json" 2> "$tmp/err"
    code=$?
    if [ $code -eq 0 ] && jq -e '.findings | length == 0' "$tmp/mended.json" > /dev/null; then ok; else
        bad "$word: mended it is not silent (exit $code)"
        jq -c '.findings[:3][] | {rule, message, runs: .runs[:2]}' "$tmp/mended.json" 2> /dev/null
        tail -n 3 "$tmp/err"
    fi

    faults=$(key faults)
    [ "$faults" = "${faults% *}" ] || for fault in $faults; do
        "$dmacheck" run "case:$word" --mend "$fault" --profile direct64 --format json > "$tmp/one.json" 2> "$tmp/err"
        code=$?
        if [ $code -le 1 ] && [ -s "$tmp/one.json" ]; then ok; else bad "$word: --mend $fault (exit $code)"; tail -n 3 "$tmp/err"; fi
    done

    profile=$(jq -r '[.findings[] | select(.rule != "expectation-failed" and .rule != "profile-differential") | .runs[].profile] | first // "direct64"' "$tmp/bug.json" 2> /dev/null)
    scenario=$(jq -r '.runs[0].scenario' "$tmp/bug.json" 2> /dev/null)
    "$dmacheck" run "case:$word" --scenario "$scenario" --profile "${profile:-direct64}" --seed 1 --record "$tmp/t.dmatrace" --format json > "$tmp/live.json" 2> /dev/null
    "$dmacheck" verify "$tmp/t.dmatrace" --format json > "$tmp/again.json" 2> /dev/null
    for f in live again; do
        jq -S '[.findings[] | select(.rule != "expectation-failed") | {rule, message, sites, severity, driver_verifier}]' "$tmp/$f.json" > "$tmp/$f" 2> /dev/null
    done
    if [ -s "$tmp/live" ] && cmp -s "$tmp/live" "$tmp/again"; then ok; else bad "$word: the recorded run's findings differ from the live ones"; fi
done

# The table between its two marks.
sed '/<!-- table -->/,/<!-- end -->/!d' "$page" | sed '1d;$d' > "$tmp/old"
if [ -n "${UPDATE:-}" ]; then
    { sed '/<!-- table -->/q' "$page"; cat "$tmp/table"; sed -n '/<!-- end -->/,$p' "$page"; } > "$tmp/page" && cp "$tmp/page" "$page"
    ok
elif cmp -s "$tmp/old" "$tmp/table"; then ok; else
    bad "$page is not what comes out; UPDATE=1 make check-cases writes it"
    diff "$tmp/old" "$tmp/table"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
