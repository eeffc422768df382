"""The tables `performance` and `walk_forward` from the tables `portfolio` and `trades` of a run, with numpy, scipy, pandas
and statsmodels.

    python backtest_performance.py OUT                tables of such a run in OUT against this script
    python backtest_performance.py --golden DAYZERO   runs the binary on the committed data, checks its tables, and
                                                      writes backtest_performance.json beside this file

Measures are computed from what is written, not from the engine: a record is a column of `portfolio`.
"""

import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import linalg, stats

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STUDY = ROOT / "experiments/quickstart/study.toml"
TRAIN, TEST = 120, 50
SETTINGS = [
    'backtest = { signal = "surprise_pct", quantiles = { count = [3, 5], lookback_days = 120, minimum = 30 }, '
    'enter = [{ day = 0 }, { day = 2 }], hold_days = [3, 12], size = 0.04, '
    "costs = { commission_bps = 1.0, half_spread_bps = 3.0, borrow_bps_per_year = 50.0 }, "
    f"walk_forward = {{ train_days = {TRAIN}, test_days = {TEST} }} }}",
    'study.tests = ["bmp"]',
    "factors.path = '../../datasets/quickstart/factors.parquet'",
    'factors.columns = { mktrf = "mktrf", smb = "smb" }',
]
FACTORS = ["mktrf", "smb"]
MARKETS = {"US": "US-INDEX", "HK": "HK-INDEX"}


def lags_of(days, hold):
    return max(int(4 * (days / 100) ** (2 / 9)), hold)


def robust_error(r, lags):
    """Lo's standard error by the delta method on a long-run covariance matrix."""
    mu, var = r.mean(), r.var()
    moments = np.column_stack([r - mu, (r - mu) ** 2 - var])
    lags = min(lags, len(r) - 1)
    omega = moments.T @ moments / len(r)
    for k in range(1, lags + 1):
        gamma = moments[k:].T @ moments[:-k] / len(r)
        omega += (1 - k / (lags + 1)) * (gamma + gamma.T)
    gradient = np.array([1 / np.sqrt(var), -mu / (2 * var**1.5)])
    return np.sqrt(gradient @ omega @ gradient / len(r))


def eta(r, year, lags):
    rho = [np.sum((r[k:] - r.mean()) * (r[:-k] - r.mean())) / np.sum((r - r.mean()) ** 2) for k in range(1, lags + 1)]
    return year / np.sqrt(year + 2 * sum((year - k) * p for k, p in enumerate(rho, 1)))


def sharpe(r):
    return r.mean() / r.std(ddof=1) if r.std() > 1e-14 else np.nan


def psr(r, against):
    s, skew, kurt = sharpe(r), stats.skew(r), stats.kurtosis(r, fisher=False)
    return stats.norm.cdf((s - against) * np.sqrt(len(r) - 1) / np.sqrt(1 - skew * s + (kurt - 1) / 4 * s * s))


def trials_of(x):
    """Galwey's effective number."""
    values = linalg.eigvalsh(np.corrcoef(x[:, x.std(axis=0) > 1e-14], rowvar=False))
    values = np.clip(values, 0, None)
    return np.sqrt(values).sum() ** 2 / values.sum()


def overfitting(x, blocks=16):
    length = len(x) // blocks
    parts = x[len(x) - length * blocks:].reshape(blocks, length, -1)
    worse, count = 0, 0
    for inside in itertools.combinations(range(blocks), blocks // 2):
        outside = [b for b in range(blocks) if b not in inside]
        a, b = (np.concatenate(parts[list(half)]) for half in (inside, outside))
        best = np.argmax([np.nan_to_num(sharpe(c)) for c in a.T])
        ranks = stats.rankdata([np.nan_to_num(sharpe(c)) for c in b.T])
        worse += ranks[best] / (x.shape[1] + 1) <= 0.5
        count += 1
    return worse / count


def overfitting_fast(x, blocks=16):
    """The same from means and mean squares of blocks, all splits at once."""
    length = len(x) // blocks
    parts = x[len(x) - length * blocks:].reshape(blocks, length, -1)
    one, two = parts.sum(axis=1), (parts**2).sum(axis=1)
    masks = np.array([m for m in itertools.product([0.0, 1.0], repeat=blocks) if sum(m) == blocks / 2])
    days = length * blocks / 2

    def ratios(mask):
        mean = mask @ one / days
        return mean / np.sqrt((mask @ two - days * mean**2) / (days - 1))

    a, b = ratios(masks), ratios(1 - masks)
    best = a.argmax(axis=1)
    ranks = stats.rankdata(b, axis=1)[np.arange(len(best)), best]
    return float(np.mean(ranks / (x.shape[1] + 1) <= 0.5))


def regress(r, series, lags):
    design = sm.add_constant(series.to_numpy())
    known = np.isfinite(design).all(axis=1)
    errors = {"maxlags": lags, "kernel": "bartlett", "use_correction": True}
    return sm.OLS(r[known], design[known]).fit(cov_type="HAC", cov_kwds=errors, use_t=True)


def record(frame, lots, year, hold, benchmarks, factors, search, confidence=0.95):
    r = frame["return"].to_numpy()
    days, lags = len(r), lags_of(len(r), hold)
    wealth = np.concatenate([[1.0], np.cumprod(1 + r)])
    fall = 1 - wealth / np.maximum.accumulate(wealth)
    growth = wealth[-1] ** (year / days)
    s = sharpe(r)
    profit = lots["profit"].to_numpy()
    fit, factor_fit = (regress(r, series.reindex(frame["date"]), lags) for series in (benchmarks, factors))
    expected = 0.0
    if search["trials"] > 1:
        g, n = np.euler_gamma, search["trials"]
        expected = np.sqrt(search["variance"]) * max(
            0.0, (1 - g) * stats.norm.ppf(1 - 1 / n) + g * stats.norm.ppf(1 - 1 / (n * np.e)))
    skew, kurt = stats.skew(r), stats.kurtosis(r, fisher=False)
    found = {
        "days": days, "days_per_year": year, "lots": len(lots), "lags": lags,
        "total_return": wealth[-1] - 1, "annual_return": growth - 1, "volatility": r.std(ddof=1) * np.sqrt(year),
        "sharpe": s * np.sqrt(year), "sharpe_se": np.sqrt((1 + s * s / 2) / days * year),
        "sharpe_se_robust": robust_error(r, lags) * np.sqrt(year), "sharpe_autocorrelated": s * eta(r, year, lags),
        "sortino": r.mean() / np.sqrt(np.mean(np.minimum(r, 0) ** 2)) * np.sqrt(year),
        "calmar": (growth - 1) / fall.max(), "max_drawdown": fall.max(), "hit_rate": np.mean(profit > 0),
        "profit_factor": profit[profit > 0].sum() / -profit[profit < 0].sum(), "expectancy": profit.mean(),
        "mean_lot_return": lots["net_return"].mean(), "mean_sessions": lots["sessions"].mean(),
        "turnover": frame["turnover"].mean() / 2 * year, "exposure": (frame["long"] + frame["short"]).mean(),
        "net_exposure": frame["net"].mean(), "invested": np.mean(frame["long"] + frame["short"] > 0),
        "alpha": fit.params[0] * year, "alpha_t": fit.tvalues[0], "alpha_p": fit.pvalues[0],
        "factor_alpha": factor_fit.params[0] * year, "factor_alpha_t": factor_fit.tvalues[0],
        "factor_alpha_p": factor_fit.pvalues[0], "skewness": skew, "kurtosis": kurt, "probabilistic_sharpe": psr(r, 0), "trials": search["trials"],
        "deflated_sharpe": psr(r, expected), "selected": psr(r, 0) ** search["trials"],
        "overfitting": search["overfitting"],
    }
    if s > 0:
        found["min_track_record"] = 1 + (1 - skew * s + (kurt - 1) / 4 * s * s) * (stats.norm.ppf(confidence) / s) ** 2
    found |= {f"beta_{name}": value for name, value in zip(benchmarks.columns, fit.params[1:])}
    found |= {f"loading_{name}": value for name, value in zip(factors.columns, factor_fit.params[1:])}
    trough = int(fall.argmax())
    peak = int(np.flatnonzero(wealth[:trough] == wealth[:trough].max())[-1])
    after = np.flatnonzero(wealth[trough:] >= wealth[peak])
    date = lambda place: None if place == 0 else str(frame["date"].iloc[place - 1])
    dates = {"drawdown_peak": date(peak), "drawdown_trough": date(trough),
             "drawdown_recovery": date(trough + int(after[0])) if len(after) else None}
    return {k: v if v is None or isinstance(v, str) else float(v) for k, v in (found | dates).items()}


def search_of(x, slow=False):
    ratios = [sharpe(c) for c in x.T]
    result = {"trials": trials_of(x), "variance": np.nanvar(ratios, ddof=1), "overfitting": overfitting_fast(x)}
    if slow:
        assert result["overfitting"] == overfitting(x)
    return result


def benchmarks_of(prices, dates):
    """Simple returns of each market's benchmark; zero on dates on which it is shut."""
    prices = prices.assign(date=pd.to_datetime(prices["date"]).dt.date)
    columns = {}
    for market, ticker in MARKETS.items():
        own = prices[prices["ticker"] == ticker].set_index("date")["adj_close"].sort_index().pct_change(fill_method=None)
        columns[market] = own.reindex(dates).where(lambda x: [d in own.index for d in x.index], 0.0)
    return pd.DataFrame(columns)


def compute(out, prices, factors, slow=False):
    read = lambda name: pd.read_parquet(Path(out) / f"{name}.parquet")
    strategies, trades, portfolio = read("strategies"), read("trades"), read("portfolio")
    tickers = set(MARKETS.values())
    timeline = sorted(set(pd.to_datetime(prices[prices["ticker"].isin(tickers)]["date"]).dt.date))
    year = (len(timeline) - 1) * 365.25 / (timeline[-1] - timeline[0]).days
    benchmarks = benchmarks_of(prices, timeline)
    ids = strategies["strategy_id"].tolist()
    frames = {i: portfolio[portfolio["strategy_id"] == i].reset_index(drop=True) for i in ids}
    holds = strategies.set_index("strategy_id")["hold_days"]
    x = np.column_stack([frames[i]["return"] for i in ids])
    search = search_of(x, slow)
    rows = [("strategy", i, record(frames[i], trades[trades["strategy_id"] == i], year, holds[i], benchmarks, factors, search))
            for i in ids]
    dates, choices, pieces, own = frames[ids[0]]["date"], [], [], []
    for start in range(TRAIN, len(x), TEST):
        end = min(start + TEST, len(x))
        ratios = [sharpe(c) for c in x[start - TRAIN:start].T]
        best = int(np.nanargmax(ratios))
        pieces.append(frames[best].iloc[start:end])
        entered = trades[(trades["strategy_id"] == best) & trades["entry_date"].between(dates[start], dates[end - 1])]
        own.append(entered)
        choices.append({"train_first": str(dates[start - TRAIN]), "train_last": str(dates[start - 1]),
                        "test_first": str(dates[start]), "test_last": str(dates[end - 1]), "strategy_id": best,
                        "train_sharpe": ratios[best] * np.sqrt(year),
                        "test_sharpe": sharpe(x[start:end, best]) * np.sqrt(year)})
    alone = {"trials": 1.0, "variance": 0.0, "overfitting": None}
    rows.append(("walk_forward", -1, record(pd.concat(pieces, ignore_index=True), pd.concat(own), year, max(holds),
                                            benchmarks, factors, alone)))
    best = int(np.nanargmax([sharpe(c) for c in x.T]))
    later = trades[(trades["strategy_id"] == best) & (trades["entry_date"] >= dates[TRAIN])]
    rows.append(("hindsight", best, record(frames[best].iloc[TRAIN:].reset_index(drop=True), later, year, holds[best],
                                           benchmarks, factors, search_of(x[TRAIN:]))))
    return {"rows": [{"record": kind, "strategy_id": i, **row} for kind, i, row in rows], "choices": choices}


def compare(out, wanted):
    worst = 0.0
    for table, rows in [("performance", wanted["rows"]), ("walk_forward", wanted["choices"])]:
        found = pd.read_parquet(Path(out) / f"{table}.parquet")
        assert len(found) == len(rows), (table, len(found), len(rows))
        for i, row in enumerate(rows):
            for name, want in row.items():
                got = found[name].iloc[i]
                if want is None or pd.isna(got):
                    assert want is None and pd.isna(got), (table, i, name, got, want)
                elif isinstance(want, str):
                    assert str(got) == want, (table, i, name, got, want)
                else:
                    error = abs(float(got) - want) / max(1.0, abs(want))
                    worst = max(worst, error)
                    assert error < 1e-9, (table, i, name, got, want)
    return worst


def inputs():
    read = lambda name: pd.read_parquet(ROOT / f"datasets/quickstart/{name}.parquet")
    factors = read("factors")
    factors["date"] = pd.to_datetime(factors["date"]).dt.date
    return read("prices"), factors.set_index("date")[FACTORS]


def main():
    if sys.argv[1] == "--golden":
        with tempfile.TemporaryDirectory() as folder:
            sets = [part for setting in SETTINGS for part in ("--set", setting)]
            subprocess.run([sys.argv[2], "run", str(STUDY), "--out", folder + "/out", *sets], check=True,
                           stdout=subprocess.DEVNULL)
            wanted = compute(folder + "/out", *inputs(), slow=True)
            print("worst relative error", compare(folder + "/out", wanted))
        (HERE / "backtest_performance.json").write_text(json.dumps({"settings": SETTINGS, **wanted}, indent=1) + "\n")
    else:
        print("worst relative error", compare(sys.argv[1], compute(sys.argv[1], *inputs())))


if __name__ == "__main__":
    main()
