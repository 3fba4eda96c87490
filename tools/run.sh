#!/bin/sh
# `make run`: every sample driver on every profile, a recorded trace of each, the verdict as a table.
#     run.sh BUILD
set -u
exec "$1/dmacheck" run --all-samples --profile all --record-dir "$1/traces"
