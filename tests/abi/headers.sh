#!/bin/sh
# headers.sh: each header of include/ddk compiles by itself, three ways: as a driver includes it
# natively (clang), as the simulator does (gcc and clang, DDK_HOST), and with the flags of ddkcc.
set -u
cd "$(dirname "$0")/../.." || exit 2
CLANG=${CLANG:-clang-14}
GCC=${GCC:-gcc}
out=build/abi/headers
mkdir -p "$out" || exit 2
strict="-std=gnu11 -fshort-wchar -Wall -Wextra -Werror -fsyntax-only"
driver="-std=gnu11 -fms-extensions -fms-compatibility -fdeclspec -fshort-wchar -mms-bitfields
        -nostdinc -Iinclude/ddk -D_WIN64=1 -D_M_AMD64=100 -D_M_X64=100 -D_AMD64_=1 -DAMD64=1
        -D_WIN32=1 -DDBG=1 -DNTDDI_VERSION=0x0A00000C -D_WIN32_WINNT=0x0A00 -D_KERNEL_MODE=1
        -D_MSC_VER=1930 -DPOOL_NX_OPTIN=1 -Wall -Wextra -Werror -fsyntax-only"
count=0
failed=0

# Tries one header one way; the compiler's words go through.
try() {
    if ! "$@"; then
        failed=$((failed + 1))
        echo "headers: failed: $*" >&2
    fi
}

for path in include/ddk/*.h include/ddk/wdm/*.h; do
    name=${path#include/ddk/}
    case $name in
    pshpack* | poppack.h) continue ;; # they open and close what others close and open
    wdfusb.h | wdfminiport.h | wdfinstaller.h) ;; # a driver includes them after wdf.h
    wdf[a-z]* | kmdf* | scenario.h) continue ;;   # wdf.h includes them
    esac
    # A part of wdm.h is reached through it.
    case $name in
    wdm/*) printf '#include <wdm.h>\n#include "%s"\n' "$name" >"$out/one.c" ;;
    wdf[a-z]*) printf '#include <wdf.h>\n#include <%s>\n#include <%s>\n' "$name" "$name" >"$out/one.c" ;;
    *) printf '#include <%s>\n#include <%s>\n' "$name" "$name" >"$out/one.c" ;;
    esac
    count=$((count + 1))
    # shellcheck disable=SC2086
    {
        try "$CLANG" $strict -nostdinc -Iinclude/ddk "$out/one.c"
        try "$CLANG" $driver "$out/one.c"
        try "$CLANG" --target=x86_64-w64-mingw32 -std=gnu11 -Wall -Wextra -Werror -fsyntax-only \
            -nostdinc -Iinclude/ddk "$out/one.c"
        try "$CLANG" $strict -DDDK_HOST=1 -idirafter include/ddk "$out/one.c"
        if command -v "$GCC" >/dev/null; then
            try "$GCC" $strict -DDDK_HOST=1 -idirafter include/ddk "$out/one.c"
        fi
    }
done
echo "headers: $count headers, $failed failures"
[ "$failed" -eq 0 ]
