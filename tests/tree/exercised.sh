#!/bin/sh
# Each row of trace/api*.def names a function that is modelled, or a callback that the machine calls.
# It must stand, outside comments, in a unit test function that asserts or in a helper that such a
# function reaches (a callback: what hands it over); and something in sim/ or machine/ must say it, or
# the row is a promise that nobody keeps. Prints what is missing.
export LC_ALL=C
words=$(mktemp) || exit 2
said=$(mktemp) || exit 2
trap 'rm -f "$words" "$said"' EXIT

# C files without their comments and strings.
code_of() {
    sed -e 's/"[^"]*"//g' -e 's|//.*||' "$@" | awk '
        { line = $0; out = ""
          while (line != "") {
              if (inside) { i = index(line, "*/"); if (!i) break; inside = 0; line = substr(line, i + 2); continue }
              i = index(line, "/*"); if (!i) { out = out line; break }
              out = out substr(line, 1, i - 1) " "; line = substr(line, i + 2); inside = 1 }
          print out }'
}

# The words of functions that assert and of all that they reach, by name, in the same files. A function
# begins at the left margin and ends with a brace there.
asserted() {
    awk '
    !open && /^[A-Za-z].*\(/ && !/;[ \t]*$/ {
        head = $0; sub(/\(.*/, "", head); n = split(head, part, /[ \t*]+/); name = part[n]; open = 1; body = "" }
    open { body = body "\n" $0 }
    open && /^}/ { bodies[name] = bodies[name] body; open = 0 }
    function take(text,   word) {
        while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
            word = substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH)
            if (word in seen) continue
            seen[word] = 1; print word
            if (word in bodies && !(word in queued)) { queued[word] = 1; queue[++last] = word } } }
    END { for (f in bodies) if (bodies[f] ~ /assert_|fail_msg/) { queued[f] = 1; queue[++last] = f }
          for (at = 1; at <= last; at++) take(bodies[queue[at]]) }' | sort -u
}
code_of tests/unit/*.c tests/unit/*.h | asserted > "$words"
code_of sim/*/*.c sim/*/*.h machine/*.c | grep -oE '[A-Za-z_][A-Za-z0-9_]*' | sort -u > "$said"

# What a driver writes: another name where the headers make it one, or, for a callback, what hands it over.
written_as() {
    case $1 in
    KfRaiseIrql) echo KeRaiseIrql ;;
    KeAcquireSpinLockRaiseToDpc) echo KeAcquireSpinLock ;;
    IofCallDriver) echo IoCallDriver ;;
    IofCompleteRequest) echo IoCompleteRequest ;;
    ObfDereferenceObject) echo ObDereferenceObject ;;
    ObfReferenceObject) echo ObReferenceObject ;;
    READ_PORT) echo READ_PORT_USHORT ;; # one row for all sizes
    WRITE_PORT | READ_REGISTER | WRITE_REGISTER) echo "$1_ULONG" ;;
    DriverEntry) echo host_driver_load ;;
    EvtDriverDeviceAdd) echo WDF_DRIVER_CONFIG_INIT ;;
    EvtDevice*StateChange) echo "WdfDeviceInitRegister${1#EvtDevice}Callback" ;;
    EvtDeviceWdmIrpDispatch) echo WdfDeviceConfigureWdmIrpDispatchCallback ;;
    EvtDeviceWdmIrpPreprocess) echo WdfDeviceInitAssignWdmIrpPreprocessCallback ;;
    EvtDeviceProcessQueryInterfaceRequest) echo WDF_QUERY_INTERFACE_CONFIG_INIT ;;
    EvtDpcFunc) echo WdfDpcCreate ;;
    EvtProgramDma) echo WdfDmaTransactionExecute ;;
    EvtReserveDma) echo WdfDmaTransactionAllocateResources ;;
    EvtDmaTransactionConfigureDmaChannel) echo WdfDmaTransactionSetChannelConfigurationCallback ;;
    EvtDmaTransactionDmaTransferComplete) echo WdfDmaTransactionSetTransferCompleteCallback ;;
    EvtInterrupt*) echo WdfInterruptCreate ;;
    EvtTimerFunc) echo WdfTimerCreate ;;
    EvtWorkItem) echo WdfWorkItemCreate ;;
    EvtRequestCancel) echo WdfRequestMarkCancelable ;;
    EvtRequestCompletion) echo WdfRequestSetCompletionRoutine ;;
    EvtIoQueueState) echo WdfIoQueueReadyNotify ;;
    EvtIoInCallerContext) echo in_caller_context ;;
    EvtDeviceFileCreate | EvtFileCleanup | EvtFileClose) echo WDF_FILEOBJECT_CONFIG_INIT ;;
    AdapterControl) echo AllocateAdapterChannel ;;
    AdapterListControl) echo GetScatterGatherList ;;
    DmaCompletionRoutine) echo MapTransferEx ;;
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
    grep -q "^${name}[[:space:]]" tests/tree/exercised.skip 2> /dev/null || echo "$name: no unit test that asserts reaches it"
done
