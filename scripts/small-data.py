"""Writes images of ten classes as IDX files: small-data.py FOLDER TRAINING-IMAGES TEST-IMAGES.

A bright band of rows says the class, beside noise.
"""

import os
import random
import struct
import sys

folder, counts = sys.argv[1], [int(text) for text in sys.argv[2:4]]
draw = random.Random(0)
os.makedirs(folder, exist_ok=True)
for name, count in zip(("train", "t10k"), counts):
    labels = [index % 10 for index in range(count)]
    pixels = b"".join(
        bytes(draw.randrange(90) + 150 * (row // 2 == label + 2) for row in range(28) for _ in range(28))
        for label in labels)
    with open(f"{folder}/{name}-images-idx3-ubyte", "wb") as file:
        file.write(struct.pack(">IIII", 2051, count, 28, 28) + pixels)
    with open(f"{folder}/{name}-labels-idx1-ubyte", "wb") as file:
        file.write(struct.pack(">II", 2049, count) + bytes(labels))
