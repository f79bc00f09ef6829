"""Attacks on the paper's networks as PyTorch's gradients give them: four images of each member,
attacked from where they are, without a random start; and the sensitivity of some units of the sheet
to their pixels."""

import numpy as np
import torch
from torch.nn import functional as F

import networks
import philox
import training

SEEDS = [21, (3 << 32) + 22]
# Dark and bright ones.
PICKED = [2, 5, 8, 9]
STEP_SHARE = 0.3
# Units of the sheet.
UNITS = [0, 1, 60, 120]
CASES = {
    # Shape, mean, standard deviation, epsilon of Linf, epsilon of L2.
    "mnist": ((1, 12, 12), [0.1307], [0.3081], 0.1, 0.6),
    "cifar10": ((3, 8, 8), [0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616], 4 / 255, 0.4),
}


def spread_statistics(network, seed):
    """Running statistics as after some training: means within 1/4 of 0, variances of 1; tensor t in
    state-dict order (`num_batches_tracked` not counted) draws stream t."""
    state = network.state_dict()
    names = [name for name in state if not name.endswith("num_batches_tracked")]
    for t, name in enumerate(names):
        if "running" in name:
            drawn = philox.uniform(philox.words(seed, philox.TEST, t, state[name].numel()))
            center = 1.0 if name.endswith("var") else 0.0
            state[name].copy_(torch.from_numpy(drawn / 2 - 0.25 + center))


def make(architecture):
    shape, mean, standard_deviation, box, ball = CASES[architecture]
    # What Toposheet holds of them: float32.
    mean, standard_deviation = (
        torch.tensor(v, dtype=torch.float32).double()[:, None, None]
        for v in (mean, standard_deviation))
    noise, labels = training.pool(shape)
    clean = torch.from_numpy((noise[PICKED] / 255).astype(np.float32)).double()
    targets = torch.from_numpy(labels[PICKED])
    tensors = {"images": clean.float()}
    for seed in SEEDS:
        network = networks.NETWORKS[architecture]().eval()
        training.initialize(network, seed)
        spread_statistics(network, seed)

        def answer(images):
            return network((images - mean) / standard_deviation)[0]

        def gradient(images):
            images = images.clone().requires_grad_()
            # Each image's own loss: not divided by their number.
            loss = F.cross_entropy(answer(images), targets, reduction="sum")
            return torch.autograd.grad(loss, images)[0]

        def linf(images, size, radius):
            moved = images + size * gradient(images).sign()
            return (clean + (moved - clean).clamp(-radius, radius)).clamp(0, 1)

        def norm(values):
            return values.flatten(1).norm(dim=1)[:, None, None, None]

        def l2(images, size, radius):
            g = gradient(images)
            difference = images + size * g / norm(g).clamp(min=1e-12) - clean
            shorter = (radius / norm(difference).clamp(min=1e-30)).clamp(max=1)
            return (clean + difference * shorter).clamp(0, 1)

        def sensitivity(unit):
            """Mean over images of |dz / dx|, summed over channels."""
            images = clean.clone().requires_grad_()
            sheet = network((images - mean) / standard_deviation)[1]
            slopes = torch.autograd.grad(sheet[:, unit].sum(), images)[0]
            return slopes.abs().sum(dim=1).mean(dim=0)

        member = f"member-{SEEDS.index(seed)}"
        tensors[f"{member}/gradient"] = gradient(clean).float()
        tensors[f"{member}/sensitivity"] = torch.stack([sensitivity(u) for u in UNITS]).float()
        for kind, step, radius in [("linf", linf, box), ("l2", l2, ball)]:
            tensors[f"{member}/{kind}/fast"] = step(clean, radius, radius).float()
            images = clean
            for number in range(1, 6):
                images = step(images, STEP_SHARE * radius, radius)
                if number in (1, 5):
                    tensors[f"{member}/{kind}/steps-{number}"] = images.float()
            tensors[f"{member}/{kind}/logits-5"] = answer(images).detach().float()
    return tensors
