"""Tests across events that need the estimation window in event time: the portfolio t and the rank tests.

Brown & Warner 1980 (t_portfolio), Corrado 1989 with the missing-data weights of Corrado & Zivney 1992 (rank_corrado,
rank_corrado_zivney), Kolari & Pynnonen 2011 (grank_t, grank_z). Conventions where METHODS.md leaves room:

* tau counts sessions of the event's own market from day 0. An event's valid days are its M estimation days (usable and
  not masked) and the event-window days with an abnormal return; the mask reaches estimation days only.
* The estimation residual is raw: what the model leaves over, for market_adjusted R - R_m itself, so that both windows
  hold the same quantity. `..._demeaned` (written for market_adjusted alone) is the other reading: R - R_m minus its
  mean over the estimation days; event-window days are the same in both.
* t_portfolio and the two Corrado tests: every estimated event of the group takes part, whether valid for the window or
  not; only CAAR is over the valid ones. T of t_portfolio: the taus of the estimation window with at least one residual.
* Corrado: ranks are over all valid days of both windows, the whole event window whatever the window tested; so Z_tau
  does not depend on it, and S runs over all taus of both windows with a rank. A window that holds a day on which no
  event has a rank is null, S = 0 too. A window with ranks but no valid event would have a statistic.
* rank_corrado_zivney: the sd at tau is over the events of the group with a SAR there; where it is undefined (one SAR)
  or zero the SARs of that tau have no rank.
* grank: only events valid for the window take part, with their estimation days; N is their number, so that the event
  point has n = N ranks and every one of them has M + 1 values. T: the taus of the estimation window with a rank + 1.
  grank_t_all is the other reading: every estimated event takes part, one that is not valid with its M estimation ranks
  and U = rank/(M+1) - 1/2, and N of the weights n_tau/N counts them all. grank_z is the same in both.
* p-values are two-sided. Null: fewer than two values in a standard deviation, S = 0, T - 1 - Z^2 <= 0.

Matrices are events x taus with NaN where there is no valid day.
"""
import math
from bisect import bisect_left, bisect_right

import numpy as np
from scipy import stats

from inference import t_clustered, t_clustered_by_definition, two_sided

TESTS = ("t_portfolio", "rank_corrado", "rank_corrado_zivney", "grank_t", "grank_z")


def midranks(x):
    """Ranks 1.. along each row among the values that are present; ties share their mean rank."""
    ranks = stats.rankdata(np.where(np.isnan(x), np.inf, x), axis=1)       # absent days rank last
    return np.where(np.isnan(x), np.nan, ranks)


def centred_ranks(x):
    """U = midrank/(T_i+1) - 1/2, T_i the values present in row i."""
    return midranks(x) / (np.isfinite(x).sum(axis=1, keepdims=True) + 1) - 0.5


def sd(x):
    x = x[np.isfinite(x)]
    return x.std(ddof=1) if len(x) > 1 else 0.0


class EventTime:
    """Residuals and SARs of all estimated events of one specification on their event time."""

    def __init__(self, study, results, demeaned=False):
        first, last = study.study["estimation_window"]
        self.windows, self.first = study.windows, study.study["event_window"][0]
        ids = [i for i, r in enumerate(results) if r[0] == "ok"]
        self.row = {i: row for row, i in enumerate(ids)}
        self.residual = np.full((len(ids), last - first + 1), np.nan)
        for row, i in enumerate(ids):
            x = results[i][1]
            self.residual[row, x["rows"] - study.ledger[i]["day0"] - first] = x["demeaned" if demeaned else "residual"]
        pick = lambda key: np.array([results[i][1][key] for i in ids])
        self.ar, self.car, self.scar = pick("ar"), pick("car"), pick("scar")
        self.sar_before = self.residual / pick("sigma")[:, None]
        self.sar = self.scar[:, [self.windows.index((t, t)) for t in range(self.first, self.first + self.ar.shape[1])]]
        self.u = centred_ranks(np.hstack([self.residual, self.ar]))
        self.ranks_before = midranks(self.sar_before)

    def group(self, ids):
        return Group(self, np.array([self.row[i] for i in ids], int))


class Group:
    """The tests of one group of estimated events; `tests(j)` of window j."""

    def __init__(self, all_events, part):
        self.windows, self.first = all_events.windows, all_events.first
        for name in ("residual", "ar", "car", "scar", "sar_before", "sar", "ranks_before"):
            setattr(self, name, getattr(all_events, name)[part])
        present = np.isfinite(self.residual)
        days = present.any(axis=0)
        self.aar = np.nansum(self.residual[:, days], axis=0) / present[:, days].sum(axis=0)
        self.z_corrado = self.z_of(all_events.u[part])
        spread = np.array([sd(column) for column in self.sar.T])
        scaled = self.sar / np.where(spread > 0, spread, np.nan)
        self.z_zivney = self.z_of(centred_ranks(np.hstack([self.sar_before, scaled])))

    def z_of(self, u):
        """Z_tau = n_tau^(-1/2) sum U / S for the event window, S^2 the mean of the squares over the taus with a rank."""
        n = np.isfinite(u).sum(axis=0)
        sums = np.where(n > 0, np.nansum(u, axis=0) / np.sqrt(np.maximum(n, 1)), np.nan)
        spread = np.sqrt(np.nanmean(sums ** 2)) if n.any() else 0.0
        return sums[self.residual.shape[1]:] / spread if spread > 0 else np.full(self.ar.shape[1], np.nan)

    def portfolio(self, j):
        length, car = self.windows[j][1] - self.windows[j][0] + 1, self.car[:, j]
        car, spread = car[np.isfinite(car)], sd(self.aar)
        return (None if len(car) == 0 or spread == 0 else float(car.mean() / (np.sqrt(length) * spread))), len(self.aar) - 1

    def corrado(self, z, j):
        a, b = (day - self.first for day in self.windows[j])
        value = z[a:b + 1].sum() / np.sqrt(b - a + 1)
        return float(value) if np.isfinite(value) else None

    def grank(self, j, everyone=False):
        """(grank_t, its degrees of freedom, grank_z)."""
        scar = self.scar[:, j]
        spread, valid = sd(scar), np.isfinite(scar)
        if spread == 0:
            return None, 0, None
        part = np.ones(len(scar), bool) if everyone else valid
        before, ranks, point = self.sar_before[part], self.ranks_before[part], (scar[part] / spread)[:, None]
        values = np.isfinite(before).sum(axis=1) + valid[part] + 1.0
        # SCAR* goes in among the estimation SARs, whose ranks move up by 1 above it and by 1/2 level with it
        u = (ranks + (before > point) + 0.5 * (before == point)) / values[:, None] - 0.5
        u0 = ((before < point).sum(axis=1) + 0.5 * (before == point).sum(axis=1) + 1) / values - 0.5
        u0 = u0[valid[part]].mean()
        n = np.isfinite(u).sum(axis=0)
        mean = np.nansum(u[:, n > 0], axis=0) / n[n > 0]
        T, N, n0 = (n > 0).sum() + 1, len(u), valid.sum()
        squares = (n[n > 0] / N * mean ** 2).sum() + n0 / N * u0 ** 2
        if squares == 0:
            return None, 0, None
        z = u0 / np.sqrt(squares / T)
        left = T - 1 - z ** 2
        return (float(z * np.sqrt((T - 2) / left)) if left > 0 else None), int(T - 2), float(u0 * np.sqrt(12 * n0 * (T + 1) / (T - 1)))

    def tests(self, j):
        portfolio, dof = self.portfolio(j)
        corrado, zivney = self.corrado(self.z_corrado, j), self.corrado(self.z_zivney, j)
        t, t_dof, z = self.grank(j)
        return {"t_portfolio": portfolio, "t_portfolio_p": two_sided(portfolio, dof),
                "rank_corrado": corrado, "rank_corrado_p": two_sided(corrado),
                "rank_corrado_zivney": zivney, "rank_corrado_zivney_p": two_sided(zivney),
                "grank_t": t, "grank_t_p": two_sided(t, t_dof), "grank_z": z, "grank_z_p": two_sided(z),
                "grank_t_all": self.grank(j, everyone=True)[0]}

    def demeaned(self, j):
        found = self.tests(j)
        return {f"{name}_demeaned": found[name] for name in TESTS}


# ---- the same by plain loops ------------------------------------------------------------------------

def mean_sd(x):
    mean = math.fsum(x) / len(x)
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in x) / (len(x) - 1))


def ranked(values):
    """{key: rank/(T+1) - 1/2} of {key: value}, midranks by counting."""
    order = sorted(values.values())
    return {key: (bisect_left(order, v) + bisect_right(order, v) + 1) / 2 / (len(order) + 1) - 0.5 for key, v in values.items()}


def by_day(events):
    """{tau: [U of the events with a rank]} of a list of {tau: U}."""
    days = {}
    for event in events:
        for tau, u in event.items():
            days.setdefault(tau, []).append(u)
    return days


def corrado_by_definition(events, window):
    scores = {tau: math.fsum(u) / math.sqrt(len(u)) for tau, u in by_day(map(ranked, events)).items()}
    spread = math.sqrt(math.fsum(v * v for v in scores.values()) / len(scores))
    days = range(window[0], window[1] + 1)
    return math.fsum(scores[tau] / spread for tau in days) / math.sqrt(len(days))


def tests_by_definition(study, results, ids, j):
    """The five statistics of window j for the group `ids`, day by day from the estimates of each event."""
    first, windows = study.study["event_window"][0], study.windows
    length, raw, standardised, at = windows[j][1] - windows[j][0] + 1, [], [], len(study.study["car_windows"])
    for i in ids:
        x, day0 = results[i][1], study.ledger[i]["day0"]
        before = {int(day) - day0: e for day, e in zip(x["rows"], x["residual"])}
        raw.append((before, {first + t: v for t, v in enumerate(x["ar"]) if math.isfinite(v)}))
        standardised.append(({tau: e / x["sigma"] for tau, e in before.items()},
                             {first + t: v for t, v in enumerate(x["scar"][at:]) if math.isfinite(v)}))
    aar = [math.fsum(e) / len(e) for e in by_day(before for before, _ in raw).values()]
    car = [float(results[i][1]["car"][j]) for i in ids if math.isfinite(results[i][1]["car"][j])]
    spread = {tau: mean_sd(v)[1] for tau, v in by_day(after for _, after in standardised).items()}
    scaled = [before | {tau: v / spread[tau] for tau, v in after.items()} for before, after in standardised]
    scar = {i: float(results[i][1]["scar"][j]) for i in ids if math.isfinite(results[i][1]["scar"][j])}
    across = mean_sd(list(scar.values()))[1]
    days = by_day(ranked(before | {"event": scar[i] / across}) for i, (before, _) in zip(ids, standardised) if i in scar)
    N, T, u0 = len(scar), len(days), math.fsum(days["event"]) / len(scar)
    z = u0 / math.sqrt(math.fsum(len(u) / N * (math.fsum(u) / len(u)) ** 2 for u in days.values()) / T)
    return {"t_portfolio": math.fsum(car) / len(car) / (math.sqrt(length) * mean_sd(aar)[1]),
            "rank_corrado": corrado_by_definition([before | after for before, after in raw], windows[j]),
            "rank_corrado_zivney": corrado_by_definition(scaled, windows[j]),
            "grank_t": z * math.sqrt((T - 2) / (T - 1 - z * z)), "grank_z": u0 * math.sqrt(12 * N * (T + 1) / (T - 1))}


# ---- rows of the golden tables -----------------------------------------------------------------------

def day0_date(study, i):
    return study.markets[study.ledger[i]["market"]]["calendar"][study.ledger[i]["day0"]].item()


def event_time_rows(study, spec, results, groups, rows):
    """`rows` of make_golden.test_rows with the columns of these tests and of t_clustered. The last CAR window of the
    smallest group is also computed by loops; a disagreement is an AssertionError."""
    plain, demeaned = EventTime(study, results), None
    if spec["model"] == "market_adjusted":
        demeaned = EventTime(study, results, demeaned=True)
    live = {name: [i for i in ids if results[i][0] == "ok"] for name, ids in groups.items()}
    smallest = min(live, key=lambda name: len(live[name]))
    of, out = {}, []
    for row in rows:
        name, j = row["group"], study.windows.index((row["first"], row["last"]))
        if name not in of:
            of = {name: (plain.group(live[name]), demeaned and demeaned.group(live[name]),
                         np.array(["%d-%d" % day0_date(study, i).isocalendar()[:2] for i in live[name]]))}
        group, other, weeks = of[name]
        valid = np.isfinite(group.car[:, j])
        found = group.tests(j) | t_clustered(group.car[valid, j], weeks[valid])
        if name == smallest and j == len(study.study["car_windows"]) - 1:
            kept = [(group.car[at, j], day0_date(study, i)) for at, i in enumerate(live[name]) if valid[at]]
            expected = tests_by_definition(study, results, live[name], j) | {"t_clustered": t_clustered_by_definition(*zip(*kept))}
            for test, value in expected.items():
                np.testing.assert_allclose(found[test], value, rtol=1e-12, atol=1e-12, err_msg=test)
        out.append(row | found | (other.demeaned(j) if other else {}))
    return out
