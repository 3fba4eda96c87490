#!/bin/sh
# Checks of the tree itself. Each prints nothing when it holds; the last line counts.
set -u
export LC_ALL=C
passed=0
failed=0
check() { # name, offending lines
    if [ -z "$2" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'FAILED: %s\n%s\n' "$1" "$2"
    fi
}
files() { git ls-files -co --exclude-standard -- "$@"; }
includes() { # room pattern, forbidden pattern
    files "$1" | grep '\.[ch]$' | xargs -r grep -nE "^#include \"($2)" 2> /dev/null
}

# Who includes whom (style: base <- trace <- sim; base <- trace <- verifier <- reports).
check "base includes nobody" "$(includes 'base/*' '(trace|sim|verifier|reports|machine|cli|include)/')"
check "trace includes base only" "$(includes 'trace/*' '(sim|verifier|reports|machine|cli|include)/')"
check "import includes base and trace only" "$(includes 'import/*' '(sim|verifier|reports|machine|cli|include)/')"
check "sim never includes verifier" "$(includes 'sim/*' '(verifier|reports|machine|cli)/')"
check "verifier never includes sim" "$(includes 'verifier/*' '(sim|reports|machine|cli)/')"
check "inputs include base, plans and tables alone" "$(includes 'inputs/*' '(sim|verifier|reports|machine|cli|trace/[a-z_]*\.h)')"
check "reports include no simulator" "$(includes 'reports/*' '(sim|cli)/')"
check "sim/core knows no Windows types" "$(files 'sim/core/*' | grep '\.[ch]$' | grep -v 'sim/core/sim\.c' | xargs -r grep -nE '#include "(include/ddk|sim/nt)/')"
check "device models include device.h alone" "$(files 'sim/dev/*' | grep '\.c$' | xargs -r grep -nE '^#include "' | grep -vE 'include/dmacheck/device.h|^sim/dev/([a-z0-9_]+)(/[a-z0-9_]+)?\.c:[0-9]+:#include "sim/dev/\1/')"
check "scenarios include dmacheck/ alone" "$(files 'drivers-under-test/samples/*' | grep scenarios | xargs -r grep -nE '^#include "' | grep -vE 'dmacheck/|"(\.\./)?[a-z_]+\.h"')"

# Pairs that must stay paired.
rules=$(sed -n "s/^RULE(\([a-z0-9_]*\),.*/\1/p" verifier/rules/*.c cli/run_rules.c)
for n in $rules; do
    [ -f "docs/rules/$n.md" ] || check "page of rule $n" "docs/rules/$n.md is missing"
    grep -qs "^Speaks on: " "docs/rules/$n.md" || check "page of rule $n" "docs/rules/$n.md has no line Speaks on:"
    [ -f "drivers-under-test/twins/$n.c" ] || grep -qs "unreachable" "docs/rules/$n.md" ||
        check "twin of rule $n" "drivers-under-test/twins/$n.c is missing"
done
check "RULE and its name stand on one line" "$(grep -nE '^(RULE|TRACKER)\($' verifier/rules/*.c verifier/track/*.c)"
for twin in drivers-under-test/twins/*.c; do
    n=$(basename "$twin" .c)
    echo "$rules" | grep -qx "$n" || check "rule of twin $n" "no RULE($n, in verifier/rules or cli/run_rules.c"
done
for device in sim/dev/*.c; do
    n=$(basename "$device" .c)
    [ -f "docs/devices/$n.md" ] || check "page of device $n" "docs/devices/$n.md is missing"
    [ -f "tests/unit/dev_$n.c" ] || check "test of device $n" "tests/unit/dev_$n.c is missing"
done
for case in drivers-under-test/cases/*/driver.ini; do
    n=$(basename "$(dirname "$case")")
    [ -f "docs/cases/$n.md" ] || check "page of case $n" "docs/cases/$n.md is missing"
done
for n in $(sed -n 's/^REPORT_WRITER(\([a-z]*\),.*/\1/p' reports/*.c); do
    [ -f "reports/golden/$n.txt" ] || [ -d "tests/$n" ] || check "what the writer $n should print" "reports/golden/$n.txt is missing"
done
check "each profile says what it is" "$(for p in profiles/*.ini; do grep -q '^summary' "$p" || echo "$p has no summary"; done)"

# Names: every Windows name of the census is declared.
check "names of the census" "$(sh tests/tree/names.sh 2>&1 | grep -v '^names: [0-9]* names, [0-9]* declared, [0-9]* skipped with a reason$')"
# Every modelled function is called by a unit test or a driver under test.
check "modelled functions are exercised" "$(sh tests/tree/exercised.sh)"
# A header needs nothing to be included before it (the DDK's own ones have umbrella headers, check-abi compiles those).
check "headers compile by themselves" "$(for h in $(files '*.h' | grep -E '^(base|trace|sim|verifier|reports|machine|inputs|cli|ddkcc|include/dmacheck)/' | grep -vE '^ddkcc/rt/'); do
    printf '#include "%s"\n' "$h" | gcc -std=gnu11 -fsyntax-only -Wall -I. -D_GNU_SOURCE -fshort-wchar -DDDK_HOST=1 -idirafter include/ddk -xc - 2>&1 | head -n 1
done)"
check "no unfinished words" "$(files '*.c' '*.h' '*.sh' Makefile | grep -v tests/tree/run.sh | xargs -r grep -nE '\b(TODO|FIXME|XXX|HACK)\b')"
check "no path of one machine" "$(files | grep -vE '^tests/tree/run.sh$' | xargs -r grep -nE '(^|[^A-Za-z0-9_.])/(work|farm|home/[a-z]+)/' 2> /dev/null | head -n 5)"
check "lines of 110 columns at most" "$(files '*.c' '*.h' | xargs -r awk 'length($0) > 110 && !/^WDF_F[NV]/ {print FILENAME ":" FNR}' | head -n 10)"
check "shell scripts are clean" "$(command -v shellcheck > /dev/null && files '*.sh' .ci/run | xargs -r shellcheck -S warning -f gcc)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
