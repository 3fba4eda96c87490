#!/bin/sh
# dmacheck trace: its verbs on traces of real runs, and on wrong input. trace.sh BUILD
set -u
export LC_ALL=C NO_COLOR=1
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
if command -v zstd > /dev/null; then
    zstd -qf "$leaked" -o "$tmp/leaked.dmatrace.zst"
    exits 0 cat "$leaked"
    mv "$tmp/out" "$tmp/plain"
    exits 0 cat "$tmp/leaked.dmatrace.zst"
    same "$tmp/out" "$tmp/plain"
fi
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

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
