#!/bin/sh
# Each row of trace/api*.def names a function that is modelled. It must be called, or reached through
# its table, by a unit test or a driver under test; the exceptions are listed with their reasons in
# tests/tree/exercised.skip. Prints what is missing.
export LC_ALL=C
words=${TMPDIR:-/tmp}/dmacheck-words.$$
cat tests/unit/*.c drivers-under-test/twins/*.[ch] drivers-under-test/samples/*/*.[ch] 2> /dev/null |
    grep -oE '[A-Za-z_][A-Za-z0-9_]*' | sort -u > "$words"
sed -n 's/^API(\([A-Za-z0-9_]*\),.*/\1/p' trace/api*.def | sort -u | while read -r name; do
    grep -qx "$name" "$words" && continue
    # What a driver writes where the headers make it another name.
    case $name in
    KfRaiseIrql) alias=KeRaiseIrql ;;
    KeAcquireSpinLockRaiseToDpc) alias=KeAcquireSpinLock ;;
    IofCallDriver) alias=IoCallDriver ;;
    IofCompleteRequest) alias=IoCompleteRequest ;;
    ObfDereferenceObject) alias=ObDereferenceObject ;;
    ObfReferenceObject) alias=ObReferenceObject ;;
    *) alias= ;;
    esac
    [ -n "$alias" ] && grep -qx "$alias" "$words" && continue
    grep -q "^$name[[:space:]]" tests/tree/exercised.skip 2> /dev/null || echo "$name: no test and no driver calls it"
done
rm -f "$words"
