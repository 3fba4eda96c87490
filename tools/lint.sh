#!/bin/sh
# clang-tidy (.clang-tidy says which checks) and cppcheck over our own code, as compile_commands.json
# lists it. What they are wrong about stands in tools/lint.skip, a line each with its reason:
#     FILE CHECK REASON...
# A line there that excuses nothing any more is an error. About three minutes on two processors, so it
# belongs to `make check-nightly`.
set -u
cd "$(dirname "$0")/.." || exit 2
tidy=${CLANG_TIDY:-clang-tidy-14}
out=build/lint
jobs=$(nproc 2> /dev/null || echo 2)
mkdir -p "$out"
for tool in "$tidy" cppcheck; do
    command -v "$tool" > /dev/null || { echo "check-lint: $tool is missing; make check says how to get it" >&2; exit 2; }
done

sed -n 's/.*"file":"\([^"]*\)".*/\1/p' compile_commands.json > "$out/files"
# Both report as FILE CHECK LINE MESSAGE.
xargs -P "$jobs" -n 4 "$tidy" --quiet -p . < "$out/files" 2> "$out/tidy.err" > "$out/tidy.out"
sed -n "s|^$PWD/||; s|^\./||; s|^\([^: ]*\):\([0-9]*\):[0-9]*: [a-z]*: \(.*\) \[\([^],]*\).*\]\$|\1 \4 \2 \3|p" "$out/tidy.out" > "$out/all"
xargs cppcheck --enable=warning,performance,portability --quiet -j "$jobs" --std=c11 --max-configs=4 -I. \
    --suppress=missingInclude --template='{file} {id} {line} {message}' < "$out/files" 2> "$out/cppcheck.out"
cat "$out/cppcheck.out" >> "$out/all"
sort -u "$out/all" -o "$out/all"

grep -vE '^(#|$)' tools/lint.skip > "$out/skip"
awk 'NF < 3 { print "lint.skip: no reason for " $0 }' "$out/skip" > "$out/bad"
awk 'NR == FNR { skip[$1 " " $2] = 1; next } !(($1 " " $2) in skip) { f = $1; c = $2; l = $3; sub(/^[^ ]* [^ ]* [^ ]* /, ""); print f ":" l ": " $0 " [" c "]" }' \
    "$out/skip" "$out/all" >> "$out/bad"
awk 'NR == FNR { found[$1 " " $2] = 1; next } !(($1 " " $2) in found) { print "lint.skip: excuses nothing: " $1 " " $2 }' \
    "$out/all" "$out/skip" >> "$out/bad"
# A file that does not compile is not a clean one.
grep -E 'error: .*\[clang-diagnostic-error\]' "$out/tidy.out" >> "$out/bad"
cat "$out/bad"
files=$(wc -l < "$out/files")
failed=$(wc -l < "$out/bad")
echo "$files passed, $failed failed"
[ "$failed" -eq 0 ]
