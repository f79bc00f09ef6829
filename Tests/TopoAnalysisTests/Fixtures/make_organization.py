"""Values of other programs for the tests of organization and selectivity.

Run: python make_organization.py > organization.json
Needs numpy, scipy, esda and libpysal.
"""

import json
import warnings

import numpy as np
from esda import Geary, Moran
from libpysal.weights import W
from scipy import ndimage, stats
from scipy.optimize import curve_fit, linprog

warnings.filterwarnings("ignore")
random = np.random.default_rng(12)


def rounded(values, digits=3):
    return np.round(values, digits).astype(np.float32).astype(np.float64)


def short(values):
    """Numbers that round to the same Float32."""
    return [float(f"{v:.7g}") for v in np.ravel(values)]


def moore(rows, columns, wraps=False):
    lists = []
    for r in range(rows):
        for c in range(columns):
            found = set()
            for i in (-1, 0, 1):
                for j in (-1, 0, 1):
                    a, b = r + i, c + j
                    if wraps:
                        a, b = a % rows, b % columns
                    if 0 <= a < rows and 0 <= b < columns and (a, b) != (r, c):
                        found.add(a * columns + b)
            lists.append(sorted(found))
    return lists


def autocorrelation(neighbors, maps):
    results = {"binary": [], "rowStandardized": [], "geary": []}
    for one in maps:
        weights = W(dict(enumerate(neighbors)), silence_warnings=True)
        results["binary"].append(Moran(one, weights, transformation="b", permutations=0).I)
        results["rowStandardized"].append(
            Moran(one, weights, transformation="r", permutations=0).I)
        weights = W(dict(enumerate(neighbors)), silence_warnings=True)
        results["geary"].append(Geary(one, weights, transformation="b", permutations=0).C)
    return {"neighbors": neighbors, "maps": short(maps), **results}


def nearest(positions, count):
    distance = np.linalg.norm(positions[:, None] - positions[None], axis=-1)
    lists = [set() for _ in positions]
    for unit in range(len(positions)):
        order = [v for v in np.argsort(distance[unit], kind="stable") if v != unit]
        for other in order[:count]:
            lists[unit].add(int(other))
            lists[int(other)].add(unit)
    return [sorted(v) for v in lists]


def dip(sample):
    """The dip by linear programs, one for each place of the mode, where a jump is allowed."""
    n = len(sample)
    points = sorted(set(sample))
    k = len(points)
    below = [sum(a < x for a in sample) / n for x in points]
    above = [sum(a <= x for a in sample) / n for x in points]
    best = 1.0
    for mode in range(k):
        # Variables: values before the points, values at the points, the largest difference.
        rows, bounds = [], []

        def add(terms, bound):
            row = np.zeros(2 * k + 1)
            for index, weight in terms:
                row[index] += weight
            rows.append(row)
            bounds.append(bound)

        for i in range(k):
            for index, value in ((i, below[i]), (k + i, above[i])):
                add([(index, 1), (2 * k, -1)], value)
                add([(index, -1), (2 * k, -1)], -value)
            add([(i, 1), (k + i, -1)], 0)
            if i != mode:
                add([(i, -1), (k + i, 1)], 0)
            if i + 1 < k:
                add([(k + i, 1), (i + 1, -1)], 0)

        def slope(i, sign):
            width = points[i + 1] - points[i]
            return [(i + 1, sign / width), (k + i, -sign / width)]

        for i in range(k - 2):
            if i + 2 <= mode:
                add(slope(i, 1) + slope(i + 1, -1), 0)
            if i >= mode:
                add(slope(i, -1) + slope(i + 1, 1), 0)
        goal = np.zeros(2 * k + 1)
        goal[-1] = 1
        found = linprog(goal, A_ub=np.array(rows), b_ub=bounds, bounds=[(None, None)] * (2 * k + 1))
        best = min(best, found.fun)
    return max(best, 1 / (2 * n))


def dips():
    cases = []
    for index in range(24):
        n = int(random.integers(2, 22))
        if index % 3 == 0:
            sample = random.integers(0, 6, n).astype(float)
        elif index % 3 == 1:
            sample = np.round(random.random(n), 3)
        else:
            sample = np.round(random.normal(size=n) + 4 * (random.random(n) < 0.5), 3)
        sample = [float(v) for v in sample]
        cases.append({"values": sample, "dip": dip(sample)})
    return cases


def bimodality(sample):
    n = len(sample)
    skew, kurtosis = stats.skew(sample, bias=False), stats.kurtosis(sample, bias=False)
    return (skew**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))


def fit():
    distance = np.round(random.random(200) * 12 + 0.5, 3)
    value = np.round(0.15 + 0.7 * np.exp(-distance / 2.7) + 0.05 * random.normal(size=200), 4)
    (a, c, length), _ = curve_fit(
        lambda d, a, c, l: c + a * np.exp(-d / l), distance, value, p0=(1, 0, 2), xtol=1e-14,
        ftol=1e-14)
    rest = value - c - a * np.exp(-distance / length)
    explained = 1 - np.sum(rest**2) / np.sum((value - value.mean()) ** 2)
    return {"distances": distance.tolist(), "values": value.tolist(), "amplitude": a,
            "offset": c, "length": length, "rSquared": explained}


def layer():
    rows, columns, images, classes = 6, 5, 60, 3
    units = rows * columns
    labels = random.integers(0, classes, images)
    smooth = ndimage.gaussian_filter(random.normal(size=(classes, rows, columns)), (0, 1, 1))
    z = rounded(3 * smooth.reshape(classes, units)[labels] + random.normal(size=(images, units)))
    a = np.maximum(z, 0)
    place = np.array([[u // columns, u % columns] for u in range(units)], float)
    distance = np.linalg.norm(place[:, None] - place[None], axis=-1)
    upper = np.triu_indices(units, 1)
    r = np.corrcoef(z.T)
    pairs, d = r[upper], distance[upper]
    functional = []
    for k in (1, 5, 10):
        total = 0.0
        for u in range(units):
            others = [v for v in np.argsort(-r[u], kind="stable") if v != u]
            total += distance[u, others[:k]].mean()
        functional.append(total / units)
    top = -(-units // 10)
    coactive = []
    for image in a:
        active = [v for v in np.argsort(-image, kind="stable")[:top] if image[v] > 0]
        if len(active) > 1:
            coactive.append(np.mean([distance[u, v] for i, u in enumerate(active)
                                     for v in active[i + 1:]]))
    smoothness = []
    bins = np.floor(d + 0.5).astype(int)
    for label in range(classes):
        mean = z[labels == label].mean(0)
        difference = np.abs(mean[:, None] - mean[None])[upper]
        curve = [difference[bins == b].mean() for b in sorted(set(bins)) if sum(bins == b) >= 30]
        smoothness.append((max(curve) - curve[0]) / max(curve))
    dprime, t, welch, p = [], [], [], []
    for label in range(classes):
        on, off = a[labels == label], a[labels != label]
        gap = on.mean(0) - off.mean(0)
        dprime.append(gap / np.sqrt((on.var(0) + off.var(0)) / 2))
        t.append(gap / np.sqrt(on.var(0) / len(on) + off.var(0) / len(off)))
        result = stats.ttest_ind(on, off, equal_var=False)
        welch.append(result.statistic)
        p.append(result.pvalue)
    adjusted = stats.false_discovery_control(np.ravel(p))
    return {
        "rows": rows, "columns": columns, "labels": labels.tolist(), "values": short(z),
        "mean": pairs.mean(), "sd": pairs.std(), "above": np.mean(pairs > 0.5),
        "bimodality": bimodality(pairs), "spearman": -stats.spearmanr(pairs, d)[0],
        "alignment": stats.pearsonr(pairs, 1 / (d + 1))[0], "functional": functional,
        "coactivation": float(np.mean(coactive)), "smoothness": float(np.mean(smoothness)),
        "dPrime": np.ravel(dprime).tolist(), "t": np.ravel(t).tolist(),
        "welch": np.ravel(welch).tolist(), "p": np.ravel(p).tolist(),
        "adjusted": adjusted.tolist(),
    }


def patches():
    cases = []
    for rows, columns in ((7, 9), (1, 31), (12, 12)):
        selected = random.random((rows, columns)) < 0.45
        sizes = []
        for structure in (np.ones((3, 3)), ndimage.generate_binary_structure(2, 1)):
            labeled, count = ndimage.label(selected, structure)
            sizes.append([int(np.sum(labeled == i + 1)) for i in range(count)])
        cases.append({"rows": rows, "columns": columns,
                      "selected": selected.astype(int).ravel().tolist(), "eight": sizes[0],
                      "four": sizes[1]})
    return cases


ties = random.integers(0, 8, (2, 33)).astype(float)
positions = rounded(random.random((33, 3)))
graph = nearest(positions, 4)
print(json.dumps({
    "autocorrelation": [
        autocorrelation(moore(5, 7), rounded(random.normal(size=(3, 35)))),
        autocorrelation(moore(5, 7, wraps=True), rounded(random.normal(size=(2, 35)))),
        autocorrelation(moore(1, 31), rounded(random.normal(size=(2, 31)))),
        autocorrelation(graph, rounded(random.normal(size=(3, 33)))),
    ],
    "positions": short(positions),
    "ranks": {"first": ties[0].tolist(), "second": ties[1].tolist(),
              "ranks": stats.rankdata(ties[0]).tolist(), "spearman": stats.spearmanr(*ties)[0],
              "pearson": stats.pearsonr(*ties)[0]},
    "dips": dips(),
    "bimodality": [{"values": sample.tolist(), "value": bimodality(sample)}
                   for sample in (np.round(random.exponential(size=31), 3),
                                  np.round(random.normal(size=33), 3))],
    "fit": fit(),
    "layer": layer(),
    "patches": patches(),
}, separators=(",", ":")))
