#!/usr/bin/env bash
# Reads the event files of a small training with TensorBoard's own reader, and compares their values
# with training.csv and measures-by-epoch.csv.
#   scripts/test-tensorboard.sh .build/release/toposheet
# It is skipped if PYTHON (python3 by default) has no tensorboard.
set -euo pipefail
cd "$(dirname "$0")/.."

toposheet=$1
python=${PYTHON:-python3}
if ! "$python" -c 'import tensorboard' 2>/dev/null; then
  echo "test-tensorboard: skipped, because $python has no tensorboard; install it with pip, or name another Python with PYTHON=..."
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$python" scripts/small-data.py "$folder/data" 200 60
common=(--data "$folder/data" --architecture mnist --penalty control,ws --lambda 0.5 --seeds 0-1
  --epochs 3 --batch 16 --device cpu --out "$folder/run")
"$toposheet" train "${common[@]}" --tensorboard >/dev/null 2>"$folder/errors" ||
  { cat "$folder/errors"; exit 1; }

"$python" - "$folder/run" <<'PYTHON'
import csv, glob, io, os, struct, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

run = sys.argv[1]
columns = {
    "cross-entropy": "loss/cross-entropy", "topographic-penalty": "loss/penalty",
    "weighted-penalty": "loss/weighted-penalty", "training-accuracy": "accuracy/training",
    "validation-cross-entropy": "loss/validation-cross-entropy",
    "validation-accuracy": "accuracy/validation"}
expected = {}
for row in csv.DictReader(open(f"{run}/training.csv", newline="")):
    leaf = f"{row['condition']}/seed-{row['seed']}"
    for column, tag in columns.items():
        if row[column]:
            expected[leaf, tag, int(row["epoch"])] = float(row[column])
for row in csv.DictReader(open(f"{run}/measures-by-epoch.csv", newline="")):
    leaf = f"{row['condition']}/seed-{row['seed']}"
    if row["value"]:
        expected[leaf, "sheet/" + row["measure"], int(row["epoch"])] = float(row["value"])

files = glob.glob(f"{run}/tensorboard/**/*tfevents*", recursive=True)
assert len(files) == 4, files
found = {}
for file in files:
    leaf = os.path.relpath(os.path.dirname(file), f"{run}/tensorboard")
    events = EventAccumulator(file, size_guidance={"scalars": 0, "images": 0, "tensors": 0})
    events.Reload()
    tags = events.Tags()
    for tag in tags["scalars"]:
        for event in events.Scalars(tag):
            found[leaf, tag, event.step] = event.value
    assert sorted(tags["images"]) == ["maps/mean-activity", "maps/preferred-class"], tags
    for tag in tags["images"]:
        images = events.Images(tag)
        assert [image.step for image in images] == [1, 2, 3], images
        for image in images:
            assert image.encoded_image_string[:8] == b"\x89PNG\r\n\x1a\n"
            size = struct.unpack(">II", image.encoded_image_string[16:24])
            assert size == (image.width, image.height), (size, image.width, image.height)
assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
for key, value in expected.items():
    # Event files hold float32.
    assert abs(found[key] - value) <= 1e-6 * max(1, abs(value)), (key, found[key], value)
print(f"test-tensorboard: {len(found)} values of {len(files)} networks are those of the tables")
PYTHON
