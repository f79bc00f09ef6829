#!/usr/bin/env bash
# Runs every kernel at small sizes in Oclgrind, which simulates a device and reports reads and
# writes out of bounds, data races, reads of uninitialized memory and barriers that not all
# work-items reach.
set -euo pipefail

toposheet=$1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# CLBlast's kernels are not this project's, and are too slow in a simulator: linear layers use ours.
status=0
simulate() {
  oclgrind --data-races --uninitialized --check-api --log "$log" \
    "$toposheet" verify --device opencl --small --algorithm linear=direct "$@" || status=$?
}
simulate
# The matrix products that GPUs use for convolutions, with a GPU's tiles.
simulate --only convolution --stand-in-for nvidia-hopper
if [ -s "$log" ]; then
  head -n 60 "$log" >&2
  echo "test-oclgrind: the simulator reports faults; see above" >&2
  exit 1
fi
exit "$status"
