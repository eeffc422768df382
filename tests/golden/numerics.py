"""Weights on the simplex, robust lines, diagnostics of residuals, Newey-West and chi-squared tails from other programs.

    python numerics.py --out numerics.json

Data are seeded and rounded to the decimals written in the file; every reference is computed from the rounded data.
Simplex: quadprog (Goldfarb & Idnani 1983) where columns are independent; where they are not, on a Gram matrix with a
ridge of 1e-13 of its trace, and the objective is that of the weights so found. Robust lines, diagnostics and HAC:
statsmodels and scipy. Chi-squared: mpmath at 50 digits, by the incomplete gamma function and by quadrature.
"""
import argparse
import json
import warnings
from pathlib import Path

import mpmath as mp
import numpy as np
import quadprog
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox, het_arch
from statsmodels.stats.stattools import durbin_watson, jarque_bera

mp.mp.dps = 50
rng = np.random.default_rng(20240611)


def columns(x):
    return x.T.tolist()


def simplex(name, y, x, independent=True):
    n = x.shape[1]
    difference = x - y[:, None]
    gram = difference.T @ difference
    ridge = 0.0 if independent else 1e-13 * np.trace(gram)
    constraints = np.vstack([np.ones(n), np.eye(n)]).T
    w = quadprog.solve_qp(gram + ridge * np.eye(n), np.zeros(n), constraints, np.r_[1.0, np.zeros(n)], 1)[0]
    w = np.where(w < 1e-12, 0.0, w)
    w /= w.sum()
    objective = float(np.sum((y - x @ w) ** 2))
    return {"name": name, "y": y.tolist(), "x": columns(x), "objective": objective,
            "weights": w.tolist() if independent else None}


def simplex_problems():
    def returns(rows, donors, digits=5):
        market = rng.normal(0, 0.01, rows)
        x = market[:, None] * rng.uniform(0.5, 1.5, donors) + rng.normal(0, 0.015, (rows, donors))
        y = market + rng.normal(0, 0.012, rows)
        return np.round(y, digits), np.round(x, digits)

    def prices(rows, donors):
        walk = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, (rows, donors + 3)), axis=0))
        y = walk[:, :4] @ np.array([0.4, 0.3, 0.2, 0.1]) + rng.normal(0, 0.5, rows)
        return np.round(y, 3), np.round(walk[:, 3:], 3)

    problems = [simplex("returns", *returns(120, 25)), simplex("prices", *prices(80, 12)),
                simplex("one column", *returns(10, 1))]
    y, x = returns(30, 6)
    problems.append(simplex("outside", y + 1, x))
    y, x = returns(60, 8)
    copies = np.c_[x, x[:, 2], np.round((x[:, 0] + x[:, 1]) / 2, 6), x[:, 5]]
    problems.append(simplex("collinear", y, copies, False))
    y, x = returns(12, 30)
    problems.append(simplex("more columns than rows", y, x, False))
    return problems


def robust_samples():
    samples = []
    for days, regressors, tails in [(120, 1, 2.0), (61, 1, 3.0), (240, 3, 2.5), (40, 5, 4.0), (25, 0, 2.0)]:
        x = np.round(rng.normal(0.0005, 0.01, (days, regressors)), 4)
        y = np.round(0.001 + x @ rng.uniform(-0.5, 1.5, regressors) + 0.01 * rng.standard_t(tails, days), 5)
        design = np.c_[np.ones(days), x]
        huber = sm.RLM(y, design, M=sm.robust.norms.HuberT()).fit(
            scale_est="mad", cov="H1", conv="coefs", tol=1e-16, maxiter=3000)
        sample = {"y": y.tolist(), "x": columns(design), "huber": huber.params.tolist(),
                  "covariance": huber.bcov_scaled.ravel().tolist(), "theil_sen": None}
        if regressors == 1:
            line = stats.theilslopes(y, x[:, 0], method="joint")
            sample["theil_sen"] = [float(line.intercept), float(line.slope)]
        samples.append(sample)
    return samples


def residual_series():
    independent = rng.normal(0, 0.012, 250)
    heavy = 0.01 * rng.standard_t(4, 60)
    volatility, shocks = np.ones(120), rng.normal(0, 1, 120)
    for t in range(1, 120):
        volatility[t] = np.sqrt(0.3 + 0.6 * (volatility[t - 1] * shocks[t - 1]) ** 2)
    arch = 0.01 * volatility * shocks
    correlated = np.convolve(rng.normal(0, 0.01, 102), [1, 0.5, 0.2], mode="valid")
    series = []
    for e in [independent, heavy, arch, correlated, rng.normal(0.3, 0.02, 30)]:
        e = np.round(e, 6)
        box = acorr_ljungbox(e, lags=[10], model_df=0)
        bera, engle = jarque_bera(e), het_arch(e, nlags=5)
        series.append({"residuals": e.tolist(), "durbin_watson": float(durbin_watson(e)),
                       "ljung_box": [float(box["lb_stat"].iloc[0]), float(box["lb_pvalue"].iloc[0])],
                       "jarque_bera": [float(bera[0]), float(bera[1])], "arch_lm": [float(engle[0]), float(engle[1])]})
    return series


def pre_trends():
    """The variance of the sum from the whole covariance of the residuals, s2 (I - H)."""
    trends = []
    for days, regressors, last in [(120, 1, 10), (60, 3, 20), (40, 0, 5), (50, -1, 10)]:
        x = np.round(rng.normal(0.0005, 0.01, (days, max(regressors, 0))), 4)
        y = np.round(0.001 + x.sum(axis=1) + rng.normal(0, 0.012, days), 5)
        design = np.c_[np.ones(days), x]
        hat = design @ np.linalg.inv(design.T @ design) @ design.T
        e = y - hat @ y
        dof = days - design.shape[1]
        covariance = e @ e / dof * (np.eye(days) - hat)
        t = e[-last:].sum() / np.sqrt(covariance[-last:, -last:].sum())
        trends.append({"y": y.tolist(), "x": columns(design), "days": last, "demeaned": regressors < 0, "t": float(t),
                       "p": float(2 * stats.t.sf(abs(t), dof))})
    return trends


def regressions():
    cases = []
    shapes = [(120, 3, 4, False), (120, 3, 4, True), (60, 1, 11, False), (48, 0, 3, True), (36, 2, 0, False),
              (12, 1, 20, False)]
    for months, regressors, lags, weighted in shapes:
        x = np.round(rng.normal(0.005, 0.04, (months, regressors)), 4)
        noise = np.convolve(rng.normal(0, 0.02, months + 2), [1, 0.6, 0.3], mode="valid")
        y = np.round(0.002 + x @ rng.uniform(-0.5, 1.2, regressors) + noise, 5)
        weights = np.round(rng.uniform(1, 40, months), 0)
        design = np.c_[np.ones(months), x]
        model = sm.WLS(y, design, weights=weights) if weighted else sm.OLS(y, design)
        hac = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
        plain = sm.OLS(y, design).fit()
        cases.append({"y": y.tolist(), "x": columns(design), "weights": weights.tolist() if weighted else None,
                      "lags": lags, "coefficients": hac.params.tolist(),
                      "covariance": hac.cov_params().ravel().tolist(), "residuals": hac.resid.tolist(),
                      "classical": plain.cov_params().ravel().tolist()})
    return cases


def automatic_lags():
    return [[t, int(mp.floor(4 * (mp.mpf(t) / 100) ** (mp.mpf(2) / 9)))] for t in
            [1, 2, 12, 27, 28, 60, 99, 100, 101, 120, 240, 273, 274, 500, 616, 617, 1000, 2500, 10000]]


def chi_squared():
    def tail(x, dof):
        a, half = mp.mpf(dof) / 2, mp.mpf(x) / 2
        p = mp.gammainc(a, half, mp.inf, regularized=True)
        # The density at half + s, without exp(-half) so that the integrand is near one.
        points = [0, mp.mpf("0.01"), mp.mpf("0.1"), 1, 4, 10, 25, 60, 150, 400]
        integral = mp.quad(lambda s: (half + s) ** (a - 1) * mp.exp(-s), points) * mp.exp(-half) / mp.gamma(a)
        assert abs(integral / p - 1) < mp.mpf(10) ** -15, (x, dof)
        return p

    tables = []
    for dof in [1.0, 2.0, 3.0, 5.0, 10.0, 24.0, 60.0]:
        x = [0.01, 0.1, 0.5, 0.99, 1.0, 1.01, 2.0, 3.84, 4.9, 5.0, 5.1, 10.0, 18.307, 24.0, 30.0, 60.0, 61.0, 100.0,
             250.0, 700.0]
        tables.append({"dof": dof, "x": x, "tail": [float(tail(v, dof)) for v in x]})
    return tables


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    warnings.simplefilter("ignore", FutureWarning)
    tables = {"simplex": simplex_problems(), "robust": robust_samples(), "diagnostics": residual_series(),
              "pre_trend": pre_trends(), "regressions": regressions(), "automatic_lags": automatic_lags(),
              "chi_squared": chi_squared()}
    out.write_text(json.dumps(tables, allow_nan=False, separators=(",", ":")).replace('],"', '],\n"') + "\n")
