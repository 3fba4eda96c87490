#!/bin/sh
# The case accel-inplace, fault by fault: inplace.sh BUILD
#   with all its faults each one's rule speaks; each switch takes away that rule and no other; mended it is
#   silent; and the table in docs/cases/accel_inplace.md is what each fault does alone on each machine
#   (UPDATE=1 writes it).
set -u
build=$1
dmacheck=$build/dmacheck
tmp=$build/check/inplace
page=docs/cases/accel_inplace.md
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
ini=drivers-under-test/cases/accel_inplace/driver.ini
faults=$(sed -n 's/^faults *= *//p' $ini)
rules=$(sed -n 's/^rules *= *//p' $ini)
profiles=$("$dmacheck" profiles --format json | jq -r '[.profiles[].name] | join(" ")')

run() { # NAME [--mend ...]: rules that speak, into NAME.rules
    name=$1
    shift
    "$dmacheck" run case:accel-inplace "$@" --profile all --seeds 0..3 --format json > "$tmp/$name.json" 2> "$tmp/err"
    code=$?
    [ $code -le 1 ] || { bad "$name: exit $code"; tail -n 3 "$tmp/err"; }
    jq -r '[.findings[].rule] | unique - ["expectation-failed", "profile-differential"] | .[]' "$tmp/$name.json" > "$tmp/$name.rules"
}
but() { # all faults but one, with commas
    echo "$faults" | tr ' ' '\n' | grep -vx "$1" | paste -sd, -
}

run all
run none --mend all
set -- $rules
for fault in $faults; do
    rule=$1
    shift
    if grep -qx "$rule" "$tmp/all.rules"; then ok; else bad "$fault: $rule should speak: $(paste -sd' ' "$tmp/all.rules")"; fi
    run "without-$fault" --mend "$fault"
    grep -vx "$rule" "$tmp/all.rules" > "$tmp/wanted"
    if cmp -s "$tmp/wanted" "$tmp/without-$fault.rules"; then ok; else
        bad "--mend $fault should take away $rule alone: $(paste -sd' ' "$tmp/without-$fault.rules")"
    fi
    run "$fault" --mend "$(but "$fault")"
    if [ "$(cat "$tmp/$fault.rules")" = "$rule" ]; then ok; else
        bad "$fault alone: $(paste -sd' ' "$tmp/$fault.rules"), not $rule"
    fi
done
if jq -e '.findings | length == 0' "$tmp/none.json" > /dev/null; then ok; else bad "mended it is not silent"; fi

# What a fault does on a machine: what its user sees, what the machine does, whether the verifier speaks.
cell() { # NAME PROFILE
    jq -r --arg p "$2" '
        [.findings[] | select([.runs[].profile] | index($p))] as $f
        | [$f[] | select(.rule == "expectation-failed") | .message | contains("SUCCESS")] as $failed
        | (if $failed | any(not) then ["wrong data"] else [] end)
        + (if $failed | any then ["fails"] else [] end)
        + (if $failed == [] then ["right data"] else [] end)
        + (if ($f | any((.driver_verifier | startswith("0xE6 (0x26")) and (.profile | IN("remap", "remap-lazy", "external"))))
           then ["IOMMU faults"] else [] end)
        + (if ($f | any(.rule | IN("expectation-failed", "profile-differential") | not)) then ["found"] else ["-"] end)
        | join(", ")' "$tmp/$1.json"
}
{
    printf '| machine |'
    for fault in $faults; do printf ' %s |' "$fault"; done
    printf ' all four | none |\n|---|---|---|'
    for fault in $faults; do printf -- '---|'; done
    printf '\n'
    for p in $profiles; do
        printf '| %s |' "$p"
        for name in $faults all none; do printf ' %s |' "$(cell "$name" "$p")"; done
        printf '\n'
    done
} > "$tmp/table"
sed '/<!-- table -->/,/<!-- end -->/!d' "$page" | sed '1d;$d' > "$tmp/old"
if [ -n "${UPDATE:-}" ]; then
    { sed '/<!-- table -->/q' "$page"; cat "$tmp/table"; sed -n '/<!-- end -->/,$p' "$page"; } > "$tmp/page" && cp "$tmp/page" "$page"
    ok
elif cmp -s "$tmp/old" "$tmp/table"; then ok; else
    bad "$page is not what comes out; UPDATE=1 sh tests/drivers/inplace.sh $build writes it"
    diff "$tmp/old" "$tmp/table"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
