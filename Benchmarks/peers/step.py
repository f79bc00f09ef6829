"""Times one training step of the paper's networks in eager PyTorch.

A step is all that training repeats: indexing a batch out of the normalised images, forward,
penalty, backward, Adam. Every variant (default or channels-last layout, default or fused Adam) is
timed, interleaved with the others so that a busy moment of the machine hits all alike; one JSON
line per network and condition gives each variant's images per second and the best one's.
"""

import argparse
import json
import statistics
import time

import torch
from torch.nn import functional as F

from networks import NETWORKS
from penalties import objective


def make_step(architecture, condition, batch, channels_last, fused, device):
    """A function that trains one step, on random images."""
    torch.manual_seed(0)
    format = torch.channels_last if channels_last else torch.contiguous_format
    network = NETWORKS[architecture]().to(device).to(memory_format=format)
    images = torch.randn(2048, *network.image_shape).contiguous(memory_format=format).to(device)
    labels = torch.randint(0, 10, (2048,)).to(device)
    order = torch.randperm(2048).to(device)
    penalty = objective(condition, "euclidean", 1.0, device)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, fused=fused or None)
    position = 0

    def step():
        nonlocal position
        chosen = order[position:position + batch]
        position = (position + batch) % (2048 - batch + 1)
        logits, sheet = network(images[chosen])
        loss = F.cross_entropy(logits, labels[chosen])
        if penalty is not None:
            loss = loss + penalty(network, sheet)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def seconds_per_step(step, count, device):
    start = time.perf_counter()
    for _ in range(count):
        step()
    if device == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / count


def measure(architecture, condition, options):
    steps = {
        f"{layout}{adam}": make_step(
            architecture, condition, options.batch, layout == "channels-last", bool(adam),
            options.device)
        for layout in ("default", "channels-last") for adam in ("", "+fused-adam")
    }
    counts = {}
    for name, step in steps.items():
        seconds_per_step(step, 5, options.device)
        once = seconds_per_step(step, 5, options.device)
        counts[name] = max(3, round(options.seconds / once))
    rates = {name: [] for name in steps}
    for _ in range(options.repeats):
        for name, step in steps.items():
            seconds = seconds_per_step(step, counts[name], options.device)
            rates[name].append(options.batch / seconds)
    best = max(rates, key=lambda name: statistics.median(rates[name]))
    return {
        "peer": f"torch {torch.__version__}", "device": options.device,
        "architecture": architecture, "condition": condition, "batch": options.batch,
        "threads": torch.get_num_threads(), "best": best,
        "images_per_second": round(statistics.median(rates[best]), 1),
        "lowest": round(min(rates[best]), 1), "highest": round(max(rates[best]), 1),
        "repeats": options.repeats,
        "variants": {name: round(statistics.median(each), 1) for name, each in rates.items()},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architecture", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument(
        "--penalty", nargs="+", default=["control", "ws"], choices=["control", "ws", "as"])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each repeat")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    for architecture in options.architecture:
        for condition in options.penalty:
            print(json.dumps(measure(architecture, condition, options)), flush=True)


if __name__ == "__main__":
    main()
