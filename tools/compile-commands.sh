#!/bin/sh
# compile_commands.json for editors and clang-tidy:
#     compile-commands.sh CC FLAGS NTFLAGS SOURCE...
set -eu
cc=$1 flags=$2 nt=$3
shift 3
dir=$(pwd)
sep='['
for source in "$@"; do
    extra=""
    case $source in sim/nt/* | sim/wdf/* | machine/* | sim/core/sim.c) extra=" $nt" ;; esac
    printf '%s\n{"directory":"%s","file":"%s","command":"%s %s%s -c %s"}' \
        "$sep" "$dir" "$source" "$cc" "$flags" "$extra" "$source"
    sep=,
done
printf '\n]\n'
