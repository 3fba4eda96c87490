#!/bin/sh
# Rules against real drivers: patched.sh BUILD [RULE]
#   For each tests/drivers/patches/RULE.patch a copy of the samples is patched, built as a user's folder is,
#   and run: RULE must be among what is found on some profile. Most are found on the first two that are
#   tried; only what is not there is looked for on all. docs/rules/patched.md lists the patches.
set -u
build=$1
dmacheck=$build/dmacheck
only=${2:-}
tmp=$(pwd)/$build/check/patched
rm -rf "$tmp"
mkdir -p "$tmp"

judge() { # PATCH
    name=$(basename "$1" .patch)
    word=$(echo "$name" | tr _ -)
    sample=$(sed -n 's|^+++ b/\([a-z]*\)/.*|\1|p' "$1" | head -n 1)
    mkdir -p "$tmp/$name"
    cp -r drivers-under-test/samples/. "$tmp/$name/"
    if ! (cd "$tmp/$name" && GIT_CEILING_DIRECTORIES="$tmp" git apply -p1) < "$1" 2> "$tmp/$name.err"; then
        echo "FAILED: $name: the patch does not apply: $(head -n 1 "$tmp/$name.err")"
        return
    fi
    for profiles in remap direct64 all; do
        "$dmacheck" run "$tmp/$name/$sample" --profile $profiles --seeds 0..1 --format json > "$tmp/$name.json" 2> "$tmp/$name.err"
        code=$?
        rules=$(jq -r '[.findings[].rule] | unique | join(" ")' "$tmp/$name.json" 2> /dev/null)
        case " $rules " in *" $word "*) break ;; esac
    done
    case " $rules " in
    *" $word "*) echo OK ;;
    *)
        echo "FAILED: $word does not speak in $sample (exit $code): ${rules:-nothing}"
        tail -n 3 "$tmp/$name.err"
        ;;
    esac
    rm -rf "${tmp:?}/$name"
    grep -q "^| \[$word\](" docs/rules/patched.md || echo "FAILED: $word is not in docs/rules/patched.md"
}

half() { # 0 or 1: every other patch
    n=$1
    for patch in tests/drivers/patches/${only:-*}.patch; do
        [ -e "$patch" ] || continue
        [ $((n % 2)) -eq 0 ] && judge "$patch"
        n=$((n + 1))
    done
}

half 0 > "$tmp/half.0" &
half 1 > "$tmp/half.1"
wait
sed -n 's/^| \[\([a-z0-9-]*\)\](.*/\1/p' docs/rules/patched.md | while read -r word; do
    [ -e "tests/drivers/patches/$(echo "$word" | tr - _).patch" ] || echo "FAILED: docs/rules/patched.md names $word, which has no patch"
done > "$tmp/half.2"
cat "$tmp/half.0" "$tmp/half.1" "$tmp/half.2" > "$tmp/said"
grep -v '^OK$' "$tmp/said"
failed=$(grep -c '^FAILED' "$tmp/said")
echo "$(grep -c '^OK$' "$tmp/said") passed, $failed failed"
[ "$failed" -eq 0 ]
