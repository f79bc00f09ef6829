"""Evaluates a safetensors model in PyTorch: logits and sheets as NPY, measures as JSON."""

import argparse
import json

import numpy as np
import torch
from safetensors.torch import load_file

from data import read_split
from measures import outputs, summary
from networks import NETWORKS, normalize


def load(path, architecture):
    """The network with the file's values, every name and shape checked.

    `num_batches_tracked` has no part in inference, and files may leave it out.
    """
    network = NETWORKS[architecture]()
    state = load_file(path)
    for name, value in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            state.setdefault(name, value)
    network.load_state_dict(state, strict=True)
    return network


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="safetensors file")
    parser.add_argument("--data", required=True, help="folder of IDX files or CIFAR-10 batches")
    parser.add_argument("--architecture", required=True, choices=NETWORKS)
    parser.add_argument("--subset", type=int, help="first N test images")
    parser.add_argument("--images", help="NPY of images in [0, 1], in place of the test set's")
    parser.add_argument("--double", action="store_true", help="compute in double precision")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--logits", help="write float32 [n, classes] here")
    parser.add_argument("--sheet", help="write float32 [n, units] before ReLU here")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.double:
        torch.set_default_dtype(torch.float64)
    images, labels = read_split(options.data, train=False)
    if options.images:
        images = torch.from_numpy(np.load(options.images)) * 255
        labels = labels[:len(images)]
    images, labels = images[:options.subset], labels[:options.subset]
    network = load(options.model, options.architecture).to(torch.get_default_dtype())
    logits, sheets = outputs(network, normalize(images, options.architecture))
    for path, values in ((options.logits, logits), (options.sheet, sheets)):
        if path:
            np.save(path, values.float().numpy())
    print(json.dumps({"model": options.model, "images": len(labels),
                      **summary(logits, sheets, labels)}))


if __name__ == "__main__":
    main()
