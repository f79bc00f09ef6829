"""Times inference of the paper's networks in eager PyTorch.

Normalized images are in memory; each variant (default or channels-last layout, batches of 64 or
256) shows them in `inference_mode` and gives logits and sheet. One JSON line per network gives each
variant's images per second and the best one's.
"""

import argparse
import json

import torch

import timing
from networks import NETWORKS

IMAGES = 1024


def make_pass(architecture, batch, channels_last, device):
    """A function that shows the next batch."""
    torch.manual_seed(0)
    format = torch.channels_last if channels_last else torch.contiguous_format
    network = NETWORKS[architecture]().to(device).to(memory_format=format).eval()
    images = torch.randn(IMAGES, *network.image_shape).contiguous(memory_format=format).to(device)
    position = 0

    def show():
        nonlocal position
        with torch.inference_mode():
            network(images[position:position + batch])
        position = (position + batch) % IMAGES

    return show


def build(architecture, device):
    return {
        f"{layout}, batch {batch}": (
            make_pass(architecture, batch, layout == "channels-last", device), batch)
        for layout in ("default", "channels-last") for batch in (64, 256)
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architecture", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    timing.add_options(parser)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    timing.choose_precision(options)
    for architecture in options.architecture:
        arguments = (architecture, options.device)
        print(json.dumps({
            "architecture": architecture,
            **timing.best_variant(build, arguments, options)}), flush=True)


if __name__ == "__main__":
    main()
