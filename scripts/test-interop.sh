#!/usr/bin/env bash
# Loads models of Toposheet into the paper's PyTorch classes, strictly, and compares logits.
# Needs a Python with torch, numpy and safetensors: PYTHON=/path/to/python make test-interop
set -euo pipefail

toposheet=$1
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
images=${IMAGES:-/usr/share/datasets/fashion-mnist}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The peer normalizes every IDX file as MNIST; with this name, Toposheet does, too.
ln -s "$images" "$folder/mnist"
for architecture in mnist cifar10; do
  "$toposheet" train --data "$folder/mnist" --architecture "$architecture" --penalty ws --lambda 1 \
    --seeds 0 --epochs 1 --subset 3200 --device cpu --out "$folder/trained-$architecture" >/dev/null 2>&1
  "$python" "$root/Tests/Interop/load_state_dict.py" "$architecture" \
    "$folder/trained-$architecture/ws-euclidean-1/seed-0/model.safetensors"
done

model="$folder/trained-mnist/ws-euclidean-1/seed-0/model.safetensors"
"$python" "$root/Benchmarks/peers/logits.py" "$model" --data "$folder/mnist" \
  --architecture mnist --subset 512 --logits "$folder/peer.npy" >/dev/null
for device in cpu opencl; do
  "$toposheet" evaluate "$model" --data "$folder/mnist" --subset 512 --device "$device" \
    --logits "$folder/$device.npy" >/dev/null
  "$python" - "$device" "$folder/$device.npy" "$folder/peer.npy" <<'PYTHON'
import sys

import numpy

device, ours, peer = sys.argv[1], numpy.load(sys.argv[2]), numpy.load(sys.argv[3])
error = abs(ours - peer).max() / abs(peer).max()
print(f"logits on {device}: largest difference to PyTorch {error:.1e} of the largest logit")
sys.exit(0 if error < 1e-5 else 1)
PYTHON
done
echo "test-interop: passed"
