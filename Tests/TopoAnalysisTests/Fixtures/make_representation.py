"""Values of numpy, scipy and scikit-learn that RepresentationFixtureTests compares with.

Run: python3 make_representation.py > representation.json
"""

import json

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.stats import pearsonr, rankdata, spearmanr
from sklearn.metrics import cohen_kappa_score

random = np.random.default_rng(20261127)


def rounded(values):
    """Values with few digits, so that both sides read the same Float32."""
    return np.round(values * 64) / 64


def dimensionality(x):
    x = x - x.mean(0)
    values = np.linalg.svd(x, compute_uv=False) ** 2 / (len(x) - 1)
    p = values / values.sum()
    p = p[p > 0]
    return {
        "participationRatio": float(1 / (p**2).sum()),
        "entropy": float(np.exp(-(p * np.log(p)).sum())),
        "maximum": float(1 / p.max()),
        "largest": float(values.max()),
    }


def rdm(x):
    return (1 - np.corrcoef(x))[np.triu_indices(len(x), 1)]


def cka(x, y):
    n = len(x)
    x, y = x - x.mean(0), y - y.mean(0)
    linear = np.linalg.norm(y.T @ x) ** 2 / (
        np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    )

    def hsic(k, l):
        k, l = k.copy(), l.copy()
        np.fill_diagonal(k, 0)
        np.fill_diagonal(l, 0)
        return (
            np.trace(k @ l)
            + k.sum() * l.sum() / ((n - 1) * (n - 2))
            - 2 / (n - 2) * k.sum(0) @ l.sum(0)
        ) / (n * (n - 3))

    k, l = x @ x.T, y @ y.T
    return float(linear), float(hsic(k, l) / np.sqrt(hsic(k, k) * hsic(l, l)))


def transport(scores):
    rows, columns = scores.shape
    equal, masses = [], []
    for row in range(rows):
        mask = np.zeros_like(scores)
        mask[row] = 1
        equal.append(mask.ravel())
        masses.append(1 / rows)
    for column in range(columns):
        mask = np.zeros_like(scores)
        mask[:, column] = 1
        equal.append(mask.ravel())
        masses.append(1 / columns)
    found = linprog(-scores.ravel(), A_eq=equal, b_eq=masses, bounds=(0, None))
    return float(-found.fun)


def pair(images, first, second):
    base = random.standard_normal((images, min(first, second)))
    x = rounded(base @ random.standard_normal((base.shape[1], first)))
    y = rounded(
        base @ random.standard_normal((base.shape[1], second)) * 0.7
        + random.standard_normal((images, second))
    )
    r = np.corrcoef(x.T, y.T)[:first, first:]
    row, column = linear_sum_assignment(-r)
    linear, debiased = cka(x, y)
    return {
        "images": images,
        "first": x.ravel().tolist(),
        "second": y.ravel().tolist(),
        "firstUnits": first,
        "secondUnits": second,
        "dimensionality": dimensionality(x),
        "rsaPearson": float(pearsonr(rdm(x), rdm(y))[0]) if first > 2 and second > 2 else None,
        "rsaSpearman": float(spearmanr(rdm(x), rdm(y))[0]) if first > 2 and second > 2 else None,
        "linear": linear,
        "debiased": debiased,
        "matched": float(r[row, column].mean()),
        "soft": transport(r),
    }


def assignments():
    cases = []
    for rows, columns in [(1, 1), (3, 3), (7, 4), (4, 7), (31, 33), (33, 31)]:
        # Small integers: many ties.
        scores = random.integers(-9, 10, (rows, columns))
        row, column = linear_sum_assignment(scores, maximize=True)
        cases.append(
            {
                "rows": rows,
                "columns": columns,
                "scores": scores.ravel().tolist(),
                "sum": int(scores[row, column].sum()),
                "transport": transport(scores.astype(float)),
            }
        )
    return cases


def kappa():
    first = random.random(40) < 0.8
    second = np.where(random.random(40) < 0.5, first, random.random(40) < 0.7)
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "kappa": float(cohen_kappa_score(first, second)),
    }


def ranks():
    values = random.integers(0, 12, 30) / 4
    return {"values": values.tolist(), "ranks": rankdata(values).tolist()}


print(
    json.dumps(
        {
            "pairs": [
                pair(12, 1, 3), pair(5, 8, 6), pair(20, 31, 33), pair(40, 12, 8), pair(30, 9, 9),
            ],
            "assignments": assignments(),
            "kappa": kappa(),
            "ranks": ranks(),
        }
    )
)
