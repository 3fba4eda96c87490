#!/bin/sh
# Makes, of each source of a driver, a source that includes the recorder's header and then the driver's file as it
# is: what /FI does with the WDK's compiler. Prints their names.
# Usage: tests/recorder/wrap.sh OUT-FOLDER SOURCE...
set -eu
out=$1
shift
mkdir -p "$out"
for source; do
    to=$out/$(basename "$source")
    {
        echo '#include "recorder/dmarecord.h"'
        echo '#define DriverEntry RecordedDriverEntry'
        echo "#include \"$source\""
    } > "$to.new"
    cmp -s "$to.new" "$to" && rm "$to.new" || mv "$to.new" "$to"
    echo "$to"
done
