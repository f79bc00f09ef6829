"""The topographic penalty as a plain loop over the pairs of neighbors, and its cases."""

import torch

import layers
from penalties import NeighborPenalty

ROWS, COLUMNS = 11, 11
METRICS = ["euclidean", "cosine", "correlation"]


def dissimilarity(x, y, metric):
    """Of two rows. Where a square root has no derivative (equal rows, zero or constant rows) the
    value is a constant, and so the gradient zero."""
    if metric == "euclidean":
        squares = ((x - y) ** 2).sum()
        return squares.sqrt() if squares > 0 else squares.detach()
    if metric == "correlation":
        x, y = x - x.mean(), y - y.mean()
    if not x.any() or not y.any():
        return torch.ones(())
    return 1 - (x * y).sum() / ((x * x).sum().sqrt() * (y * y).sum().sqrt() + 1e-8)


def penalty(matrix, metric, rows=ROWS, columns=COLUMNS):
    """Mean over the undirected pairs of Moore neighbors; row `r * columns + c` of `matrix` is
    the unit at row r, column c."""
    total, pairs = 0, 0
    for r in range(rows):
        for c in range(columns):
            for down, right in ((0, 1), (1, -1), (1, 0), (1, 1)):
                if r + down < rows and 0 <= c + right < columns:
                    total = total + dissimilarity(
                        matrix[r * columns + c], matrix[(r + down) * columns + c + right], metric)
                    pairs += 1
    return total / pairs


# How each view reads the stored values as a matrix of one row per unit.
VIEWS = {
    "ws": lambda weight: weight,
    "as": lambda sheet: sheet.T,
    # `spatial_loss`'s own `view(11, 11, -1)`, of a sheet that nobody transposed.
    "as-untransposed": lambda sheet: sheet.reshape(ROWS * COLUMNS, -1),
}


def make(seed):
    """`values` as stored, the penalty's `value` and `gradient` with respect to `values`."""
    cases = layers.Cases(seed)
    tensors = {
        "ws": cases.draw(ROWS * COLUMNS, 64, scale=0.125),
        "as": cases.draw(33, ROWS * COLUMNS, scale=0.7),
        "as-untransposed": cases.draw(8, ROWS * COLUMNS, scale=0.7),
    }
    # Two neighbors alike, a zero unit and a constant one: no NaN may come of them.
    degenerate = cases.draw(ROWS * COLUMNS, 5)
    degenerate[:, 1] = degenerate[:, 0]
    degenerate[:, 60] = 0
    degenerate[:, 100] = 0.25
    for name, values in [*tensors.items(), ("ws-degenerate", degenerate)]:
        view = VIEWS[name.removesuffix("-degenerate")]
        cases.add(f"penalty.{name}", values=values)
        for metric in METRICS:
            def compute(x):
                leaf = layers.leaf(x["values"])
                value = penalty(view(leaf), metric)
                gradient, = torch.autograd.grad(value, leaf)
                return value.reshape(1), gradient

            each = [compute({"values": values[m]}) for m in range(layers.MEMBERS)]
            if not name.endswith("degenerate"):
                peer = NeighborPenalty(metric)(view(values[0])).item()
                assert abs(peer / each[0][0].item() - 1) < 1e-12, "the peer's penalty differs"
            cases.add(f"penalty.{name}", **{
                f"{metric}.value": torch.stack([value for value, _ in each]),
                f"{metric}.gradient": torch.stack([gradient for _, gradient in each])})
    return cases
