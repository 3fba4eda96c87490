#!/bin/sh
# What a fuzz target for somebody's own driver needs beside it: fuzz-own.sh BUILD TO NAME DRIVER [SURFACE].
# DRIVER: a folder, or a .so that ddkcc --asan --fuzz made. SURFACE: a table or a header of control codes; without
# one the folder's *.surface is taken, or else its first header that has a CTL_CODE.
set -u
build=$1
to=$2
name=$3
driver=$4
surface=${5:-}
mkdir -p "$to/drivers"
wrong() {
    echo "fuzz: $*" >&2
    exit 2
}
case $driver in
*.so) cp "$driver" "$to/drivers/$name.so" || wrong "$driver: no such driver" ;;
*)
    [ -d "$driver" ] || wrong "$driver: expected a driver's folder, or a .so"
    "$build/dmacheck" fuzz build "$driver" -o "$to/drivers/$name.so" || exit 2
    if [ -z "$surface" ]; then
        surface=$(find "$driver" -maxdepth 1 -name '*.surface' | sort | head -n 1)
        [ -n "$surface" ] || surface=$(grep -lE '^[[:space:]]*#[[:space:]]*define.*|CTL_CODE[[:space:]]*\(' "$driver"/*.h 2> /dev/null |
            xargs -r grep -l 'CTL_CODE *(' | sort | head -n 1)
    fi
    ;;
esac
if [ -n "$surface" ]; then
    cp "$surface" "$to/drivers/$name.surface" || exit 2
else
    echo '; reads and writes alone' > "$to/drivers/$name.surface"
fi
rm -rf "$to/seeds"
"$build/dmacheck" fuzz seeds --surface "$to/drivers/$name.surface" -o "$to/seeds"
