"""Independent float64 reference of the dayzero event study: plain numpy, QR, scipy tails.

    python reference.py STUDY.json --data DIR --out RESULT.json

DIR holds the data; paths inside STUDY.json are relative to it. STUDY.json has the keys of the
"study" object in the golden files (see make_golden.py, which writes those). Formulas follow
METHODS.md; every function cites its source. Conventions where METHODS.md leaves room:

* Calendar: dates of the benchmark's rows. Prices on other dates are ignored. A price that is null,
  not finite or not positive is no price. The first session has no return.
* Day 0: an instant before the first session counts as announced_before_calendar (no day 0) unless it
  falls on the first session's local date; one at or after the last close is announced_after_calendar.
* Duplicates: earliest announced_at of (ticker, day 0), ties to the first row. Mask: every other row of
  the ticker that has a day 0 masks (duplicates too), also rows whose day 0 lies after the event.
* Window days outside the calendar are missing. An event can be `ok` (estimated) with an incomplete event
  window. Estimation needs M >= minimum_observations and M > k + 2; R's diagonal ratio (columns scaled
  to unit length) below 1e-10 is a singular design.
* capm uses the security's own benchmark: R - rf on R_m - rf. {factors: [mktrf], excess} is the other reading.
* With log returns R and R_m are logs; factor columns and rf stay as they are.
* r_squared is centred, 1 - RSS/sum((y - mean)^2), y = R - rf in excess models; null for market_adjusted
  and constant_mean. market_adjusted has no alpha or betas (null).
* r_bar averages over the events valid for the window (METHODS: N is recounted for every window);
  r_bar_all over all estimated events of the group, as if the day sums were made once.
  z_i has unit length over its own estimation days, so z_i'z_j is the correlation shrunk by the days not shared.
* p_hat averages over the events valid for the window. For market_adjusted the estimation residual of p_hat
  is R - R_m itself, not demeaned (like its CAR); p_hat_demeaned is the other reading. z_i is demeaned.
* CAAR through tau uses events complete from the first event day to tau; AAR the events present at tau.
* Quantile breakpoints (type 7) over all events with a value and a day 0 that are no duplicates, estimated
  or not; group q = 1 + #(breakpoints strictly below the value).
* Undefined numbers are null. Only missing = "exclude" is implemented; no filters.
"""
import argparse
import json
from pathlib import Path
from zoneinfo import ZoneInfo
from datetime import datetime, time, timezone

import numpy as np
import polars as pl
from scipy import sparse

NAMED = {"constant_mean": ([], False), "market": (["market"], False), "capm": (["market"], True),
         "ff3": (["mktrf", "smb", "hml"], True), "carhart": (["mktrf", "smb", "hml", "umd"], True),
         "ff5": (["mktrf", "smb", "hml", "rmw", "cma"], True),
         "ff6": (["mktrf", "smb", "hml", "rmw", "cma", "umd"], True)}


# ---- data -------------------------------------------------------------------------------------------

def load_prices(path, gap):
    """{ticker: (dates, prices, market)}; gap = {modulo, remainder, keep} drops rows by their index in the file."""
    table = pl.read_parquet(path).with_row_index("row").with_columns(pl.col("ticker").cast(pl.String))
    if gap:
        drop = (pl.col("row") % gap["modulo"] == gap["remainder"]) & ~pl.col("ticker").is_in(gap["keep"])
        table = table.filter(~drop)
    if "market" not in table.columns:
        table = table.with_columns(market=pl.lit(None, pl.String))
    table = table.with_columns(pl.col("market").cast(pl.String))
    return {key[0]: (part["date"].to_numpy(), part["adj_close"].to_numpy(), part["market"][0])
            for key, part in table.partition_by("ticker", as_dict=True).items()}


def returns_on(calendar, dates, prices, log):
    """Return on session t only where sessions t-1 and t both have a price (METHODS, traps: no zero fill)."""
    level = np.full(len(calendar), np.nan)
    at = np.searchsorted(calendar, dates)
    good = (at < len(calendar)) & np.isfinite(prices) & (prices > 0)
    good[good] &= calendar[at[good]] == dates[good]
    level[at[good]] = prices[good]
    ratio = np.full(len(calendar), np.nan)
    ratio[1:] = level[1:] / level[:-1]
    return np.log(ratio) if log else ratio - 1.0


def build_market(prices, spec):
    """Sessions = dates of the benchmark; closes as UTC instants (early closes are a list in the config)."""
    calendar = np.sort(prices[spec["benchmark"]][0])
    zone, early = ZoneInfo(spec["timezone"]), spec.get("early_closes", {})
    closes = [datetime.combine(day, time.fromisoformat(early.get(str(day), spec["close"])), zone)
              .astimezone(timezone.utc).replace(tzinfo=None) for day in calendar.tolist()]
    return {"calendar": calendar, "closes": np.array(closes, "datetime64[us]"), "zone": zone}


def day_zero(market, instant):
    """First session whose close is strictly after the instant (METHODS, Day 0)."""
    index = int(np.searchsorted(market["closes"], instant, side="right"))
    if index == len(market["calendar"]):
        return None, "announced_after_calendar"
    local = instant.item().replace(tzinfo=timezone.utc).astimezone(market["zone"]).date()
    if index == 0 and local < market["calendar"][0].item():
        return None, "announced_before_calendar"
    return index, "ok"


def build_ledger(events, prices, markets, default_market):
    """One entry per input event: market, day-0 index, outcome before estimation."""
    ledger, first = [], {}
    for row, (ticker, instant) in enumerate(zip(events["ticker"], events["announced_at"].to_numpy())):
        market = (prices[ticker][2] or default_market) if ticker in prices else None
        day0, outcome = day_zero(markets[market], instant) if market else (None, "no_prices")
        ledger.append({"ticker": ticker, "market": market, "day0": day0, "outcome": outcome})
        if day0 is not None:
            held = first.get((ticker, day0))
            if held is None or instant < held[0]:          # strict: ties stay with the first row
                first[ticker, day0] = (instant, row)
    for row, event in enumerate(ledger):
        if event["day0"] is not None and first[event["ticker"], event["day0"]][1] != row:
            event["outcome"] = "duplicate"
    return ledger


# ---- estimation -------------------------------------------------------------------------------------

def model_of(model):
    """(factor names, excess) of a named model or of {factors, excess}; market_adjusted has no factors."""
    if model == "market_adjusted":
        return None, False
    return NAMED[model] if isinstance(model, str) else (model["factors"], model["excess"])


def design(model, benchmark, factors):
    """(regressors sessions x k or None, risk-free or zeros) on the calendar of one market."""
    names, excess = model_of(model)
    free = factors["rf"] if excess else np.zeros(len(benchmark))
    if names is None:
        return None, free
    columns = [benchmark - free if excess and n == "market" else benchmark if n == "market" else factors[n]
               for n in names]
    return np.column_stack([np.ones(len(benchmark))] + columns), free


def estimation_rows(usable, day0, others, window, mask):
    """Sessions of the estimation window that are usable and not within +-mask of another event's day 0."""
    rows = np.arange(max(0, day0 + window[0]), min(len(usable), day0 + window[1] + 1))
    rows = rows[usable[rows]]
    if mask and len(others):
        rows = rows[np.abs(rows[:, None] - others[None, :]).min(axis=1) > mask]
    return rows


def fit(y, X):
    """Least squares by QR. s^2 = RSS/(M-k); inverse R gives (X'X)^-1 = R^-1 R^-T (MacKinlay 1997)."""
    Q, R = np.linalg.qr(X)
    scaled = np.abs(np.diag(R)) / np.linalg.norm(X, axis=0)
    if scaled.min() < 1e-10:
        return None
    b = np.linalg.solve(R, Q.T @ y)
    residual = y - X @ b
    return b, residual, np.linalg.inv(R)


def estimate(event, others, R, benchmark, X, free, study):
    """One event: coefficients, residuals, AR, CAR, BHAR, SCAR of every window; or the reason why not."""
    usable = np.isfinite(R) & np.isfinite(free) & np.isfinite(benchmark if X is None else X.sum(axis=1))
    rows = estimation_rows(usable, event["day0"], others, study["estimation_window"], study["mask_other_events"])
    M, k = len(rows), 1 if X is None else X.shape[1]
    if M < max(study["minimum_observations"], k + 3):
        return "too_few_observations", M
    if X is None:                                    # s^2: demeaned variance of R - R_m, M - 1 (WRDS)
        gap = R[rows] - benchmark[rows]
        b, residual, inverse = None, gap - gap.mean(), None
        sign_base, r_squared = gap, None
    else:
        y = R[rows] - free[rows]
        solved = fit(y, X[rows])
        if solved is None:
            return "singular_design", M
        b, residual, inverse = solved
        sign_base = residual
        r_squared = 1 - residual @ residual / ((y - y.mean()) ** 2).sum() if k > 1 else None
    rss = residual @ residual
    out = {"M": M, "k": k, "b": b, "sigma": np.sqrt(rss / (M - k)), "r_squared": r_squared, "rows": rows,
           "z": residual / np.sqrt(rss), "q": (M - k) / (M - k - 2), "positive": (sign_base > 0).mean(),
           "positive_demeaned": (residual > 0).mean(), "residual": sign_base, "demeaned": residual}
    return "ok", out | event_window(event["day0"], R, benchmark, X, free, b, inverse, out["sigma"], study)


def event_window(day0, R, benchmark, X, free, b, inverse, sigma, study):
    """AR, and for each window CAR, BHAR (Barber & Lyon 1997), SCAR with Var(CAR) = s^2(L + 1'Xw(X'X)^-1Xw'1)
    (Patell 1976; cross-day term: Mikkelson & Partch 1988). market_adjusted has no forecast-error term."""
    first, last = study["event_window"]
    days = np.arange(day0 + first, day0 + last + 1)
    inside = (days >= 0) & (days < len(R))
    at = np.where(inside, days, 0)
    actual = np.where(inside, R[at], np.nan)
    expected = np.where(inside, benchmark[at] if X is None else free[at] + X[at] @ b, np.nan)
    ar = actual - expected
    present = np.isfinite(ar)
    car, bhar, scar = (np.full(len(study["windows"]), np.nan) for _ in range(3))
    for i, (a, z) in enumerate(study["windows"]):
        w = slice(a - first, z - first + 1)
        if not present[w].all():
            continue
        car[i] = ar[w].sum()
        bhar[i] = (np.exp(actual[w].sum()) - np.exp(expected[w].sum()) if study["log"]
                   else np.prod(1 + actual[w]) - np.prod(1 + expected[w]))
        forecast = 0.0 if X is None else ((X[at[w]].sum(axis=0) @ inverse) ** 2).sum()
        scar[i] = car[i] / (sigma * np.sqrt(z - a + 1 + forecast))
    through = np.where(np.logical_and.accumulate(present), np.cumsum(ar), np.nan)
    return {"ar": ar, "through": through, "car": car, "bhar": bhar, "scar": scar}


# ---- a study ----------------------------------------------------------------------------------------

class Study:
    """Data of one study, loaded once; `run(spec)` estimates every event under one specification."""

    def __init__(self, study, data):
        self.study, data = study, Path(data)
        self.prices = load_prices(data / study["prices"], study.get("gap"))
        self.events = pl.read_parquet(data / study["events"]).with_columns(
            pl.col(pl.Categorical).cast(pl.String), pl.col("announced_at").dt.cast_time_unit("us").dt.replace_time_zone(None))
        self.factors = pl.read_parquet(data / study["factors"]).sort("date") if study.get("factors") else None
        self.markets = {name: build_market(self.prices, spec) for name, spec in study["markets"].items()}
        self.civil = np.unique(np.concatenate([m["calendar"] for m in self.markets.values()]))
        self.ledger = build_ledger(self.events, self.prices, self.markets, next(iter(self.markets)))
        first, last = study["event_window"]
        self.windows = [tuple(w) for w in study["car_windows"]] + [(t, t) for t in range(first, last + 1)]

    def factors_on(self, calendar):
        """Factor columns joined to the calendar by date, NaN where the table has no row."""
        if self.factors is None:
            return {}
        dates = pl.DataFrame({"date": calendar}).join(self.factors, on="date", how="left", maintain_order="left")
        return {c: dates[c].cast(pl.Float64).fill_null(float("nan")).to_numpy() for c in dates.columns if c != "date"}

    def run(self, spec):
        """List of (outcome, estimate or M) per input event."""
        log = spec.get("returns", "simple") == "log"
        options = self.study | {"windows": self.windows, "log": log}
        grids, series, day0s = {}, {}, {}
        for name, market in self.markets.items():
            own = self.study["markets"][name]["benchmark"]
            benchmark = returns_on(market["calendar"], *self.prices[own][:2], log)
            grids[name] = (benchmark, *design(spec["model"], benchmark, self.factors_on(market["calendar"])))
        for row, event in enumerate(self.ledger):
            if event["day0"] is not None:
                day0s.setdefault(event["ticker"], []).append((row, event["day0"]))
        results = []
        for row, event in enumerate(self.ledger):
            if event["outcome"] != "ok":
                results.append((event["outcome"], None))
                continue
            ticker = event["ticker"]
            if ticker not in series:
                series[ticker] = returns_on(self.markets[event["market"]]["calendar"], *self.prices[ticker][:2], log)
            others = np.array([day for r, day in day0s[ticker] if r != row], int)
            results.append(estimate(event, others, series[ticker], *grids[event["market"]], options))
        return results

    def residual_matrix(self, results, ids):
        """events x civil days: the unit-length residuals of the events `ids`."""
        place = {n: np.searchsorted(self.civil, m["calendar"]) for n, m in self.markets.items()}
        columns = [place[self.ledger[i]["market"]][results[i][1]["rows"]] for i in ids]
        start = np.concatenate([[0], np.cumsum([len(c) for c in columns])])
        values = np.concatenate([results[i][1]["z"] for i in ids])
        return sparse.csr_matrix((values, np.concatenate(columns), start), (len(ids), len(self.civil)))

    def opens_matrix(self, ids, window):
        """civil days x events: 1 where the event's window holds the day (all days must be in the calendar)."""
        days = [np.searchsorted(self.civil, self.markets[self.ledger[i]["market"]]["calendar"]
                                [self.ledger[i]["day0"] + window[0]:self.ledger[i]["day0"] + window[1] + 1]) for i in ids]
        start = np.concatenate([[0], np.cumsum([len(d) for d in days])])
        flat = np.concatenate(days)
        return sparse.csc_matrix((np.ones(len(flat)), flat, start), (len(self.civil), len(ids)))

    def groups(self):
        """{name: (ids, ...)} of all, column values and quantile groups; and the quantile breakpoints."""
        live = [i for i, e in enumerate(self.ledger) if e["outcome"] == "ok"]
        found, breaks = {"all": live}, {}
        for column in self.study.get("group", []):
            for value in sorted(set(self.events[column]) - {None}):
                found[f"{column}={value}"] = [i for i in live if self.events[column][i] == value]
        if quantile := self.study.get("quantile"):
            values = self.events[quantile["column"]].to_list()
            have = np.array([i for i in live if values[i] is not None and np.isfinite(values[i])])
            x, count = np.array([values[i] for i in have]), quantile["count"]
            breaks = np.quantile(x, [j / count for j in range(1, count)], method="linear")   # Hyndman & Fan type 7
            which = np.searchsorted(breaks, x, side="left") + 1
            for q in range(1, count + 1):
                found[f"{quantile['column']}={q}"] = have[which == q].tolist()
        return found, [float(b) for b in breaks]


if __name__ == "__main__":
    from make_golden import dump, golden          # the table layout lives with the golden files
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    dump(arguments.out, golden(json.loads(arguments.study.read_text()), arguments.data))
