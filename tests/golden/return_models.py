"""Expected-return models of one event: Scholes-Williams, Dimson, Huber, Theil-Sen; least squares of any response.

Every function takes an Event (panel.py) and returns {outcome, M, dof, coefficients, sigma, days and windows}.
M counts the rows the model itself can use, and the minimum number of observations is asked of that M.
"""
import warnings

import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from panel import numbers


def shifted(series, by):
    """series of day t + by, on day t."""
    out = np.full(len(series), np.nan)
    if by >= 0:
        out[:len(series) - by] = series[by:]
    else:
        out[-by:] = series[:by]
    return out


def window_only(event, series):
    """The series where it lies in the estimation window, NaN elsewhere: what a lag or lead may look at."""
    out = np.full(len(series), np.nan)
    first, last = event.options["estimation_window"]
    w = slice(max(0, event.day0 + first), max(0, event.day0 + last + 1))
    out[w] = series[w]
    return out


def shifts(event, lags, leads):
    """(calendar x shifts of the market's return, rows usable with all of them)."""
    inside = window_only(event, event.m)
    lagged = np.column_stack([shifted(inside, j) for j in range(-lags, leads + 1)])
    return lagged, event.rows(np.isfinite(event.R) & np.isfinite(lagged).all(axis=1))


def finish(event, M, k, coefficients, residual, C, rows, b, s2_cov=None, **more):
    """Common tail: s^2 = RSS/(M-k), covariance s^2 C unless given, then the days and windows."""
    s2 = residual @ residual / (M - k)
    out = {"outcome": "ok", "M": M, "dof": M - k, **coefficients, "sigma": np.sqrt(s2), **more}
    noise = np.full(len(rows), s2)
    return out | numbers(event, event.window(event.R), rows, np.asarray(b), s2 * C if s2_cov is None else s2_cov, noise)


def market_rows(event):
    m = event.window(event.m)
    return np.column_stack([np.ones(len(m)), m])


def scholes_williams(event):
    """Scholes & Williams 1977. beta = (b_-1 + b_0 + b_+1)/(1 + 2 rho); as the instrumental-variable estimator
    with z_t = m_t-1 + m_t + m_t+1 (their remark): C = (Z'X)^-1 Z'Z (X'Z)^-1."""
    lagged, rows = shifts(event, 1, 1)
    M = len(rows)
    if event.too_few(M, 2):
        return {"outcome": "too_few_observations", "M": M}
    y, (before, m, after) = event.R[rows], lagged[rows].T
    slope = [np.cov(y, x)[0, 1] / np.var(x, ddof=1) for x in (before, m, after)]
    beta = sum(slope) / (1 + 2 * np.corrcoef(m, before)[0, 1])
    alpha = y.mean() - beta * m.mean()
    X, Z = (np.column_stack([np.ones(M), v]) for v in (m, before + m + after))
    inverse = np.linalg.inv(Z.T @ X)
    return finish(event, M, 2, {"alpha": alpha, "beta_market": beta, "beta_market_lag1": slope[0],
                                "beta_market_lag0": slope[1], "beta_market_lead1": slope[2]},
                  y - alpha - beta * m, inverse @ (Z.T @ Z) @ inverse.T, market_rows(event), [alpha, beta])


def dimson(lags, leads):
    """Dimson 1979: one regression on lags and leads; the event row repeats m_tau, so that expected = alpha + sum(b) m."""
    names = [f"beta_market_lag{-j}" if j <= 0 else f"beta_market_lead{j}" for j in range(-lags, leads + 1)]

    def model(event):
        lagged, rows = shifts(event, lags, leads)
        M, k = len(rows), lags + leads + 2
        if event.too_few(M, k):
            return {"outcome": "too_few_observations", "M": M}
        X, y = np.column_stack([np.ones(M), lagged[rows]]), event.R[rows]
        Q, upper = np.linalg.qr(X)
        b = np.linalg.solve(upper, Q.T @ y)
        inverse = np.linalg.inv(upper)
        at = np.column_stack([market_rows(event)] + [event.window(event.m)] * (lags + leads))
        return finish(event, M, k, {"alpha": b[0], "beta_market": b[1:].sum(), **dict(zip(names, b[1:]))},
                      y - X @ b, inverse @ inverse.T, at, b)
    return model


def plain_rows(event):
    rows = event.rows(np.isfinite(event.R) & np.isfinite(event.m))
    return rows, np.column_stack([np.ones(len(rows)), event.m[rows]]), event.R[rows]


def huber(event):
    """Huber 1964 by statsmodels RLM: threshold 1.345, scale median|r|/0.6745 about 0 in every step,
    run until the coefficients stand still; covariance H1 (Huber 1973)."""
    rows, X, y = plain_rows(event)
    M = len(rows)
    if event.too_few(M, 2):
        return {"outcome": "too_few_observations", "M": M}
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        fit = sm.RLM(y, X, M=sm.robust.norms.HuberT()).fit(scale_est="mad", cov="H1", conv="coefs", tol=1e-12, maxiter=2000)
    assert fit.fit_history["iteration"] < 2000, event.row
    b = np.asarray(fit.params)
    return finish(event, M, 2, {"alpha": b[0], "beta_market": b[1]}, y - X @ b, None, market_rows(event), b,
                  fit.bcov_scaled, robust_scale=fit.scale)


def theil_sen(event):
    """Theil 1950, Sen 1968 by scipy; intercept = median(y - slope x). C = (X'X)^-1 as if least squares."""
    rows, X, y = plain_rows(event)
    M = len(rows)
    if event.too_few(M, 2):
        return {"outcome": "too_few_observations", "M": M}
    slope, intercept, *_ = stats.theilslopes(y, X[:, 1], method="joint")
    return finish(event, M, 2, {"alpha": intercept, "beta_market": slope}, y - intercept - slope * X[:, 1],
                  np.linalg.inv(X.T @ X), market_rows(event), [intercept, slope])


def least_squares(event, response=None, regressor=None, bhar=True):
    """OLS of a response on a constant and at most one regressor: (result, rows, X, residual, s^2, (X'X)^-1)."""
    y = event.R if response is None else response
    usable = np.isfinite(y) if regressor is None else np.isfinite(y) & np.isfinite(regressor)
    rows, k = event.rows(usable), 1 if regressor is None else 2
    M = len(rows)
    if event.too_few(M, k):
        return {"outcome": "too_few_observations", "M": M}, None
    full = np.ones((len(y), 1)) if regressor is None else np.column_stack([np.ones(len(y)), regressor])
    X = full[rows]
    Q, upper = np.linalg.qr(X)
    b = np.linalg.solve(upper, Q.T @ y[rows])
    inverse = np.linalg.inv(upper)
    residual = y[rows] - X @ b
    s2, C = residual @ residual / (M - k), inverse @ inverse.T
    at = np.column_stack([event.window(full[:, j]) for j in range(k)])
    result = {"outcome": "ok", "M": M, "dof": M - k, **dict(zip(["alpha", "beta_market"], b)), "sigma": np.sqrt(s2)}
    result |= numbers(event, event.window(y), at, b, s2 * C, np.full(len(at), s2), bhar)
    return result, (rows, X, residual, s2, C, at, b)


def market(event):
    return least_squares(event, None, event.m)[0]


SIMPLE = {"market": market, "scholes_williams": scholes_williams, "dimson_1_1": dimson(1, 1), "dimson_2_1": dimson(2, 1),
          "huber": huber, "theil_sen": theil_sen}
