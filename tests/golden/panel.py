"""What every model reference needs of an event: its market's calendar, its series, its estimation rows, its numbers.

Alignment, masking and duplicates are those of reference.py, whose functions do the work.
"""
import numpy as np
import polars as pl

from reference import Study, estimation_rows, returns_on

SHOWN = (-10, 0, 10)                     # the single days of the event window that are written


class Event:
    """One usable event on its market's calendar: R the security's response, m the market's, others the masking days."""

    def __init__(self, panel, row):
        entry, study = panel.study.ledger[row], panel.options
        self.row, self.day0, self.ticker, self.market = row, entry["day0"], entry["ticker"], entry["market"]
        self.options = study
        self.calendar, self.m = panel.grids[self.market]
        self.R = panel.returns(self.ticker, self.market)
        self.others = np.array([d for r, d in panel.day0s[self.ticker] if r != row], int)
        first, last = study["event_window"]
        self.days = np.arange(self.day0 + first, self.day0 + last + 1)
        self.inside = (self.days >= 0) & (self.days < len(self.calendar))
        self.at = np.where(self.inside, self.days, 0)

    def window(self, series):
        """Values of a series on the days of the event window; NaN outside the calendar."""
        return np.where(self.inside, series[self.at], np.nan)

    def rows(self, usable):
        return estimation_rows(usable, self.day0, self.others, self.options["estimation_window"],
                               self.options["mask_other_events"])

    def too_few(self, M, k):
        return M < max(self.options["minimum_observations"], k + 3)


class Panel:
    """A Study of reference.py and its series, made once."""

    def __init__(self, options, data):
        self.options, self.study = options, Study(options, data)
        self.series, self.day0s, self.grids = {}, {}, {}
        for name, market in self.study.markets.items():
            own = options["markets"][name]["benchmark"]
            self.grids[name] = (market["calendar"], returns_on(market["calendar"], *self.study.prices[own][:2], False))
        for row, event in enumerate(self.study.ledger):
            if event["day0"] is not None:
                self.day0s.setdefault(event["ticker"], []).append((row, event["day0"]))

    def returns(self, ticker, market):
        if ticker not in self.series:
            self.series[ticker] = returns_on(self.grids[market][0], *self.study.prices[ticker][:2], False)
        return self.series[ticker]

    def live(self):
        return [row for row, event in enumerate(self.study.ledger) if event["outcome"] == "ok"]

    def apply(self, model, rows):
        """{row: result} of a model; rows the ledger refused keep its outcome."""
        ledger = self.study.ledger
        return {row: model(Event(self, row)) if ledger[row]["outcome"] == "ok" else {"outcome": ledger[row]["outcome"]}
                for row in rows}

    def columns_of(self, path, names):
        """{name: {ticker: values on the calendar of its market}} of further columns of the price table."""
        table = pl.read_parquet(path).with_columns(pl.col("ticker").cast(pl.String))
        out = {name: {} for name in names}
        for key, part in table.partition_by("ticker", as_dict=True).items():
            market = self.study.prices[key[0]][2] or next(iter(self.grids))
            calendar = self.grids[market][0]
            at = np.searchsorted(calendar, part["date"].to_numpy())
            good = at < len(calendar)
            good[good] &= calendar[at[good]] == part["date"].to_numpy()[good]
            for name in names:
                series = np.full(len(calendar), np.nan)
                series[at[good]] = part[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()[good]
                out[name][key[0]] = series
        return out


def numbers(event, actual, rows, b, cov, noise, bhar=True, days=None):
    """AR, SAR of the days and CAR, BHAR, SCAR of the windows.

    rows: event window x coefficients; cov: covariance of b (s^2 C); noise: variance of each day's disturbance.
    Var(AR) = noise + x'cov x, Var(CAR) = sum noise + Xsum'cov Xsum. days: None wants every day of a window;
    a mask of the days that count lets a window do with the days it has (trade-to-trade).
    """
    expected = rows @ b
    ar = actual - expected
    present = np.isfinite(ar)
    variance = noise + np.einsum("ij,jk,ik->i", rows, cov, rows)
    sar = ar / np.sqrt(variance)
    first, out = event.options["event_window"][0], {}
    for tau in SHOWN:
        i = tau - first
        if tau == 0:
            out["expected[0]"] = expected[i] if present[i] else None
        out |= {f"ar[{tau}]": ar[i], f"sar[{tau}]": sar[i]}
    for a, z in event.options["car_windows"]:
        w = np.arange(a - first, z - first + 1)
        complete = present[w].all()
        if days is not None:
            w = w[days[w] & present[w]]
            complete = len(w) > 0
        car = ar[w].sum() if complete else np.nan
        total = rows[w].sum(axis=0)
        out[f"car[{a},{z}]"] = car
        if bhar:
            out[f"bhar[{a},{z}]"] = np.prod(1 + actual[w]) - np.prod(1 + expected[w]) if complete else np.nan
        out[f"scar[{a},{z}]"] = car / np.sqrt(noise[w].sum() + total @ cov @ total)
    return out
