"""Values of scikit-learn, scipy and numpy for the measures of units: units.json.

    pip install numpy scipy scikit-learn
    python make_units.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import entropy
from sklearn.metrics import average_precision_score, roc_auc_score

random = np.random.default_rng(12)
images, units, classes = 157, 6, 4
labels = random.integers(0, classes, images)
z = random.normal(0, 1, (images, units)).astype(np.float32)
z[:, 0] += labels == 2
z[:, 1] += labels
z[:, 2] = np.round(z[:, 2] * 2) / 2  # ties
z[:, 3] -= 4  # dead
z[:, 4] = 0.25  # constant
z = np.round(z, 4).astype(np.float32)
a = np.maximum(z, 0).astype(np.float64)
wide = z.astype(np.float64)


def histogram_entropy(values, bounds=None):
    if values.max() == values.min():
        return 0.0
    return float(entropy(np.histogram(values, 32, bounds)[0]))


def eta_squared(values):
    between = sum(
        (labels == c).sum() * (values[labels == c].mean() - values.mean()) ** 2
        for c in range(classes))
    return float(between / images / values.var())


def sparseness(r):
    share = r.mean() ** 2 / (r**2).mean()
    return float((1 - share) / (1 - 1 / len(r)))


# Unit 3 is dead and unit 4 constant: lists without them are of measures that they do not have.
result = {
    "units": units,
    "classes": classes,
    "labels": labels.tolist(),
    "responses": [float(f"{v:.4f}") for v in z.ravel()],
    "averagePrecisions": [
        [float(average_precision_score(labels == c, z[:, u])) for u in range(units)]
        for c in range(classes)],
    "negativePrecisions": [
        [float(average_precision_score(labels == c, -z[:, u])) for u in range(units)]
        for c in range(classes)],
    "areas": [
        [float(roc_auc_score(labels == c, z[:, u])) for u in range(units)]
        for c in range(classes)],
    "variances": wide.var(0).tolist(),
    "squaredVariation": [float(a[:, u].var() / a[:, u].mean() ** 2) for u in (0, 1, 2, 4, 5)],
    "etaSquared": [eta_squared(wide[:, u]) for u in (0, 1, 2, 3, 5)],
    "lifetimeSparseness": [sparseness(a[:, u]) for u in (0, 1, 2, 4, 5)],
    "populationSparseness": float(np.mean([sparseness(r) for r in a])),
    "entropies": [histogram_entropy(wide[:, u]) for u in range(units)],
    "rectifiedEntropies": [histogram_entropy(a[:, u]) for u in range(units)],
    "commonRangeEntropies": [
        histogram_entropy(wide[:, u], (wide.min(), wide.max())) for u in range(units)],
    "populationEntropy": float(np.mean([entropy(r) / np.log(units) for r in a])),
    "topClassEntropies": [
        float(entropy(np.bincount(labels[np.argsort(-z[:, u], kind="stable")[:100]])))
        for u in range(units)],
}
target = Path(__file__).with_name("units.json")
target.write_text(json.dumps(result, indent=None, separators=(",", ":")) + "\n")
