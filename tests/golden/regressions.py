"""Cross-sectional regressions with every kind of error, from statsmodels and from dense matrices.

    python regressions.py --out regressions.json

Data are seeded and rounded; every reference is computed from the rounded data. Classical, HC1, HC3 and clusters in one
and two ways: statsmodels. Its `cluster` with the default correction G/(G-1) (n-1)/(n-k) is what the engine calls cr1;
others call that CR1S, and CR1 without the second factor. In two ways statsmodels leaves negative eigenvalues as they
are; here they become zero in the coordinates of an orthonormal basis of the columns, from a singular value
decomposition. CR2 with the degrees of freedom of Satterthwaite: n x n matrices, as Bell & McCaffrey (2002) and
Pustejovsky & Tipton (2018) write them, on rows scaled by the roots of the weights.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.sandwich_covariance import cov_cluster, cov_cluster_2groups

rng = np.random.default_rng(20240917)
ALONE = 1e-10


def inverse_root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    kept = np.where(values < ALONE, 0.0, 1.0 / np.sqrt(np.where(values < ALONE, 1.0, values)))
    return vectors @ np.diag(kept) @ vectors.T


def cr2(y, x, groups):
    bread = np.linalg.inv(x.T @ x)
    hat = x @ bread @ x.T
    n, k = x.shape
    annihilator = np.eye(n) - hat
    residuals = y - x @ bread @ x.T @ y
    filling = np.zeros((k, k))
    adjusted = []
    for g in np.unique(groups):
        rows = np.flatnonzero(groups == g)
        root = inverse_root(np.eye(len(rows)) - hat[np.ix_(rows, rows)])
        score = x[rows].T @ root @ residuals[rows]
        filling += np.outer(score, score)
        adjusted.append(annihilator[:, rows] @ root @ x[rows] @ bread)
    dof = []
    for j in range(k):
        p = np.column_stack([matrix[:, j] for matrix in adjusted])
        gram = p.T @ p
        dof.append(np.trace(gram) ** 2 / np.sum(gram**2))
    return bread @ filling @ bread, np.array(dof)


def two_way(fit, x, first, second):
    covariance = cov_cluster_2groups(fit, first, second)[0]
    # Q = U of X = U S V', so that b = V S^-1 Q'y and the covariance of Q'y is S V' cov V S.
    _, s, vt = np.linalg.svd(x, full_matrices=False)
    inside = np.diag(s) @ vt @ covariance @ vt.T @ np.diag(s)
    values, vectors = np.linalg.eigh(inside)
    raised = bool(values.min() < -1e-12 * abs(values).max())
    if raised:
        inside = vectors @ np.diag(np.maximum(values, 0.0)) @ vectors.T
        covariance = vt.T @ np.diag(1 / s) @ inside @ np.diag(1 / s) @ vt
    return covariance, raised


def one(name, y, x, first, second, weights=None, constant=True):
    y, x = np.round(y, 6), np.round(x, 4)
    first, second = np.asarray(first), np.asarray(second)
    if weights is not None:
        weights = np.round(weights, 3)
    model = sm.OLS(y, x, hasconst=constant) if weights is None else sm.WLS(y, x, weights=weights, hasconst=constant)
    fit = model.fit()
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    ys, xs = y * root, x * root[:, None]
    out = {}

    def add(kind, covariance, dof, **more):
        errors = np.sqrt(np.diag(covariance))
        t = fit.params / errors
        dof = np.broadcast_to(np.asarray(dof, float), t.shape)
        reach = errors * stats.t.ppf(0.975, dof)
        out[kind] = {"covariance": covariance.ravel().tolist(), "t": t.tolist(), "dof": dof.tolist(),
                     "p": (2 * stats.t.sf(abs(t), dof)).tolist(), "lower": (fit.params - reach).tolist(),
                     "upper": (fit.params + reach).tolist(), **more}

    free = len(y) - x.shape[1]
    add("classical", fit.cov_params(), free)
    add("hc1", fit.get_robustcov_results("HC1").cov_params(), free)
    if np.max(np.einsum("ij,jk,ik->i", xs, np.linalg.inv(xs.T @ xs), xs)) < 1 - ALONE:
        add("hc3", fit.get_robustcov_results("HC3").cov_params(), free)
    counts = len(np.unique(first)), len(np.unique(second))
    add("cr1", cov_cluster(fit, first), counts[0] - 1)
    covariance, dof = cr2(ys, xs, first)
    with np.errstate(divide="ignore", invalid="ignore"):
        add("cr2", covariance, dof)
    covariance, raised = two_way(fit, xs, first, second)
    with np.errstate(divide="ignore", invalid="ignore"):
        add("two_way", covariance, min(counts) - 1, raised=raised)
    return {"name": name, "y": y.tolist(), "x": x.T.tolist(), "constant": constant, "first": first.tolist(),
            "second": second.tolist(), "weights": None if weights is None else weights.tolist(),
            "coefficients": fit.params.tolist(), "r_squared": fit.rsquared, "adjusted": fit.rsquared_adj,
            "errors": out}


def groups(n, count, uneven=1.0):
    """Every group appears; the first ones are larger where they are uneven."""
    shares = np.arange(1, count + 1) ** -uneven
    ids = np.r_[np.arange(count), rng.choice(count, n - count, p=shares / shares.sum())]
    return relabel(rng.permutation(ids))


def relabel(ids):
    """Numbers in the order of first appearance."""
    known = {}
    return np.array([known.setdefault(int(i), len(known)) for i in ids])


def cases():
    n = 60
    first, second = groups(n, 12), groups(n, 7, 0.5)
    x = np.column_stack([np.ones(n), rng.normal(0, 1, n), rng.normal(2, 3, n)])
    y = 0.01 + 0.02 * x[:, 1] + rng.normal(0, 0.01, 12)[first] + rng.normal(0, 0.03, n)
    yield one("unbalanced clusters", y, x, first, second)
    n = 150
    first, second = groups(n, 8, 1.5), groups(n, 30)
    x = np.column_stack([np.ones(n), rng.normal(0, 1, 8)[first], rng.normal(0, 5, n), rng.random(n) < 0.3])
    y = 0.002 * x[:, 2] + rng.normal(0, 0.02, 8)[first] + rng.normal(0, 0.02, n) * (1 + x[:, 3])
    yield one("weights and a cluster's own value", y, x, first, second, weights=rng.uniform(50, 5000, n))
    n = 40
    first, second = groups(n, 10), groups(n, 9)
    x = np.column_stack([rng.normal(1, 1, n), rng.exponential(1, n)])
    yield one("no intercept", 0.03 * x[:, 0] + rng.normal(0, 0.05, n), x, first, second, constant=False)
    n = 45
    first, second = groups(n, 9, 0.3), groups(n, 6)
    x = np.column_stack([np.ones(n), rng.normal(0, 1, n), first == 3])
    yield one("one cluster decides a coefficient", rng.normal(0, 0.02, n), x, first, second)
    # Two ways that leave next to nothing to their sum: the difference is not positive semi-definite.
    for _ in range(10_000):
        n = 24
        first, second = groups(n, 3, 0.2), groups(n, 3, 0.2)
        x = np.column_stack([np.ones(n), rng.normal(0, 1, n), rng.normal(0, 100, n)])
        found = one("negative eigenvalues", rng.normal(0, 0.02, n), x, first, second)
        if found["errors"]["two_way"]["raised"] and np.diag(
                np.array(found["errors"]["two_way"]["covariance"]).reshape(3, 3)).min() > 1e-9:
            yield found
            break
    n = 300
    first, second = groups(n, 60, 0.2), groups(n, 50, 0.2)
    x = np.column_stack([np.ones(n), 1e6 + 1e4 * rng.normal(0, 1, n), rng.normal(0, 1, n), rng.integers(0, 2, n)])
    yield one("many clusters and large numbers", rng.normal(0, 0.02, n) + 1e-7 * x[:, 1], x, first, second)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("regressions.json"))
    found = list(cases())
    assert len(found) == 6
    text = ",\n".join(json.dumps(case) for case in found)
    parser.parse_args().out.write_text(f"[{text}]\n".replace("NaN", "null"))
