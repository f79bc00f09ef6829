#!/usr/bin/env bash
# Our speed beside PyTorch's on this machine: ratios with their spread, as a Markdown table.
# PYTHON=/path/to/python names a Python with torch; further arguments go to compare.py.
set -euo pipefail

toposheet=$1
shift
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
if ! command -v "$python" >/dev/null; then
  echo "bench-peers: there is no $python; name a Python with torch by PYTHON=/path/to/python" >&2
  exit 1
fi
if ! "$python" -c "import torch" 2>/dev/null; then
  echo "bench-peers: $python has no torch; install it (python3 -m venv peer &&" \
    "peer/bin/pip install torch numpy), then: PYTHON=peer/bin/python make bench-peers" >&2
  exit 1
fi
exec "$python" "$root/Benchmarks/peers/compare.py" "$toposheet" "$@"
