"""Makes folders of results with invented values, which have the form of real ones.

    python3 make-results.py FOLDER

FOLDER/mnist has everything, of 10 seeds; FOLDER/cifar10 has clean images and noise, of 3 seeds, and
names that HTML must escape.
"""

import csv
import json
import math
import pathlib
import random
import sys

folder = pathlib.Path(sys.argv[1])
draw = random.Random(0)
IDENTITY = ["architecture", "sheet", "condition", "penalty", "metric", "lambda", "view", "layout",
            "scale", "neighborhood", "seed", "epoch"]
LAMBDAS = [0.1, 0.3, 0.5, 1, 2, 3]


def conditions():
    yield ("control", "control", "none", 0.0, "none", "none", "none", "none")
    for lam in LAMBDAS:
        yield (f"ws-euclidean-{lam:g}", "ws", "euclidean", float(lam), "none", "none", "none", "moore")
    for layout in ["unit-major", "untransposed"]:
        for lam in LAMBDAS:
            label = f"as-correlation-{lam:g}" + ("-untransposed" if layout == "untransposed" else "")
            yield (label, "as", "correlation", float(lam), "pre-relu", layout, "sum", "moore")


def write(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header] + rows)


def study(name, dataset, architecture, epoch, seeds, everything):
    networks = [(c, seed) for c in conditions() for seed in range(seeds)]

    def identity(network, at=epoch):
        (label, penalty, metric, lam, view, layout, scale, near), seed = network
        return [architecture, "11x11", label, penalty, metric, lam, view, layout, scale, near, seed, at]

    def effect(network):
        (label, penalty, _, lam, _, layout, _, _), _ = network
        if penalty == "control":
            return 0, 0
        step = math.log10(lam * 10) / 1.5
        return (step, 0) if penalty == "ws" else (0, step * (0.3 if layout == "untransposed" else 1))

    rows = []
    for network in networks:
        ws, activations = effect(network)
        base = 0.95 - 0.02 * (ws + activations) + draw.gauss(0, 0.004) + 0.004 * (network[1] % 3)

        def add(measure, value, perturbation="clean", severity=0.0, index=0):
            reason = "" if value is not None else "constant map"
            rows.append([dataset] + identity(network) + [
                "ok", measure, perturbation, severity, index,
                "" if value is None else value, reason])

        add("accuracy", base)
        add("ece", 0.02 + 0.01 * ws + abs(draw.gauss(0, 0.002)))
        add("calibration-max-gap", 0.1 + abs(draw.gauss(0, 0.02)))
        add("nll", 0.2 + 0.05 * activations + draw.gauss(0, 0.01))
        add("brier", 0.1 + draw.gauss(0, 0.005))
        for noise in ["white", "pink", "salt-pepper"]:
            for level in [0.01, 0.05, 0.1, 0.15, 0.2]:
                for index in range(2):
                    add("accuracy", base - level * (1.5 - 0.5 * ws) + draw.gauss(0, 0.005), noise, level, index)
        if not everything:
            continue
        for kind, severities in [("weights/zeroing/topographic", [0.1, 0.3, 0.5, 0.7, 0.9]),
                                 ("weights/bit-flips/topographic", [1e-6, 1e-5, 1e-4, 1e-3, 1e-2]),
                                 ("lesion/patch", [0.05, 0.2, 0.6]), ("lesion/random", [0.05, 0.2, 0.6]),
                                 ("adversarial/fgsm", [0.05, 0.1, 0.2])]:
            for place, severity in enumerate(severities):
                add("accuracy", base - 0.15 * (place + 1) * (1 - 0.3 * ws - 0.2 * activations)
                    + draw.gauss(0, 0.01), kind, severity)
        add("mean-corruption-accuracy", base - 0.2 + draw.gauss(0, 0.01), "mnist-c", 1.0)
        add("mce", 1 - 0.1 * ws + draw.gauss(0, 0.02), "mnist-c", 1.0)
        for measure, value, spread in [
            ("morans-i-pre-relu", 0.02 + 0.5 * ws, 0.02), ("morans-i-class-means", 0.02 + 0.6 * ws, 0.03),
            ("morans-i-weights", 0.01 + 0.6 * ws, 0.02), ("correlation-neighbors-pre-relu", 0.1 + 0.6 * ws, 0.02),
            ("functional-distance-5-ratio", 1 - 0.4 * ws, 0.02),
            ("correlation-dip-pre-relu", 0.01 + 0.05 * activations, 0.004),
            ("effective-dimensionality-weights", 30 - 10 * ws, 1),
            ("effective-dimensionality-pre-relu", 8 - 3 * activations, 0.3),
            ("effective-dimensionality-post-relu", 12 - 3 * activations, 0.4),
            ("variance-mean", 1 - 0.3 * ws, 0.05), ("relative-variance-mean", 0.4 + 0.1 * ws, 0.02),
            ("weight-norm-mean", 1 - 0.4 * ws, 0.02), ("expert-units-0.5", 40 + 10 * activations, 4),
            ("expert-units-0.7", 20 + 5 * activations, 3), ("expert-units-0.9", 5 + 2 * activations, 1),
            ("bar-global-selectivity-mean", 0.5, 0.01), ("aperture-eccentricity-mean", 0.5 + 0.1 * ws, 0.02),
            ("symmetry-patterns-horizontal-index-mean", 0.1 - 0.1 * ws, 0.02),
            ("symmetry-patterns-vertical-index-mean", 0.1 - 0.1 * ws, 0.02),
        ]:
            add(measure, value + draw.gauss(0, spread))
        add("correlation-length", None)
    write(folder / name / "metrics.csv", ["dataset"] + IDENTITY + [
        "state", "measure", "perturbation", "severity", "draw", "value", "reason"], rows)

    training, measured = [], []
    for network in networks:
        ws, activations = effect(network)
        for at in range(1, epoch + 1):
            loss = 2 * math.exp(-at / 2) + 0.3 + 0.1 * (ws + activations) + draw.gauss(0, 0.02)
            accuracy = 1 - loss / 3
            training.append([dataset] + identity(network, at) + [
                "ok", loss, ws + activations, (ws + activations) * network[0][3], accuracy, loss, accuracy])
            measured.append([dataset] + identity(network, at) + [
                "ok", "morans-i-pre-relu", ws * (1 - math.exp(-at)) + draw.gauss(0, 0.02), ""])
    write(folder / name / "training.csv", ["dataset"] + IDENTITY + [
        "state", "cross-entropy", "topographic-penalty", "weighted-penalty", "training-accuracy",
        "validation-cross-entropy", "validation-accuracy"], training)
    write(folder / name / "measures-by-epoch.csv",
          ["dataset"] + IDENTITY + ["state", "measure", "value", "reason"], measured)
    if everything:
        curves = folder / name / "analyses"
        histogram, distances = [], []
        for network in networks:
            ws, activations = effect(network)
            for index in range(40):
                r = -0.975 + index * 0.05
                pairs = 100 * math.exp(-((abs(r) - 0.6 * activations) / 0.3) ** 2)
                histogram.append([dataset] + identity(network) + [round(r - 0.025, 3), round(r + 0.025, 3),
                                                                 round(pairs), 1, 1])
            for distance in range(1, 11):
                distances.append([dataset] + identity(network) + [
                    distance, 100, 0.1 + 0.7 * ws * math.exp(-distance / 4) + draw.gauss(0, 0.02), 0.2])
        write(curves / "correlation-histogram.csv",
              ["dataset"] + IDENTITY + ["from", "to", "pre-relu", "post-relu", "class-means"], histogram)
        write(curves / "correlation-by-distance.csv",
              ["dataset"] + IDENTITY + ["distance", "pairs", "mean", "sd"], distances)
        labels = [c[0] for c in conditions()]
        pairs = [[dataset, measure, first, second, 0.3 + 0.6 * math.exp(-abs(i - j) / 5), 0.02, 10, "", 0, 0]
                 for measure in ["rsa-r-squared-pre-relu", "cka-debiased-pre-relu"]
                 for i, first in enumerate(labels) for j, second in enumerate(labels) if i <= j]
        write(folder / name / "similarities-by-condition.csv",
              ["dataset", "measure", "first-condition", "second-condition", "mean", "standard-error", "pairs",
               "same-seed-mean", "same-seed-pairs", "undefined-pairs"], pairs)
        ensembles = [[dataset, label, members, 10, measure, value + 0.01 * members, 0.01, 0.9, 0.99, 0, ""]
                     for label in labels for members in [2, 5]
                     for measure, value in [("ensemble-accuracy", 0.94), ("member-accuracy", 0.92)]]
        write(folder / name / "ensembles.csv",
              ["dataset", "condition", "members", "groups", "measure", "mean", "standard-deviation", "smallest",
               "largest", "undefined-groups", "reason"], ensembles)
        (folder / name / "plan.yaml").write_text("name: a <b>bold</b> & 'quoted' plan\ndata: mnist\n")
        (folder / name / "atlas.html").write_text("<!DOCTYPE html>")
    (folder / name / "study.json").write_text(json.dumps({
        "device": {"name": "<script>window.broken = 1</script>", "driver": "made up"}, "version": "0.2.0",
        "identity": {"images": 60000, "configuration": {
            "batch": 64, "learningRate": 0.001, "trainingFraction": 0.8,
            "rule": {"adam": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-08}}}}}))


study("mnist", "mnist", "mnist", 4, 10, True)
study("cifar10", "cifar10", "cifar10", 2, 3, False)
