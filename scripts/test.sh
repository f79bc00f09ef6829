#!/usr/bin/env bash
# Runs the tests, which are built, in two processes side by side: on a machine that has not run the
# kernels before, most of the time goes into compiling them, on one core.
#   scripts/test.sh swift test FLAGS
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Two may read one build: neither changes it.
run() { "${command[@]}" --skip-build --ignore-lock --no-parallel "$@"; }
command=("$@")
operations='^(TopoVerificationTests|TopoGoldenTests)\.'

run --filter "$operations" >"$log" 2>&1 &
run --skip "$operations"
first=$?
wait $!
second=$?
cat "$log"
[ $first -eq 0 ] && [ $second -eq 0 ]
