"""The topographic penalties as one would write them for speed in PyTorch: the neighboring
pairs are indexed once, and each metric is a handful of tensor operations."""

import torch


def neighbor_pairs(rows=11, columns=11):
    """Each undirected pair of Moore neighbors once: two index tensors (420 for 11 x 11)."""
    first, second = [], []
    for row in range(rows):
        for column in range(columns):
            for down, right in ((0, 1), (1, -1), (1, 0), (1, 1)):
                if row + down < rows and 0 <= column + right < columns:
                    first.append(row * columns + column)
                    second.append((row + down) * columns + column + right)
    return torch.tensor(first), torch.tensor(second)


class NeighborPenalty:
    """Mean dissimilarity of neighboring rows of a matrix `[units, features]`."""

    def __init__(self, metric, rows=11, columns=11, device="cpu"):
        self.metric = metric
        self.first, self.second = (x.to(device) for x in neighbor_pairs(rows, columns))

    def __call__(self, matrix):
        if self.metric == "euclidean":
            return (matrix[self.first] - matrix[self.second]).norm(dim=1).mean()
        if self.metric == "correlation":
            matrix = matrix - matrix.mean(1, keepdim=True)
        norms = matrix.norm(dim=1)
        products = (matrix[self.first] * matrix[self.second]).sum(1)
        return (1 - products / (norms[self.first] * norms[self.second] + 1e-8)).mean()


def dissimilarity(metric, first, second):
    """Of two vectors, one operation after the other."""
    if metric == "euclidean":
        return (first - second).norm()
    if metric == "correlation":
        first, second = first - first.mean(), second - second.mean()
    norms = (first ** 2).sum().sqrt() * (second ** 2).sum().sqrt()
    return 1 - (first * second).sum() / (norms + 1e-8)


def looped_penalty(matrix, metric="euclidean", rows=11, columns=11):
    """The penalty unit by unit and neighbor by neighbor, each pair from both sides, as the
    published scripts do it."""
    units = matrix.view(rows, columns, -1)
    total, count = 0.0, 0
    for row in range(rows):
        for column in range(columns):
            for down in (-1, 0, 1):
                for right in (-1, 0, 1):
                    other_row, other_column = row + down, column + right
                    if (down, right) == (0, 0):
                        continue
                    if 0 <= other_row < rows and 0 <= other_column < columns:
                        total = total + dissimilarity(
                            metric, units[row, column], units[other_row, other_column])
                        count += 1
    return total / count


def objective(penalty, metric, strength, device="cpu"):
    """A function of (network, sheet) that gives the penalty, or None for control.

    WS compares the incoming weights of neighboring units, AS their responses to the batch. With
    `-loop`, by `looped_penalty`.
    """
    if penalty == "control":
        return None
    looped = penalty.endswith("-loop")
    measure = (
        (lambda matrix: looped_penalty(matrix, metric)) if looped
        else NeighborPenalty(metric, device=device))
    penalty = penalty.removesuffix("-loop")
    if penalty == "ws":
        return lambda network, sheet: strength * measure(network.fc1.weight)
    return lambda network, sheet: strength * measure(sheet.T.contiguous() if looped else sheet.T)
