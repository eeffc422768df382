"""Measures of performance from other programs and from the papers' formulas, written without the engine's structure.

    python performance.py --out performance.json

Returns are seeded and rounded to seven decimals; everything is computed from the rounded data. numpy and scipy: moments,
quantiles, correlations (numpy.linalg.eigvalsh); statsmodels: factor regressions with HAC errors, and Lo's (2002) error
as the HAC error of the mean of the influence function; pandas: compounding, drawdowns, ranks. CSCV goes through
itertools.combinations on the rows themselves.

`--compare` also prints how empyrical-reloaded and quantstats (not in requirements.txt) differ; nothing of theirs is
written.
"""
import argparse
import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import signal, stats

YEAR = 252


def rounded(x):
    return np.round(x, 7)


def records(rng):
    """Name, returns."""
    normal = rng.standard_normal
    yield "normal", rounded(0.0008 + 0.01 * normal(500))
    yield "autocorrelated", rounded(0.0005 + 0.008 * signal.lfilter([1], [1, -0.3], normal(756)))
    yield "reverting", rounded(0.0004 + 0.012 * signal.lfilter([1], [1, 0.25], normal(400)))
    yield "fat tails", rounded(0.001 + 0.006 * rng.standard_t(4, 1000))
    yield "skewed", rounded(0.002 * (rng.exponential(1, 300) - 0.8) - 0.01 * (rng.uniform(size=300) < 0.03))
    yield "losing", rounded(-0.001 + 0.015 * normal(250))
    yield "short", rounded(0.004 + 0.01 * normal(12))
    yield "idle", rounded(np.where(rng.uniform(size=600) < 0.2, 0.003 + 0.01 * normal(600), 0.0))


def drawdown(r):
    wealth = pd.concat([pd.Series([1.0]), (1 + pd.Series(r)).cumprod()], ignore_index=True)
    under = wealth / wealth.cummax() - 1
    trough = int(under.idxmin())
    top = wealth[:trough + 1].max()
    peak = int(wealth[:trough + 1][wealth[:trough + 1] == top].index[-1])
    after = wealth[trough:]
    back = after[after >= top]
    return {"depth": float(-under.min()), "peak": peak - 1 if peak > 0 else None, "trough": trough - 1,
            "recovery": int(back.index[0]) - 1 if len(back) else None}


def sharpe_terms(r):
    """Ratio of a day, skewness, raw kurtosis, and the variance term of Mertens (2002) with the excess kurtosis."""
    ratio = np.mean(r) / np.std(r, ddof=1)
    skewness, excess = stats.skew(r), stats.kurtosis(r, fisher=True)
    return ratio, skewness, excess + 3, 1 + ratio**2 / 2 - skewness * ratio + excess * ratio**2 / 4


def psr(r, against):
    ratio, _, _, spread = sharpe_terms(r)
    return stats.norm.cdf(ratio, loc=against, scale=np.sqrt(spread / (len(r) - 1)))


def lo_error(r, lags):
    """Error of the mean of d SR: the ratio is a function of two means, so its error is that of their linear combination."""
    mu, sigma = r.mean(), r.std()
    influence = (r - mu) / sigma - mu / (2 * sigma**3) * ((r - mu) ** 2 - sigma**2)
    fit = sm.OLS(influence, np.ones(len(r))).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False})
    return float(fit.bse[0])


def eta(r, lags):
    rho = sm.tsa.acf(r, nlags=lags, fft=False, adjusted=False)[1:]
    k = np.arange(1, lags + 1)
    return float(YEAR / np.sqrt(YEAR + 2 * np.sum((YEAR - k) * rho)))


def record(name, r):
    ratio, skewness, kurtosis, spread = sharpe_terms(r)
    t = len(r)
    total = float(np.expm1(np.log1p(r).sum()))
    annual = float((1 + total) ** (YEAR / t) - 1)
    downside = float(np.sqrt(np.mean(np.clip(r, None, 0) ** 2)))
    fall = drawdown(r)
    lags = min(5, t - 1)
    benchmark = round(0.3 * ratio, 6)
    return {
        "name": name, "returns": r.tolist(), "total": total, "annual": annual,
        "volatility": float(np.std(r, ddof=1) * np.sqrt(YEAR)), "skewness": float(skewness), "kurtosis": float(kurtosis),
        "sharpe": float(ratio), "error_normal": float(np.sqrt((1 + ratio**2 / 2) / t)),
        "error": float(np.sqrt(spread / (t - 1))), "lags": lags, "error_autocorrelated": lo_error(r, lags),
        "error_no_lags": lo_error(r, 0), "annual_factor": eta(r, lags), "downside": downside,
        "sortino": float(np.sqrt(YEAR) * r.mean() / downside), "drawdown": fall, "calmar": annual / fall["depth"],
        "benchmark": benchmark, "psr_zero": float(psr(r, 0)), "psr_benchmark": float(psr(r, benchmark)),
        "minimum_track_record": float(1 + spread * (stats.norm.ppf(0.95) / (ratio - benchmark)) ** 2) if ratio > 0 else None,
    }


def alphas(rng):
    out = []
    for days, factors, persistence in [(400, 1, 0.0), (1200, 3, 0.3), (60, 2, -0.2), (90, 0, 0.1)]:
        f = rounded(0.01 * rng.standard_normal((days, factors)) + 0.0003)
        noise = signal.lfilter([1], [1, -persistence], 0.006 * rng.standard_normal(days))
        r = rounded(0.0006 + f @ np.linspace(0.9, -0.4, factors) + noise)
        lags = int(np.floor(4 * (days / 100) ** (2 / 9)))
        fit = sm.OLS(r, np.column_stack([np.ones(days), f])).fit(
            cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
        out.append({"returns": r.tolist(), "factors": f.T.tolist(), "alpha": float(fit.params[0]),
                    "error": float(fit.bse[0]), "t": float(fit.tvalues[0]), "p_value": float(fit.pvalues[0]),
                    "betas": fit.params[1:].tolist(), "lags": lags})
    return out


def galwey(x):
    values = np.linalg.eigvalsh(np.corrcoef(x, rowvar=False))
    values = values[values > 1e-12 * values.max()]
    return float(np.sqrt(values).sum() ** 2 / values.sum())


def bag(rng):
    """Matrices of days by strategies."""
    yield "independent", rounded(0.01 * rng.standard_normal((480, 12)))
    common = rng.standard_normal((483, 1))
    yield "correlated", rounded(0.01 * (0.8 * common + 0.6 * rng.standard_normal((483, 15))) + 0.0002)
    clusters = rng.standard_normal((320, 3))[:, [0, 0, 0, 1, 1, 2, 2]]
    yield "clusters", rounded(0.01 * (clusters + 0.05 * rng.standard_normal((320, 7))))
    skill = np.zeros(9)
    skill[4] = 0.003
    yield "one good", rounded(0.01 * rng.standard_normal((400, 9)) + skill)
    copies = 0.01 * rng.standard_normal((200, 3))
    yield "copies", rounded(copies[:, [0, 1, 2, 1, 0]])


def cscv(x, blocks):
    rows = np.array_split(np.arange(len(x))[len(x) % blocks:], blocks)
    ratio = lambda part: part.mean(axis=0) / part.std(axis=0, ddof=1)
    logits, inside, outside = [], [], []
    for chosen in itertools.combinations(range(blocks), blocks // 2):
        rest = [b for b in range(blocks) if b not in chosen]
        first = ratio(x[np.concatenate([rows[b] for b in chosen])])
        second = ratio(x[np.concatenate([rows[b] for b in rest])])
        # Copies differ in the last digits with the order of additions; the engine's do not.
        best = int(np.argmax(np.round(first, 12)))
        omega = stats.rankdata(np.round(second, 12))[best] / (x.shape[1] + 1)
        logits.append(np.log(omega / (1 - omega)))
        inside.append(first[best])
        outside.append(second[best])
    logits = np.array(logits)
    return {"blocks": blocks, "probability": float(np.mean(logits <= 1e-9)), "loss": float(np.mean(np.array(outside) < 0)),
            "degradation": float(np.polyfit(inside, outside, 1)[0]), "logits": np.sort(logits).tolist()}


def walk(x, train, test):
    joined, chosen = [], []
    for first in range(train, len(x), test):
        past = x[first - train:first]
        best = int(np.argmax(np.round(past.mean(axis=0) / past.std(axis=0, ddof=1), 12)))
        chosen.append(best)
        joined += x[first:first + test, best].tolist()
    whole = x.mean(axis=0) / x.std(axis=0, ddof=1)
    return {"train": train, "test": test, "chosen": chosen, "returns": joined, "hindsight": int(np.argmax(np.round(whole, 12)))}


def matrix(name, x):
    ratios = x.mean(axis=0) / x.std(axis=0, ddof=1)
    best, trials, variance = int(np.argmax(np.round(ratios, 12))), galwey(x), float(np.var(ratios, ddof=1))
    quantile = lambda n: (1 - np.euler_gamma) * stats.norm.isf(1 / n) + np.euler_gamma * stats.norm.isf(1 / (n * np.e))
    expected = float(np.sqrt(variance) * quantile(trials))
    return {"name": name, "returns": x.T.tolist(), "effective": trials, "ratio_variance": variance, "best": best,
            "expected_best": expected, "deflated": float(psr(x[:, best], expected)),
            "selected": float(psr(x[:, best], 0) ** trials),
            "overfitting": [cscv(x, blocks) for blocks in (6, 10)], "walk": walk(x, 126, 40)}


def lots(rng):
    profit = np.round(rng.normal(0.5, 3, 80), 3)
    profit[:4] = 0
    invested = np.round(rng.uniform(20, 200, 80), 2)
    sessions = rng.integers(1, 30, 80)
    weight = np.round(rng.normal(0, 0.05, 80), 5)
    traded = np.round(np.exp(rng.normal(17, 1.5, 80)), 0)
    returns = profit / invested
    caps = 0.05 * traded / np.abs(weight)
    return {"profit": profit.tolist(), "return": returns.tolist(), "sessions": sessions.tolist(), "weight": weight.tolist(),
            "traded": traded.tolist(), "hit_rate": float(np.mean(profit > 0)),
            "profit_factor": float(profit[profit > 0].sum() / -profit[profit < 0].sum()),
            "expectancy": float(profit.mean()), "mean_return": float(returns.mean()), "holding": float(sessions.mean()),
            "participation": 0.05, "quantiles": [0, 0.05, 0.1, 0.5, 1],
            "capacity": np.quantile(caps, [0, 0.05, 0.1, 0.5, 1]).tolist()}


def normal():
    p = np.r_[10.0 ** -np.arange(1, 16), np.linspace(0.01, 0.99, 99)]
    return {"probability": p.tolist(), "quantile": stats.norm.ppf(p).tolist()}


def compare(all_records):
    import empyrical
    import quantstats.stats as qs
    print(f"{'':16}{'':14}{'here':>14}{'empyrical':>14}{'quantstats':>14}")
    for one in all_records:
        r = pd.Series(one["returns"], index=pd.bdate_range("2020-01-01", periods=len(one["returns"])))
        rows = {
            "total": (empyrical.cum_returns_final(r), qs.comp(r)), "annual": (empyrical.annual_return(r), qs.cagr(r)),
            "volatility": (empyrical.annual_volatility(r), qs.volatility(r)),
            "sharpe": (empyrical.sharpe_ratio(r) / np.sqrt(YEAR), qs.sharpe(r, annualize=False)),
            "sortino": (empyrical.sortino_ratio(r), qs.sortino(r)), "calmar": (empyrical.calmar_ratio(r), qs.calmar(r)),
            "depth": (-empyrical.max_drawdown(r), -qs.max_drawdown(r)), "skewness": (np.nan, qs.skew(r)),
            "kurtosis": (np.nan, qs.kurtosis(r)), "psr_zero": (np.nan, qs.probabilistic_sharpe_ratio(r)),
        }
        for key, (a, b) in rows.items():
            here = one["drawdown"]["depth"] if key == "depth" else one[key]
            print(f"{one['name']:16}{key:14}{here:14.8f}{a:14.8f}{b:14.8f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--compare", action="store_true")
    arguments = parser.parse_args()
    rng = np.random.default_rng(20251123)
    found = {"records": [record(name, r) for name, r in records(rng)], "alphas": alphas(rng),
             "matrices": [matrix(name, x) for name, x in bag(rng)], "lots": lots(rng), "normal": normal()}
    if arguments.out:
        arguments.out.write_text(json.dumps(found, allow_nan=False) + "\n")
    if arguments.compare:
        compare(found["records"])


if __name__ == "__main__":
    main()
