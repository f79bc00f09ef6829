"""Trains the paper's networks one at a time in eager PyTorch, by the paper's protocol.

Everything that a careful script would do for speed is done: images live in memory as normalized
floats, the neighboring pairs are indexed once, oneDNN and MKL compute.
"""

import argparse
import json
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from data import read_split
from measures import accuracy, outputs, summary
from networks import NETWORKS, normalize
from penalties import objective


def parse_seeds(text):
    """`0-2,5` is 0, 1, 2, 5."""
    seeds = []
    for part in text.split(","):
        low, _, high = part.partition("-")
        seeds += range(int(low), int(high or low) + 1)
    return seeds


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder of IDX files or CIFAR-10 batches")
    parser.add_argument("--architecture", required=True, choices=NETWORKS)
    parser.add_argument("--penalty", default="control", choices=["control", "ws", "as"])
    parser.add_argument(
        "--metric", default="euclidean", choices=["euclidean", "cosine", "correlation"])
    parser.add_argument("--lambda", dest="strength", type=float, default=1.0)
    parser.add_argument("--seeds", type=parse_seeds, default=[0], help="such as 0-2,5")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--subset", type=int, help="first N training images, before the split")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--out", type=Path, help="write <condition>/seed-<n>/model.safetensors")
    return parser.parse_args()


def condition_label(options):
    if options.penalty == "control":
        return "control"
    return f"{options.penalty}-{options.metric}-{options.strength:g}"


def train(options, seed, images, labels, test_images, test_labels):
    """Trains one network and returns its record."""
    torch.manual_seed(seed)
    device = torch.device(options.device)
    network = NETWORKS[options.architecture]().to(device)
    if options.channels_last:
        network = network.to(memory_format=torch.channels_last)
    penalty = objective(options.penalty, options.metric, options.strength, device)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    permutation = torch.randperm(len(images)).to(device)
    kept = len(images) * 4 // 5
    training, validation = permutation[:kept], permutation[kept:]
    validation_images, validation_labels = images[validation], labels[validation]
    trained_seconds = 0.0
    for epoch in range(1, options.epochs + 1):
        network.train()
        order = training[torch.randperm(kept).to(device)]
        cross_entropy = torch.zeros((), device=device)
        penalties = torch.zeros((), device=device)
        start = time.perf_counter()
        for first in range(0, kept, options.batch):
            chosen = order[first:first + options.batch]
            logits, sheet = network(images[chosen])
            loss = F.cross_entropy(logits, labels[chosen])
            cross_entropy += loss.detach() * len(chosen)
            if penalty is not None:
                extra = penalty(network, sheet)
                penalties += extra.detach() * len(chosen)
                loss = loss + extra
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        seconds = time.perf_counter() - start
        trained_seconds += seconds
        right = accuracy(outputs(network, validation_images)[0], validation_labels)
        print(
            f"{condition_label(options)} seed {seed} epoch {epoch}: "
            f"cross-entropy {cross_entropy.item() / kept:.4f} "
            f"penalty {penalties.item() / kept:.4f} validation {right:.4f} "
            f"{kept / seconds:.0f} images/s", flush=True)
    logits, sheets = outputs(network, test_images)
    record = {
        "peer": f"torch {torch.__version__}", "architecture": options.architecture,
        "condition": condition_label(options), "seed": seed, "epochs": options.epochs,
        "images_per_second": options.epochs * kept / trained_seconds,
        **summary(logits, sheets, test_labels),
    }
    if options.out:
        folder = options.out / condition_label(options) / f"seed-{seed}"
        folder.mkdir(parents=True, exist_ok=True)
        state = {name: value.cpu().contiguous() for name, value in network.state_dict().items()}
        save_file(state, folder / "model.safetensors")
    return record


def main():
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    format = torch.channels_last if options.channels_last else torch.contiguous_format
    splits = []
    for is_training in (True, False):
        images, labels = read_split(options.data, is_training)
        if is_training and options.subset:
            images, labels = images[:options.subset], labels[:options.subset]
        images = normalize(images, options.architecture).contiguous(memory_format=format)
        splits += [images.to(options.device), labels.to(options.device)]
    for seed in options.seeds:
        record = train(options, seed, *splits)
        print(json.dumps(record), flush=True)
        if options.out:
            with open(options.out / "records.jsonl", "a") as file:
                file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
