#!/usr/bin/env bash
# Loads models of ours into the paper's PyTorch classes, strictly, and compares their logits.
# Needs a Python with torch, numpy and safetensors: PYTHON=/path/to/python make test-interop
set -euo pipefail

toposheet=$1
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for architecture in mnist cifar10; do
  "$toposheet" train --data fashion-mnist --architecture "$architecture" --penalty ws --lambda 1 \
    --seeds 0 --epochs 1 --subset 640 --device cpu --out "$folder/$architecture" >/dev/null
  model="$folder/$architecture/ws-euclidean-1/seed-0/model.safetensors"
  for device in cpu opencl; do
    "$toposheet" evaluate "$model" --data fashion-mnist --subset 512 --device "$device" \
      --logits "$folder/logits-$device.npy" >/dev/null
    "$python" "$root/Benchmarks/peers/logits.py" "$model" --data /usr/share/datasets/fashion-mnist \
      --architecture "$architecture" --subset 512 --logits "$folder/peer.npy" >/dev/null
    "$python" - "$architecture" "$device" "$folder/logits-$device.npy" "$folder/peer.npy" <<'PYTHON'
import sys

import numpy

architecture, device, ours, peer = sys.argv[1:]
ours, peer = numpy.load(ours), numpy.load(peer)
error = abs(ours - peer).max() / abs(peer).max()
print(f"{architecture} on {device}: largest difference {error:.1e} of the largest logit")
sys.exit(0 if error < 1e-5 else 1)
PYTHON
  done
done
echo "test-interop: passed"
