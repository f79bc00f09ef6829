"""Values of numpy and scipy for made-up images and what responses to them say: stimuli.json.

    pip install numpy scipy
    python make_stimuli.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import linregress, pearsonr

random = np.random.default_rng(5)


def gratings(side, wavelengths, orientations=4, phases=4):
    half = side / 2
    ramp = max(np.floor(half / 7), 1)
    radius = half - 1.5 * ramp
    y, x = np.mgrid[:side, :side].astype(float)
    distance = np.hypot(y - (side - 1) / 2, x - (side - 1) / 2)
    window = 0.5 + 0.5 * np.cos(np.pi * np.clip((distance - radius) / ramp, 0, 1))
    images = []
    for w in wavelengths:
        waves = []
        for theta in np.pi * np.arange(orientations) / orientations:
            for phi in 2 * np.pi * np.arange(phases) / phases:
                wave = np.sin(2 * np.pi * (np.sin(theta) * x - np.cos(theta) * y) / w + phi)
                waves.append(window * (wave - (window * wave).sum() / window.sum()))
        waves = np.array(waves)
        images.append(0.5 + 0.5 * waves / max(1, np.abs(waves).max()))
    return np.concatenate(images)


side = 15
made = gratings(side, [8, 4])
images, units = 40, 3
first = np.round(random.normal(0.2, 1, (images, units)), 3).astype(np.float32)
second = np.round(first * [0.9, -0.4, 0.1] + random.normal(0, 1, first.shape), 3).astype(np.float32)
a, b = np.maximum(first, 0).astype(float), np.maximum(second, 0).astype(float)
profile = np.round(random.random((units, 7)), 3)
e = (np.arange(7) + 0.5) * 2 / 14

result = {
    "side": side,
    "wavelengths": [8, 4],
    "gratings": [[round(float(v), 7) for v in made[i].ravel()] for i in (0, 5, 18, 31)],
    "chosen": [0, 5, 18, 31],
    "units": units,
    "first": [float(f"{v:.3f}") for v in first.ravel()],
    "second": [float(f"{v:.3f}") for v in second.ravel()],
    "indices": ((a.mean(0) - b.mean(0)) / (a.mean(0) + b.mean(0))).tolist(),
    "dPrimes": ((a.mean(0) - b.mean(0)) / np.sqrt((a.var(0) + b.var(0)) / 2)).tolist(),
    "correlations": [
        float(pearsonr(first[:, u].astype(float), second[:, u].astype(float))[0])
        for u in range(units)],
    "profile": profile.tolist(),
    "centers": ((profile * e).sum(1) / profile.sum(1)).tolist(),
    "slopes": [float(linregress(e, p).slope) for p in profile],
}
target = Path(__file__).with_name("stimuli.json")
target.write_text(json.dumps(result, indent=None, separators=(",", ":")) + "\n")
