"""Writes the golden values beside this script: what PyTorch computes, in double precision.

    pip install torch numpy safetensors
    python Tests/Golden/generate.py

All inputs come from Philox, so the files are the same each time, up to PyTorch's own rounding.
All tensors are float32, rounded from double; those of layers, penalties and optimizers have a
leading axis of two members.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "Benchmarks" / "peers"))

import torch
from safetensors.torch import save_file

import attacks
import layers
import philox
import reference_penalty
import training


def known_answers():
    """Philox test vectors as the 16-bit halves of their words, which float32 holds exactly."""
    def halves(text):
        return [half for word in text.split() for half in (int(word[:4], 16), int(word[4:], 16))]

    rows = []
    for counter, key, result in philox.KNOWN_ANSWERS:
        numbers = [[int(word, 16) for word in text.split()] for text in (counter, key, result)]
        assert philox.block(numbers[0], numbers[1]).tolist() == numbers[2], "Philox is wrong"
        rows.append(halves(counter) + halves(key) + halves(result))
    return {"known-answers": torch.tensor(rows, dtype=torch.float32)}


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    files = {
        "philox": known_answers(),
        "layers": layers.make(seed=1),
        "optimizers": layers.make_optimizers(seed=2),
        "penalties": reference_penalty.make(seed=3),
        "training-mnist": training.make("mnist"),
        "training-cifar10": training.make("cifar10"),
        "attacks-mnist": attacks.make("mnist"),
        "attacks-cifar10": attacks.make("cifar10"),
    }
    for name, tensors in files.items():
        path = HERE / f"{name}.safetensors"
        save_file({key: value.contiguous() for key, value in tensors.items()}, path)
        print(f"{path.name}: {len(tensors)} tensors, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
