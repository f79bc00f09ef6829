#!/usr/bin/env bash
# Runs the Python of docs/files.md: the pandas recipes read the metrics of a study, its measures by
# epoch and the units of an analysis, and Toposheet reads images that were written as described. Needs Python with numpy
# and pandas.
#   PYTHON=python3 scripts/test-recipes.sh .build/release/toposheet
set -euo pipefail
cd "$(dirname "$0")/.."

toposheet=$1
python=${PYTHON:-python3}
if ! "$python" -c 'import numpy, pandas' 2>/dev/null; then
  echo "test-recipes: $python has no numpy or pandas; name one that has with PYTHON=..." >&2
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The blocks of the page, one file each.
awk -v folder="$folder" '/^```python$/ { inside = 1; count++; next } /^```$/ { inside = 0 }
  inside { print > (folder "/block-" count ".py") }' docs/files.md

# The block that contains a text.
block() { grep -lF -- "$1" "$folder"/block-*.py; }

cat "$(block "def write_idx")" "$(block "def write_cifar")" - >"$folder/write.py" <<'PYTHON'
import sys

draws = np.random.default_rng(0)
gray, color = sys.argv[1:]

def gray_set(count):
    labels = draws.integers(0, 10, count)
    images = draws.integers(0, 90, (count, 12, 12))
    images[np.arange(count), labels] += 150
    return images, labels

for name, count in [("train", 600), ("t10k", 200)]:
    images, labels = gray_set(count)
    write_idx(f"{gray}/{name}-images-idx3-ubyte", images)
    write_idx(f"{gray}/{name}-labels-idx1-ubyte", labels)
for name in [f"data_batch_{part}" for part in range(1, 6)] + ["test_batch"]:
    write_cifar(
        f"{color}/{name}.bin", draws.integers(0, 256, (20, 32, 32, 3)), draws.integers(0, 10, 20))
PYTHON
mkdir "$folder/gray" "$folder/color"
"$python" "$folder/write.py" "$folder/gray" "$folder/color"
"$toposheet" train --data "$folder/color" --architecture cifar10 --penalty control --seeds 0 \
  --epochs 1 --device cpu --out "$folder/trained" >/dev/null

cat >"$folder/plan.yaml" <<YAML
name: recipes
data: $folder/gray
architecture: mnist
conditions:
  - penalty: control
  - penalty: ws
    metric: [euclidean, cosine]
    lambda: [0.1, 1]
  - penalty: as
    lambda: 0.1
    view: post-relu
seeds: 0-1
epochs: 2
evaluation: {noise: white, levels: [0.1, 0.2], draws: 2}
YAML
"$toposheet" run "$folder/plan.yaml" --device cpu --out "$folder/run" >/dev/null
cat "$(block "accuracy = alive")" - >"$folder/run/check.py" <<'PYTHON'

# No condition is lost or merged, whichever of the columns rows are grouped by; nothing is missing.
parts = ["penalty", "metric", "lambda", "view", "layout", "scale", "neighborhood"]
for table in [rows, pd.read_csv("training.csv")]:
    assert table.groupby(parts)["condition"].nunique().eq(1).all()
    assert len(table.groupby(parts)) == table["condition"].nunique() == 6
    assert not table[parts + ["sheet", "architecture", "seed", "epoch", "state"]].isna().any().any()
keys = [name for name in rows.columns if name not in ("value", "reason")]
assert not rows.duplicated(keys).any()
# Each network that learned counts once under each perturbation.
assert len(by_network) == 2 * len(alive[["condition", "seed"]].drop_duplicates())
PYTHON
(cd "$folder/run" && "$python" check.py)
cat "$(block "measures-by-epoch.csv")" - >"$folder/run/check.py" <<'PYTHON'

# Each network has each measure once after each epoch; the reasons are those of the empty cells.
assert len(measured) == 12 * 2 * 9 and not measured.duplicated(network + ["measure"]).any()
assert (measured["value"].isna() == (measured["reason"] != "")).all()
assert len(wide) == len(alive) * measured["epoch"].nunique() > 0
PYTHON
(cd "$folder/run" && "$python" check.py)

"$toposheet" evaluate "$folder/run" --data "$folder/gray" --analyses all --device cpu \
  --out "$folder/learned" >/dev/null
cat "$(block "units.csv")" - >"$folder/learned/check.py" <<'PYTHON'

# Each unit of each network has a row; the reasons are those of the empty cells, each once.
assert len(units) == 12 * 121 and not units.duplicated(network + ["unit"]).any()
values = units.drop(columns="state").set_index(network + ["unit"]).loc[:, "preferred-class":]
empty = values.isna().stack()
empty = set(empty[empty].index)
named = set(reasons[network + ["unit", "measure"]].itertuples(index=False, name=None))
assert empty == named and len(named) == len(reasons)
assert len(selective) == len(alive[network].drop_duplicates())
PYTHON
(cd "$folder/learned" && "$python" check.py)
echo "test-recipes: passed"
