#!/bin/sh
# Runs every command that README.md shows (a fenced line that begins with "$ ") and holds what follows
# it there against what it prints: the lines shown must come in that order; the sign … stands for
# anything, and alone on a line for any number of lines. A command exits 0, unless `$ echo $?` follows
# and says otherwise. `make check` itself is not run: this is part of it. Usage: readme.sh [FILE]
set -u
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C NO_COLOR=1
page=${1:-README.md}
tmp=build/docs
rm -rf "$tmp"
mkdir -p "$tmp"
export XDG_CACHE_HOME="$PWD/$tmp/cache"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $page:$1"; }

# Each command becomes N.cmd (line number, command), N.want (what is shown) and N.code (its exit code).
awk -v dir="$tmp" '
/^```/ { fenced = !fenced; open = 0; next }
fenced && /^\$ echo \$\?$/ { open = 0; code = 1; next }
fenced && code { print > (dir "/" n ".code"); code = 0; next }
fenced && /^\$ / { n++; print NR " " substr($0, 3) > (dir "/" n ".cmd"); printf "" > (dir "/" n ".want"); open = 1; next }
fenced && open { print > (dir "/" n ".want") }
' "$page"

n=1
while [ -f "$tmp/$n.cmd" ]; do
    read -r line command < "$tmp/$n.cmd"
    case $command in "make check"*) n=$((n + 1)); continue ;; esac
    want_code=$(cat "$tmp/$n.code" 2> /dev/null || echo 0)
    MAKEFLAGS='' sh -c "$command" > "$tmp/$n.out" 2> "$tmp/$n.err"
    code=$?
    if [ "$code" -eq "$want_code" ]; then ok; else
        bad "$line: '$command' exits $code, not $want_code"
        tail -n 5 "$tmp/$n.err"
    fi
    missing=$(awk '
        # A line shown as a regular expression: … is anything, all else is itself.
        function pattern(s) { gsub(/[][\\.^$*+?(){}|]/, "\\\\&", s); gsub("…", ".*", s); return "^" s "$" }
        NR == FNR { if ($0 == "…") loose = 1; else if ($0 != "") { want[++wants] = $0; free[wants] = loose; loose = 0 } next }
        $0 == "" { next }
        at <= wants && !at { at = 1 }
        at <= wants { if ($0 ~ pattern(want[at])) at++; else if (!free[at]) { print want[at]; stop = 1; exit } next }
        END { if (!stop && wants && (at ? at : 1) <= wants) print want[at ? at : 1] }' "$tmp/$n.want" "$tmp/$n.out")
    if [ -z "$missing" ]; then ok; else bad "$line: '$command' does not print: $missing"; fi
    n=$((n + 1))
done
[ $n -gt 1 ] || bad "1: no command is shown"

# A link leads to a file of the tree, from where the page lies.
for link in $(sed -n 's/.*/&/p' "$page" | grep -oE '\]\([^)#]*\)' | sed 's/^](//; s/)$//' | grep -v '^http' | sort -u); do
    if [ -e "$(dirname "$page")/$link" ]; then ok; else bad "1: nothing at $link"; fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
