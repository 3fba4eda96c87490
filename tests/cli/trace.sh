#!/bin/sh
# dmacheck trace: its verbs on traces of real runs, and on wrong input. trace.sh BUILD
set -u
export LC_ALL=C NO_COLOR=1
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
dmacheck=$build/dmacheck
tmp=$build/check/trace
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
    "$dmacheck" trace "$@" > "$tmp/out" 2> "$tmp/err"
    code=$?
    if [ $code -eq "$want" ]; then ok; else bad "'trace $*' exits $code, not $want: $(head -n 2 "$tmp/err")"; fi
}
has() { if grep -qE -- "$2" "$tmp/$1"; then ok; else bad "no '$2' in $1: $(head -n 3 "$tmp/$1")"; fi; }
wrong() { # wrong PATTERN ARGS...: exit 2, nothing on stdout, exactly one line on stderr
    pattern=$1
    shift
    exits 2 "$@"
    has err "$pattern"
    if [ ! -s "$tmp/out" ] && [ "$(wc -l < "$tmp/err")" -eq 1 ]; then ok; else bad "'trace $*': one line on stderr: $(cat "$tmp/err")"; fi
}
same() { if cmp -s "$1" "$2"; then ok; else bad "$1 and $2 differ: $(diff "$1" "$2" | head -n 3)"; fi; }
is() { if [ "$1" = "$2" ]; then ok; else bad "$3: '$1', not '$2'"; fi; }
record() { # record FILE ARGS...
    file=$1
    shift
    "$dmacheck" run "$@" --record "$file" -q > /dev/null 2>&1
}

leaked=$tmp/leaked.dmatrace
record "$leaked" twin:sgl-leaked --profile remap

# --- help, and what is no verb ---
exits 0 --help
has out '^usage: dmacheck trace VERB'
wrong 'which verb'
wrong "unknown verb 'nonsense'" nonsense

# --- cat ---
exits 0 cat --help
has out '^usage: dmacheck trace cat'
exits 0 cat "$leaked"
has out '^# profile       remap$'
has out '^ +[0-9]+ +[0-9]+\.[0-9]{3} us cpu0 DISPATCH scenario       map           SGL#1 bus=0x80000000 2048 bytes to the device mdl-offset=0 bytes mdl=mdl#1  drivers-under-test/twins/twin\.h:[0-9]+$'
has out 'call          GetScatterGatherList adapter#1 mdl=mdl#1 va=system:0x[0-9a-f]+ 2048 bytes to the device device=device-object#2  '
has out '^> write nr=1 .*file=1 bytes=2048 .*data=2048 bytes of pattern 0x1'
has out '^# finding       error: sgl-leaked: SGL#1 of adapter#1 was not given back'
is "$(grep -cE '^ *[0-9]+ +[0-9]+\.' "$tmp/out")" "$(grep -c '"s":' "$leaked")" "as many lines as events"
exits 0 cat "$leaked" --from 170 --to 175
is "$(grep -cE '^ *[0-9]+ +[0-9]+\.' "$tmp/out")" 6 "--from 170 --to 175"
has out '^    170 '
has out '^    175 '
exits 0 cat "$leaked" --format json
same "$tmp/out" "$leaked"
# A piece of it is a trace, too.
exits 0 cat "$leaked" --format json --to 20
cp "$tmp/out" "$tmp/piece.dmatrace"
exits 0 cat "$tmp/piece.dmatrace"
is "$(grep -cE '^ *[0-9]+ +[0-9]+\.' "$tmp/out")" 21 "--to 20"
exits 0 cat "$leaked" --color always --from 170 --to 175
has out "$(printf '\033')\[32msgl"
# Compressed, it reads the same.
record "$tmp/leaked.dmatrace.zst" twin:sgl-leaked --profile remap
exits 0 cat "$leaked"
mv "$tmp/out" "$tmp/plain"
exits 0 cat "$tmp/leaked.dmatrace.zst"
same "$tmp/out" "$tmp/plain"
exits 0 cat "$tmp/leaked.dmatrace.zst" --format json
same "$tmp/out" "$leaked"
# Whoever reads may have enough; a full disk is said.
for format in text json; do
    { "$dmacheck" trace cat "$leaked" --format $format 2> "$tmp/err"; echo $? > "$tmp/code"; } | head -n 1 > /dev/null
    is "$(cat "$tmp/code") $(cat "$tmp/err")" "0 " "cat --format $format | head -n 1"
done
"$dmacheck" trace cat "$leaked" > /dev/full 2> "$tmp/err"
is "$?" 2 "cat to a full disk"
has err 'cannot write to standard output'
# A trace that was cut off, and what is none.
head -c 20000 "$leaked" > "$tmp/cut.dmatrace"
exits 0 cat "$tmp/cut.dmatrace"
has err '^dmacheck: note: .*cut\.dmatrace:'
is "$(wc -l < "$tmp/err")" 1 "one note of a cut-off trace"
wrong 'wants one trace' cat
wrong 'wants one trace' cat "$leaked" "$leaked"
wrong 'cannot be read' cat "$tmp/none.dmatrace"
wrong "wants an event's number" cat "$leaked" --from x
wrong 'lies behind' cat "$leaked" --from 5 --to 4
wrong 'unknown format' cat "$leaked" --format html
wrong 'auto, always or never' cat "$leaked" --color red
wrong "unknown option '--nonsense'" cat "$leaked" --nonsense
printf 'not a trace\n' > "$tmp/text.dmatrace"
wrong 'text\.dmatrace:1' cat "$tmp/text.dmatrace"

# What was recorded on Windows has longer names, and places without lines.
sed 's/"name":"scenario"/"name":"thread 40040002120"/; s/"line":10,/"line":0,/' "$here/trace/two.dmatrace" > "$tmp/wide.dmatrace"
exits 0 cat "$tmp/wide.dmatrace"
has out '^      4          2\.000 us cpu0 PASSIVE  boot           common-buffer '
has out '^      6          3\.000 us cpu0 PASSIVE  thread 40040002120 phase '
has out '^     60         22\.000 us cpu0 PASSIVE  boot               common-buffer-end '
has out ' adapter +adapter#1 .*  ring/init\.c$'

# --- query: two.dmatrace is written by hand, and so are the numbers of its events here ---
two=$here/trace/two.dmatrace
finds() { # finds "NUMBERS" CONDITIONS...: the events of two.dmatrace
    numbers=$1
    shift
    exits 0 query "$two" "$@"
    is "$(awk '{print $1}' "$tmp/out" | tr '\n' ' ')" "${numbers:+$numbers }" "query $*"
}
exits 0 query --help
has out '^usage: dmacheck trace query'
finds '15 16 17 18 20 23 36 37 44 45 46 47' --object SGL#1
finds '15 16 17 18 20 23 36 37 44 45 46 47' --object sgl#1
finds '10 11 12 13 15 16 17 18 20 23 36 37 44 45 46 47 49 50 61' --object SGL#1,irp#1 --related --events 9..
finds '16 17 31' --kind map
finds '16 17 20 31 36 37' --kind map,'device-*'
finds '12 23 27 30 32 35 44 48 52 55' --api '*ScatterGatherList,MapTransfer,AllocateAdapterChannel,Flush*' --kind call,return
finds '43 44 45 46 47 48 49 50 51' --agent cpu0/dpc
finds '36 37 38 39 40 41 42' --agent ring,3
finds '16 20 36 37 45' --bus 0x10800
finds '17 31 32 46 54' --bus 0x20fff..0x30000
finds '25 30 52' --va user:0x4010
finds '25 30 52' --va 0x0100000000004063
finds '' --va 0x0100000000004064
finds '4 60' --va system:0x1000..system:0x1fff
finds '39 40 41 42' --time 15us..15.2us
finds '43' --time 16000
finds '61 62' --events 61..
finds '0 1' --events ..1
finds '49 57' --kind irp-complete
finds '49' --kind irp-complete --object irp#1
finds '40 41' --where dpc.c:12
finds '12 13 14 15 16 17 18 21 22 23' --where ring/read.c:40
finds '' --where d/read.c:40
finds '27 28 29 34 35' --where write.c:31
finds '14 15 18 28 29' --adapter 1 --kind channel,sgl,mapreg,callback
finds '3 19 20 33 36 37' --device device#1 --kind 'mmio-*,device-*,adapter'
exits 0 query "$two" -c --kind map
is "$(cat "$tmp/out")" 3 "-c"
exits 0 query "$two" --kind power
has err '^dmacheck: note: no event of .*two.dmatrace meets all conditions$'
exits 0 query "$two" --kind map,irp-complete --format json
is "$(jq -r '[.s, .k, .o, .agent, .where, (.objects | join("+"))] | join(" ")' "$tmp/out" | tr '\n' '|')" \
    '16 map SGL#1 scenario ring/read.c:40 SGL#1+mdl#1|17 map SGL#1 scenario ring/read.c:40 SGL#1+mdl#1|31 map mapregs#1 scenario ring/write.c:55 mapregs#1+mdl#2|49 irp-complete irp#1 cpu0/dpc ring/dpc.c:33 irp#1+mdl#1|57 irp-complete irp#2 scenario ring/write.c:80 irp#2+mdl#2|' "query as JSON"
# The events of a finding, in a run that has one.
exits 0 query "$leaked" --finding 1
has out ' sgl           SGL#1 '
has out ' call          PutDmaAdapter adapter#1 '
# Up to it, and of its object alone: there are five more transfers behind it.
record "$tmp/early.dmatrace" case:early-put --profile remap
exits 0 query "$tmp/early.dmatrace" --finding 1
has out ' call          PutScatterGatherList adapter#1 list=SGL#1 '
has out ' device-fault '
is "$(grep -c 'SGL#[2-9]' "$tmp/out")" 0 "other lists than the finding's"
is "$(grep -c ' call          BuildScatterGatherList ' "$tmp/out")" 1 "the finding's own transfer"
exits 0 cat "$tmp/early.dmatrace"
has out '^> alloc alloc=1 bytes=128 offset=0$'
has out '^> write nr=1 file=1 bytes=128 offset=0 data_at=1\+0 data=128 bytes of pattern 0x80$'
has out '^# subject       case:early-put$'
is "$(grep -c ' $' "$tmp/out")" 0 "blanks at the end of lines"
wrong "no finding 2: this trace has 1 to 1" query "$leaked" --finding 2
wrong "this trace has no findings" query "$two" --finding 1
wrong "a number from 1, not '0'" query "$two" --finding 0
# What there is not, with what is near.
wrong "no kind of event 'mpa'; near: map" query "$two" --kind mpa
wrong "no function 'MapTransfr'; near: MapTransfer, MapTransferEx" query "$two" --api MapTransfr
wrong "no agent 'scenarios' does anything in this trace; near: scenario" query "$two" --agent scenarios
wrong "'SLG#1' is no object, such as SGL#1; near: SGL" query "$two" --object SLG#1
wrong "'SGL' is no object, such as SGL#1" query "$two" --object SGL
wrong "no SGL#2 in this trace; the last one is SGL#1" query "$two" --object SGL#2
wrong "no WDFTIMER in this trace" query "$two" --object WDFTIMER#1
wrong "'SGL#x' is no object" query "$two" --object SGL#x
wrong "no adapter#2|no 2 in this trace; the last one is adapter#1" query "$two" --adapter 2
wrong "'SGL#1' is no object, such as|'SGL#1' is no" query "$two" --adapter SGL#1
for range in x 5..4 .. 1...2 1us 5..x; do wrong "events wants LO..HI, not '$range'" query "$two" --events "$range"; done
wrong "time wants LO..HI, not '5h'" query "$two" --time 5h
wrong "va wants LO..HI, not 'nowhere:0x1'" query "$two" --va nowhere:0x1
wrong "related is of an object" query "$two" --related
wrong 'unknown format' query "$two" --format xml
wrong 'wants one trace' query
wrong 'cannot be read' query "$tmp/none.dmatrace"
"$dmacheck" trace query "$leaked" 2> "$tmp/err" | head -n 1 > "$tmp/out"
is "$(wc -l < "$tmp/out") $(cat "$tmp/err")" "1 " "query | head -n 1"

# --- stat: two.stat was reckoned by hand ---
exits 0 stat --help
has out '^usage: dmacheck trace stat'
exits 0 stat "$two"
same "$tmp/out" "$here/trace/two.stat"
exits 0 stat "$two" --format json
is "$(jq -c '[.driver, .events, .virtual_ns, (.requests | map([.object, .major, .length_bytes, .begin_ns, .end_ns, .status])), .transfers_high, .waiting_ns]' "$tmp/out")" \
    '["ring",63,22000,[["irp#1","READ",8192,4000,16500,"STATUS_SUCCESS"],["irp#2","WRITE",100,5000,20500,"STATUS_CANCELLED"]],2,16500]' "requests as JSON"
is "$(jq -c '[.adapters[0].map_registers_high, .adapters[0].from_device, .adapters[0].to_device, .mapped_time, .mapped_high, .mapped_at_one_time_ns[0:3]]' "$tmp/out")" \
    '[3,{"runs":2,"mapped_bytes":8192,"bounced_bytes":8192},{"runs":1,"mapped_bytes":100,"bounced_bytes":0},{"count":2,"min_ns":11900,"median_ns":11900,"max_ns":14700},2,[6200,5000,10800]]' "DMA as JSON"
is "$(jq -c '[.kinds.map, .calls.MapTransfer, .callbacks, .choices, (.idle_while_waiting | map([.who, .longest_ns, .from_event, .to_event]))]' "$tmp/out")" \
    '[3,1,{"AdapterListControl":1},{"device-delay":1},[["cpu0",9600,35,39],["adapter#1",10700,35,44],["device#1",8600,33,36]]]' "counts as JSON"
exits 0 stat "$leaked"
has out '^270 events in .*, findings recorded: 1$'
has out 'SGL#1 +2048 bytes to the device, never unmapped$'
has out 'lists +1 made, 1 at once at most, 1 left$'
cp "$tmp/out" "$tmp/again"
exits 0 stat "$leaked"
same "$tmp/out" "$tmp/again"
exits 0 stat "$leaked" --top 2
has out '^  \.\.\. and [0-9]+ more; --top N lists more$'
# A real run on many adapters fits 80 columns.
record "$tmp/many.dmatrace" xfer --profile bounce32 --seed 7 --scenario pipelined
exits 0 stat "$tmp/many.dmatrace"
is "$(awk 'length($0) > 80' "$tmp/out")" "" "80 columns"
has out '4 at once at most$'
wrong "number from 1, not '0'" stat "$two" --top 0
wrong 'unknown format' stat "$two" --format xml
wrong 'wants one trace' stat
wrong 'cannot be read' stat "$tmp/none.dmatrace"

# --- diff: each variant of two.dmatrace differs in what its name says ---
vary() { sed "$2" "$two" > "$tmp/$1.dmatrace"; if cmp -s "$two" "$tmp/$1.dmatrace"; then bad "the variant $1 is none"; fi; }
# shows "LINES": those of the diff that begin with - or +, without its heading and places
shows() { is "$(sed -n '5,$p' "$tmp/out" | grep -E '^  [-+] +[0-9]' | sed 's/  ring.*//; s/^  //; s/  */ /g' | sort -u | tr '\n' '|')" "$1" "$2"; }
exits 0 diff --help
has out '^usage: dmacheck trace diff'
exits 0 diff "$two" "$two"
has out '^9 operations alike, 0 changed, 0 removed, 0 added, 0 moved; findings: 0 gone, 0 new$'
# Another version of the driver: lines, objects, addresses and times shift, events too.
vary shifted 's/"line":4/"line":14/; s/SGL#1/SGL#7/g; s/184549377/184549383/g; s/"ba":65536/"ba":262144/g; s/"t":1\([0-9]*\)/"t":2\1/; /"KeInsertQueueDpc"/d'
exits 0 diff "$two" "$tmp/shifted.dmatrace"
# A request that is given down a stack is one; an I/O control is known by its code.
vary down '/"k":"irp",.*"irp#1"/p'
exits 0 diff "$two" "$tmp/down.dmatrace"
control='s/"major_minor":768/"major_minor":3584/; s/"op":"read","file":1/"op":"ioctl","file":1,"code":"0x8000a00d"/'
vary control "$control"
vary control2 "$control; s/0x8000a00d/0x8000a011/"
exits 1 diff "$tmp/control.dmatrace" "$tmp/control2.dmatrace" --context 0
has out '^  - +11 request DEVICE_CONTROL 0x8000a00d 8192 bytes -> STATUS_SUCCESS 8192$'
has out '^  \+ +11 request DEVICE_CONTROL 0x8000a011 8192 bytes -> STATUS_SUCCESS 8192$'
has out '^8 operations alike, 0 changed, 1 removed, 1 added, 0 moved'
vary direction '/"api":"MapTransfer"/s/"0x8000000000000064"/100/; /"k":"map".*"mapregs#1"/s/"0x8000000000000064"/100/'
exits 1 diff "$two" "$tmp/direction.dmatrace"
has out '^First difference, in what scenario does:$'
has out '^Directions changed: 2$'
has out '^Findings new: 2$'
has out '^  \+ direction-differs-at-flush: mapregs#1 .*  ring/write\.c:'
shows '+ 30 MapTransfer 100 bytes from the device -> length=100 bytes|+ 31 map 100 bytes from the device|- 30 MapTransfer 100 bytes to the device -> length=100 bytes|- 31 map 100 bytes to the device|' "a direction"
has out '^7 operations alike, 2 changed, 0 removed, 0 added, 0 moved'
vary length '/"api":"GetScatterGatherList"/s/"a2":8192/"a2":4096/; /"k":"sgl"/s/200"/100"/; /"ba":131072/d'
exits 1 diff "$two" "$tmp/length.dmatrace"
has out '^Lengths changed: 2$'
shows '+ 12 GetScatterGatherList 4096 bytes from the device -> STATUS_SUCCESS|+ 16 map 4096 bytes from the device bounced|- 12 GetScatterGatherList 8192 bytes from the device -> STATUS_SUCCESS|- 16 map 8192 bytes from the device bounced|' "a length"
vary status '/irp-complete.*irp#2/s/3221225760/3221225473/'
exits 1 diff "$two" "$tmp/status.dmatrace"
has out '^Ends changed: 1$'
shows '+ 26 request WRITE 100 bytes -> STATUS_UNSUCCESSFUL|- 26 request WRITE 100 bytes -> STATUS_CANCELLED|' "a status"
vary never '/irp-complete.*irp#2/d'
exits 1 diff "$two" "$tmp/never.dmatrace"
has out '^Ends changed: 1$'
has out '^  \+ +26 request WRITE 100 bytes -> never completed$'
vary unmapped '/"api":"MapTransfer"/d; /"k":"map".*"mapregs#1"/d'
exits 1 diff "$two" "$tmp/unmapped.dmatrace"
has out '^Maps removed: 1$'
has out '^Other operations removed: 1$'
shows '- 30 MapTransfer 100 bytes to the device -> length=100 bytes|- 31 map 100 bytes to the device|' "a map that is gone"
exits 1 diff "$tmp/unmapped.dmatrace" "$two"
has out '^Maps added: 1$'
has out '^Other operations added: 1$'
vary unbounced '/"k":"map".*"SGL#1"/s/"0x4000000000001000"/4096/'
exits 1 diff "$two" "$tmp/unbounced.dmatrace"
has out '^Otherwise changed: 1$'
vary register '/AllocateAdapterChannel/s/"a1":1/"a1":2/'
exits 1 diff "$two" "$tmp/register.dmatrace"
shows '+ 27 AllocateAdapterChannel map-registers=2 -> STATUS_SUCCESS|- 27 AllocateAdapterChannel map-registers=1 -> STATUS_SUCCESS|' "an argument"
# The list is put by the thread, not by the DPC.
vary moved '/PutScatterGatherList/s/"g":2/"g":6/'
exits 1 diff "$two" "$tmp/moved.dmatrace"
has out '^Done by somebody else, or in another order: 1$'
has out '^  - +44 PutScatterGatherList from the device -> copied=8192 bytes, by dpc  ring/dpc.c:30$'
has out '^  \+ +44 PutScatterGatherList from the device -> copied=8192 bytes, by scenario  ring/dpc.c:30$'
has out '^8 operations alike, 0 changed, 0 removed, 0 added, 1 moved'
vary stopped '/"k":"flush"/s/.*/{"s":53,"t":20000,"k":"bugcheck","g":6,"c":0,"i":2,"code":230,"p1":3,"p2":0,"p3":0}/'
exits 1 diff "$two" "$tmp/stopped.dmatrace"
has out '^  \+ +53 bugcheck 0xe6$'
exits 1 diff "$two" "$tmp/length.dmatrace" --format json
is "$(jq -c '[.same, .aligned, .operations, .first_difference.what, (.differences | map([.kind, .what, .a.event, .b.event, .a.text, .b.text, .a.where, .a.object]))]' "$tmp/out")" \
    '[false,"best",{"alike":7,"changed":2,"removed":0,"added":0,"moved":0},["length"],[["changed",["length"],12,12,"GetScatterGatherList 8192 bytes from the device -> STATUS_SUCCESS","GetScatterGatherList 4096 bytes from the device -> STATUS_SUCCESS","ring/read.c:40","adapter#1"],["changed",["length"],16,16,"map 8192 bytes from the device bounced","map 4096 bytes from the device bounced","ring/read.c:40","SGL#1"]]]' "a length as JSON"
exits 0 diff "$two" "$two" --format json
is "$(jq -c '[.same, .first_difference, .differences, .findings_gone, .findings_new]' "$tmp/out")" '[true,null,[],[],[]]' "no difference as JSON"
# Two versions of a driver: the fault and its cure.
record "$tmp/cured.dmatrace" twin:sgl-leaked --bug 0 --profile remap
exits 1 diff "$leaked" "$tmp/cured.dmatrace"
has out '^Findings gone: 1$'
has out '^  \+ +[0-9]+ PutScatterGatherList to the device -> copied=0 bytes  drivers-under-test/twins/sgl_leaked\.c:[0-9]+$'
has out 'findings: 1 gone, 0 new$'
exits 1 diff "$tmp/cured.dmatrace" "$leaked"
has out '^Findings new: 1$'
has out '^  \+ sgl-leaked: SGL#1 of adapter#1 was not given back'
exits 1 diff "$leaked" "$tmp/cured.dmatrace" --context 0 --color always
has out "^$(printf '\033')\[32m  \+ +[0-9]+ PutScatterGatherList"
# The same run on another machine, and one where everything is another: it ends, and says how it went.
record "$tmp/seed8.dmatrace" xfer --profile bounce32 --seed 8 --scenario pipelined
exits 1 diff "$tmp/many.dmatrace" "$tmp/seed8.dmatrace"
has out '^0 operations alike|, [0-9]+ moved; findings: 0 gone, 0 new$'
unlike() { # unlike FILE FIRST STEP: 20000 MapTransfers, all of other lengths
    awk -v first="$2" -v step="$3" 'BEGIN {
        print "{\"dmatrace\":1,\"tool\":\"x\",\"driver\":\"x\",\"digest\":\"x\",\"scenario\":\"x\",\"profile\":\"x\",\"profile_text\":\"cpus=1\",\"seed\":0,\"strategy\":\"plain\",\"limits\":{}}"
        for (i = 0; i < 20000; i++) print "{\"s\":" i ",\"t\":" i ",\"k\":\"call\",\"api\":\"MapTransfer\",\"o\":\"adapter#1\",\"g\":4,\"c\":0,\"i\":2,\"a0\":0,\"a1\":0,\"a2\":0,\"a3\":" first + i * step "}"
    }' > "$1"
}
unlike "$tmp/even.dmatrace" 2 2
unlike "$tmp/odd.dmatrace" 1 2
exits 1 diff "$tmp/even.dmatrace" "$tmp/odd.dmatrace"
has out '^The runs are too unlike to be aligned in the best way'
has out '^Lengths changed: 20000$'
wrong 'wants two traces' diff "$two"
wrong 'wants two traces' diff "$two" "$two" "$two"
wrong 'cannot be read' diff "$two" "$tmp/none.dmatrace"
wrong 'text\.dmatrace:1' diff "$tmp/text.dmatrace" "$two"
wrong "top wants a number, not 'x'" diff "$two" "$two" --top x
wrong 'unknown format' diff "$two" "$two" --format html
"$dmacheck" trace diff "$leaked" "$tmp/cured.dmatrace" > /dev/full 2> "$tmp/err"
is "$?" 2 "diff to a full disk"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
