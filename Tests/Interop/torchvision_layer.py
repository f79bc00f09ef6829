"""Saves a layer of a torchvision network as arrays, and compares what Toposheet finds in them with
numpy, scipy and scikit-learn.

    python torchvision_layer.py save CIFAR-10-FOLDER ARRAYS [--steps 100]
    python torchvision_layer.py check ARRAYS RESULTS

`save` trains a resnet18 shortly on CIFAR-10 (binary version), so that it learned something, and
writes the responses of its 512 features before and after the last ReLU to 2,000 test images, in
several forms of files. `check` recomputes measures of RESULTS, a folder of `toposheet analyze` with
`--sheet 16x32`, or `--positions positions.npy` if its name ends in `positions`, or of
`--inputs inputs.npy --analyses units` if it ends in `transmission`.
"""

import argparse
import pathlib

import numpy as np


def images_of(folder, names):
    rows = np.concatenate(
        [np.fromfile(folder / f"{name}.bin", np.uint8).reshape(-1, 3073) for name in names])
    return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0].astype(np.int64)


def save(folder, out, steps):
    import torch
    import torchvision
    from safetensors.numpy import save_file

    found = next(folder.rglob("test_batch.bin")).parent
    train, classes = images_of(found, [f"data_batch_{part}" for part in range(1, 6)])
    test, labels = images_of(found, ["test_batch"])
    test, labels = test[:2000], labels[:2000]
    torch.manual_seed(0)
    model = torchvision.models.resnet18(weights=None, num_classes=10)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True)
    mean, sd = train.mean((0, 2, 3)) / 255, train.std((0, 2, 3)) / 255

    def batch(pixels):
        values = (pixels / 255 - mean[:, None, None]) / sd[:, None, None]
        return torch.from_numpy(values.astype(np.float32))

    draws = np.random.default_rng(0)
    for step in range(steps):
        chosen = draws.choice(len(train), 128, replace=False)
        optimizer.param_groups[0]["lr"] = 0.05 * (1 - step / steps)
        loss = torch.nn.functional.cross_entropy(
            model(batch(train[chosen])), torch.from_numpy(classes[chosen]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()

    # The block adds its shortcut and applies ReLU in place after bn2, so the responses before ReLU
    # are what its second call of ReLU reads. Of images of 32 x 32 there is one place left, so ReLU
    # and pooling may change places.
    block, before, after = model.layer4[1], [], []
    calls = []

    def keep(module, inputs):
        calls.append(inputs[0].detach().clone())

    hooks = [
        block.relu.register_forward_pre_hook(keep),
        model.avgpool.register_forward_hook(
            lambda module, inputs, output: after.append(output.flatten(1).clone())),
    ]
    correct = 0
    with torch.inference_mode():
        for first in range(0, len(test), 250):
            calls.clear()
            logits = model(batch(test[first:first + 250]))
            before.append(calls[-1].mean((2, 3)))
            correct += int((logits.argmax(1).numpy() == labels[first:first + 250]).sum())
    for hook in hooks:
        hook.remove()
    z, a = torch.cat(before).numpy(), torch.cat(after).numpy()
    assert z.shape == (2000, 512) and np.array_equal(np.maximum(z, 0), a)
    print(f"{steps} steps, accuracy {correct / len(test):.3f}")

    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "activations.npy", z)
    np.save(out / "fortran.npy", np.asfortranarray(z))
    np.save(out / "half.npy", z.astype(np.float16))
    np.save(out / "half-values.npy", z.astype(np.float16).astype(np.float32))
    np.save(out / "double.npy", z.astype(np.float64))
    np.save(out / "pooled.npy", a)
    np.save(out / "labels.npy", labels)
    # The transposed view is in Fortran order: what each feature sends to the classes.
    readout = model.fc.weight.detach().numpy()
    np.save(out / "weights.npy", readout.T)
    # What those weights connect to: made-up inputs of either sign.
    np.save(out / "inputs.npy", draws.standard_normal((len(z), 10)).astype(np.float32))
    save_file(
        {"layer4": z, "avgpool": a, "fc.weight": np.ascontiguousarray(readout.T),
         "labels": labels.astype(np.int32)}, out / "layer.safetensors")
    # Positions by the features' first two principal components: near ones are correlated.
    centered = (z - z.mean(0)) / z.std(0)
    _, _, right = np.linalg.svd(centered, full_matrices=False)
    np.save(out / "positions.npy", right[:2].T * 10)


def table(path):
    import csv

    with open(path, newline="") as file:
        return {row["measure"]: row["value"] for row in csv.DictReader(file)}


def check(folder, results):
    from scipy import stats
    from scipy.spatial.distance import cdist
    from sklearn.metrics import average_precision_score, roc_auc_score
    from sklearn.neighbors import NearestNeighbors

    z = np.load(folder / "activations.npy").astype(np.float64)
    y = np.load(folder / "labels.npy")
    w = np.load(folder / "weights.npy").astype(np.float64)
    a, units, classes = np.maximum(z, 0), z.shape[1], range(10)
    if results.name.endswith("transmission"):
        inputs = np.load(folder / "inputs.npy").astype(np.float64)
        carried = (abs(w) @ abs(inputs).mean(0)).mean()
        found = float(table(results / "metrics.csv")["transmission-mean"])
        print(f"transmission-mean {carried:.9f}  {abs(found / carried - 1):.1e}")
        assert abs(found / carried - 1) < 1e-6
        return
    if results.name.endswith("positions"):
        places = np.load(folder / "positions.npy").astype(np.float64)
        near = NearestNeighbors(n_neighbors=9).fit(places).kneighbors(places)[1][:, 1:]
        neighbors = np.zeros((units, units))
        neighbors[np.arange(units)[:, None], near] = 1
        neighbors = np.maximum(neighbors, neighbors.T)
    else:
        places = np.stack(np.divmod(np.arange(units), 32), 1).astype(float)
        distance = abs(places[:, None] - places[None]).max(2)
        neighbors = (distance == 1).astype(float)

    def moran(maps):
        c = maps - maps.mean(1, keepdims=True)
        return units / neighbors.sum() * ((c @ neighbors) * c).sum(1) / (c * c).sum(1)

    def geary(maps):
        c = maps - maps.mean(1, keepdims=True)
        squares = np.array([(neighbors * (m[:, None] - m) ** 2).sum() for m in maps])
        return (units - 1) * squares / (2 * neighbors.sum() * (c * c).sum(1))

    means = np.stack([z[y == label].mean(0) for label in classes])
    r = np.corrcoef(z.T)
    pairs = r[np.triu_indices(units, 1)]
    n = len(pairs)
    skew, kurtosis = stats.skew(pairs, bias=False), stats.kurtosis(pairs, bias=False)
    distances = cdist(places, places)
    order = np.argsort(-(r - 9 * np.eye(units)), 1, kind="stable")[:, :5]

    def split(moment):
        return [np.stack([moment(a[(y == k) == side], 0) for k in classes])
                for side in (True, False)]

    (on, off), (var_on, var_off) = split(np.mean), split(np.var)
    # A unit that never responds has neither d' nor a sparseness.
    responds = a.any(0)
    d = (on - off) / np.where(responds, np.sqrt((var_on + var_off) / 2), 1)
    precision = np.array([[average_precision_score(y == k, z[:, u]) for u in range(units)]
                          for k in classes])
    areas = np.array([roc_auc_score(y == k, z[:, u])
                      for u, k in enumerate(precision.argmax(0))])
    between = sum((y == k).sum() * (means[k] - z.mean(0)) ** 2 for k in classes)
    eigenvalues = np.linalg.eigvalsh(np.cov(z.T))
    share = a / a.sum(1, keepdims=True)
    entropy = -(share * np.log(np.where(share > 0, share, 1))).sum(1) / np.log(units)
    active = a[:, responds]
    treves = active.mean(0) ** 2 / (active * active).mean(0)
    expected = {
        "morans-i-pre-relu": moran(z).mean(),
        "morans-i-class-means": moran(means).mean(),
        "morans-i-weights": moran(w.T).mean(),
        "gearys-c-class-means": geary(means).mean(),
        "correlation-mean-pre-relu": pairs.mean(),
        "correlation-neighbors-pre-relu": r[neighbors > 0].mean(),
        "correlation-bimodality-pre-relu":
            (skew**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))),
        "correlation-distance-spearman":
            stats.spearmanr(pairs, -distances[np.triu_indices(units, 1)])[0],
        "functional-distance-5": np.take_along_axis(distances, order, 1).mean(),
        "selective-fraction-1": (d.max(0) >= 1).mean(),
        "expert-average-precision-mean": precision.max(0).mean(),
        "expert-auc-mean": areas.mean(),
        "expert-units-0.5": (precision.max(0) >= 0.5).sum(),
        "eta-squared-mean": (between / (len(y) * z.var(0))).mean(),
        "weight-norm-mean": np.linalg.norm(w, axis=1).mean(),
        "lifetime-sparseness-mean": ((1 - treves) / (1 - 1 / len(y))).mean(),
        "population-entropy-mean": entropy.mean(),
        "energy-mean": a.mean(),
        "effective-dimensionality-pre-relu": eigenvalues.sum() ** 2 / (eigenvalues**2).sum(),
    }
    found = table(results / "metrics.csv")
    for measure, value in expected.items():
        error = abs(float(found[measure]) - value) / max(abs(value), 1e-3)
        print(f"{measure:34} {value:14.9f}  {error:.1e}")
        assert error < 1e-6, f"{measure}: {found[measure]}"
    print(f"{len(expected)} measures agree")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    saving = commands.add_parser("save")
    saving.add_argument("images", type=pathlib.Path)
    saving.add_argument("arrays", type=pathlib.Path)
    saving.add_argument("--steps", type=int, default=100)
    checking = commands.add_parser("check")
    checking.add_argument("arrays", type=pathlib.Path)
    checking.add_argument("results", type=pathlib.Path)
    options = parser.parse_args()
    if options.command == "save":
        save(options.images, options.arrays, options.steps)
    else:
        check(options.arrays, options.results)
