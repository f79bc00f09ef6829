#!/usr/bin/env bash
# Analyzes a layer of a torchvision network from arrays in all forms of files, and compares measures
# with numpy, scipy and scikit-learn. Needs a Python with torch, torchvision, safetensors, scipy and
# scikit-learn, and the binary version of CIFAR-10:
#   PYTHON=/path/to/python CIFAR10=/path/to/cifar10 make test-arrays
set -euo pipefail

toposheet=$1
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
images=${CIFAR10:?test-arrays: say with CIFAR10=... where the binary version of CIFAR-10 is}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
arrays=$folder/arrays
script=$root/Tests/Interop/torchvision_layer.py

"$python" "$script" save "$images" "$arrays" --steps "${STEPS:-100}"
analyze() {
  local name=$1 activations=$2
  shift 2
  "$toposheet" analyze --activations "$arrays/$activations" --condition resnet18 \
    --out "$folder/$name" "$@" >/dev/null
}
parts=(--labels "$arrays/labels.npy" --weights "$arrays/weights.npy")
for form in activations fortran double half half-values; do
  analyze "$form" "$form.npy" "${parts[@]}" --sheet 16x32
done
tensors=$arrays/layer.safetensors
analyze safetensors layer.safetensors:layer4 --labels "$tensors:labels" \
  --weights "$tensors:fc.weight" --sheet 16x32
analyze positions activations.npy "${parts[@]}" --positions "$arrays/positions.npy"
analyze transmission activations.npy "${parts[@]}" --inputs "$arrays/inputs.npy" --analyses units

# All forms of the same numbers give the same bytes.
same() {
  for file in metrics.csv units.csv; do cmp "$folder/$1/$file" "$folder/$2/$file"; done
}
for form in fortran double safetensors; do same activations "$form"; done
same half half-values
for results in activations positions transmission; do
  "$python" "$script" check "$arrays" "$folder/$results"
done
echo "test-arrays: passed"
