"""The topographic penalties as one would write them for speed in PyTorch: the neighbouring
pairs are indexed once, and each metric is a handful of tensor operations."""

import torch


def neighbour_pairs(rows=11, columns=11):
    """Each undirected pair of Moore neighbours once: two index tensors (420 for 11 x 11)."""
    first, second = [], []
    for row in range(rows):
        for column in range(columns):
            for down, right in ((0, 1), (1, -1), (1, 0), (1, 1)):
                if row + down < rows and 0 <= column + right < columns:
                    first.append(row * columns + column)
                    second.append((row + down) * columns + column + right)
    return torch.tensor(first), torch.tensor(second)


class NeighbourPenalty:
    """Mean dissimilarity of neighbouring rows of a matrix `[units, features]`."""

    def __init__(self, metric, rows=11, columns=11, device="cpu"):
        self.metric = metric
        self.first, self.second = (x.to(device) for x in neighbour_pairs(rows, columns))

    def __call__(self, matrix):
        if self.metric == "euclidean":
            return (matrix[self.first] - matrix[self.second]).norm(dim=1).mean()
        if self.metric == "correlation":
            matrix = matrix - matrix.mean(1, keepdim=True)
        norms = matrix.norm(dim=1)
        products = (matrix[self.first] * matrix[self.second]).sum(1)
        return (1 - products / (norms[self.first] * norms[self.second] + 1e-8)).mean()


def objective(penalty, metric, strength, device="cpu"):
    """A function of (network, sheet) that gives the penalty, or None for control.

    WS compares the incoming weights of neighbouring units, AS their responses to the batch.
    """
    if penalty == "control":
        return None
    measure = NeighbourPenalty(metric, device=device)
    if penalty == "ws":
        return lambda network, sheet: strength * measure(network.fc1.weight)
    return lambda network, sheet: strength * measure(sheet.T)
