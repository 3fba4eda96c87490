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
check "sim never includes verifier" "$(includes 'sim/*' '(verifier|reports|machine|cli)/')"
check "verifier never includes sim" "$(includes 'verifier/*' '(sim|reports|machine|cli)/')"
check "reports include no simulator" "$(includes 'reports/*' '(sim|cli)/')"
check "sim/core knows no Windows types" "$(files 'sim/core/*' | grep '\.[ch]$' | grep -v 'sim/core/sim\.c' | xargs -r grep -nE '#include "(include/ddk|sim/nt)/')"
check "device models include device.h alone" "$(files 'sim/dev/*' | grep '\.c$' | xargs -r grep -nE '^#include "' | grep -v 'include/dmacheck/device.h')"
check "scenarios include dmacheck/ alone" "$(files 'drivers-under-test/samples/*' | grep scenarios | xargs -r grep -nE '^#include "' | grep -vE 'dmacheck/|"(\.\./)?[a-z_]+\.h"')"

# Pairs that must stay paired.
for rule in verifier/rules/*.c; do
    n=$(basename "$rule" .c)
    [ -f "docs/rules/$n.md" ] || check "page of rule $n" "docs/rules/$n.md is missing"
    [ -f "drivers-under-test/twins/$n.c" ] || check "twin of rule $n" "drivers-under-test/twins/$n.c is missing"
done
for device in sim/dev/*.c; do
    n=$(basename "$device" .c)
    [ -f "docs/devices/$n.md" ] || check "page of device $n" "docs/devices/$n.md is missing"
    [ -f "tests/unit/dev_$n.c" ] || check "test of device $n" "tests/unit/dev_$n.c is missing"
done
check "each profile says what it is" "$(for p in profiles/*.ini; do grep -q '^summary' "$p" || echo "$p has no summary"; done)"

# Names: every Windows name of the census is declared.
check "names of the census" "$(sh tests/tree/names.sh 2>&1 | grep -v '^names: [0-9]* names, [0-9]* declared, [0-9]* skipped with a reason$')"
# Every modelled function is called by a unit test or a driver under test.
check "modelled functions are exercised" "$(sh tests/tree/exercised.sh)"
# A header needs nothing to be included before it (the DDK's own ones have umbrella headers, check-abi compiles those).
check "headers compile by themselves" "$(for h in $(files '*.h' | grep -E '^(base|trace|sim|verifier|reports|machine|cli|ddkcc|include/dmacheck)/' | grep -v '^ddkcc/rt/'); do
    printf '#include "%s"\n' "$h" | gcc -std=gnu11 -fsyntax-only -Wall -I. -D_GNU_SOURCE -fshort-wchar -DDDK_HOST=1 -idirafter include/ddk -xc - 2>&1 | head -n 1
done)"
check "no unfinished words" "$(files '*.c' '*.h' '*.sh' Makefile | grep -v tests/tree/run.sh | xargs -r grep -nE '\b(TODO|FIXME|XXX|HACK)\b')"
check "no path of one machine" "$(files | grep -vE '^tests/tree/run.sh$' | xargs -r grep -nE '(^|[^A-Za-z0-9_.])/(work|farm|home/[a-z]+)/' 2> /dev/null | head -n 5)"
check "lines of 110 columns at most" "$(files '*.c' '*.h' | xargs -r awk 'length($0) > 110 {print FILENAME ":" FNR}' | head -n 10)"
check "shell scripts are clean" "$(command -v shellcheck > /dev/null && files '*.sh' .ci/run | xargs -r shellcheck -S warning -f gcc)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
