#!/bin/sh
# docs/trace.schema.json: it names what the lists of events and inputs have; lines of every shape that
# recorded runs have hold, and lines that are none do not. schema.sh BUILD
set -u
export LC_ALL=C
build=$1
schema=docs/trace.schema.json
tmp=$build/check/schema
rm -rf "$tmp"
mkdir -p "$tmp"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }

# --- it and the lists ---
sed -n 's/^EVENT([A-Z_0-9]*, "\([^"]*\)", \(.*\))$/\1 \2/p' trace/events.def | tr -d '",' | sed 's/ -//g' |
    grep -v '^finding ' | grep ' ' | sort > "$tmp/events"
jq -r '.definitions.event.allOf[] | select(.if.properties.k.const and .then.required != ["o", "name"])
    | .if.properties.k.const + " " + (.then.required | join(" "))' $schema | sort > "$tmp/events.schema"
if cmp -s "$tmp/events" "$tmp/events.schema"; then ok; else bad "$(diff "$tmp/events" "$tmp/events.schema" | head -n 5)"; fi
if jq -e '.definitions.event | .properties as $p
    | all(.allOf[].then.required[]; $p[.] != null or . == "k")' $schema > /dev/null; then ok; else bad "an argument has no type"; fi
sed -n 's/^INPUT([A-Z_]*, "\([^"]*\)")$/\1/p' trace/inputs.def > "$tmp/inputs"
echo given >> "$tmp/inputs"
jq -r '.definitions.input.properties.op.enum[]' $schema > "$tmp/inputs.schema"
if cmp -s "$tmp/inputs" "$tmp/inputs.schema"; then ok; else bad "$(diff "$tmp/inputs" "$tmp/inputs.schema" | head -n 5)"; fi

# --- what is recorded: one line of each shape, its values left out ---
record() {
    "$build/dmacheck" run "$@" --record "$tmp/run.dmatrace" -q > /dev/null 2>&1
    cat "$tmp"/run*.dmatrace >> "$tmp/all"
    rm -f "$tmp"/run*.dmatrace
}
: > "$tmp/all"
record xfer --profile noncoherent --seed 3
record pkt --profile remap --seed 3 --payload 8
record accel --profile external --program drivers-under-test/samples/accel/programs/saxpy.acc
record accel --profile bounce32 --faults 30
for twin in bug-check data-race device-double-fetch flush-never-mapped flush-past-mapregs grant-never-comes \
    irp-completed-while-mapped memory-overrun neighbour-exposed sgl-empty-accepted sgl-leaked tag-after-changed \
    uninitialised-to-device user-double-fetch v3-steps-parallel wdf-object-leaked free-mapreg-written mapped-twice \
    buffer-after-mdl descriptor-overrun doorbell-before-descriptor; do
    record "twin:$twin" --profile bounce32
    record "twin:$twin" --profile noncoherent
done
record case:program-changed --profile all --faults 20
awk '{shape = $0; gsub(/"(\\.|[^"\\])*"/, "&", shape); gsub(/:("(\\.|[^"\\])*"|[0-9]+)/, ":", shape)
      if (match($0, /"(k|op)":"[a-z-]*"/)) shape = shape substr($0, RSTART, RLENGTH)
      if (match($0, /"op":"[a-z-]*"/)) shape = shape substr($0, RSTART, RLENGTH)
      if (length($0) < 4000 && !seen[shape]++) print}' "$tmp/all" > "$tmp/shapes"
kinds=$(grep -o '"k":"[a-z-]*"' "$tmp/shapes" | sort -u | wc -l)
if sh tests/cli/validate.sh -l $schema "$tmp/shapes" > "$tmp/said"; then ok; else bad "$(head -n 5 "$tmp/said")"; fi
if [ "$kinds" -ge 75 ]; then ok; else bad "only $kinds kinds of lines"; fi
echo "$(wc -l < "$tmp/shapes") shapes of $kinds kinds of lines, of $(wc -l < "$tmp/all")"

# --- what is none: a line a row ---
grep -m 1 '"k":"map"' "$tmp/shapes" > "$tmp/map"
head -n 1 "$tmp/all" > "$tmp/header"
grep -m 1 '"op":"ioctl"' "$tmp/all" > "$tmp/ioctl"
grep -m 1 '"k":"finding","rule"' "$tmp/all" > "$tmp/finding"
grep -m 1 '"k":"device-write".*"data_bytes"' "$tmp/all" > "$tmp/device"
grep -m 1 '"k":"result"' "$tmp/all" > "$tmp/result"
none() { # FILE SED-SCRIPT
    sed "$2" "$tmp/$1" > "$tmp/changed"
    if cmp -s "$tmp/$1" "$tmp/changed"; then bad "$2 changes nothing"; return; fi
    if sh tests/cli/validate.sh -l $schema "$tmp/changed" > /dev/null; then bad "the schema takes $1 with $2"; else ok; fi
}
none map 's/"g":[0-9]*,//'
none map 's/"ba":[^,]*,//'
none map 's/"ba":[^,]*,/"ba":-1,/'
none map 's/"ba":[^,]*,/"ba":"12",/'
none map 's/"o":"[^"]*"/"o":"SGL"/'
none map 's/"t":[0-9]*/"t":1.5/'
none device 's/"data":"[0-9a-f]/"data":"/'
none result 's/"exit":[0-9]/"exit":6/'
none header 's/"limits"/"limit"/'
none header 's/"dmatrace":1/"dmatrace":2/'
none header 's/"strategy":"[a-z]*"/"strategy":"luck"/'
none ioctl 's/"op":"ioctl"/"op":"ioctrl"/'
none ioctl 's/"code":"0x/"code":"/'
none ioctl 's/"in":"/"in":"0/'
none finding 's/"severity":"[a-z]*"/"severity":"bad"/'
none finding 's/"sites":/"places":/'

# --- the page has them, too ---
while read -r kind arguments; do
    row=$(grep "^| \(\`[a-z-]*\`, \)\?\`$kind\`" docs/trace-format.md | head -n 1)
    [ -n "$row" ] || bad "docs/trace-format.md has no row for $kind"
    case $kind in call | arg | return | callback) continue ;; esac # a0 to a3
    for argument in $arguments; do
        case $row in *"\`$argument\`"*) ok ;; *) bad "docs/trace-format.md: $kind lacks $argument" ;; esac
    done
done < "$tmp/events"

# A field and a kind that are not known are no fault.
sed 's/}$/,"mood":["new"]}/' "$tmp/map" > "$tmp/unknown"
echo '{"k":"weather","sun":true}' >> "$tmp/unknown"
if sh tests/cli/validate.sh -l $schema "$tmp/unknown" > "$tmp/said"; then ok; else bad "$(cat "$tmp/said")"; fi
rm -f "$tmp/all"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
