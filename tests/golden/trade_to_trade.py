"""Market model on returns from trade to trade (Maynes & Rumsey 1993), for prices with gaps.

On a day with a price, n is the number of trading days since the last price, R the return over them and m the
benchmark's compounded return over the same days. R/sqrt(n) on sqrt(n), m/sqrt(n) has a constant variance.
"""
import numpy as np

from panel import numbers


def intervals(calendar, dates, prices, m):
    """(R, m over the interval, n) per session; NaN and 0 on sessions without a price or without an earlier one."""
    level = np.full(len(calendar), np.nan)
    at = np.searchsorted(calendar, dates)
    good = (at < len(calendar)) & np.isfinite(prices) & (prices > 0)
    good[good] &= calendar[at[good]] == dates[good]
    level[at[good]] = prices[good]
    priced = np.flatnonzero(np.isfinite(level))
    R, market, n = np.full(len(calendar), np.nan), np.full(len(calendar), np.nan), np.zeros(len(calendar), int)
    for last, now in zip(priced[:-1], priced[1:]):
        R[now], n[now] = level[now] / level[last] - 1, now - last
        market[now] = np.prod(1 + m[last + 1:now + 1]) - 1
    return R, market, n


def model_of(panel):
    """The model as a function of an Event; the panel's own prices have the gaps."""
    cache = {}

    def model(event):
        if event.ticker not in cache:
            cache[event.ticker] = intervals(event.calendar, *panel.study.prices[event.ticker][:2], event.m)
        R, m, n = cache[event.ticker]
        first, last = (event.day0 + day for day in event.options["estimation_window"])
        days = np.arange(len(R))
        usable = (n > 0) & np.isfinite(R) & np.isfinite(m) & (days - n + 1 >= first) & (days <= last)
        clear = np.ones(len(R), bool)
        for other in event.others if event.options["mask_other_events"] else []:
            clear[max(0, other - event.options["mask_other_events"]):other + event.options["mask_other_events"] + 1] = False
        hidden = np.concatenate([[0], np.cumsum(~clear)])
        usable &= hidden[days + 1] == hidden[np.maximum(days - n + 1, 0)]      # no day of the interval is masked
        rows = np.flatnonzero(usable)
        M = len(rows)
        if event.too_few(M, 2):
            return {"outcome": "too_few_observations", "M": M}
        root = np.sqrt(n[rows])
        X, y = np.column_stack([root, m[rows] / root]), R[rows] / root
        Q, upper = np.linalg.qr(X)
        b, inverse = np.linalg.solve(upper, Q.T @ y), np.linalg.inv(upper)
        s2 = ((y - X @ b) ** 2).sum() / (M - 2)
        length = np.where(event.inside, n[event.at], 0).astype(float)
        at = np.column_stack([np.where(length > 0, length, np.nan), event.window(m)])
        out = {"outcome": "ok", "M": M, "dof": M - 2, "alpha": b[0], "beta_market": b[1], "sigma": np.sqrt(s2),
               "days": int(n[rows].sum()), "longest": int(n[rows].max()), "n[0]": int(length[-event.options["event_window"][0]])}
        return out | numbers(event, event.window(R), at, b, s2 * inverse @ inverse.T, s2 * length, True, length > 0)
    return model
