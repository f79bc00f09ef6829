"""Writes ensembles.json: logits of made-up networks, and what numpy and scikit-learn say of their
ensembles.

Run with numpy and scikit-learn: python make-ensembles.py > ensembles.json
"""

import itertools
import json

import numpy as np
from sklearn.metrics import accuracy_score, cohen_kappa_score, log_loss

NETWORKS, IMAGES, CLASSES, BINS = 6, 40, 4, 15


def softmax(logits):
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def calibration_error(probabilities, labels):
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bins = np.ceil(confidence * BINS) - 1
    error = 0.0
    for number in np.unique(bins):
        inside = bins == number
        error += inside.mean() * abs(correct[inside].mean() - confidence[inside].mean())
    return error


def own(probabilities, labels):
    return [
        accuracy_score(labels, probabilities.argmax(axis=1)),
        log_loss(labels, probabilities, labels=range(CLASSES)),
        calibration_error(probabilities, labels),
    ]


def of_people(probabilities, labels, people):
    cross = -(people * np.log(probabilities)).sum(axis=1).mean()
    entropy = -np.where(people > 0, people * np.log(np.maximum(people, 1e-300)), 0).sum(axis=1).mean()
    chosen = probabilities.argmax(axis=1)
    majority = people.argmax(axis=1)
    return [
        cross,
        cross - entropy,
        people[np.arange(IMAGES), chosen].mean(),
        (chosen == majority).mean(),
        cohen_kappa_score(chosen == labels, majority == labels),
    ]


def main():
    random = np.random.default_rng(5)
    labels = random.integers(0, CLASSES, IMAGES)
    shared = random.normal(size=(IMAGES, CLASSES))
    logits = []
    for _ in range(NETWORKS):
        values = shared + random.normal(size=shared.shape)
        values[np.arange(IMAGES), labels] += 1
        logits.append(np.round(values, 3).astype(np.float32))
    counts = random.multinomial(50, [0.1] * CLASSES + [0.6], size=IMAGES)
    people = counts[:, :CLASSES]
    people[np.arange(IMAGES), labels] += counts[:, CLASSES]
    people[::5] = np.roll(people[::5], 1, axis=1)
    shares = people / people.sum(axis=1, keepdims=True)
    softmaxes = [softmax(values.astype(np.float64)) for values in logits]
    sizes = {}
    for size in (2, 3, 5, 6):
        rows = []
        for group in itertools.combinations(range(NETWORKS), size):
            mean = np.mean([softmaxes[index] for index in group], axis=0)
            members = np.mean([own(softmaxes[index], labels) for index in group], axis=0)
            chosen = [softmaxes[index].argmax(axis=1) for index in group]
            pairs = list(itertools.combinations(chosen, 2))
            joint = own(mean, labels)
            rows.append(
                [value for both in zip(joint, members) for value in both]
                + [
                    np.mean([(a != b).mean() for a, b in pairs]),
                    np.mean([cohen_kappa_score(a == labels, b == labels) for a, b in pairs]),
                ]
                + of_people(mean, labels, shares)
            )
        rows = np.array(rows)
        sizes[str(size)] = {
            "mean": rows.mean(axis=0).tolist(),
            "sd": rows.std(axis=0, ddof=1).tolist() if len(rows) > 1 else [],
            "smallest": rows.min(axis=0).tolist(),
            "largest": rows.max(axis=0).tolist(),
            "groups": len(rows),
        }
    print(
        json.dumps(
            {
                "labels": labels.tolist(),
                "logits": [[round(float(v), 3) for v in values.ravel()] for values in logits],
                "people": people.ravel().tolist(),
                "sizes": sizes,
                "networks": [of_people(values, labels, shares) for values in softmaxes],
            }
        )
    )


if __name__ == "__main__":
    main()
