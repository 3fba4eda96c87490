#!/bin/sh
# `make run`: every sample driver on every profile; a recorded trace and an HTML report of each, and where they are; the verdict as a table.
#     run.sh BUILD
set -u
exec "$1/dmacheck" run --all-samples --profile all --record-dir "$1/traces"
