#!/bin/sh
# Every sample, twin and case, each scenario: recorded, and played from its trace (tests/plan/plays.c).
# Usage: run.sh BUILD
set -u
build=$1
names=$(cd "$build/drivers" && ls samples/*.so twins/*.so cases/*.so | sed 's/\.so$//')
# shellcheck disable=SC2086
exec "$build/tests/plan/plays" "$build/drivers" direct64,remap,noncoherent,tight 0,7 $names
