# shellcheck shell=sh disable=SC2154
# dmacheck shrink and dmacheck trace to-test on right and on wrong input; a part of run.sh.

# says CODE PATTERN ARGS...: the exit code, and PATTERN in what stdout and stderr say.
says() {
    want=$1
    pattern=$2
    shift 2
    "$dmacheck" "$@" > "$tmp/out" 2> "$tmp/err"
    code=$?
    if [ $code -ne "$want" ]; then
        bad "'dmacheck $*' exits $code, not $want: $(head -n 2 "$tmp/err")"
    elif ! cat "$tmp/out" "$tmp/err" | grep -qE -- "$pattern"; then
        bad "'dmacheck $*' does not say '$pattern': $(head -n 2 "$tmp/err")"
    else
        ok
    fi
}
wrong() { # wrong PATTERN ARGS...: exit 2, nothing on stdout, exactly one line on stderr
    says 2 "$@"
    if [ ! -s "$tmp/out" ] && [ "$(wc -l < "$tmp/err")" -eq 1 ]; then ok; else
        shift
        bad "'dmacheck $*' should say one line on stderr: $(cat "$tmp/err")"
    fi
}

put=$tmp/put.dmatrace
small=$tmp/put.small.dmatrace
clean=$tmp/clean.dmatrace
"$dmacheck" run case:early-put --profile bounce32 --seed 3 --record "$put" -q > /dev/null 2>&1
"$dmacheck" run case:early-put --mend all --profile bounce32 --record "$clean" -q > /dev/null 2>&1

says 0 '^usage: dmacheck shrink TRACE' shrink --help
wrong 'wants one trace' shrink
wrong 'wants one trace' shrink "$put" "$put" -o "$small"
wrong '-o OUT' shrink "$put"
wrong "wants 60s or 5000runs, not 'soon'" shrink "$put" -o "$small" --budget soon
wrong "not '0runs'" shrink "$put" -o "$small" --budget 0runs
wrong "not '5minutes'" shrink "$put" -o "$small" --budget 5minutes
wrong "unknown option '--nonsense'" shrink "$put" -o "$small" --nonsense
wrong 'nonsense.dmatrace' shrink "$tmp/nonsense.dmatrace" -o "$small"
wrong "unknown driver 'nonsense'" shrink "$put" -o "$small" --driver nonsense
wrong 'nothing was found in this run: there is nothing to shrink' shrink "$clean" -o "$small"
wrong "no finding 'nonsense' was recorded; there are: sgl-used-after-put" shrink "$put" -o "$small" --finding nonsense
wrong "no finding 'sgl-used-after-put@driver.c:1'" shrink "$put" -o "$small" --finding sgl-used-after-put@driver.c:1
wrong 'nonsense/small' shrink "$put" -o "$tmp/nonsense/small.dmatrace"
if [ -e "$small" ]; then bad "wrong input leaves $small"; else ok; fi

# The finding, told by its place; what is printed; what is written.
says 0 'operations +20 +4$' shrink "$put" -o "$small" --finding sgl-used-after-put@early_put/driver.c:29
has() { if grep -qE -- "$2" "$1"; then ok; else bad "no '$2' in $1: $(head -n 3 "$1")"; fi; }
has "$tmp/out" '^sgl-used-after-put: SGL#'
has "$tmp/out" '^  Touched at +drivers-under-test/cases/early_put/driver.c:29 CaseDispatchRequest$'
has "$tmp/out" '^choices +[0-9]+ +0$'
has "$small" '^{"dmatrace":.*"subject":"case:early-put".*"plan":true'
if [ -s "$tmp/err" ]; then bad "shrink says $(cat "$tmp/err")"; else ok; fi
says 1 '^dmacheck: error: sgl-used-after-put \[profile=bounce32' verify "$small"
# The driver has a scenario of the recorded name, but what is played is the plan.
says 1 'events, each as recorded' replay "$small"
# What is shrunk can be shrunk: there is nothing left to take away.
says 0 'operations +4 +4$' shrink "$small" -o "$tmp/again.dmatrace"

# A budget of few runs leaves the best so far.
says 0 'after 3 runs; the budget ended' shrink "$put" -o "$tmp/few.dmatrace" --budget 3runs
says 1 'sgl-used-after-put' verify "$tmp/few.dmatrace"

# A mended driver does not fail: 5, and nothing is written.
rm -f "$small"
says 5 "'sgl-used-after-put' does not show when the run is repeated" shrink "$put" -o "$small" --driver "$build/drivers/cases/early_put.bug0.so"
has "$tmp/err" 'early_put.bug0.so is another build than the recorded one'
if [ -e "$small" ]; then bad "what does not fail is written"; else ok; fi

# An expectation is the scenario's: it stays, and choices go.
says 0 '^expectation-failed: drivers-under-test/cases/case_scenario.h:[0-9]+: expected: ' shrink "$put" -o "$small" --finding expectation-failed
has "$tmp/err" "expectation of scenario 'transfers': it stays"
has "$tmp/out" '^choices +[1-9][0-9]* +0$'
if grep -qE '^operations|"plan":true' "$tmp/out" "$small"; then bad "a scenario was cut"; else ok; fi

# Tests: to standard output as to a file; names; a clean run's passes.
says 0 '^usage: dmacheck trace to-test TRACE' trace to-test --help
wrong 'wants one trace' trace to-test
wrong "wants letters, digits and _, 63 at most, not 'a-b'" trace to-test "$put" --name a-b
wrong 'nonsense/t.c' trace to-test "$put" -o "$tmp/nonsense/t.c"
wrong 'nonsense.dmatrace' trace to-test "$tmp/nonsense.dmatrace"
wrong "no finding 'nonsense'" trace to-test "$put" --finding nonsense
says 0 'static void test_sgl_used_after_put\(void' trace to-test "$put"
"$dmacheck" trace to-test "$put" -o "$tmp/put.c"
if cmp -s "$tmp/put.c" "$tmp/out"; then ok; else bad "to-test writes another file than standard output"; fi
formatted "$tmp/put.c"
if compiles "$tmp/put.c" "$tmp/put"; then fails_as_said "$tmp/put.c" "$tmp/put" "$build/drivers/cases/early_put.bug1.so"; fi
"$dmacheck" trace to-test "$clean" --name clean -o "$tmp/clean.c"
if compiles "$tmp/clean.c" "$tmp/clean" && DMACHECK_DRIVER=$build/drivers/cases/early_put.bug0.so "$tmp/clean" > "$tmp/clean.out" 2>&1; then ok; else
    bad "a clean run's test fails: $(head -n 5 "$tmp/clean.out")"
fi
DMACHECK_DRIVER=/nonsense.so "$tmp/clean" > "$tmp/clean.out" 2>&1
has "$tmp/clean.out" '/nonsense.so: no such driver'

# A machine of one's own goes along: into the smaller run, and into the test.
sed 's/^map_registers *=.*/map_registers = 77/' profiles/bounce32.ini > "$tmp/own.ini"
"$dmacheck" run case:early-put --profile "$tmp/own.ini" --record "$tmp/own.dmatrace" -q > /dev/null 2>&1
says 0 'operations +20 +4$' shrink "$tmp/own.dmatrace" -o "$tmp/own.small.dmatrace"
has "$tmp/own.small.dmatrace" '"profile":"own","profile_text":".* map_registers=77 '
"$dmacheck" trace to-test "$tmp/own.small.dmatrace" -o "$tmp/own.c"
has "$tmp/own.c" 'map_registers=77 '
formatted "$tmp/own.c"
if compiles "$tmp/own.c" "$tmp/own"; then fails_as_said "$tmp/own.c" "$tmp/own" "$build/drivers/cases/early_put.bug1.so"; fi

# Steps of a program that a scenario was handed: one of three has no part in that the device faults.
cat > "$tmp/three.acc" << 'ACC'
program three
buffer  4K
range   table u8  at 0   count 16
range   index i32 at 256 count 4
range   out   u8  at 512 count 4
init    index values 0, 15, 3, 15
    add index[2] = index[0], index[0] count 1
    add index[3] = index[3], index[1] count 1
    gather out = table, index
expect  out = 1
ACC
"$dmacheck" run accel --program "$tmp/three.acc" --seed 5 --record "$tmp/three.dmatrace" -q > /dev/null 2>&1
says 0 '^steps +3 +2$' shrink "$tmp/three.dmatrace" -o "$tmp/three.small.dmatrace"
has "$tmp/out" '^expectation-failed: .*dm_status'
says 1 'events, each as recorded' replay "$tmp/three.small.dmatrace"

# A trace that has lost its end has lost its findings: its run is asked for them.
grep -v '"k":"finding"' "$put" > "$tmp/lost.dmatrace"
says 0 'operations +20 +4$' shrink "$tmp/lost.dmatrace" -o "$small"
has "$tmp/out" '^sgl-used-after-put: '
says 0 'operations +20 +4$' shrink "$tmp/lost.dmatrace" -o "$small" --finding sgl-used-after-put
wrong 'this was not found in the run: there is nothing to shrink' shrink "$tmp/lost.dmatrace" -o "$small" --finding nonsense

# A run that hangs never says how its program would have ended; a mended driver's must end.
"$dmacheck" run twin:grant-never-comes --record "$tmp/hangs.dmatrace" -q > /dev/null 2>&1
says 0 'operations +4 +4$' shrink "$tmp/hangs.dmatrace" -o "$small"
"$dmacheck" trace to-test "$small" -o "$tmp/hangs.c"
has "$tmp/hangs.c" 'dm_close'
if compiles "$tmp/hangs.c" "$tmp/hangs"; then
    fails_as_said "$tmp/hangs.c" "$tmp/hangs" "$build/drivers/twins/grant_never_comes.bug1.so"
    if DMACHECK_DRIVER=$build/drivers/twins/grant_never_comes.bug0.so "$tmp/hangs" > "$tmp/hangs.out" 2>&1; then ok; else
        bad "what hung does not end with a mended driver: $(head -n 5 "$tmp/hangs.out")"
    fi
fi

# More choices than a token has room for are a table.
says 0 'after 1 runs; the budget ended' shrink "$put" -o "$tmp/many.dmatrace" --budget 1runs
"$dmacheck" trace to-test "$tmp/many.dmatrace" -o "$tmp/many.c"
has "$tmp/many.c" '^static const struct dm_choice choices\[\] = \{$'
formatted "$tmp/many.c"
if compiles "$tmp/many.c" "$tmp/many"; then fails_as_said "$tmp/many.c" "$tmp/many" "$build/drivers/cases/early_put.bug1.so"; fi
