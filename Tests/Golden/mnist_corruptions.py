"""MNIST-C's own corruptions as NumPy and scikit-image compute them.

    pip install scikit-image scipy numpy safetensors
    python Tests/Golden/mnist_corruptions.py

Written from the published definitions (arXiv 1906.02337). Affine maps are given to scikit-image as
matrices, since the meaning of its shear angle changed after MNIST-C was made; the matrix here is the
one of that time. Directions and places come from Philox, by the rule of `MNISTCorruption.source`. Results are
bytes, kept as float16, which holds them exactly.
"""

import struct
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from skimage import feature, transform

import philox

HERE = Path(__file__).resolve().parent
PURPOSE = 13
SEED = (5 << 32) + 17
DRAW = 3
COUNT = 6
# The order fixes the stream of each kind.
KINDS = ["identity", "shear", "scale", "rotate", "translate", "stripe", "line", "dotted-line",
         "zigzag", "canny-edges", "quantize", "inverse"]


def drawings(rows, columns):
    """Gray images with strokes of several widths, in bytes: rings, bars and a gradient."""
    y, x = np.mgrid[0:rows, 0:columns].astype(float)
    images = []
    for k in range(COUNT):
        center = (rows * (0.35 + 0.04 * k), columns * (0.65 - 0.04 * k))
        distance = np.hypot(y - center[0], x - center[1])
        ring = 1 - np.abs(distance - (3 + 0.7 * k)) / (1 + 0.25 * k)
        bar = 1.3 - np.abs(y - rows / 2 + (k - 3.5) * 0.3 * (x - columns / 2)) / 1.5
        image = np.clip(np.maximum(ring, bar if k % 3 else 0), 0, 1)
        if k == COUNT - 1:
            image = x / columns * (y < rows / 2)
        images.append(np.floor(image * 255).astype(np.uint8))
    return np.stack(images)


def words(kind, severity, images):
    """Four words for each image."""
    pattern = struct.unpack("<Q", struct.pack("<d", float(severity)))[0]
    seed = (SEED & 0xFFFFFFFF, SEED >> 32)
    low, high, stream, purpose = (
        np.array([v], np.uint64)
        for v in (pattern & 0xFFFFFFFF, pattern >> 32, KINDS.index(kind), PURPOSE))
    key = philox.block((low, high, stream, purpose), seed)[0]
    position = np.arange(images, dtype=np.uint64)
    zeros = np.zeros_like(position)
    return philox.block(
        (position, zeros, zeros + np.uint64(DRAW), zeros + np.uint64(PURPOSE)),
        (int(key[0]), int(key[1])))


def below(bound, word):
    return int(word) * bound >> 32


def sign(word):
    return 1 if int(word) >> 31 else -1


def warp(x, matrix, shift=None):
    rows, columns = x.shape
    matrix = np.array(matrix, float)
    center = np.array([(columns - 1) / 2, (rows - 1) / 2])
    full = np.eye(3)
    full[:2, :2] = matrix
    full[:2, 2] = center - matrix @ center if shift is None else shift
    moved = transform.warp(
        x / 255., inverse_map=transform.ProjectiveTransform(matrix=full), order=1,
        mode="constant", cval=0)
    return np.clip(moved, 0, 1) * 255


def line(shape, c0, r0, c1, r1):
    if c1 == c0:
        return np.zeros(shape)
    row, column = np.mgrid[0:shape[0], 0:shape[1]].astype(float)
    distance = np.abs(row - ((r1 - r0) / (c1 - c0) * (column - c0) + r0))
    bright = np.clip(np.log(1 - np.clip(distance, 0, 2.3 - 1e-10) / 2.3) + 1, 0, 1)
    inside = (column >= np.floor(c0)) & (column < np.ceil(c1))
    return np.where(inside, bright, 0)


def zigzag(x, w):
    rows, columns = x.shape
    c0, c1 = 2, columns - 3
    r0 = below(rows - 1, w[0])
    r1 = r0 + below(10, w[1]) - 5
    theta = np.arctan((r1 - r0) / (c1 - c0))
    d = (c1 - c0) / np.cos(theta)
    points = [(0., 0.)]
    for i in range(int((d - 2) // 4) + 1):
        points.append((4 * i + 2., 2. * (-1) ** i))
    whole = 4 * (d // 4)
    if d != whole:
        points.append((d, points[-1][1] / (2 * (d - whole))))
    turn = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
    places = turn @ np.array(points).T + np.array([[c0], [r0]])
    value = x / 255.
    for i in range(1, places.shape[1]):
        value = np.clip(value + line(x.shape, *places[:, i - 1], *places[:, i]), 0, 1)
    return value * 255


def corrupt(kind, x, severity, w):
    rows, columns = x.shape
    step = severity - 1
    if kind == "identity":
        return x.astype(np.float32)
    if kind == "shear":
        angle = [.2, .4, .6, .8, 1][step] * sign(w[0])
        return warp(x, [[1, -np.sin(angle)], [0, np.cos(angle)]])
    if kind == "rotate":
        angle = [.2, .4, .6, .8, 1][step] * sign(w[0])
        return warp(x, [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if kind == "scale":
        factor = 1 / [.9, .8, .7, .6, .5][step]
        return warp(x, [[factor, 0], [0, factor]])
    if kind == "translate":
        return warp(x, np.eye(2), [severity * sign(w[0]), severity * sign(w[1])])
    if kind == "stripe":
        value = x.astype(np.float32)
        margin = columns // 4
        value[:, :margin] = 255 - value[:, :margin]
        value[:, -margin:] = 255 - value[:, -margin:]
        return value
    if kind == "line":
        drawn = line(x.shape, below(5, w[0]), below(rows - 1, w[2]),
                     columns - 6 + below(5, w[1]), below(rows - 1, w[3]))
        return np.clip(x / 255. + drawn, 0, 1) * 255
    if kind == "dotted-line":
        drawn = line(x.shape, 0, below(rows - 1, w[0]), columns - 1, below(rows - 1, w[1]))
        drawn[:, np.arange(columns) % 4 < 2] = 0
        return np.clip(x / 255. + drawn, 0, 1) * 255
    if kind == "zigzag":
        return zigzag(x, w)
    if kind == "canny-edges":
        return feature.canny(x / 255.).astype(np.float32) * 255
    if kind == "quantize":
        levels = 2 ** [5, 4, 3, 2, 1][step] - 1
        value = x.astype(np.float32)
        value *= levels / 255.
        value = value.round()
        value *= 255. / levels
        return value
    assert kind == "inverse"
    return 255 - x.astype(np.float32)


def severities(kind):
    return range(1, 6) if kind in ("shear", "scale", "rotate", "translate", "quantize") else [1]


def main():
    tensors = {}
    for rows, columns in [(28, 28), (16, 20)]:
        images = drawings(rows, columns)
        family = f"{rows}x{columns}"
        tensors[f"{family}/images"] = images.astype(np.float16)
        for kind in KINDS:
            results = []
            for severity in severities(kind):
                drawn = words(kind, severity, COUNT)
                # As the published code: float32, then bytes without the fraction.
                results.append(np.stack([
                    corrupt(kind, image, severity, drawn[i]).astype(np.float32).astype(np.uint8)
                    for i, image in enumerate(images)]))
            tensors[f"{family}/{kind}"] = np.stack(results).astype(np.float16)
    path = HERE / "mnist-corruptions.safetensors"
    save_file(tensors, path)
    print(f"{path.name}: {len(tensors)} tensors, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
