"""GARCH(1,1) and EGARCH(1,1,1) regressions fitted by the package arch, for comparison with the engine.

    python volatility.py > volatility.json

Real-looking series come from the quickstart panel (a security on its index), one more is a seeded simulation of a
GARCH regression. arch works on returns in per cent; everything is written in the units of the returns. Of several runs
of its optimiser the one with the highest likelihood counts, among those whose variance forgets its start.
"""
import json
import math
from pathlib import Path

import numpy as np
import polars as pl
from arch.univariate import EGARCH, GARCH, LS, Normal, StudentsT

PRICES = Path(__file__).parent / "../../datasets/quickstart/prices.parquet"
PER_CENT = 100.0
HORIZON = 21
DYNAMICS = {"garch": lambda: GARCH(p=1, o=0, q=1), "egarch": lambda: EGARCH(p=1, o=1, q=1)}
ERRORS = {"normal": Normal, "t": StudentsT}


def quickstart(ticker, index, first, count):
    prices = pl.read_parquet(PRICES).with_columns(pl.col("ticker").cast(pl.String))
    returns = {name: prices.filter(pl.col("ticker") == name).sort("date").select(
        "date", (pl.col("adj_close") / pl.col("adj_close").shift(1) - 1).round(10).alias(name)).drop_nulls()
        for name in (ticker, index)}
    joint = returns[ticker].join(returns[index], on="date").sort("date")[first:first + count]
    return joint[ticker].to_numpy(), joint[index].to_numpy()


def simulated(count, seed, degrees=None):
    """y = 0.0005 + 1.1 x + r, r a GARCH(1,1) with alpha 0.12 and beta 0.82."""
    rng = np.random.default_rng(seed)
    market = 0.01 * rng.standard_normal(count)
    errors = rng.standard_normal(count) if degrees is None else (
        rng.standard_t(degrees, count) * math.sqrt((degrees - 2) / degrees))
    variance, residuals = 0.0003, np.empty(count)
    for t, z in enumerate(errors):
        residuals[t] = math.sqrt(variance) * z
        variance = 0.0003 * (1 - 0.12 - 0.82) + 0.12 * residuals[t] ** 2 + 0.82 * variance
    return np.round(0.0005 + 1.1 * market + residuals, 10), np.round(market, 10)


def starts(default, dynamics, errors, variance):
    """arch's own start, and some more: its optimiser often stops at a lesser maximum, or runs away."""
    tail = [8.0] if errors == "t" else []
    yield default
    for alpha, beta in [(0.05, 0.9), (0.1, 0.6), (0.02, 0.97), (0.2, 0.1)]:
        if dynamics == "garch":
            yield np.array([*default[:2], variance * (1 - alpha - beta), alpha, beta, *tail])
        else:
            yield np.array([*default[:2], math.log(variance) * (1 - beta), 2 * alpha, 0.0, beta, *tail])


def forgets(best, dynamics):
    """Whether the first variance matters less and less for those that follow (always so for GARCH)."""
    if dynamics == "garch":
        return True
    alpha, gamma, beta = (best.params[name] for name in ("alpha[1]", "gamma[1]", "beta[1]"))
    z = np.asarray(best.std_resid)
    return np.mean(np.log(np.abs(beta - 0.5 * (alpha * np.abs(z) + gamma * z)) + 1e-300)) < 0


def fit(y, x, dynamics, errors):
    design = np.column_stack([np.ones(len(y)), PER_CENT * x])
    model = LS(PER_CENT * y, design, constant=False, rescale=False, volatility=DYNAMICS[dynamics](),
               distribution=ERRORS[errors]())
    first = model.fit(disp="off", show_warning=False)
    fits = [first]
    for start in starts(first.params.to_numpy(), dynamics, errors, float(np.var(first.resid))):
        for _ in range(3):
            fits.append(model.fit(disp="off", show_warning=False, starting_values=start,
                                  options={"ftol": 1e-13, "maxiter": 2000}))
            start = fits[-1].params.to_numpy()
    best = max((f for f in fits if forgets(f, dynamics)), key=lambda f: f.loglikelihood)
    parameters = dict(zip(["intercept", "slope", "omega", "alpha", *(["gamma"] if dynamics == "egarch" else []), "beta",
                           *(["nu"] if errors == "t" else [])], map(float, best.params)))
    parameters["intercept"] /= PER_CENT
    if dynamics == "garch":
        parameters["omega"] /= PER_CENT ** 2
    else:
        parameters["omega"] -= (1 - parameters["beta"]) * 2 * math.log(PER_CENT)
    horizon = HORIZON if dynamics == "garch" else 1
    forecasts = best.forecast(horizon=horizon, x=np.zeros((2, 1, horizon)), reindex=False).variance.to_numpy()[-1] / PER_CENT ** 2
    return {"dynamics": dynamics, "errors": errors, "parameters": parameters,
            "log_likelihood": float(best.loglikelihood) + len(y) * math.log(PER_CENT),
            "every_tenth_volatility": (best.conditional_volatility[::10] / PER_CENT).tolist(),
            "forecasts": forecasts.tolist()}


def main():
    names = pl.read_parquet(PRICES)["ticker"].cast(pl.String).unique().sort().to_list()
    securities = [name for name in names if name.startswith("US") and name != "US-INDEX"]
    series = {f"{name} {first}+{count}": quickstart(name, "US-INDEX", first, count)
              for name, first, count in [(securities[0], 0, 250), (securities[7], 200, 250), (securities[19], 0, 450)]}
    series["simulated 250"] = simulated(250, 1)
    series["simulated 1000"] = simulated(1000, 2)
    series["simulated t 1000"] = simulated(1000, 3, degrees=5)
    print(json.dumps([{"name": name, "y": y.tolist(), "x": x.tolist(),
                       "fits": [fit(y, x, dynamics, errors) for dynamics in DYNAMICS for errors in ERRORS]}
                      for name, (y, x) in series.items()]))


if __name__ == "__main__":
    main()
