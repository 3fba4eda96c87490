#!/bin/sh
# The table of budgets. Instructions are counted by callgrind: each operation is run with two counts and
# the difference taken, so the figure repeats exactly. Times stand as ratios to something that was timed
# in turn with it, the smallest of several. Nothing is left out: a budget that does not hold says by how
# much.
#     run.sh BUILD
set -u
build=$1
. bench/lib.sh

echo "A ddkcc-built driver calling through adapter->DmaOperations, access door on, profile direct64 unless named."
printf '| %-60s | %-23s | %-15s | %-13s |\n' "what" "measured" "budget" "verdict"
. bench/calls.sh
. bench/machine.sh
. bench/data.sh
. bench/accel.sh
. bench/replay.sh
. bench/trace.sh
echo
if [ $over -eq 0 ]; then echo "every budget holds"; else echo "$over budgets do not hold"; fi
