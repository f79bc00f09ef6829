"""Loads a model that Toposheet wrote into the paper's PyTorch class, strictly.

    python load_state_dict.py mnist|cifar10 FILE [IMAGES.npy LOGITS.npy]

Exits with an error if a name, shape or type does not fit. With IMAGES (normalized, float32
[image, channel, row, column]), also writes PyTorch's logits. Needs torch and safetensors.
"""

import sys

from networks import NETWORKS, network_for
from safetensors.torch import load_file


def main(architecture, path, images=None, logits=None):
    if architecture not in NETWORKS:
        sys.exit(f"architecture {architecture} is not known; choose one of {', '.join(NETWORKS)}")
    tensors = load_file(path)
    network = network_for(architecture, tensors)
    own = network.state_dict()
    network.load_state_dict(tensors, strict=True)
    for name, tensor in tensors.items():
        if tensor.dtype != own[name].dtype:
            sys.exit(f"{path}: {name} is {tensor.dtype}, but PyTorch's is {own[name].dtype}")
    count = sum(parameter.numel() for parameter in network.parameters())
    print(f"{path}: loads into {architecture} strictly, {len(tensors)} tensors, {count} parameters")
    if images and logits:
        import numpy
        import torch

        with torch.no_grad():
            numpy.save(logits, network.eval()(torch.from_numpy(numpy.load(images)))[0].numpy())


if __name__ == "__main__":
    if len(sys.argv) not in (3, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
