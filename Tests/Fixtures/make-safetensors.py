"""Writes the safetensors fixtures with PyTorch: run `python make-safetensors.py` in this folder.

Value i of tensor t (in the order of `state_dict`, counters not counted) is
((i * 37 + t * 11) % 101 - 50) / 128, which is exact in float32 and so easily checked elsewhere;
running variances have 1 added. `num_batches_tracked` is 750.
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "Interop"))
from networks import CIFAR10Network, MNISTNetwork  # noqa: E402


def fill(network):
    tensors = network.state_dict()
    index = 0
    for name, tensor in tensors.items():
        if name.endswith("num_batches_tracked"):
            tensor.fill_(750)
            continue
        values = (torch.arange(tensor.numel()) * 37 + index * 11) % 101 - 50
        values = values / 128 + (1 if name.endswith("running_var") else 0)
        tensor.copy_(values.reshape(tensor.shape))
        index += 1
    return network.state_dict()


save_file(fill(MNISTNetwork()), here / "pytorch-mnist.safetensors")
small = CIFAR10Network(widths=(2, 3, 4, 5), units=9, classes=10)
save_file(fill(small), here / "pytorch-cifar10-small.safetensors")
