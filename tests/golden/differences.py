"""Differences between two groups: python differences.py --data DIR --out differences.json

DIR is the project's folder datasets: the groups are those of quickstart under the market model. CARs, SCARs, residuals and
windows come from reference.py; the tests from scipy and statsmodels. Welch: scipy.stats.ttest_ind with unequal variances.
Clusters: statsmodels OLS on a constant and a dummy, cov_type "cluster" by ISO week of day 0, use_t. Ranks:
scipy.stats.mannwhitneyu without continuity correction. Standardised: the N x N matrix of rho_ij o_ij over all pairs (zero
overlap, zero correlation), its means within and between the groups, and the variance of the difference as the quadratic
form c'Sc with c = 1/n or -1/n and S = sigma_i sigma_j rho_bar of the block, 1 on the diagonal. `samples` are small ones with
exact ranks and with ties.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import stats

from make_golden import STUDIES
from reference import Study

PAIRS = [["session=amc", "session=bmo"], ["surprise_pct=5", "surprise_pct=1"], ["surprise_pct=3", "surprise_pct=2"]]


def overlaps(study, results, ids, window):
    """rho_ij o_ij for every pair."""
    z = study.residual_matrix(results, ids).toarray()
    opens = study.opens_matrix(ids, window).toarray()
    return (z @ z.T) * (opens.T @ opens) / (window[1] - window[0] + 1)


def standardised(a, b, pairs):
    """pairs: matrix of rho o over the events of a, then b."""
    n, m = len(a), len(b)
    off = pairs.copy()
    np.fill_diagonal(off, 0.0)
    r = np.empty((2, 2))
    r[0, 0], r[1, 1] = off[:n, :n].sum() / (n * (n - 1)), off[n:, n:].sum() / (m * (m - 1))
    r[0, 1] = r[1, 0] = off[:n, n:].mean()
    sigma = np.concatenate([np.full(n, a.std(ddof=1) / np.sqrt(1 - r[0, 0])), np.full(m, b.std(ddof=1) / np.sqrt(1 - r[1, 1]))])
    block = np.repeat([0, 1], [n, m])
    covariance = r[np.ix_(block, block)] * np.outer(sigma, sigma)
    np.fill_diagonal(covariance, sigma ** 2)
    c = np.concatenate([np.full(n, 1 / n), np.full(m, -1 / m)])
    t = float((a.mean() - b.mean()) / np.sqrt(c @ covariance @ c))
    return t, float(2 * stats.t.sf(abs(t), stats.ttest_ind(a, b, equal_var=False).df)), r


def ranks(a, b):
    untied = len(np.unique(np.concatenate([a, b]))) == len(a) + len(b)
    exact = untied and len(a) + len(b) <= 25
    found = stats.mannwhitneyu(a, b, use_continuity=False, method="exact" if exact else "asymptotic")
    # The normal form of U even where the p-value is exact.
    rank = stats.rankdata(np.concatenate([a, b]))
    u, n, m = rank[:len(a)].sum() - len(a) * (len(a) + 1) / 2, len(a), len(b)
    z = (u - n * m / 2) / np.sqrt(n * m * rank.var(ddof=1) / (n + m))
    return float(z), float(found.pvalue)


def clustered(a, b, weeks):
    dummy = np.concatenate([np.ones(len(a)), np.zeros(len(b))])
    fit = sm.OLS(np.concatenate([a, b]), sm.add_constant(dummy)).fit(
        cov_type="cluster", cov_kwds={"groups": np.unique(weeks, return_inverse=True)[1]}, use_t=True)
    return float(fit.tvalues[1]), float(fit.pvalues[1])


def rows(data):
    study = Study(STUDIES["quickstart"], data)
    groups, _ = study.groups()
    results = study.run({"id": "market", "model": "market"})
    out = []
    for first, second in PAIRS:
        for j, window in enumerate(study.study["car_windows"]):
            valid = [np.array([i for i in groups[g] if results[i][0] == "ok" and np.isfinite(results[i][1]["car"][j])])
                     for g in (first, second)]
            car, scar = ([np.array([results[i][1][key][j] for i in ids]) for ids in valid] for key in ("car", "scar"))
            ids = np.concatenate(valid)
            days = [study.markets[study.ledger[i]["market"]]["calendar"][study.ledger[i]["day0"]] for i in ids]
            weeks = ["%d-%d" % np.datetime64(day, "D").astype(object).isocalendar()[:2] for day in days]
            welch = stats.ttest_ind(*car, equal_var=False)
            kp, kp_p, r = standardised(*scar, overlaps(study, results, ids, tuple(window)))
            plain = stats.ttest_ind(*scar, equal_var=False)
            t, t_p = clustered(*car, weeks)
            z, z_p = ranks(*car)
            out.append({"group": f"{first} - {second}", "first": window[0], "last": window[1], "events": len(ids),
                        "mean_car": float(car[0].mean() - car[1].mean()),
                        "difference_welch": [float(welch.statistic), float(welch.pvalue)], "dof": float(welch.df),
                        "difference_bmp_kp": [kp, kp_p], "r": r.tolist(), "without_correlation": float(plain.statistic),
                        "difference_clustered": [t, t_p], "difference_rank_sum": [z, z_p]})
    return out


def samples(rng):
    out = []
    for n, m, digits in [(1, 1, 3), (2, 3, 3), (5, 4, 3), (12, 13, 5), (3, 22, 5), (13, 13, 5), (6, 8, 2), (40, 25, 2)]:
        a, b = np.round(rng.normal(0.01, 0.02, n), digits), np.round(rng.normal(0, 0.03, m), digits)
        out.append({"first": a.tolist(), "second": b.tolist(), "rank_sum": ranks(a, b)})
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    found = {"rows": rows(arguments.data), "samples": samples(np.random.default_rng(3))}
    arguments.out.write_text(json.dumps(found) + "\n")
    for row in found["rows"]:
        print({key: value for key, value in row.items()})
