#!/bin/sh
# Builds a sample driver, unchanged, into a Windows x64 .sys with mingw-w64's own DDK headers and
# looks at what came out: a native PE that imports from ntoskrnl.exe and hal.dll only. That another
# implementation of the WDK takes the same source is the proof that ours are the real interface.
# It is built a second time with recorder/ in it, included by force and otherwise untouched.
# Usage: tools/check-win.sh [folder of a driver, with driver.ini]     (called by make check-win)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
driver=${1:-$root/drivers-under-test/samples/pkt}
triplet=x86_64-w64-mingw32
cc=${WINCC:-$triplet-gcc}
objdump=${WINOBJDUMP:-$triplet-objdump}
out=$root/build/win

fail()
{
    echo "check-win: $*" >&2
    exit 1
}

command -v "$cc" >/dev/null || { echo "check-win: $cc is missing: apt install gcc-mingw-w64-x86-64" >&2; exit 2; }
command -v "$objdump" >/dev/null || { echo "check-win: $objdump is missing" >&2; exit 2; }
[ -f "$driver/driver.ini" ] || { echo "check-win: no driver.ini in $driver" >&2; exit 2; }

key() { sed -n "s/^ *$1 *= *//p" "$driver/driver.ini"; }
name=$(key name)
sources=$(key sources)
[ -n "$name" ] && [ -n "$sources" ] || fail "$driver/driver.ini names no driver or no sources"

# The folder ddk beside the other headers of the compiler.
ddk=$("$cc" -E -Wp,-v -xc /dev/null 2>&1 | sed -n "s/^ *\(\/[^ ]*\)$/\1\/ddk/p" |
      while read -r d; do [ -f "$d/ntddk.h" ] && echo "$d" && break; done)
[ -n "$ddk" ] || fail "$cc has no DDK headers"

mkdir -p "$out"
# The DDK headers are system headers, so that -Werror speaks of the driver alone.
build() { # file, further sources and options
    sys=$1
    shift
    # shellcheck disable=SC2086
    (cd "$driver" && "$cc" -std=gnu11 -O2 -Wall -Wextra -Werror -isystem "$ddk" -I. -shared -nostdlib \
        -Wl,--subsystem,native -Wl,--entry,DriverEntry -Wl,--image-base,0x140000000 \
        -Wl,--dynamicbase -Wl,--nxcompat -Wl,--no-insert-timestamp \
        -o "$sys" $sources "$@" -lntoskrnl -lhal) || fail "$(basename "$sys") does not build with $ddk"
    look "$sys"
}

look()
{
    headers=$("$objdump" -p "$1")
    case $headers in
    *"file format pei-x86-64"*) ;;
    *) fail "$1 is no PE32+ for x64" ;;
    esac
    echo "$headers" | grep -q '^Subsystem.*00000001' || fail "$1 is not of the native subsystem"
    imports=$(echo "$headers" | sed -n 's/.*DLL Name: *//p' | tr 'A-Z' 'a-z' | sort -u)
    [ -n "$imports" ] || fail "$1 imports nothing"
    for dll in $imports; do
        case $dll in
        ntoskrnl.exe | hal.dll) ;;
        *) fail "$1 imports from $dll" ;;
        esac
    done
    # A row of the import table: address, ordinal or hint, name.
    functions=$(echo "$headers" | grep -c '^	[0-9a-f][0-9a-f]*	 *[0-9][0-9]*  *[A-Z_]' || true)
    echo "check-win: $(basename "$1"): native x64 PE, $(wc -c <"$1") bytes," \
         "$functions functions from $(echo $imports)"
}

build "$out/$name.sys"
build "$out/$name-recorded.sys" -I"$root/recorder" -DDMA_RECORD_INTERPOSE -include dmarecord.h \
    "$root/recorder/dmarecord.c"
# With nothing but wdm.h in front, as in a driver that includes it by hand.
"$cc" -std=gnu11 -O2 -Wall -Wextra -Werror -isystem "$ddk" -c -o "$out/dmarecord.o" \
    "$root/recorder/dmarecord.c" || fail "the recorder does not compile with $ddk"
