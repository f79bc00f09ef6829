"""Measures of a trained network on the test images, in double precision."""

import torch
from torch.nn import functional as F


@torch.no_grad()
def outputs(network, images, batch=500):
    """Logits `[n, class]` and sheets `[n, unit]` in inference mode."""
    network.eval()
    parts = [network(images[i:i + batch]) for i in range(0, len(images), batch)]
    return torch.cat([part[0] for part in parts]), torch.cat([part[1] for part in parts])


def accuracy(logits, labels):
    return (logits.argmax(1) == labels).double().mean().item()


def negative_log_likelihood(logits, labels):
    return F.cross_entropy(logits.double(), labels).item()


def expected_calibration_error(logits, labels, bins=15):
    """Bins `(lo, hi]` of the top-1 confidence."""
    confidence, prediction = logits.double().softmax(1).max(1)
    right = (prediction == labels).double()
    total = 0.0
    for i in range(bins):
        chosen = (confidence > i / bins) & (confidence <= (i + 1) / bins)
        if chosen.any():
            total += (right[chosen].sum() - confidence[chosen].sum()).abs().item()
    return total / len(labels)


def morans_i(sheets, rows=11, columns=11):
    """Global Moran's I of each map `[n, rows * columns]` with binary Moore weights and open
    border, then the mean over the maps that are not constant."""
    maps = sheets.double().view(-1, 1, rows, columns)
    centered = maps - maps.mean((2, 3), keepdim=True)
    kernel = torch.ones(1, 1, 3, 3, dtype=torch.float64, device=maps.device)
    kernel[0, 0, 1, 1] = 0
    neighbors = F.conv2d(centered, kernel, padding=1)
    weights = F.conv2d(torch.ones_like(maps[:1]), kernel, padding=1).sum()
    squares = (centered ** 2).sum((1, 2, 3))
    limit = 1e-12 * rows * columns * (maps.mean((1, 2, 3)) ** 2).clamp(min=1)
    index = rows * columns / weights * (centered * neighbors).sum((1, 2, 3)) / squares
    return index[squares > limit].mean().item()


def summary(logits, sheets, labels):
    return {
        "accuracy": accuracy(logits, labels),
        "nll": negative_log_likelihood(logits, labels),
        "ece": expected_calibration_error(logits, labels),
        "morans_i": morans_i(sheets),
    }
