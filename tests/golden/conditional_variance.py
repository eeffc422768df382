"""Market model with GARCH(1,1) or EGARCH(1,1,1) errors, normal or Student t, by joint maximum likelihood (package arch).

Conventions, those of arch unless said otherwise:
* The used estimation days count as consecutive: a masked or missing day leaves no gap in the recursion.
* Response and market are scaled by 100 for the optimiser and converted back: log-likelihood + M ln 100,
  omega / 100^2 (GARCH), omega - (1 - beta) ln 100^2 (EGARCH).
* Start: sigma^2 and e^2 before the sample are the backcast, the mean of the first 75 squared least-squares residuals
  with weights 0.94^t (fixed, not re-estimated); it is written as `backcast`.
* GARCH: s2_t = omega + alpha1 e_t-1^2 + beta1 s2_t-1, omega > 0, alpha1, beta1 >= 0, alpha1 + beta1 <= 1.
  EGARCH (Nelson 1991): ln s2_t = omega + alpha1 (|z_t-1| - sqrt(2/pi)) + gamma1 z_t-1 + beta1 ln s2_t-1, 0 <= beta1 <= 1,
  centred by sqrt(2/pi) for t errors too; at the first day ln s2 = omega + beta1 ln backcast.
* t errors have unit variance and 2.05 <= nu <= 500; above 490 nu is set to 500.
* The best of several starts (SLSQP), polished with what lies on a bound held there. `boundary`: 1 where something does
  (the others may then not be identified: compare the log-likelihood). `starts_agree`: starts that came within 0.001 of
  the best. `gradient`: largest |theta d loglik/d theta| of the free parameters, central differences.
* EGARCH only where the recursion forgets its start (`exponent` < -0.02): beyond, with alpha1 clearly below 0, the likelihood
  is chaotic and its spikes exceed any sensible maximum (Wintenberger 2013). Nor where arch would clip a variance.
* Forecast: h = trading days of the market from the last used estimation day. EGARCH with normal errors: Nelson's closed
  form for E s2. With t errors E s2 is infinite for h > 1 (E exp(c|t|) does not exist for c > 0): what is written is
  exp(E ln s2), `forecast` says "log_mean".
"""
import numpy as np
from arch.univariate import EGARCH, GARCH, LS, Normal, StudentsT
from scipy import optimize, special, stats

from panel import numbers
from return_models import market_rows, plain_rows

ROOT = np.sqrt(2 / np.pi)
STARTS = {"garch": [(.02, .95), (.05, .9), (.1, .7), (.3, .3), (.01, .2), (.001, .98)],
          "egarch": [(.1, 0., .95), (.2, -.1, .8), (.3, -.1, .3), (.05, -.2, .97), (.3, .2, .05)]}


def search(name, errors, y, m):
    """The pieces of the problem on the scale of 100 y: model, minus log-likelihood, bounds, backcast, variances, starts."""
    volatility = GARCH(1, 0, 1) if name == "garch" else EGARCH(1, 1, 1)
    model = LS(100 * y, 100 * m[:, None], constant=True, volatility=volatility,
               distribution=Normal() if errors == "normal" else StudentsT(), rescale=False)
    ols = np.linalg.lstsq(np.column_stack([np.ones(len(y)), 100 * m]), 100 * y, rcond=None)[0]
    residual = 100 * y - ols[0] - 100 * m * ols[1]
    backcast, bounds = volatility.backcast(residual), volatility.variance_bounds(residual)
    box = [(-np.inf, np.inf)] * 2 + volatility.bounds(residual) + ([(2.05, 500.0)] if errors == "t" else [])
    low, high = np.array(box, float).T
    s2 = np.empty(len(y))

    def value(theta):
        if (theta < low).any() or (theta > high).any() or (name == "garch" and theta[3] + theta[4] > 1 + 1e-12):
            return np.inf
        found = model._loglikelihood(theta, s2, backcast, bounds)
        if (s2 < 1.001 * bounds[:, 0]).any() or (s2 > 0.999 * bounds[:, 1]).any():
            return np.inf
        return np.inf if name == "egarch" and exponent(theta, y, m, s2) > -0.02 else found

    starts = [None]
    for tail in STARTS[name]:
        omega = residual.var() * (1 - sum(tail)) if name == "garch" else np.log(residual.var()) * (1 - tail[-1])
        starts.append(np.array([*ols, omega, *tail] + ([8.0] if errors == "t" else [])))
    return model, value, low, high, np.exp(backcast) if name == "egarch" else backcast, s2, starts


def exponent(theta, y, m, s2):
    """Mean ln|d ln s2_t / d ln s2_t-1| of EGARCH: not below 0, the recursion forgets nothing and the likelihood is noise."""
    z = (100 * (y - m * theta[1]) - theta[0]) / np.sqrt(s2)
    return np.log(np.abs(theta[5] - (theta[3] * np.abs(z) + theta[4] * z) / 2) + 1e-300).mean()


def maximum(name, errors, y, m):
    """Parameters on the scale of 100 y, log-likelihood there, and how it was reached; None where nothing converged."""
    model, value, low, high, backcast, s2, starts = search(name, errors, y, m)
    found = []
    for start in starts:
        fit = model.fit(starting_values=start, disp="off", show_warning=False, options={"ftol": 1e-13, "maxiter": 2000})
        theta = np.clip(np.asarray(fit.params), low, high)
        if name == "garch" and theta[3] + theta[4] > 1:
            theta[4] = 1 - theta[3]
        if np.isfinite(value(theta)):
            found.append((value(theta), theta))
    if not found:
        return None
    reached, theta = min(found, key=lambda pair: pair[0])
    agree = sum(v < reached + 1e-3 for v, _ in found)
    before = None
    while before is None or (held(name, theta, low, high)[0] != before).any():
        before, theta = held(name, theta, low, high)      # what lies on a bound stays there
        theta, slope = polish(name, value, theta, before)
    reached = value(theta)                                # fills s2
    memory = exponent(theta, y, m, s2) if name == "egarch" else None
    at_edge = name == "egarch" and memory > -0.021
    return {"theta": theta, "log_likelihood": -reached, "backcast": backcast, "s2": s2.copy(), "starts_agree": agree,
            "gradient": np.abs(slope).max(), "boundary": int(before.any() or at_edge), "exponent": memory}


def held(name, theta, low, high):
    """(mask of the parameters that a bound or alpha1 + beta1 = 1 determines, parameters moved onto the bounds)."""
    theta, near = theta.copy(), np.zeros(len(theta), bool)
    for bound in (low, high):
        close = np.isfinite(bound) & (np.abs(theta - bound) < 1e-6 * (1 + np.abs(np.where(np.isfinite(bound), bound, 0))))
        theta[close] = bound[close]
        near |= close
    if np.isfinite(high[-1]) and high[-1] == 500 and theta[-1] > 490:    # the optimiser stops short of the bound
        theta[-1], near[-1] = 500, True
    if name == "garch" and theta[3] + theta[4] > 1 - 1e-6:
        theta[4], near[4] = 1 - theta[3], True
    return near, theta


def polish(name, value, theta, fixed):
    """Nelder-Mead and BFGS over the free parameters until neither gains: (parameters, slope of each free one)."""
    free, scale = np.flatnonzero(~fixed), np.maximum(np.abs(theta[~fixed]), 1e-2)
    unit_root = name == "garch" and theta[3] + theta[4] > 1 - 1e-6

    def full(x):
        out = theta.copy()
        out[free] = x * scale
        if unit_root:
            out[4] = 1 - out[3]
        return out

    restricted = lambda x: value(full(x))
    x = theta[free] / scale
    reached = restricted(x)
    for _ in range(4):
        before = reached
        simplex = x + np.vstack([0 * x, 3e-3 * np.eye(len(x))])
        for method, options in (("Nelder-Mead", {"xatol": 1e-10, "fatol": 1e-12, "maxfev": 2500, "adaptive": True,
                                                 "initial_simplex": simplex}), ("BFGS", {"gtol": 1e-8})):
            with np.errstate(all="ignore"):
                better = optimize.minimize(restricted, x, method=method, options=options)
            if better.fun <= reached:
                x, reached = better.x, better.fun
        if before - reached < 1e-10:
            break
    with np.errstate(invalid="ignore"):
        slope = np.array([(restricted(x + h) - restricted(x - h)) / 2e-5 for h in 1e-5 * np.eye(len(x))])
    return full(x), np.where(np.isfinite(slope), slope, np.inf)


def nelson(omega, alpha, gamma, beta, next_variance, horizon):
    """E s2 at T+h, normal errors: prod of E exp(beta^i g(z)), g(z) = alpha (|z| - sqrt(2/pi)) + gamma z."""
    value = next_variance
    path = [value]
    log_next = np.log(next_variance)
    for h in range(2, horizon + 1):
        powers = beta ** np.arange(h - 1)
        up, down = powers * (alpha + gamma), powers * (alpha - gamma)
        mean = np.exp(-powers * alpha * ROOT) * (stats.norm.cdf(up) * np.exp(up ** 2 / 2)
                                                 + stats.norm.cdf(down) * np.exp(down ** 2 / 2))
        path.append(np.exp(omega * powers.sum() + beta ** (h - 1) * log_next + np.log(mean).sum()))
    return np.array(path)


def forecasts(name, errors, theta, e, s2, horizon):
    """(variance at h = 1..horizon on the scale of theta, how)."""
    if name == "garch":
        omega, alpha, beta = theta[2:5]
        path = [omega + alpha * e ** 2 + beta * s2]
        while len(path) < horizon:
            path.append(omega + (alpha + beta) * path[-1])
        return np.array(path), "exact"
    omega, alpha, gamma, beta = theta[2:6]
    z = e / np.sqrt(s2)
    first = omega + alpha * (abs(z) - ROOT) + gamma * z + beta * np.log(s2)
    if errors == "normal":
        return nelson(omega, alpha, gamma, beta, np.exp(first), horizon), "nelson"
    nu = theta[6]                            # E|z| of the t with unit variance
    mean_abs = 2 * np.sqrt(nu - 2) / (nu - 1) * np.exp(special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2)) / np.sqrt(np.pi)
    path = [first]
    while len(path) < horizon:
        path.append(omega + alpha * (mean_abs - ROOT) + beta * path[-1])
    return np.exp(path), "log_mean"


def conditional(name, errors):
    def model(event):
        rows, X, y = plain_rows(event)
        M, k = len(rows), 2
        if event.too_few(M, k):
            return {"outcome": "too_few_observations", "M": M}
        found = maximum(name, errors, y, X[:, 1])
        if found is None:
            return {"outcome": "not_converged", "M": M}
        theta, s2 = found["theta"], found["s2"]
        b = np.array([theta[0] / 100, theta[1]])
        e = y - X @ b
        horizons = event.days - rows[-1]
        path, how = forecasts(name, errors, theta, 100 * e[-1], s2[-1], horizons[-1])
        noise = path[horizons - 1] / 1e4
        V = np.linalg.inv((X / (s2 / 1e4)[:, None]).T @ X)
        out = {"outcome": "ok", "M": M, "dof": M - 2, "alpha": b[0], "beta_market": b[1], "sigma": np.sqrt(e @ e / (M - 2)),
               "log_likelihood": found["log_likelihood"] + M * np.log(100)}
        if name == "garch":
            out |= {"omega": theta[2] / 1e4, "alpha1": theta[3], "beta1": theta[4]}
        else:
            out |= {"omega": theta[2] - (1 - theta[5]) * np.log(1e4), "alpha1": theta[3], "gamma1": theta[4], "beta1": theta[5]}
        if errors == "t":
            nu = theta[-1]
            out["nu"] = nu
            V = V / (nu * (nu + 1) / ((nu - 2) * (nu + 3)))     # Fisher information of a t's location, unit variance
        out |= {key: found[key] for key in ("boundary", "starts_agree", "gradient", "exponent")}
        out |= {"backcast": found["backcast"] / 1e4,
                "last_day_before": int(event.day0 - rows[-1]), "volatility_last": np.sqrt(s2[-1]) / 100,
                "forecast": how, "forecast_variance": noise.tolist()}
        return out | numbers(event, event.window(event.R), market_rows(event), b, V, noise)
    return model


MODELS = {f"{name}_{errors}": conditional(name, errors) for name in ("garch", "egarch") for errors in ("normal", "t")}
