#!/bin/sh
# The command: exit codes and messages. run.sh BUILD
set -u
export LC_ALL=C NO_COLOR=1
build=$(cd "$1" && pwd)
dmacheck=$build/dmacheck
tmp=$build/check/cli
rm -rf "$tmp"
mkdir -p "$tmp"
export XDG_CACHE_HOME="$tmp/cache"
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }

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
# wrong PATTERN ARGS...: exit 2, nothing on stdout, exactly one line on stderr.
wrong() {
    says 2 "$@"
    if [ ! -s "$tmp/out" ] && [ "$(wc -l < "$tmp/err")" -eq 1 ]; then ok; else
        shift
        bad "'dmacheck $*' should say one line on stderr: $(cat "$tmp/err")"
    fi
}
json() { # json FILTER ARGS...: what stdout's JSON must satisfy
    filter=$1
    shift
    "$dmacheck" "$@" > "$tmp/out" 2> "$tmp/err"
    if [ -s "$tmp/out" ] && jq -e "$filter" "$tmp/out" > /dev/null 2>&1; then ok; else bad "'dmacheck $*': not $filter"; fi
}

# Help and version.
says 0 '^usage: dmacheck' --help
says 0 '^dmacheck [0-9]' --version
for verb in run verify profiles rules explain fuzz; do says 0 "^usage: dmacheck $verb" $verb --help; done

# Wrong inputs, one line each.
wrong 'no verb'
wrong "unknown verb 'nonsense'" nonsense
wrong 'no driver' run
wrong "unknown driver 'nonsense'" run nonsense
wrong "unknown driver 'twin:nonsense'" run twin:nonsense
wrong "unknown driver './nonsense.so'" run ./nonsense.so
wrong "unknown option '--nonsense'" run xfer --nonsense
wrong "unknown option '-z'" run xfer -z
wrong "wants a value" run xfer --profile
wrong "takes no value" run xfer --bugcheck=1
wrong "nonsense" run xfer --profile nonsense
wrong "no scenario 'nonsense'" run xfer --scenario nonsense
wrong "wants a number" run xfer --seed nonsense
wrong "wants A..B" run xfer --seeds 5..1
wrong "wants A..B" run xfer --seeds 7
wrong "unknown format 'nonsense'" run xfer --format nonsense
wrong "note, warning or error" run xfer --fail-on nonsense
wrong "wants remap" run xfer --readiness nonsense
wrong "chooses the profiles" run xfer --readiness remap --profile all
wrong "0 to 1" run twin:sgl-leaked --bug 2
wrong "unknown driver 'case:nonsense'" run case:nonsense
wrong "has no fault 'nonsense'; its faults: list-read-early zero-accepted" run case:small-buffer --mend nonsense
wrong "wants FAULT" run case:small-buffer --mend ,
wrong "not for 'xfer'" run xfer --mend all
wrong "names no faults" run drivers-under-test/samples/xfer --mend all
wrong "auto, always or never" run xfer --color nonsense
wrong "unknown fault point 'nonsense'" run xfer --faults nonsense:1
wrong "wants POINT:K=V with two numbers, not 'device-register:1=x'" run xfer --faults device-register:1=x
says 0 'xfer: .* 0 findings' run xfer --scenario methods --faults device-payload:1=0x200000000
wrong "one argument too many" run xfer pkt
wrong "wants one trace" verify
wrong "nonsense" verify "$tmp/nonsense.dmatrace"
wrong "unknown rule 'nonsense'" explain nonsense
wrong "unknown rule" explain ../../README
wrong "unknown format" rules --format nonsense
wrong "unknown format" profiles --format nonsense

# A corrupt profile, a corrupt driver.ini, a driver that does not compile.
printf 'this is no profile\n' > "$tmp/bad.ini"
wrong "bad\.ini" run xfer --profile "$tmp/bad.ini"
mkdir -p "$tmp/empty" "$tmp/corrupt" "$tmp/unknown" "$tmp/broken" "$tmp/nosource"
wrong "no driver.ini" run "$tmp/empty"
printf '[driver\nnonsense\n' > "$tmp/corrupt/driver.ini"
wrong 'driver\.ini:1: expected' run "$tmp/corrupt"
printf '[driver]\nsources = a.c\ncolour = red\n' > "$tmp/unknown/driver.ini"
wrong "driver\.ini:3: unknown key '\[driver\] colour'" run "$tmp/unknown"
printf '[driver]\nname = x\n' > "$tmp/nosource/driver.ini"
wrong "expected 'sources" run "$tmp/nosource"
printf '[driver]\nsources = a.c\ndevice = pktdma\n' > "$tmp/broken/driver.ini"
printf '#include <wdm.h>\nint broken(void) { return nonsense; }\n' > "$tmp/broken/a.c"
says 2 'does not compile' run "$tmp/broken"
if grep -q 'a\.c:2' "$tmp/err" && [ "$(tail -n 1 "$tmp/err" | grep -c '^dmacheck: ')" -eq 1 ]; then ok; else
    bad "a broken driver: the compiler's line and then one of ours: $(cat "$tmp/err")"
fi
printf 'not a library' > "$tmp/text.so"
wrong 'text\.so' run "$tmp/text.so"
printf 'not a trace\n' > "$tmp/text.dmatrace"
wrong 'text\.dmatrace' verify "$tmp/text.dmatrace"

# The lists.
says 0 '^direct64 ' profiles
says 0 '^put-while-device-runs ' rules
says 0 '^# put-while-device-runs' explain put-while-device-runs
says 0 '^# put-while-device-runs' explain put_while_device_runs
json '.schema and .tool and (.profiles | length >= 12) and all(.profiles[]; .name and .summary)' profiles --format json
json '.schema and .tool and (.rules | length >= 12) and all(.rules[]; .name and .family and .severity and .source)' rules --format json
json '[.rules[] | select(.name == "sgl-freed-twice")][0].bugcheck == {"code": "0xE6", "param1": "0x06"}' rules --format json
json '[.rules[] | select(.name == "direction-differs-at-put")][0].bugcheck == null' rules --format json
for rule in $("$dmacheck" rules --format json | jq -r '.rules[].name'); do says 0 "^# $rule" explain "$rule"; done

# Findings: the first line is stable; the places are named; Driver Verifier depends on the profile.
twin=twin:put-while-device-runs
line='^dmacheck: error: put-while-device-runs \[profile=remap seed=0\] drivers-under-test/twins/put_while_device_runs\.c:[0-9]+$'
says 1 "$line" run $twin --profile remap
for role in 'Mapped at' 'Handed to the device at' 'Released at' 'Touched at' \
    'Driver Verifier: 0xE6 \(0x26' 'repro: dmacheck run' 'explain: dmacheck explain'; do
    if grep -qE "^  $role" "$tmp/out"; then ok; else bad "the finding says no '$role'"; fi
done
says 1 'STOP: 0x000000E6 \(0x0000000000000026' run $twin --profile remap --bugcheck
if grep -q ", 0 bytes moved" "$tmp/out"; then ok; else bad "--bugcheck goes on behind the first bug check"; fi
says 1 "Driver Verifier: blind" run $twin --profile direct64 --bugcheck
if grep -q "STOP" "$tmp/out"; then bad "--bugcheck prints a stop where Driver Verifier is blind"; else ok; fi
# Parameters as the page of bug check 0xE6 gives them: 3 to 5 the extra frees, 6 allocated and freed lists, 7 to A the
# adapter and how many, 18 the adapter (ids stand for addresses).
verdict() { # TWIN, what Driver Verifier says
    json ".findings[0].driver_verifier == \"$2\"" run "twin:$1" --format json
}
verdict common-buffer-freed-twice '0xE6 (0x03, 0x1, ...)'
verdict channel-freed-twice '0xE6 (0x04, 0x1, ...)'
verdict mapregs-freed-twice '0xE6 (0x05, 0x1, ...)'
verdict sgl-freed-twice '0xE6 (0x06, 0x1, 0x2, ...)'
verdict common-buffer-leaked '0xE6 (0x07, 0x8000001, 0x1, ...)'
verdict channel-leaked '0xE6 (0x08, 0x8000001, 0x1, ...)'
verdict mapregs-leaked '0xE6 (0x09, 0x8000001, 0x1, ...)'
verdict sgl-leaked '0xE6 (0x0A, 0x8000001, 0x1, ...)'
verdict adapter-used-after-put '0xE6 (0x18, 0x8000001, ...)'
# The adapters as a debugger shows them: where --bugcheck stopped, and out of a trace.
says 1 'mapregs#1: 1 map registers.* allocated at drivers-under-test/twins/' run twin:mapregs-leaked --bugcheck
says 1 'map registers +1 allocated +0 freed +1 live' run twin:mapregs-leaked --bugcheck
"$dmacheck" run twin:sgl-leaked --record "$tmp/dump.dmatrace" -q > /dev/null 2>&1
says 0 '^sgl-leaked: ' dump "$tmp/dump.dmatrace"
says 0 'SGL#1: 1 elements, 1 map registers, 2048 bytes of mdl#1 to the device' dump "$tmp/dump.dmatrace"
json '.adapters[0] | .lists == {"allocated": 1, "freed": 0} and .live[0].object == "SGL#1"' dump "$tmp/dump.dmatrace" --format json
json '.adapters == []' dump "$tmp/dump.dmatrace" --at 0 --format json
json '.adapters[0].released' dump "$tmp/dump.dmatrace" --at end --format json
wrong "wants an event's number or end" dump "$tmp/dump.dmatrace" --at middle
wrong "wants one trace" dump
wrong "cannot be read" dump "$tmp/none.dmatrace"
if (cd "$tmp" && "$dmacheck" profiles > /dev/null); then ok; else bad "profiles are not found from another folder"; fi
says 0 'clean' run $twin --profile remap --bug 0
# A case with all its faults, with some, with none.
says 1 'sgl-used-after-put' run case:early-put
says 0 'clean' run case:early-put --mend all
says 1 'note: case:physical-address: shown on .*remap.*; hidden on ' run case:physical-address -q
says 0 'shown on none; hidden on bounce32, ' run case:physical-address --mend all
json '([.notices[].kind] == ["case"]) and ([.runs[].profile] | unique | length > 10)' run case:early-put --format json
says 1 'repro: dmacheck run case:small-buffer .*--mend zero-accepted' run case:small-buffer --profile deferred --mend zero-accepted
for profile in direct64 bounce32; do
    json '[.findings[] | .rule, .driver_verifier] == ["put-while-device-runs", "blind"]' run $twin --profile $profile --format json
done
json '.findings[0] | (.sites | length >= 4) and .driver_verifier == "0xE6 (0x26, ...)"' run $twin --profile remap --format json
json '(.schema, .tool, .driver | type == "string") and (.runs[0] | has("scenario") and has("profile") and has("seed") and has("exit") and has("bytes") and has("virtual_ns") and has("events"))' run $twin --format json
says 1 'put-while-device-runs' run $twin -q
if [ "$(wc -l < "$tmp/out")" -eq 2 ] || [ "$(wc -l < "$tmp/out")" -eq 1 ]; then ok; else bad "-q says more than the findings' lines"; fi
"$dmacheck" run $twin -o "$tmp/r.json" -o "$tmp/r.txt" > "$tmp/out" 2>&1
if jq -e .findings "$tmp/r.json" > /dev/null && grep -q put-while "$tmp/r.txt" && [ ! -s "$tmp/out" ]; then ok; else
    bad "-o writes by extension and leaves stdout alone"
fi

# What the runs never tried; several processes count as one does.
says 0 '^Operations of DMA_OPERATIONS: 5 of 39 called$' run pkt --coverage
says 0 'AllocateAdapterChannel STATUS_INSUFFICIENT_RESOURCES' run pkt --coverage
json '.coverage | (.operations | length) == 39 and ([.operations[] | select(.name == "MapTransfer")][0].calls > 0) and ([.rules[] | select(.name == "sgl-freed-twice")][0] | .armed and (.exercised | not))' run pkt --coverage --format json
json '.coverage.rules[] | select(.name == "sgl-leaked") | .fired and .exercised' run twin:sgl-leaked --coverage --format json
for jobs in 1 2; do "$dmacheck" run pkt --profile all --coverage --jobs $jobs --format json 2> /dev/null | jq .coverage > "$tmp/coverage.$jobs"; done
if [ -s "$tmp/coverage.1" ] && cmp -s "$tmp/coverage.1" "$tmp/coverage.2"; then ok; else bad "coverage differs with the number of processes"; fi

# Readiness for DMA remapping: one page, and its exit code.
says 0 "^dmacheck: xfer: ready for DMA remapping \(Kernel DMA Protection\): yes$" run xfer --readiness remap
says 1 "^dmacheck: twin:put-while-device-runs: ready for DMA remapping \(Kernel DMA Protection\): no$" run twin:put-while-device-runs --readiness remap
for line in "^1\. put-while-device-runs  drivers-under-test/twins/put_while_device_runs\.c:23$" "TwinListPut\(Twin, TRUE\);" "On bounce32, direct64, external, remap, remap-lazy" \
    "What is right, in the example of the rule:" "TwinCardWait\(Twin\);" "Not exercised behind remapping: .*a common buffer"; do
    if grep -qE "$line" "$tmp/out"; then ok; else bad "the readiness page does not say '$line'"; fi
done
says 0 ": yes$" run twin:put-while-device-runs --bug 0 --readiness remap
says 4 ": not shown$" run twin:sgl-leaked --readiness remap
json '.readiness | .verdict == "no" and .runs_remapped == 3 and .runs_plain == 2 and .reasons[0].rule == "put-while-device-runs" and (.not_exercised | index("a common buffer"))' run twin:put-while-device-runs --readiness remap --format json

# The same bytes twice; several processes give what one gives; a recorded run gives its findings again.
for i in 1 2; do "$dmacheck" run $twin --profile remap --seed 3 --record "$tmp/$i.dmatrace" > "$tmp/$i.out"; done
if cmp -s "$tmp/1.dmatrace" "$tmp/2.dmatrace" && cmp -s "$tmp/1.out" "$tmp/2.out"; then ok; else bad "two runs differ"; fi
for jobs in 1 3; do "$dmacheck" run $twin --profile all --seeds 0..3 --jobs $jobs --format json > "$tmp/jobs$jobs"; done
if cmp -s "$tmp/jobs1" "$tmp/jobs3"; then ok; else bad "--jobs 3 gives another report than --jobs 1"; fi
says 1 'put-while-device-runs \[profile=remap seed=3\]' verify "$tmp/1.dmatrace"

# A folder without driver.ini, a driver without scenarios, without AddDevice: taken as they are.
mkdir -p "$tmp/legacy" "$tmp/empty"
cat > "$tmp/legacy/legacy.c" << 'EOF'
#include <ntddk.h>
#include <devioctl.h>
DRIVER_DISPATCH Answer;
DRIVER_UNLOAD Unload;
static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Legacy0");
static UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Legacy");
NTSTATUS Answer(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Information = 0;
    if (at->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
        status = STATUS_INVALID_DEVICE_REQUEST;
        if (at->Parameters.DeviceIoControl.IoControlCode == CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS)) {
            *(ULONG *)Irp->AssociatedIrp.SystemBuffer = at->FileObject->FileName.Length;
            Irp->IoStatus.Information = sizeof(ULONG);
            status = STATUS_SUCCESS;
        }
    }
#ifdef RAISED
    if (at->MajorFunction == IRP_MJ_CLEANUP) {
        KIRQL old;
        KeRaiseIrql(DISPATCH_LEVEL, &old);
    }
#endif
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
VOID Unload(PDRIVER_OBJECT Driver)
{
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    UNREFERENCED_PARAMETER(Path);
    if (!NT_SUCCESS(status))
        return status;
    KdBreakPoint(); /* nobody is at a debugger, and the driver goes on */
    __try {
        DbgBreakPoint(); /* a driver that would know */
        status = STATUS_UNSUCCESSFUL;
    } __except (GetExceptionCode() == STATUS_BREAKPOINT ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH) {
        status = STATUS_SUCCESS;
    }
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = Driver->MajorFunction[IRP_MJ_CLOSE] = Answer;
    Driver->MajorFunction[IRP_MJ_CLEANUP] = Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Answer;
    Driver->DriverUnload = Unload;
    return IoCreateSymbolicLink(&link, &name);
}
EOF
wrong 'no driver.ini in this folder, and no .c files' run "$tmp/empty"
says 0 'no driver.ini; taken as the driver: legacy.c' run "$tmp/legacy"
json '[.runs[].scenario] == ["default", "default-pulled-out"]' run "$tmp/legacy" --format json

# The same by name, with a file's own name behind the device's; a card that comes with the driver.
cp -r "$tmp/legacy" "$tmp/named"
cat > "$tmp/named/scenarios.c" << 'EOF'
#include "include/dmacheck/scenario.h"
const struct dm_setup dmacheck_setup = { .devices = "" };
static void names(struct dm_run *r)
{
    static const char *const path[] = { "\\\\.\\Legacy", "\\Device\\legacy0\\x", "\\DosDevices\\Legacy\\a\\b" };
    static const unsigned bytes[] = { 0, 4, 8 };
    uint32_t *out = dm_alloc(r, 4, 0);
    int32_t status;
    for (int i = 0; i < 3; i++) {
        struct dm_file *f = dm_open_name(r, path[i], DM_READ_ACCESS, &status);
        dm_expect(r, f && status == 0);
        dm_expect(r, dm_ioctl(r, f, DM_CTL_CODE(0x22, 0x900, 0, 0), 0, 0, out, 4, 0) == 0);
        dm_expect(r, *out == bytes[i]);
        dm_close(r, f);
    }
    dm_expect(r, !dm_open_name(r, "\\\\.\\Nobody", DM_READ_ACCESS, &status));
    dm_expect(r, status == (int32_t)0xC0000034);
}
const struct dm_scenario dmacheck_scenarios[] = { { "names", "", names, 0 }, { 0 } };
EOF
says 0 '1 clean' run "$tmp/named"
mkdir "$tmp/raised"
printf '[driver]\nsources = ../legacy/legacy.c\ndefine = RAISED\n' > "$tmp/raised/driver.ini"
says 1 'irql-changed-in-dispatch .*legacy/legacy.c:8$' run "$tmp/raised"
if grep -q 'called at PASSIVE_LEVEL (0) and returned at DISPATCH_LEVEL (2)' "$tmp/out"; then ok; else bad "an IRQL left raised is not told"; fi
mkdir "$tmp/card"
cat > "$tmp/card/card.c" << 'EOF'
#include <ntddk.h>
DRIVER_ADD_DEVICE Add;
NTSTATUS Add(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Pdo)
{
    ULONG vendor = 0, n;
    UNREFERENCED_PARAMETER(Driver);
    IoGetDeviceProperty(Pdo, DevicePropertyHardwareID, 0, NULL, &n);
    vendor = n; /* its identifiers are there; they do not matter here */
    return vendor ? STATUS_NO_SUCH_DEVICE : STATUS_SUCCESS;
}
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    UNREFERENCED_PARAMETER(Path);
    Driver->DriverExtension->AddDevice = Add;
    return STATUS_SUCCESS;
}
EOF
cat > "$tmp/card/scenarios.c" << 'EOF'
#include "include/dmacheck/device.h"
#include "include/dmacheck/scenario.h"
static uint64_t get(struct dm_device *d, unsigned b, uint64_t o, unsigned n) { (void)d, (void)b, (void)n; return o; }
static void put(struct dm_device *d, unsigned b, uint64_t o, uint64_t v, unsigned n) { (void)d, (void)b, (void)o, (void)v, (void)n; }
static void reset(struct dm_device *d) { (void)d; }
static const struct dm_device_model mine = { .name = "mine", .vendor_id = 0x1234, .device_id = 1, .bars = { { 4096, false } }, .address_bits = 32, .state_bytes = 8, .reset = reset, .read = get, .write = put };
const struct dm_device_model *const dmacheck_models[] = { &mine, 0 };
static void plug(struct dm_run *r) { dm_expect(r, !dm_plug(r, "mine") && dm_device_at(r, 0)); }
const struct dm_scenario dmacheck_scenarios[] = { { "plug", "", plug, DM_MANUAL }, { 0 } };
EOF
says 0 '1 clean' run "$tmp/card"
rm -rf "$tmp/outside"
mkdir "$tmp/outside"
(cd "$tmp/outside" && "$dmacheck" run ../legacy --profile remap > ../out 2> ../err)
if [ $? -eq 0 ]; then ok; else bad "profiles are not found from another folder: $(cat "$tmp/err")"; fi

# Programs: read before anything runs, handed to the scenarios that take one, once each.
cp -r "$tmp/legacy" "$tmp/takes"
cat > "$tmp/takes/scenarios.c" << 'EOF'
#include "include/dmacheck/program.h"
#include "include/dmacheck/scenario.h"
const struct dm_setup dmacheck_setup = { .devices = "" };
static void plain(struct dm_run *r)
{
    size_t bytes = 1;
    dm_expect(r, !dm_input(r, "program", &bytes) && bytes == 0);
}
static void program(struct dm_run *r)
{
    size_t bytes = 0;
    const struct dm_program *p = dm_input(r, "program", &bytes);
    dm_expect(r, p && p->magic == DM_PROGRAM_MAGIC && bytes == p->contents_at + p->buffer_bytes);
    dm_expect(r, !dm_input(r, "other", &bytes));
    dm_expect(r, p && p->steps < 3);
}
const struct dm_scenario dmacheck_scenarios[] = {
    { "plain", "", plain, 0 }, { "program", "", program, DM_TAKES_PROGRAM }, { 0 }
};
EOF
programs=drivers-under-test/samples/accel/programs
saxpy=$programs/saxpy.acc
json '[.runs[].scenario] == ["plain"]' run "$tmp/takes" --format json
json '[.runs[].scenario] == ["program", "program"]' run "$tmp/takes" --program $saxpy --program $saxpy --format json
says 0 'bounce32 .*clean' run "$tmp/takes" --program $saxpy --program $saxpy --profile all --jobs 2
says 1 "repro: dmacheck run .*--program $programs/one_byte.acc" run "$tmp/takes" --program $programs/one_byte.acc
printf 'buffer 8\nrange x u8 at 0 count 8\n    add x = x; one is missing\n' > "$tmp/bad.acc"
wrong "bad.acc:3:14: expected ',', not the end of the line$" run "$tmp/takes" --program $saxpy --program "$tmp/bad.acc"
wrong "bad.acc:3:14: expected ','" run nonsense --program "$tmp/bad.acc"
printf 'buffer 8\0' > "$tmp/bad.acc"
wrong 'bad.acc: a program is text' run "$tmp/takes" --program "$tmp/bad.acc"
wrong "nowhere.acc: No such file" run "$tmp/takes" --program "$tmp/nowhere.acc"
wrong 'Is a directory' run "$tmp/takes" --program "$tmp"
wrong 'xfer takes no program' run xfer --program $saxpy
says 2 "scenario 'plain' of .* takes no program" run "$tmp/takes" --scenario plain --program $saxpy
says 2 "scenario 'program' wants --program FILE" run "$tmp/takes" --scenario program
wrong 'is for one driver' run --all-samples --program $saxpy
wrong 'wants a value' run "$tmp/takes" --program

# What goes over the bus, in the trace: as many bytes as are asked for.
"$dmacheck" run pkt --seed 7 --record "$tmp/bytes.dmatrace" --payload 4 -q > /dev/null 2>&1
if grep -q '"k":"device-read".*,"data":"[0-9a-f]\{8\}","data_bytes":[0-9]*}$' "$tmp/bytes.dmatrace"; then ok; else bad "--payload 4 records nothing"; fi
"$dmacheck" run pkt --seed 7 --record "$tmp/none.dmatrace" -q > /dev/null 2>&1
if sed '/^{"s":/s/,"data":"[0-9a-f]*"\(,"data_bytes":[0-9]*\)\?}$/}/' "$tmp/bytes.dmatrace" | cmp -s - "$tmp/none.dmatrace"; then ok; else bad "--payload changes more than it should"; fi
wrong "payload" run pkt --payload 5000 --record "$tmp/bytes.dmatrace"

# A replay by recorded choices is held against its recording: the same run on the recorded machine; one
# choice taken away, or a recording that ends early, is exit 5; another machine goes its own way.
"$dmacheck" run xfer --profile remap --seed 7 --scenario many --record "$tmp/t.dmatrace" -q > /dev/null 2>&1
says 0 'remap *clean' run xfer --choices "$tmp/t.dmatrace"
line=$(grep -n '"k":"choice"' "$tmp/t.dmatrace" | sed -n 20p | cut -d: -f1)
sed "${line}d" "$tmp/t.dmatrace" > "$tmp/edited.dmatrace"
says 5 'diverged from its recording' run xfer --choices "$tmp/edited.dmatrace"
head -n 3000 "$tmp/t.dmatrace" > "$tmp/short.dmatrace"
says 5 'nothing more was recorded' run xfer --choices "$tmp/short.dmatrace"
says 0 'direct64 *clean' run xfer --profile direct64 --choices "$tmp/t.dmatrace"

# A schedule as one word: a seed's is the seed's run, and a finding shows it; what is wrong is told with its place.
"$dmacheck" run xfer --profile remap --scenario many --seed 7 --record "$tmp/seed.dmatrace" -q > /dev/null 2>&1
"$dmacheck" run xfer --profile remap --scenario many --schedule S1:AEDQAL6E --record "$tmp/token.dmatrace" -q > /dev/null 2>&1
if [ -s "$tmp/seed.dmatrace" ] && cmp -s "$tmp/seed.dmatrace" "$tmp/token.dmatrace"; then ok; else bad "a seed's token gives another run"; fi
says 1 '^  schedule: S1:AEDQAL6E$' run twin:flush-missing --profile remap --seed 7
says 1 '^  repro: dmacheck run twin:flush-missing --profile remap --schedule S1:AEDQAL6E --scenario write$' run twin:flush-missing \
    --profile remap --schedule S1:AEDQAL6E
json '.findings[0].schedule == "S1:AEDQAL6E" and .runs[0].seed == 7' run twin:flush-missing --schedule S1:AEDQAL6E --format json
json '.findings[0].schedule == "S1:AAAABPIH"' run twin:flush-missing --seeds 0..3 --jobs 2 --format json
echo S1:AEDQAL6E > "$tmp/token"
says 1 '^  repro: .* --schedule S1:AEDQAL6E ' run twin:flush-missing --schedule "@$tmp/token"
wrong "^dmacheck: schedule:8: '1' is none of A to Z and 2 to 7$" run xfer --schedule S1:AEDQ1L6E
wrong '^dmacheck: schedule:1-11: its checksum is wrong: ' run xfer --schedule S1:AEDRAL6E
wrong '/nowhere: cannot be read as a schedule: No such file' run xfer --schedule "@$tmp/nowhere"
wrong 'instead of --seed' run xfer --schedule S1:AEDQAL6E --seed 7

# The flight recorder: the last events with a finding, of one run that nobody records; of many only when asked.
says 1 '^  Last events$' run twin:flush-missing --profile remap
[ "$(grep -cE '^ +[0-9]+ +[0-9]+\.[0-9]{3} us ' "$tmp/out")" -eq 16 ] || bad "not 16 events: $(grep -c ' us ' "$tmp/out")"
last=$(grep -E '^ +[0-9]+ +[0-9]+\.[0-9]{3} us ' "$tmp/out" | tail -n 1)
case $last in *' call MapTransfer '*'flush_missing.c:26') ok ;; *) bad "the last event is not the finding's: $last" ;; esac
json '(.findings[0].last_events | length) == 16 and (.findings[0].last_events[15] | test("203 .* call MapTransfer"))' \
    run twin:flush-missing --profile remap --format json
json '(.findings[0].last_events | length) == 3' run twin:flush-missing --profile remap --last 3 --format json
json '(.findings[0].last_events | length) == 200' run case:early-put --profile remap --last 200 --format json
json 'all(.findings[]; has("last_events") | not)' run twin:flush-missing --profile all --format json
json 'all(.findings[]; has("last_events") | not)' run twin:flush-missing --profile remap --last 0 --format json
json 'all(.findings[]; (.last_events | length) == 5)' run twin:flush-missing --profile all --jobs 2 --last 5 --format json
json 'all(.findings[]; has("last_events") | not)' run twin:flush-missing --profile remap --record "$tmp/last.dmatrace" --format json
json '(.findings[0].last_events | length) == 16 and .findings[0].rule == "expectation-failed"' run twin:expectation-failed --format json
wrong "0 to 256, not '257'" run twin:flush-missing --last 257

# A driver that something else compiled: nobody sees what it touches, and the report says so.
echo 'int Nothing(void); int Nothing(void) { return 0; }' > "$tmp/nothing.c"
echo 'int DriverEntry(int *d, void *p); int DriverEntry(int *d, void *p) { return p ? *d * 0 : 0; }' > "$tmp/entry.c"
cc -c -fPIC -o "$tmp/entry.o" "$tmp/entry.c"
"$build/ddkcc" -o "$tmp/entry.so" "$tmp/nothing.c" "$tmp/entry.o"
says 0 '^note: .*built without the access door' run "$tmp/entry.so"
json '.notices == []' run xfer --scenario lengths --format json
json '.notices[0].kind == "uninstrumented"' run "$tmp/entry.so" --format json

# A program that changes its memory between two readings: the samples read once.
says 0 'xfer: .* 0 findings' run xfer --scenario methods --faults user-memory:1

# Inputs of fuzz targets: shown, replayed, made of a trace and of a surface.
says 0 '^write thread=0 file=0 until-done bytes=55847 offset=31 ' fuzz print fuzz/corpus/xfer/chained --driver xfer
says 0 '^ioctl thread=0 file=0 until-done XFER_GET_INFO code=0x80002000 out_bytes=24' fuzz print fuzz/corpus/xfer/methods --driver xfer
says 0 'pkt: 1 run, 1 clean, 0 findings' fuzz replay fuzz/corpus/pkt/cancel --driver pkt --record "$tmp/fuzz.dmatrace"
says 0 'pkt: 1 run, 1 clean' verify "$tmp/fuzz.dmatrace"
"$dmacheck" fuzz encode "$tmp/fuzz.dmatrace" -o "$tmp/fuzz.input" --driver pkt || bad "fuzz encode"
for i in "$tmp/fuzz.input" fuzz/corpus/pkt/cancel; do
    "$dmacheck" fuzz print "$i" --driver pkt | sed 's/ data=.*//' > "$tmp/$(basename "$i").text" # a pattern is another pattern
done
if [ "$(wc -l < "$tmp/cancel.text")" -eq 57 ] && cmp -s "$tmp/fuzz.input.text" "$tmp/cancel.text"; then ok; else
    bad "an input's trace does not become that input: $(diff "$tmp/fuzz.input.text" "$tmp/cancel.text" | head -n 3)"
fi
"$dmacheck" fuzz seeds --surface drivers-under-test/samples/xfer/ioctl.h -o "$tmp/seeds" || bad "fuzz seeds"
says 0 '^ioctl thread=0 file=0 until-done IOCTL_XFER_READ_CARD code=0x80006012 out_bytes=0' \
    fuzz print "$tmp/seeds/ioctl-IOCTL_XFER_READ_CARD" --surface drivers-under-test/samples/xfer/ioctl.h
wrong 'which verb' fuzz
wrong "unknown verb 'nonsense'" fuzz nonsense
wrong 'wants a file' fuzz print
wrong 'wants --driver' fuzz replay fuzz/corpus/pkt/edges
wrong 'ioctl, device or plan, not .x.' fuzz replay fuzz/corpus/pkt/edges --driver pkt --target x
wrong '/nowhere: No such file' fuzz print /nowhere
wrong 'nonsense: No such file' fuzz print fuzz/corpus/pkt/edges --surface nonsense
wrong 'wants -o' fuzz seeds --driver xfer
wrong "expected a driver's folder" fuzz build fuzz/corpus/pkt/edges -o "$tmp/x.so"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
