#!/bin/sh
# Installs the Debian or Ubuntu packages that are missing: `bootstrap.sh run` for building and running,
# `bootstrap.sh check` for the tests as well, `bootstrap.sh coverage` for their coverage. Asks dpkg only, so it costs milliseconds when all is there
# and needs no network then. Where it may not install, it prints the one line to type and exits 2.
set -eu

run_set="gcc libc6-dev clang-14 llvm-14 libclang-rt-14-dev libjansson-dev libinih-dev libdw-dev libzstd-dev uthash-dev"
check_set="libcmocka-dev jq zstd libxml2-utils libjson-validator-perl gcc-mingw-w64-x86-64 mingw-w64-x86-64-dev valgrind strace cppcheck clang-tidy-14 clang-format-14 shellcheck chromium"
coverage_set="libcmocka-dev lcov"
case "${1:-run}" in
run) wanted=$run_set ;;
check) wanted="$run_set $check_set" ;;
coverage) wanted="$run_set $coverage_set" ;;
*) echo "usage: bootstrap.sh run|check|coverage" >&2; exit 2 ;;
esac

command -v dpkg-query >/dev/null 2>&1 || exit 0 # another system: the compiler will say what is missing
# $wanted is a list of words on purpose. Names that dpkg has never heard of are not in its answer.
# shellcheck disable=SC2086
installed=$(dpkg-query -W -f '${Package} ${Status}\n' $wanted 2>/dev/null | sed -n 's/ install ok installed$//p' || true)
missing=""
for package in $wanted; do
    case "
$installed
" in
    *"
$package
"*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        echo "dmacheck needs packages that are not installed; type: sudo apt-get install -y$missing" >&2
        exit 2
    fi
fi
log=$(mktemp "${TMPDIR:-/tmp}/dmacheck-bootstrap.XXXXXX")
# env, since sudo does not pass variables on. The lists may be stale and the packages there all the
# same, so a failing update is no reason not to try. ($as_root and $missing are lists of words.)
# shellcheck disable=SC2086
if ! {
    $as_root apt-get update -qq || true
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
} >"$log" 2>&1; then
    echo "dmacheck needs packages that could not be installed ($log says why); type: sudo apt-get install -y$missing" >&2
    exit 2
fi
rm -f "$log"
echo "installed:$missing" >&2
