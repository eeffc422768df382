"""Romano & Wolf's step-down p-values of clustered t-tests, over every pattern of signs: python romano_wolf.py --out romano_wolf.json

Thirteen periods with a common shock, so that the tests depend on each other. Five samples: all events, two disjoint
parts, one with a mean, and one of a single event per period. For each of the 2^13 patterns of signs of the periods the
CARs themselves are multiplied (no sums of periods), the t clustered by period is computed afresh, and the adjusted
p-value of a sample is the share of patterns whose largest |t*| among the samples that are still in is at least |t|:
Romano & Wolf (2005), sections 3 and 4, by removing the most significant sample one after the other.
"""
import argparse
import itertools
import json
from pathlib import Path

import numpy as np

PERIODS = 13


def clustered_t(cars, period):
    """t per row of cars, CR1 without the factor for a constant; (sum of e)(sum of e)' within periods."""
    n, member = cars.shape[1], (period[:, None] == np.unique(period)[None, :]).astype(float)
    mean = cars.mean(axis=1, keepdims=True)
    scores = (cars - mean) @ member
    g = member.shape[1]
    return mean[:, 0] / np.sqrt(g / (g - 1) * (scores ** 2).sum(axis=1) / n ** 2)


def samples(rng):
    period = np.repeat(np.arange(PERIODS), rng.integers(2, 6, PERIODS))
    shock = rng.normal(0, 0.02, PERIODS)[period]
    car = np.round(shock + rng.normal(0.004, 0.03, len(period)), 5)
    part = rng.integers(0, 2, len(period)).astype(bool)
    first = np.unique(period, return_index=True)[1]
    part[first], part[first + 1] = True, False
    every = [(period, car), (period[part], car[part]), (period[~part], car[~part]),
             (period, np.round(car + 0.011, 5)), (period[first], np.round(0.4 * car[first] + 0.006, 5))]
    assert all(len(np.unique(p)) == PERIODS for p, _ in every)
    return every


def adjusted(observed, drawn):
    """Step-down by removal; drawn has a row per pattern."""
    left, p, floor = list(range(len(observed))), np.empty(len(observed)), 0.0
    while left:
        top = max(left, key=lambda j: observed[j])
        floor = max(floor, float((drawn[:, left].max(axis=1) >= observed[top] * (1 - 1e-10)).mean()))
        p[top] = floor
        left.remove(top)
    return p


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    cells = samples(np.random.default_rng(8))
    signs = np.array(list(itertools.product([1.0, -1.0], repeat=PERIODS)))
    drawn = np.column_stack([np.abs(clustered_t(signs[:, period] * car, period)) for period, car in cells])
    observed = np.array([abs(clustered_t(car[None, :], period)[0]) for period, car in cells])
    single = (drawn >= observed * (1 - 1e-10)).mean(axis=0)
    stepped = adjusted(observed, drawn)
    print(observed, single, stepped)
    rows = [{"period": period.tolist(), "car": car.tolist(), "t": float(t), "p": float(p), "romano_wolf": float(q)}
            for (period, car), t, p, q in zip(cells, observed, single, stepped)]
    out.write_text(json.dumps(rows) + "\n")
