#!/bin/sh
# Each row of trace/api*.def names a function that is modelled, or a callback that the machine calls.
# It must be called, or reached through what a driver writes for it, by a unit test or by a driver
# under test, outside comments; and something in sim/ or machine/ must say it, or the row is a promise
# that nobody keeps. Prints what is missing.
export LC_ALL=C
words=$(mktemp) || exit 2
said=$(mktemp) || exit 2
trap 'rm -f "$words" "$said"' EXIT

# The words of C files without their comments and strings.
words_of() {
    sed -e 's/"[^"]*"//g' -e 's|//.*||' "$@" | awk '
        { line = $0; out = ""
          while (line != "") {
              if (inside) { i = index(line, "*/"); if (!i) break; inside = 0; line = substr(line, i + 2); continue }
              i = index(line, "/*"); if (!i) { out = out line; break }
              out = out substr(line, 1, i - 1) " "; line = substr(line, i + 2); inside = 1 }
          print out }' | grep -oE '[A-Za-z_][A-Za-z0-9_]*' | sort -u
}
words_of tests/unit/*.c drivers-under-test/twins/*.[ch] drivers-under-test/samples/*/*.[ch] > "$words"
words_of sim/*/*.c sim/*/*.h machine/*.c > "$said"

# What a driver writes: another name where the headers make it one, or, for a callback, what hands it over.
written_as() {
    case $1 in
    KfRaiseIrql) echo KeRaiseIrql ;;
    KeAcquireSpinLockRaiseToDpc) echo KeAcquireSpinLock ;;
    IofCallDriver) echo IoCallDriver ;;
    IofCompleteRequest) echo IoCompleteRequest ;;
    ObfDereferenceObject) echo ObDereferenceObject ;;
    ObfReferenceObject) echo ObReferenceObject ;;
    READ_PORT | WRITE_PORT | READ_REGISTER | WRITE_REGISTER) echo "$1_ULONG" ;;
    AdapterControl) echo AllocateAdapterChannel ;;
    AdapterListControl) echo GetScatterGatherList ;;
    CompletionRoutine) echo IoSetCompletionRoutine ;;
    CsqCallback) echo IoCsqInitialize ;;
    DriverCancel) echo IoSetCancelRoutine ;;
    DriverDispatch) echo MajorFunction ;;
    IoTimer) echo IoInitializeTimer ;;
    PowerComplete) echo PoRequestPowerIrp ;;
    ServiceRoutine) echo IoConnectInterrupt ;;
    MessageServiceRoutine) echo IoConnectInterruptEx ;;
    SynchCritSection) echo KeSynchronizeExecution ;;
    ThreadStart) echo PsCreateSystemThread ;;
    WorkItem) echo IoQueueWorkItem ;;
    esac
}

sed -n 's/^API(\([A-Za-z0-9_]*\),.*/\1/p' trace/api*.def | sort -u | while read -r name; do
    grep -qx "API_$name" "$said" || echo "$name: nothing says it: the row is idle"
    grep -qx "$name" "$words" && continue
    other=$(written_as "$name")
    [ -n "$other" ] && grep -qx "$other" "$words" && continue
    grep -q "^${name}[[:space:]]" tests/tree/exercised.skip 2> /dev/null || echo "$name: no test and no driver calls it"
done
