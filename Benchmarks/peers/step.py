"""Times one training step of the paper's networks in eager PyTorch.

A step is all that training repeats: indexing a batch out of the normalized images, forward,
penalty, backward, Adam. Every variant (default or channels-last layout, default or fused Adam) is
timed, interleaved with the others so that a busy moment of the machine hits all alike; one JSON
line per network and condition gives each variant's images per second and the best one's.
"""

import argparse
import json

import torch
from torch.nn import functional as F

import timing
from networks import NETWORKS
from penalties import objective


def make_step(architecture, condition, metric, batch, channels_last, fused, device):
    """A function that trains one step, on random images."""
    torch.manual_seed(0)
    format = torch.channels_last if channels_last else torch.contiguous_format
    network = NETWORKS[architecture]().to(device).to(memory_format=format)
    images = torch.randn(2048, *network.image_shape).contiguous(memory_format=format).to(device)
    labels = torch.randint(0, 10, (2048,)).to(device)
    order = torch.randperm(2048).to(device)
    penalty = objective(condition, metric, 1.0, device)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=fused or None)
    position = 0

    def step():
        nonlocal position
        chosen = order[position:position + batch]
        position = (position + batch) % (2048 - batch + 1)
        logits, sheet = network(images[chosen])
        loss = F.cross_entropy(logits, labels[chosen])
        if penalty is not None:
            loss = loss + penalty(network, sheet)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def build(architecture, condition, metric, batch, device):
    return {
        f"{layout}{adam}": (
            make_step(
                architecture, condition, metric, batch, layout == "channels-last", bool(adam),
                device),
            batch)
        for layout in ("default", "channels-last") for adam in ("", "+fused-adam")
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architecture", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument(
        "--penalty", nargs="+", default=["control", "ws"],
        choices=["control", "ws", "as", "ws-loop", "as-loop"],
        help="-loop: pair by pair in Python, as the published scripts do it")
    parser.add_argument(
        "--metric", default="euclidean", choices=["euclidean", "cosine", "correlation"])
    parser.add_argument("--batch", type=int, default=64)
    timing.add_options(parser)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    timing.choose_precision(options)
    for architecture in options.architecture:
        for condition in options.penalty:
            arguments = (
                architecture, condition, options.metric, options.batch, options.device)
            print(json.dumps({
                "architecture": architecture, "condition": condition, "metric": options.metric,
                "batch": options.batch,
                **timing.best_variant(build, arguments, options)}), flush=True)


if __name__ == "__main__":
    main()
