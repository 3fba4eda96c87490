#!/bin/sh
# The round trip: drivers with recorder/ in them run on the machine, which records them too; what they printed is
# imported, and the rules say the same of both. Then what captures suffer: prefixes, UTF-16, a ring that is too
# small, lines that are missing. Usage: tests/recorder/run.sh BUILD
set -u
build=$1
out=$build/recorder
dmacheck=$build/dmacheck
passed=0
failed=0
mkdir -p "$out"

ok() { passed=$((passed + 1)); }
wrong() {
    failed=$((failed + 1))
    echo "FAILED: $*"
}
record() { # driver, scenario, profile, seed: findings of the live run go to native
    "$build/tests/recorder/record" "$build/drivers/recorded/$1.so" "$2" "$3" "$4" "$out/log" \
        "$out/native.dmatrace" > "$out/native" 2> "$out/errors"
}
# The rules that speak on an imported log.
judge() { # log
    "$dmacheck" import "$1" -o "$out/imported.dmatrace" > "$out/said" 2>&1 || return 1
    "$dmacheck" verify --format json "$out/imported.dmatrace" > "$out/report.json" 2>> "$out/said"
    [ $? -le 1 ] || return 1
    sed -n 's/^ *"rule": "\(.*\)",*$/\1/p' "$out/report.json" | sort -u > "$out/rules"
}
scenarios() { # driver
    case $1 in
    pkt) echo lengths chained many cancel cancel-waiting power rebalance surprise two-devices ;;
    xfer) echo lengths chained methods cancel power surprise two-devices ;;
    *) echo lengths drawn faults gather local opcodes ;;
    esac
}

# Samples are silent, imported as well, and every line of theirs is whole.
for driver in pkt xfer accel; do
    for scenario in $(scenarios $driver); do
        for profile in direct64 remap bounce32 one-register; do
            record $driver "$scenario" $profile 3
            if ! judge "$out/log"; then
                wrong "$driver $scenario $profile: $(cat "$out/said")"
            elif [ -s "$out/rules" ] || grep -q 'missing\|cut off' "$out/said"; then
                wrong "$driver $scenario $profile: $(cat "$out/rules" "$out/said" | tr '\n' ' ')"
            else
                ok
            fi
        done
    done
done

# Each rule that calls alone decide: its twin, live and imported.
while read -r rule; do
    word=$(echo "$rule" | tr _ -)
    for profile in direct64 bounce32 remap; do
        record "twin/$rule" - $profile 0
        sort -u "$out/native" > "$out/native.rules"
        if ! judge "$out/log"; then
            wrong "$rule on $profile: $(cat "$out/said")"
        elif ! cmp -s "$out/native.rules" "$out/rules"; then
            wrong "$rule on $profile: live $(tr '\n' ' ' < "$out/native.rules"), imported $(tr '\n' ' ' < "$out/rules")"
        elif [ "$profile" = direct64 ] && ! grep -qx "$word" "$out/rules"; then
            wrong "$rule on $profile: nobody speaks"
        else
            ok
        fi
    done
done < tests/recorder/decided.txt

# The samples with a fault patched into them, recorded as they are: the rules that calls alone decide say the same.
root=$(pwd)
decided=$(tr _ - < tests/recorder/decided.txt)
for patch in tests/drivers/patches/*.patch; do
    rule=$(basename "$patch" .patch)
    grep -qx "$rule" tests/recorder/decided.txt || continue
    word=$(echo "$rule" | tr _ -)
    sample=$(sed -n 's|^+++ b/\([a-z]*\)/.*|\1|p' "$patch" | head -n 1)
    rm -rf "${out:?}/patched"
    mkdir -p "$out/patched"
    cp -r drivers-under-test/samples/. "$out/patched/"
    (cd "$out/patched" && GIT_CEILING_DIRECTORIES="$root/$out" git apply -p1) < "$patch" 2> "$out/said"
    framework=
    [ "$sample" = accel ] && framework=-DDMA_RECORD_WDF
    # shellcheck disable=SC2046
    "$build/ddkcc" --root "$root" --ddk include/ddk -I. -DDMA_RECORD_INTERPOSE -DRECORD_NAME="\"$sample\"" $framework \
        -o "$build/drivers/recorded/patched.so" recorder/dmarecord.c tests/recorder/entry.c \
        $(sh tests/recorder/wrap.sh "$out/wrapped" $(find "$out/patched/$sample" -name '*.c' ! -name scenarios.c)) \
        "$build/drivers/samples/$sample.scenarios.o" > "$out/said" 2>&1 || wrong "$rule: $(head -n 3 "$out/said")"
    : > "$out/native.rules"
    for scenario in $(scenarios "$sample") many programs one-buffer; do
        for seed in 0 1; do
            grep -qx "$word" "$out/native.rules" && continue
            record patched "$scenario" remap $seed
            sort -u "$out/native" | grep -xF "$decided" > "$out/native.rules"
        done
    done
    if judge "$out/log" && cmp -s "$out/native.rules" "$out/rules" && grep -qx "$word" "$out/rules"; then ok; else
        wrong "$sample with $rule: live $(tr '\n' ' ' < "$out/native.rules"), imported $(tr '\n' ' ' < "$out/rules") $(cat "$out/said")"
    fi
done

# The page names these rules and no others.
if sed -n '/^## What calls alone decide/,/^Everything about/p' docs/recorder.md | grep -o '`[a-z0-9-]*`' | tr -d '`' | tr - _ |
    sort | diff - tests/recorder/decided.txt > "$out/said"; then ok; else
    wrong "docs/recorder.md and tests/recorder/decided.txt differ: $(tr '\n' ' ' < "$out/said")"
fi

# What a debugger makes of a log changes nothing: DebugView's columns, line ends, UTF-16, lines out of order.
record twin/flush_missing - direct64 0
awk '{printf "%08d\t%.8f\t[%d] %s\r\n", NR, NR / 1000, NR % 7, $0}' "$out/log" > "$out/columns"
printf '\377\376' > "$out/wide"
iconv -f ASCII -t UTF-16LE "$out/columns" >> "$out/wide"
awk 'NR > 1 && NR % 2 == 0 {kept = $0; next} {print "0: kd> " $0} kept {print "1: kd> " kept; kept = ""}
    END {if (kept) print kept}' "$out/log" > "$out/swapped"
fold -w 80 "$out/log" > "$out/folded"
for log in columns wide swapped folded; do
    if judge "$out/$log" && [ "$(cat "$out/rules")" = flush-missing ]; then ok; else
        wrong "$log: $(cat "$out/said" "$out/rules")"
    fi
done

# Missing lines are said, and make no rule speak.
for driver in pkt xfer accel; do
    case $driver in accel) list="lengths local" ;; *) list="cancel power" ;; esac
    for scenario in $list; do
        record $driver "$scenario" direct64 2
        for k in 2 3 5 7 11 13 29 101; do
            awk -v k=$k '(NR * 7919 + int(NR / 13) * 31) % k != 1' "$out/log" > "$out/thinned"
            if ! judge "$out/thinned" || [ -s "$out/rules" ] || ! grep -q 'lines are missing at' "$out/said"; then
                wrong "$driver $scenario, one line in $k lost: $(cat "$out/rules" "$out/said" | tr '\n' ' ')"
            else
                ok
            fi
        done
    done
done

# What is written is a trace as any other, gaps included.
head -n 300 "$out/imported.dmatrace" > "$out/lines"
if grep -q '"k":"gap"' "$out/lines" && sh tests/cli/validate.sh -l docs/trace.schema.json "$out/lines" > "$out/said" 2>&1; then ok; else
    wrong "schema: $(head -n 3 "$out/said")"
fi

# A ring of 64 lines keeps the last ones, and is dumped when the driver goes.
record pkt-ring power direct64 0
if judge "$out/log" && [ ! -s "$out/rules" ] && [ "$(grep -c '^@dmr1' "$out/log")" -le 64 ] &&
    grep -q 'lines are missing at 1 place' "$out/said"; then
    ok
else
    wrong "ring: $(cat "$out/rules" "$out/said" | tr '\n' ' ')"
fi

# Functions by name: from nm, and from a map as link.exe writes it.
record twin/flush_missing - direct64 0
nm "$build/drivers/recorded/twin/flush_missing.so" > "$out/nm"
{
    printf ' flush_missing\n\n Preferred load address is 0000000140000000\n\n  Address         Publics by Value              Rva+Base\n'
    awk '$2 ~ /[tT]/ {printf " 0001:%s       %-26s 00000001%s f   dma.obj\n", substr($1, 9), $3, substr($1, 9)}' "$out/nm"
} > "$out/map"
for list in nm map; do
    "$dmacheck" import -q "$out/log" --symbols "$out/$list" -o "$out/imported.dmatrace" > "$out/said" 2>&1
    "$dmacheck" verify "$out/imported.dmatrace" > "$out/report" 2>> "$out/said"
    if grep -q '^ *flush_missing:0 TwinWrite+0x' "$out/report"; then ok; else
        wrong "symbols by $list: $(head -n 12 "$out/report") $(cat "$out/said")"
    fi
done

# What is no recording: one line, and 2.
refused() { # what is expected of the line, arguments
    want=$1
    shift
    "$dmacheck" import "$@" > "$out/said" 2>&1
    if [ $? -eq 2 ] && [ "$(grep -c . "$out/said")" -eq 1 ] && grep -q "$want" "$out/said"; then ok; else
        wrong "import $*: $(cat "$out/said")"
    fi
}
head -c 200000 "$dmacheck" > "$out/garbage"
refused 'no line of recorder' "$out/garbage" -o "$out/x.dmatrace"
refused 'No such file' "$out/nothing" -o "$out/x.dmatrace"
refused 'wants -o FILE' "$out/log"
refused 'wants one log' -o "$out/x.dmatrace"
refused 'has 1 recording, not 4' "$out/log" --session 4 -o "$out/x.dmatrace"
refused 'wants a number' "$out/log" --session none -o "$out/x.dmatrace"
refused 'no list of symbols' "$out/log" --symbols "$out/log" -o "$out/x.dmatrace"
grep -v DmaRecordStart "$out/nm" > "$out/other"
refused 'has no DmaRecordStart' "$out/log" --symbols "$out/other" -o "$out/x.dmatrace"
refused 'nowhere' "$out/log" -o "$out/nowhere/x.dmatrace"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
