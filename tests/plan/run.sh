#!/bin/sh
# Every sample, twin and case, each scenario: recorded, and played from its trace (tests/plan/plays.c).
#     run.sh BUILD [PROFILES SEEDS]
set -u
build=$1
names=$(cd "$build/drivers" && ls samples/*.so twins/*.so cases/*.so | sed 's/\.so$//')
# shellcheck disable=SC2086
exec "$build/tests/plan/plays" "$build/drivers" drivers-under-test/samples/accel/programs/saxpy.acc \
    "${2:-remap,noncoherent}" "${3:-7}" $names
