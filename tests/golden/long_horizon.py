"""RATS (Ibbotson 1975) and calendar-time portfolios (Jaffe 1974; Mandelker 1974) over all usable events of a panel."""
import numpy as np
import statsmodels.api as sm
from scipy import stats

from panel import Event
from reference import design

FF3 = ["mktrf", "smb", "hml"]


class Factors:
    """Per market: R minus rf where the model wants it, and the factor row of each session."""

    def __init__(self, panel, model):
        self.names = ["market"] if model == "market" else FF3
        self.grid = {}
        for name, (calendar, m) in panel.grids.items():
            X, free = design(model, m, panel.study.factors_on(calendar))
            self.grid[name] = (X[:, 1:], free)


def usable_events(panel, estimates):
    return [Event(panel, row) for row, r in estimates.items() if r["outcome"] == "ok"]


def rats(panel, estimates, model):
    """Per tau one OLS over the events with R and factors on that day; cumulated alpha, se = sqrt(sum of squared se)."""
    factors, events = Factors(panel, model), usable_events(panel, estimates)
    first, last = panel.options["event_window"]
    k, rows, total, variance = 1 + len(factors.names), [], 0.0, 0.0
    for tau in range(first, last + 1):
        y, X = [], []
        for event in events:
            day, (values, free) = event.day0 + tau, factors.grid[event.market]
            if 0 <= day < len(event.R) and np.isfinite(event.R[day]) and np.isfinite(free[day]) and np.isfinite(values[day]).all():
                y.append(event.R[day] - free[day])
                X.append(np.concatenate([[1.0], values[day]]))
        fit = sm.OLS(np.array(y), np.array(X)).fit()
        total, variance = total + fit.params[0], variance + fit.bse[0] ** 2
        row = {"tau": tau, "n": len(y), "alpha": fit.params[0], "se": fit.bse[0], "t": fit.tvalues[0],
               "p": 2 * stats.t.sf(abs(fit.tvalues[0]), len(y) - k), "sigma": np.sqrt(fit.scale), "r_squared": fit.rsquared}
        row |= {f"beta_{name}": b for name, b in zip(factors.names, fit.params[1:])}
        rows.append(row | {"cumulated": total, "cumulated_se": np.sqrt(variance), "cumulated_t": total / np.sqrt(variance)})
    return rows


def calendar_time(panel, estimates, model, window, weights, min_names=5):
    """Portfolio of all securities with an event whose window holds the civil day, each once (the latest day 0 counts).

    precision: weights 1/s^2, s of the market model of that event, for every set of factors. Names without a finite
    return or factor that day are left out before names are counted. `dropped`: days with 1 to min_names - 1 such names.
    """
    factors, held = Factors(panel, model), {}
    for event in usable_events(panel, estimates):
        values, free = factors.grid[event.market]
        for day in range(event.day0 + window[0], event.day0 + window[1] + 1):
            if not (0 <= day < len(event.R)):
                continue
            names = held.setdefault(event.calendar[day], {})
            old = names.get(event.ticker)
            if old is None or event.day0 > old[0]:
                names[event.ticker] = (event.day0, event.R[day] - free[day], values[day], estimates[event.row]["sigma"])
    y, X, count, dropped = [], [], [], 0
    for day in sorted(held):
        names = [v for _, v in sorted(held[day].items()) if np.isfinite(v[1]) and np.isfinite(v[2]).all()]
        if len(names) < min_names:
            dropped += len(names) > 0
            continue
        w = np.array([1.0 if weights == "equal" else 1 / v[3] ** 2 for v in names])
        y.append(w @ np.array([v[1] for v in names]) / w.sum())
        X.append(np.concatenate([[1.0], w @ np.array([v[2] for v in names]) / w.sum()]))
        count.append(len(names))
    y, X, T = np.array(y), np.array(X), len(y)
    lags = int(np.floor(4 * (T / 100) ** (2 / 9)))
    fit = sm.OLS(y, X).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    t = fit.params[0] / fit.bse[0]
    p = 2 * stats.t.sf(abs(t), T - X.shape[1])
    np.testing.assert_allclose(p, fit.pvalues[0], rtol=1e-9)
    row = {"model": model, "first": window[0], "last": window[1], "weights": weights, "min_names": min_names,
           "days": T, "dropped": dropped, "mean_names": float(np.mean(count)), "lags": lags, "dof": T - X.shape[1],
           "alpha": fit.params[0], "se": fit.bse[0], "t": t, "p": p}
    row |= {f"beta_{name}": b for name, b in zip(factors.names, fit.params[1:])}
    row |= {f"se_beta_{name}": b for name, b in zip(factors.names, fit.bse[1:])}
    return row | {"sum_portfolio": y.sum(), "sum_market": X[:, 1].sum()}
