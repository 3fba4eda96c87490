#!/bin/sh
# Every sample, twin (with and without its fault) and case, each scenario on each machine: recorded, judged
# again and replayed (tests/traces/again.c). run.sh BUILD [PROFILES [SEED [NAME...]]]
set -u
build=$1
profiles=${2:-$("$build/dmacheck" profiles --format json | jq -r '[.profiles[].name] | join(",")')}
seed=${3:-1}
if [ $# -gt 3 ]; then shift 3; else shift $#; fi
# shellcheck disable=SC2012,SC2046
[ $# -gt 0 ] || set -- $(cd "$build/drivers" && ls samples/*.so twins/*.so cases/*.so | sed 's/\.so$//')
exec "$build/tests/traces/again" "$build/drivers" drivers-under-test/samples/accel/programs/saxpy.acc \
    "$profiles" "$seed" "$(nproc 2> /dev/null || echo 2)" "$@"
