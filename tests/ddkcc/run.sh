#!/bin/sh
# run.sh DDKCC [HOST_CC]: the driver compiler's tests. Each driver in this folder is compiled and run
# in a small host; further tests look at what the command says and writes. One line a test.
set -u

[ $# -ge 1 ] || { echo "usage: run.sh DDKCC" >&2; exit 2; }
case $1 in /*) ddkcc=$1 ;; *) ddkcc=$PWD/$1 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
clang=${DDKCC_CLANG:-$(command -v clang-14 || command -v clang)}
cc=${CC:-cc}
work=$(mktemp -d "${TMPDIR:-/tmp}/ddkcc-tests.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
export DDKCC_HOME="$root" ASAN_OPTIONS=halt_on_error=0:handle_segv=0:color=never
passed=0 failed=0

verdict() {   # NAME GOOD: one line, and what the test said if it failed
    if [ "$2" = 0 ]; then
        passed=$((passed + 1)); echo "ok   $1"
    else
        failed=$((failed + 1)); echo "FAIL $1"
        sed 's/^/     /' "$work/said" | head -12
    fi
}

build() { "$ddkcc" --root "$root" --export test_main "$@"; }

runs() {   # NAME SOURCE [OPTIONS]: compiles, runs in the host, wants 0
    name=$1 source=$2; shift 2
    { build -o "$work/$name.so" "$@" "$source" && "$work/host" "$work/$name.so"; } \
        >"$work/said" 2>&1
    [ "$(cat "$work/said")" = 0 ]
    verdict "$name" $?
}

says() {   # NAME EXIT TEXT COMMAND...: wants the exit code and the text somewhere
    name=$1 exit=$2 text=$3; shift 3
    "$@" >"$work/said" 2>&1
    got=$?
    [ $got = "$exit" ] || echo "exit $got, not $exit" >>"$work/said"
    [ $got = "$exit" ] && grep -qF -- "$text" "$work/said"
    verdict "$name" $?
}

# The run-time side is never instrumented: it runs between two instructions of the driver.
for m in door seh image; do
    $cc -std=c11 -O2 -g -Wall -Wextra -Werror -I"$root" -c "$root/sim/core/$m.c" -o "$work/$m.o" ||
        exit 2
done
core="$work/door.o $work/seh.o $work/image.o"
$cc -std=c11 -O1 -g -Wall -Wextra -I"$root" -rdynamic "$here/host.c" $core -ldl \
    -o "$work/host" || exit 2
cd "$here" || exit 2

for t in long wide inline dialect lax mc statics door seh_except seh_finally seh_fault wpp; do
    runs $t "$here/$t.c"
done
runs include_case "$here/include_case.c" -I "$here/inc"
cp "$here/include_case.c" "$here/t.h" "$work/" && mkdir "$work/inc"
cp -r "$here/inc/Sub" "$here/inc/From_Option.h" "$work/inc/"
cd "$work" && runs relative_paths include_case.c -I inc; cd "$here" || exit 2

# Windows line ends and a comment that is not UTF-8 (checked out files would not keep them).
{ sed "s/\$/$(printf '\r')/" "$here/dialect.c"; printf '/* caf\351 \223quoted\224 */\r\n'; } \
    >"$work/crlf.c"
runs crlf "$work/crlf.c" -I "$here"

# Two sources with the same inline functions, and one that the other calls.
printf '#include "t.h"\n__inline int same(void) { return 1; }\nint other(void);\nint test_main(void) { CHECK(same() + other() == 3); return 0; }\n' >"$work/one.c"
printf '__inline int same(void) { return 2; }\nint other(void) { return same(); }\n' >"$work/two.c"
runs two_sources "$work/one.c" -I "$here" "$work/two.c"

# A driver that is built by other compilers, too, and defines their words away: what our headers mark stays so.
printf '#define __attribute__(x)\n#include <initguid.h>\nDEFINE_GUID(GUID_T, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);\n' >"$work/words.h"
printf '#include "words.h"\n#include "t.h"\nconst GUID *other(void);\nint test_main(void) { CHECK(other() == &GUID_T); return 0; }\n' >"$work/guid1.c"
printf '#include "words.h"\nconst GUID *other(void);\nconst GUID *other(void) { return &GUID_T; }\n' >"$work/guid2.c"
runs words_away "$work/guid1.c" -I "$here" -I "$work" --ddk "$root/include/ddk" "$work/guid2.c"

# An inline function of one source that another one calls, by a prototype that says inline, and by one that
# does not.
printf '#include "t.h"\n__inline int f(int n);\nint g(void);\nint test_main(void) { CHECK(f(2) + g() == 9); return 0; }\n' >"$work/calls.c"
printf '__inline int f(int n);\n__inline int f(int n) { return n + 1; }\n__inline int g(void) { return f(5); }\n' >"$work/has.c"
runs inline_called "$work/calls.c" -I "$here" "$work/has.c"

# A variable that a header defines, as Microsoft's linker merges it; with an initialiser it is an error.
printf 'int shared; int *table[2];\nint get(void);\n' >"$work/shared.h"
printf '#include "t.h"\n#include "shared.h"\nint test_main(void) { shared = 4; table[1] = &shared; CHECK(get() == 8); return 0; }\n' >"$work/common1.c"
printf '#include "shared.h"\nint get(void) { return shared + *table[1]; }\n' >"$work/common2.c"
runs tentative "$work/common1.c" -I "$here" "$work/common2.c"
printf 'int test_main(void) { return 0; }\nint twice = 1;\n' >"$work/twice1.c"
printf 'int twice = 2;\n' >"$work/twice2.c"
says defined_twice 1 "does not link" build -o "$work/w.so" "$work/twice1.c" "$work/twice2.c"

# A trace function that only the project file names.
mkdir -p "$work/project"
printf '<Project><ClCompile><WppTraceFunction>Say(LEVEL,FLAGS,MSG,...)</WppTraceFunction></ClCompile></Project>\n' >"$work/project/p.vcxproj"
printf '#include "t.h"\n#include "p.tmh"\nint test_main(void)\n{\n    Say(TRACE_LEVEL_ERROR, IO, "x %%d", 1);\n    CHECK(!strcmp(host_log(), "[test_main p.c:5 1 2 IO x %%d]"));\n    return 0;\n}\n' >"$work/project/p.c"
runs wpp_project "$work/project/p.c" -I "$here"

# Diagnostics name the driver's own file and line, also in headers and behind long and __try.
printf 'static long x;\n#pragma alloc_text(A, b)\nint f(void)\n{\n    long y = 1UL; __try { y = 2; } __finally { x = y; }\n    return nothing_here;\n}\n' >"$work/wrong.c"
says diagnostic_line 1 "$work/wrong.c:6:12: error" build -o "$work/w.so" "$work/wrong.c"
printf '\nint g(void) { return nowhere; }\n' >"$work/bad.h"
printf '#include "BAD.h"\n' >"$work/wrong2.c"
says diagnostic_in_header 1 "$work/bad.h:2:" build -o "$work/w.so" "$work/wrong2.c"
printf 'void f(int a)\n{\n    KeMakeCoffee(a);\n}\n' >"$work/missing.c"
says missing_function 1 "missing.c:3:5: error: implicit declaration of function 'KeMakeCoffee'" \
    build -o "$work/w.so" "$work/missing.c"
printf 'void f(void)\n{\n    __try { }\n}\n' >"$work/half.c"
says half_a_try 1 "half.c:3: error: a __try without" build -o "$work/w.so" "$work/half.c"
printf '#include "not_there.h"\n' >"$work/noheader.c"
says missing_header 1 "noheader.c:1:" build -o "$work/w.so" "$work/noheader.c"
says no_source 2 "cannot read source" build -o "$work/w.so" "$work/none.c"
says no_output 2 "no output" build "$work/two.c"
says unknown_option 2 "unknown option --nonsense" build --nonsense
says option_wants_value 2 "-o wants a value" "$ddkcc" -o

# Names that the driver needs and nobody has.
printf 'void KeMakeCoffee(int); void IoKnown(void); typedef int INIT(void); INIT DriverEntry;\nint DriverEntry(void) { IoKnown(); KeMakeCoffee(1); return 0; }\n' >"$work/needs.c"
build -o "$work/needs.so" "$work/needs.c" && echo IoKnown >"$work/known"
says undefined_names 0 KeMakeCoffee "$ddkcc" --undefined "$work/needs.so" --known "$work/known"
"$ddkcc" --undefined "$work/needs.so" --known "$work/known" >"$work/said"
[ "$(cat "$work/said")" = KeMakeCoffee ]; verdict undefined_leaves_out_known $?

# Only what the simulator looks up is visible.
nm -D --defined-only "$work/needs.so" | awk '{print $3}' | LC_ALL=C sort | tr '\n' ' ' >"$work/said"
[ "$(cat "$work/said")" = "DriverEntry dmacheck_image " ]; verdict visible_names $?

# The same source gives the same bytes, wherever the output stands.
mkdir -p "$work/a" "$work/b"
for d in a b; do build -o "$work/$d/x.so" "$here/seh_except.c"; done >"$work/said" 2>&1
cmp "$work/a/x.so" "$work/b/x.so" >>"$work/said" 2>&1; verdict deterministic $?
[ -z "$(find "$work" -name '*.ddkcc.*')" ]; verdict private_folder_is_gone $?

# File names in debug information are relative to the root.
readelf --debug-dump=info "$work/a/x.so" >"$work/said" 2>&1
grep -q 'DW_AT_name.*: tests/ddkcc/seh_except.c' "$work/said" && ! grep -qF "$root" "$work/said"
verdict debug_names $?

build -o "$work/d.so" --depfile "$work/d.d" -I "$here/inc" "$here/include_case.c" >"$work/said" 2>&1
cat "$work/d.d" >>"$work/said"
grep -q 'include_case.c' "$work/d.d" && grep -q 'Sub/neighbour.h:$' "$work/d.d" &&
    ! grep -q 'tmh\|yaml' "$work/d.d"
verdict depfile $?

# An object for a program to link: only the visible names are global.
build -c -o "$work/o.o" "$here/statics.c" >"$work/said" 2>&1 &&
    $cc -shared -o "$work/o.so" "$work/o.o" >>"$work/said" 2>&1 &&
    nm -g --defined-only "$work/o.o" | awk '{print $3}' | LC_ALL=C sort | tr '\n' ' ' >"$work/said" &&
    [ "$(cat "$work/said")" = "dmacheck_image test_main " ] &&
    "$work/host" "$work/o.so" >>"$work/said" 2>&1 && tail -c2 "$work/said" | grep -qx 0
verdict object $?

# An object beside the sources, such as a scenario, is linked in and sees the driver's names.
printf 'int other(void);\nint test_main(void) { return other() - 2; }\n' >"$work/beside.c"
$cc -fPIC -c -o "$work/beside.o" "$work/beside.c"
runs object_beside "$work/two.c" "$work/beside.o"
says no_object 2 "cannot read object" build -o "$work/w.so" "$work/two.c" "$work/none.o"

# AddressSanitizer: all of the above drivers still run, and faults are told with the driver's frame.
$clang -std=c11 -O1 -g -fsanitize=address -I"$root" -rdynamic "$here/host.c" $core -ldl \
    -o "$work/host" 2>"$work/said"; verdict asan_host $?
for t in seh_except seh_finally seh_fault statics door; do
    name=asan_$t
    { build --asan -o "$work/$name.so" "$here/$t.c" && "$work/host" "$work/$name.so"; } \
        >"$work/said" 2>&1
    [ "$(cat "$work/said")" = 0 ]; verdict $name $?
done
build --asan --fuzz -o "$work/fuzz.so" "$here/asan.c" >"$work/said" 2>&1 &&
    nm -D "$work/fuzz.so" | grep -q __sanitizer_cov; verdict fuzz_has_coverage $?
{ build --asan -o "$work/asan.so" "$here/asan.c" && "$work/host" "$work/asan.so"; } >"$work/said" 2>&1
grep -q '^0$' "$work/said" && grep -q 'global-buffer-overflow' "$work/said" &&
    grep -q 'stack-buffer-overflow' "$work/said" && grep -q '#0 .* in test_main' "$work/said" &&
    ! grep -q 'in after_unwinding' "$work/said"
verdict asan_reports $?

echo "$passed passed, $failed failed"
[ $failed = 0 ]
