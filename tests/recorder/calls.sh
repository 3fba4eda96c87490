#!/bin/sh
# replay --calls: the recorded calls and device accesses, without the driver. Samples are silent on every machine;
# twins whose fault lies in the calls, or in what their device does with them, give their rule again; an imported
# trace is issued like a native one. Usage: tests/recorder/calls.sh BUILD
set -u
build=$1
out=$build/recorder/calls
dmacheck=$build/dmacheck
passed=0
failed=0
mkdir -p "$out"

ok() { passed=$((passed + 1)); }
wrong() {
    failed=$((failed + 1))
    echo "FAILED: $*"
}
rules() { sed -n 's/^ *"rule": "\(.*\)",*$/\1/p' "$1" | sort -u; }

# Every machine, and on the recorded one every call and every access.
while read -r driver scenario; do
    "$dmacheck" run "$driver" --scenario "$scenario" --seed 2 --record "$out/trace.dmatrace" > /dev/null 2>&1
    "$dmacheck" replay --calls "$out/trace.dmatrace" --profile all > "$out/report" 2> "$out/said"
    code=$?
    line=$(grep '^dmacheck: direct64: [0-9]' "$out/said")
    if [ $code -ne 0 ]; then
        wrong "$driver $scenario: exit $code: $(grep -E 'error|warning' "$out/report" "$out/said" | head -n 3)"
    elif ! echo "$line" | grep -qE ': ([0-9]+) of \1 DMA calls issued'; then
        wrong "$driver $scenario: $line"
    elif [ "$scenario" != one-buffer ] && ! echo "$line" | grep -qE ', ([0-9]+) of \1 device accesses$'; then
        wrong "$driver $scenario: $line"
    else
        ok
    fi
done << 'END'
pkt lengths
pkt chained
pkt cancel
pkt two-devices
xfer lengths
xfer chained
xfer one-buffer
xfer surprise
accel lengths
accel gather
END

# A call more than these twins' drivers make would be another finding, a call less none.
for twin in $(cat tests/recorder/decided.txt) put_while_device_runs sgl_used_after_put flush_while_device_runs \
    common_buffer_used_after_free common_buffer_freed_while_device_runs device_writes_read_only \
    device_reads_write_only mapping_used_both_ways vector_index_freed vector_index_out_of_bounds vector_not_empty; do
    "$dmacheck" run "twin:$twin" --record "$out/trace.dmatrace" --format json > "$out/live.json" 2> /dev/null
    "$dmacheck" replay --calls "$out/trace.dmatrace" --profile direct64 --format json > "$out/calls.json" 2> "$out/said"
    code=$?
    rules "$out/live.json" > "$out/live"
    rules "$out/calls.json" > "$out/calls"
    if [ $code -eq 1 ] && cmp -s "$out/live" "$out/calls" && grep -qx "$(echo "$twin" | tr _ -)" "$out/calls"; then
        ok
    else
        wrong "$twin: exit $code, live $(tr '\n' ' ' < "$out/live"), calls $(tr '\n' ' ' < "$out/calls")"
    fi
    "$dmacheck" run "twin:$twin" --bug 0 --record "$out/trace.dmatrace" > /dev/null 2>&1
    if "$dmacheck" replay --calls "$out/trace.dmatrace" --profile all > "$out/report" 2> "$out/said"; then ok; else
        wrong "$twin mended: $(grep -E 'error|warning' "$out/report" "$out/said" | head -n 2)"
    fi
done

# What a debugger captured: the finding again, on a machine that bounces and on one that translates.
"$build/tests/recorder/record" "$build/drivers/recorded/twin/flush_missing.so" - direct64 0 "$out/log" \
    "$out/native.dmatrace" > /dev/null 2>&1
"$dmacheck" import -q "$out/log" -o "$out/imported.dmatrace" > /dev/null
for profile in direct64 bounce32 remap; do
    "$dmacheck" replay --calls "$out/imported.dmatrace" --profile $profile --format json > "$out/calls.json" 2> "$out/said"
    if [ "$(rules "$out/calls.json")" = flush-missing ]; then ok; else
        wrong "imported flush_missing on $profile: $(rules "$out/calls.json") $(cat "$out/said")"
    fi
done
"$build/tests/recorder/record" "$build/drivers/recorded/accel.so" lengths direct64 3 "$out/log" "$out/native.dmatrace" \
    > /dev/null 2>&1
"$dmacheck" import -q "$out/log" -o "$out/imported.dmatrace" > /dev/null
if "$dmacheck" replay --calls "$out/imported.dmatrace" --profile all > "$out/report" 2> "$out/said"; then ok; else
    wrong "imported accel: $(grep -E 'error|warning' "$out/report" "$out/said" | head -n 3)"
fi

# One map register for each transfer: what asks for more is said, and what hangs from it is left out.
"$dmacheck" run pkt --scenario lengths --record "$out/trace.dmatrace" > /dev/null 2>&1
if "$dmacheck" replay --calls "$out/trace.dmatrace" --profile one-register > "$out/report" 2> "$out/said" &&
    grep -q 'asks for more map registers than this machine gives' "$out/said" &&
    grep -q '; [0-9]* that depend on others are left out' "$out/said"; then ok; else
    wrong "one-register: $(cat "$out/said")"
fi

refused() { # what is expected of the line, arguments
    want=$1
    shift
    "$dmacheck" replay --calls "$@" > "$out/said" 2>&1
    if [ $? -eq 2 ] && [ "$(grep -c . "$out/said")" -eq 1 ] && grep -q "$want" "$out/said"; then ok; else
        wrong "replay --calls $*: $(cat "$out/said")"
    fi
}
refused 'takes --profile' "$out/trace.dmatrace" --driver pkt
refused 'takes --profile' "$out/trace.dmatrace" --plan
refused 'nowhere' "$out/nowhere.dmatrace"
refused 'no such profile\|nothing.ini\|nothing' "$out/trace.dmatrace" --profile nothing

"$dmacheck" replay "$out/imported.dmatrace" > "$out/said" 2>&1
if [ $? -eq 2 ] && [ "$(grep -c . "$out/said")" -eq 1 ] && grep -q 'issues its calls again' "$out/said"; then ok; else
    wrong "replay of an imported trace: $(head -n 3 "$out/said")"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
