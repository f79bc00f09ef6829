"""Reads IDX (plain or gzip) and CIFAR-10 binary folders into byte tensors."""

import gzip
from pathlib import Path

import numpy as np
import torch


def read_idx(path):
    path = Path(path)
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if raw[:3] != b"\0\0\x08":
        raise SystemExit(f"{path}: not an IDX file of bytes")
    shape = np.frombuffer(raw, ">u4", raw[3], 4).astype(int)
    return np.frombuffer(raw, np.uint8, int(shape.prod()), 4 + 4 * len(shape)).reshape(shape)


def read_split(folder, train):
    """Images `uint8 [n, channel, row, column]` and labels `int64 [n]` of one split."""
    folder = Path(folder)
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] if train else ["test_batch.bin"]
    if (folder / names[0]).exists():
        records = np.concatenate(
            [np.fromfile(folder / name, np.uint8).reshape(-1, 3073) for name in names])
        images, labels = records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]
    else:
        prefix = "train" if train else "t10k"
        found = [sorted(folder.glob(f"{prefix}-{kind}*ubyte*")) for kind in ("images", "labels")]
        if not all(found):
            raise SystemExit(f"{folder}: no {prefix}-images/labels IDX files, no CIFAR batches")
        images, labels = read_idx(found[0][0])[:, None], read_idx(found[1][0])
    return torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(np.int64))
