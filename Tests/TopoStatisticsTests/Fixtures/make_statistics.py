"""Writes statistics.json: values of scipy that TopoStatisticsTests compares with.

    pip install numpy scipy && python make_statistics.py
"""

import itertools
import json
import pathlib

import numpy as np
from scipy import stats

rng = np.random.default_rng(20)


def sign_flip(d):
    """All choices of signs; sums that differ by rounding are equal."""
    bound = abs(d.sum()) - 1e-12 * np.abs(d).sum()
    flips = np.array(list(itertools.product([1, -1], repeat=len(d))))
    return float((np.abs(flips @ d) >= bound).mean())


def wilcoxon(d):
    """All choices of signs of the mid-ranks of differences that are not 0."""
    moved = d[d != 0]
    if len(moved) == 0:
        return 1.0
    ranks = stats.rankdata(np.abs(moved))
    least = min(ranks[moved > 0].sum(), ranks[moved < 0].sum())
    sums = np.array(list(itertools.product([0, 1], repeat=len(ranks)))) @ ranks
    return float(min(1, 2 * (sums <= least + 1e-9).mean()))


samples = []
for count in [2, 3, 5, 10, 14]:
    for kind in ["normal", "skewed", "ties"]:
        d = rng.normal(0.4, 1, count)
        if kind == "skewed":
            d = rng.exponential(1, count) - 0.5
        if kind == "ties":
            d = np.round(rng.normal(0.7, 1.5, count))
            d[0] = 1
            d[1] = -2
        entry = {
            "differences": d.tolist(),
            "t": stats.ttest_1samp(d, 0).statistic,
            "tTest": stats.ttest_1samp(d, 0).pvalue,
            "signFlip": sign_flip(d),
            "wilcoxon": wilcoxon(d),
        }
        if kind != "ties":
            exact = stats.wilcoxon(d, method="exact").pvalue
            assert abs(exact - entry["wilcoxon"]) < 1e-12
        if count >= 10:
            for method, name in [("percentile", "percentile"), ("BCa", "corrected")]:
                interval = stats.bootstrap(
                    (d,), np.mean, n_resamples=200_000, method=method, random_state=1
                ).confidence_interval
                entry[name] = [interval.low, interval.high]
        samples.append(entry)

trends = []
for blocks, treatments in [(2, 3), (3, 4), (5, 6), (10, 7)]:
    values = rng.normal(size=(blocks, treatments)) + 0.3 * np.arange(treatments)
    ascending = stats.page_trend_test(values, method="exact")
    descending = stats.page_trend_test(-values, method="exact")
    trends.append(
        {
            "blocks": values.tolist(),
            "statistic": ascending.statistic,
            "p": min(1, 2 * min(ascending.pvalue, descending.pvalue)),
            "correlation": float(
                np.mean([stats.spearmanr(np.arange(treatments), row)[0] for row in values])
            ),
        }
    )

power = []
for pairs, effect, alpha in [(2, 1, 0.05), (3, 2, 0.05), (5, 1.69, 0.05), (10, 1, 0.05),
                             (10, 1.53, 0.05 / 12), (20, 0.3, 0.01), (100, 0.2, 0.05)]:
    df = pairs - 1
    bound = stats.t.ppf(1 - alpha / 2, df)
    delta = effect * np.sqrt(pairs)
    power.append(
        {
            "pairs": pairs, "effect": effect, "alpha": alpha,
            "power": float(stats.nct.sf(bound, df, delta) + stats.nct.cdf(-bound, df, delta)),
        }
    )

normal = [[z, float(stats.norm.cdf(z))] for z in [-8, -3, -1.5, 0, 0.3, 2, 5]]
text = json.dumps(
    {"samples": samples, "trends": trends, "power": power, "normal": normal}, indent=1)
pathlib.Path(__file__).with_name("statistics.json").write_text(text + "\n")
