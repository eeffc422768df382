"""Golden numbers of the return models that expect of a security what its peers did.

    python peers.py --out DIR                      peers_quickstart.json, from datasets/quickstart
    python peers.py --out DIR --data SHARED_DATA   peers_us.json, from real prices (only results are written)

study, sample, models {id: {model, totals, events}}: as in models.py, every k-th event; `model` is the specification;
expected and AR are null where either is missing. quickstart also holds `characteristics`, the dated table the models
used, and `bootstrap`, a skewed sample with its skewness-adjusted t and bootstrap p. near_ties: events whose match hangs
on distances equal within 1e-9 without equal characteristics. No totals of synthetic_control over 23,375 events.

* Peers: the securities of the event's market in the price table but for the benchmark, never the security itself.
* A characteristic is that of the last row of the ticker dated strictly before day 0; missing there is missing.
  Rows without a date are always known. A missing label equals no other.
* A number or label that the model needs and the security itself lacks: outcome no_characteristics. Nobody left: no_peers.
  Both come before the count of observations, except synthetic_control's no_peers, which needs the counted days.
* Held from before the first calendar day of the estimation window, and anew from that of the event window; what is
  absent on a day moves with the rest; where nobody is present the day is missing.
* Only securities with a return on the last trading day before the event window are compared (own included then).
* reference_portfolio (Lyon, Barber & Tsai 1999): quantiles among the securities of the same labels.
* matched_firm (Barber & Lyon 1997): the sd is that of all such securities of the market with the number known.
* synthetic_control (Abadie & Gardeazabal 2003; placebos: Abadie, Diamond & Hainmueller 2010): a window day outside the
  calendar leaves no donor. Weights are exact on their active set; M counts the security's own days, dof = M - J.
"""
import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import quadprog

from make_golden import dump, iso
from models import OPTIONS, table, totals
from panel import SHOWN, Panel

MODELS = {
    "quickstart": {
        "reference_portfolio": {"kind": "reference_portfolio", "sort": {"size": 3, "value": 2}},
        "reference_portfolio_weighted": {"kind": "reference_portfolio", "sort": {"size": 2}, "within": "industry",
                                         "weight": "size"},
        "matched_firm": {"kind": "matched_firm", "match": ["size", "value"], "count": 1},
        "matched_firm_within": {"kind": "matched_firm", "match": ["size"], "within": "industry", "count": 2},
        "synthetic_control": {"kind": "synthetic_control", "count": 10}},
    "us": {
        "reference_portfolio": {"kind": "reference_portfolio", "sort": {"weight": 2}, "within": "sector"},
        "reference_portfolio_weighted": {"kind": "reference_portfolio", "within": "sector", "weight": "weight"},
        "matched_firm": {"kind": "matched_firm", "match": ["weight"], "within": "sector", "count": 1},
        "synthetic_control": {"kind": "synthetic_control", "within": "sector", "count": 20}}}
NUMBERS = {"quickstart": ["size", "value"], "us": ["weight"]}
LABELS = {"quickstart": ["industry"], "us": ["sector"]}
# Busy day 0s are among the dates: a row of that very day is not known yet.
KNOWN_FROM = ["2020-12-31", "2021-12-31", "2022-01-21", "2022-04-11", "2022-07-11", "2022-10-03"]


# ---- characteristics --------------------------------------------------------------------------------

def made_up(tickers, seed=20):
    """Rows of the quickstart's table: sizes in another unit per market, gaps in rows, numbers and labels, twins."""
    rng, rows = np.random.default_rng(seed), []
    industry = {t: str(rng.choice(["Energy", "Finance", "Health"], p=[0.3, 0.5, 0.2])) for t in tickers}
    size = {t: float(rng.lognormal(8 if t.startswith("US") else 10, 1.2)) for t in tickers}
    late = set(rng.choice(tickers, 12, replace=False))
    for i, day in enumerate(KNOWN_FROM):
        for t in tickers:
            size[t] *= float(np.exp(rng.normal(0, 0.25)))
            row = {"known_from": day, "ticker": t, "size": round(size[t], 2), "value": round(float(rng.lognormal(-0.5, 0.6)), 4),
                   "industry": industry[t]}
            skip, holes = rng.random(), rng.random(3)
            for name, hole, share in zip(("size", "value", "industry"), holes, (0.03, 0.04, 0.02)):
                row[name] = None if hole < share else row[name]
            if t in ("US011", "HK011", "HK071"):         # twins of the ticker before: every distance ties
                row |= {key: rows[-1][key] for key in ("size", "value", "industry")}
            elif t in late and i < 3 or skip < 0.03:
                row |= {"size": None, "value": None, "industry": None, "absent": True}
            rows.append(row)
    return [row for row in rows if not row.get("absent")]


class Characteristics:
    """What is known of the securities of a market before a date; `rows` have known_from (an ISO date or None)."""

    def __init__(self, rows, numbers, labels):
        self.columns, self.held = numbers + labels, {}
        self.numbers, self.labels = numbers, labels
        self.dates = sorted({row["known_from"] for row in rows} - {None})
        self.rows = sorted(rows, key=lambda row: row["known_from"] or "")

    def known(self, market, names, date):
        """{column: array over names}; NaN or None where unknown."""
        key = (market, sum(d < date for d in self.dates))
        if key not in self.held:
            last = {row["ticker"]: row for row in self.rows if row["known_from"] is None or row["known_from"] < date}
            value = {c: [last.get(t, {}).get(c) for t in names] for c in self.columns}
            self.held[key] = {c: np.array([np.nan if v is None else v for v in value[c]], float) for c in self.numbers} | {
                c: np.array(value[c], object) for c in self.labels}
        return self.held[key]


# ---- peers of an event ------------------------------------------------------------------------------

class Peers:
    """Returns of a market's securities (sessions x securities, in ticker order) and what is known of them."""

    def __init__(self, panel, characteristics):
        self.panel, self.characteristics, self.near_ties = panel, characteristics, set()
        self.names, self.returns, self.benchmarks = {}, {}, {m["benchmark"] for m in panel.options["markets"].values()}
        default = next(iter(panel.grids))
        for market in panel.grids:
            names = sorted(t for t, p in panel.study.prices.items() if (p[2] or default) == market and t not in self.benchmarks)
            self.names[market] = names
            self.returns[market] = np.column_stack([panel.returns(t, market) for t in names])

    def of(self, event, spec):
        """(own column, what is known, which securities share the labels); None where the security lacks something."""
        names = self.names[event.market]
        own, known = names.index(event.ticker), self.characteristics.known(event.market, names, str(event.calendar[event.day0]))
        alike = np.ones(len(names), bool)
        if "within" in spec:
            label = known[spec["within"]]
            if label[own] is None:
                return None
            alike = np.array([v == label[own] for v in label])
        if not all(np.isfinite(known[c][own]) for c in (*spec.get("sort", ()), *spec.get("match", ()))):
            return None
        return own, known, alike


def traded_before(event, returns):
    """Which securities have a return on the last trading day before the event window."""
    day = event.days[0] - 1
    return np.isfinite(returns[day]) if day >= 0 else np.zeros(returns.shape[1], bool)


def held(returns, weights):
    """Return of a portfolio bought before the first row and held."""
    V, out = np.array(weights, float), np.full(len(returns), np.nan)
    for d, R in enumerate(returns):
        present = np.isfinite(R)
        if present.any():
            out[d] = V[present] @ R[present] / V[present].sum()
            V *= 1 + np.where(present, R, out[d])
    return out


def bought(event, returns, weights, valued):
    """The portfolio's return on the calendar: one purchase before each window. Values known before day 0 are those of
    the day before it (of the last estimation day in that window), so what is bought is worth less by the growth since."""
    out = np.full(len(returns), np.nan)
    for a, z in (event.options["estimation_window"], event.options["event_window"]):
        w = slice(max(0, event.day0 + a), max(0, event.day0 + z + 1))
        before = returns[w.start:max(w.start, min(w.stop, event.day0))]
        growth = np.prod(1 + np.where(np.isfinite(before), before, 0), axis=0) if valued else 1.0
        out[w] = held(returns[w], weights / growth)
    return out


# ---- numbers ----------------------------------------------------------------------------------------

def windows(event, actual, expected, s):
    """Nothing is estimated, or only weights: Var(CAR) = L s^2."""
    ar, first, out = actual - expected, event.options["event_window"][0], {}
    for tau in SHOWN:
        x = ar[tau - first]
        out |= {f"expected[{tau}]": expected[tau - first] if np.isfinite(x) else None, f"ar[{tau}]": x, f"sar[{tau}]": x / s}
    for a, z in event.options["car_windows"]:
        w = slice(a - first, z - first + 1)
        car = ar[w].sum()
        out |= {f"car[{a},{z}]": car, f"bhar[{a},{z}]": np.prod(1 + actual[w]) - np.prod(1 + expected[w]),
                f"scar[{a},{z}]": car / (s * np.sqrt(z - a + 1))}
    return out


def against(event, returns, weights, valued=False):
    """Result of a security against the held portfolio of its peers."""
    if not len(weights):
        return {"outcome": "no_peers"}
    E = bought(event, returns, weights, valued)
    rows = event.rows(np.isfinite(event.R) & np.isfinite(E))
    M = len(rows)
    if event.too_few(M, 1):
        return {"outcome": "too_few_observations", "M": M}
    s = np.std((event.R - E)[rows], ddof=1)
    out = {"outcome": "ok", "M": M, "dof": M - 1, "sigma": s, "peers": len(weights)}
    return out | windows(event, event.window(event.R), event.window(E), s)


def reference_portfolio(peers, spec):
    def model(event):
        found = peers.of(event, spec)
        if found is None:
            return {"outcome": "no_characteristics"}
        own, known, member = found
        returns = peers.returns[event.market]
        traded = traded_before(event, returns)
        alike = member & traded
        for column, count in spec.get("sort", {}).items():
            x = known[column]
            breaks = np.quantile(x[alike & np.isfinite(x)], [j / count for j in range(1, count)])
            place = np.array([1 + (breaks < v).sum() if np.isfinite(v) else 0 for v in x])
            member &= place == place[own]
        weights = known[spec["weight"]] if "weight" in spec else np.ones(len(member))
        member &= traded & np.isfinite(weights) & (weights > 0)
        member[own] = False
        return against(event, returns[:, member], weights[member], "weight" in spec)
    return model


def matched_firm(peers, spec):
    def model(event):
        found = peers.of(event, spec)
        if found is None:
            return {"outcome": "no_characteristics"}
        own, known, alike = found
        returns = peers.returns[event.market]
        traded = traded_before(event, returns)
        squares, count = np.zeros(len(alike)), spec["count"]
        for column in spec["match"]:
            x = known[column]
            squares += ((x - x[own]) / np.std(x[np.isfinite(x) & traded], ddof=1)) ** 2
        distance = np.where(alike & traded, np.sqrt(squares), np.nan)
        distance[own] = np.nan
        nearest = np.argsort(distance, kind="stable")[:np.isfinite(distance).sum()]
        chosen = list(nearest[:count])
        if chosen:                           # a tie by rounding, not by equal characteristics, would decide by luck
            last = distance[chosen[-1]]
            rest = [j for j in nearest if j not in chosen and abs(distance[j] - last) < 1e-9]
            if any(known[c][j] != known[c][chosen[-1]] for j in rest for c in spec["match"]):
                peers.near_ties.add(event.row)
        return against(event, returns[:, chosen], np.ones(len(chosen)))
    return model


# ---- synthetic control ------------------------------------------------------------------------------

def simplex(X, y):
    """argmin |y - Xw|^2, w >= 0, sum w = 1: the active set of quadprog, then least squares on it by QR."""
    J = X.shape[1]
    unit = 1 / np.mean(X ** 2)
    start, *_ = quadprog.solve_qp(unit * X.T @ X, unit * X.T @ y, np.column_stack([np.ones(J), np.eye(J)]),
                                  np.concatenate([[1.0], np.zeros(J)]), meq=1)
    inside = start > 1e-9
    for _ in range(100):
        base, *others = np.flatnonzero(inside)
        v = np.linalg.lstsq(X[:, others] - X[:, [base]], y - X[:, base], rcond=None)[0]
        w = np.zeros(J)
        w[others], w[base] = v, 1 - v.sum()
        slope = unit * X.T @ (X @ w - y)     # Kuhn-Tucker: equal where w > 0, no smaller where w = 0
        below = slope - slope[inside].mean() < -1e-10
        if w.min() < 0:
            inside[w.argmin()] = False
        elif below.any():
            inside[slope.argmin()] = True
        else:
            break
    assert w.min() >= 0 and abs(w.sum() - 1) < 1e-14 and np.ptp(slope[inside]) < 1e-10 and not below.any()
    assert np.abs(w - start).max() < 1e-6
    return w


def weighted(X, y):
    """(weights, J, dof, s) of one fit on the counted days."""
    w = simplex(X, y)
    e, J = y - X @ w, int((w > 0).sum())
    return w, J, len(y) - J, np.sqrt(((e - e.mean()) ** 2).sum() / (len(y) - J))


def synthetic_control(peers, spec):
    def model(event):
        found = peers.of(event, spec)
        if found is None:
            return {"outcome": "no_characteristics"}
        own, _, donor = found
        returns, names = peers.returns[event.market], peers.names[event.market]
        rows = event.rows(np.isfinite(event.R))
        M = len(rows)
        if event.too_few(M, 1):
            return {"outcome": "too_few_observations", "M": M}
        window = range(event.days[0], event.days[-1] + 1)
        busy = [any(d in window for _, d in peers.panel.day0s.get(t, ())) for t in names]
        donor = donor & ~np.array(busy) & np.isfinite(returns[rows]).all(axis=0)
        donor &= event.inside.all() and np.isfinite(returns[event.at]).all(axis=0)
        donor[own] = False
        ids = np.flatnonzero(donor)
        if not len(ids):
            return {"outcome": "no_peers", "M": M}
        r = np.array([np.corrcoef(event.R[rows], returns[rows, j])[0, 1] for j in ids])
        ids = ids[np.argsort(-r, kind="stable")[:spec["count"]]]
        X, Y = returns[np.ix_(rows, ids)], returns[np.ix_(event.at, ids)]
        w, J, dof, s = weighted(X, event.R[rows])
        out = {"outcome": "ok", "M": M, "dof": dof, "sigma": s, "donors": len(ids), "positive": J, "largest_weight": w.max()}
        out |= windows(event, event.window(event.R), Y @ w, s)
        placebos = []
        for j in range(len(ids)) if len(ids) > 1 else ():
            others = np.arange(len(ids)) != j
            v, _, _, sigma = weighted(X[:, others], X[:, j])
            placebos.append(windows(event, Y[:, j], Y[:, others] @ v, sigma))
        for a, z in event.options["car_windows"]:
            own_scar = abs(out[f"scar[{a},{z}]"])
            undefined = not np.isfinite(own_scar) or not placebos
            beyond = sum(abs(p[f"scar[{a},{z}]"]) >= own_scar for p in placebos)
            out[f"placebo[{a},{z}]"] = None if undefined else (1 + int(beyond)) / (1 + len(placebos))
        return out
    return model


KINDS = {"reference_portfolio": reference_portfolio, "matched_firm": matched_firm, "synthetic_control": synthetic_control}


# ---- skewness-adjusted bootstrap --------------------------------------------------------------------

def skewness_t(x):
    """Johnson 1978, Hall 1992; along the last axis."""
    N, mean, sd = x.shape[-1], x.mean(axis=-1), x.std(axis=-1, ddof=1)
    return adjusted(mean / sd, third(x, mean, sd), N)


def third(x, mean, sd):
    N = x.shape[-1]
    return N / ((N - 1) * (N - 2)) * (((x - mean[..., None]) / sd[..., None]) ** 3).sum(axis=-1)


def adjusted(S, g, N):
    return np.sqrt(N) * (S + g * S ** 2 / 3 + g ** 2 * S ** 3 / 27 + g / (6 * N))


def bootstrap(seed=31, N=200, draws=400_000):
    """Lyon, Barber & Tsai 1999: resamples of N // 4 with their own sd and skewness, around the sample's mean."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.lognormal(0, 0.8, N) * 0.1 - 0.122, 10)
    t, size, values = float(skewness_t(x)), N // 4, []
    for _ in range(draws // 10_000):
        sample = x[rng.integers(0, N, (10_000, size))]
        mean, sd = sample.mean(axis=1), sample.std(axis=1, ddof=1)
        values.append(adjusted((mean - x.mean()) / sd, third(sample, mean, sd), size))
    values = np.concatenate(values)
    below, above = float((values <= t).mean()), float((values >= t).mean())
    side = min(below, above)
    return {"values": x.tolist(), "size": size, "draws": draws, "t_skewness": t, "p": min(1.0, 2 * side),
            "standard_error": 2 * float(np.sqrt(side * (1 - side) / draws)),
            "quantiles": {str(q): float(np.quantile(values, q)) for q in (0.025, 0.5, 0.975)}}


# ---- files ------------------------------------------------------------------------------------------

def golden(name, data):
    options = OPTIONS[name]
    panel = Panel(options, data)
    ledger = panel.study.ledger
    if name == "us":
        universe = pl.read_parquet(data / "us_large_caps/universe.parquet").with_columns(pl.col("sector").cast(pl.String))
        rows = [row | {"known_from": None} for row in universe.to_dicts()]
    else:
        benchmarks = {m["benchmark"] for m in options["markets"].values()}
        rows = made_up(sorted(set(panel.study.prices) - benchmarks))
    peers = Peers(panel, Characteristics(rows, NUMBERS[name], LABELS[name]))
    everyone, sample = range(len(ledger)), range(0, len(ledger), options["sample_every"])
    kept = {key: value for key, value in options.items() if key != "trade_to_trade_gap"}
    out = {"study": kept, "sample": table([{"event_id": i, "security": ledger[i]["ticker"], "market": ledger[i]["market"],
           "day0": iso(panel.study, ledger[i]), "outcome": ledger[i]["outcome"]} for i in sample]), "models": {}}
    if name == "quickstart":
        out |= {"characteristics": {c: [row[c] for row in rows] for c in rows[0]}, "bootstrap": bootstrap()}
    for key, spec in MODELS[name].items():
        short = name == "us" and spec["kind"] == "synthetic_control"
        peers.near_ties = set()
        results = panel.apply(KINDS[spec["kind"]](peers, spec), sample if short else everyone)
        events = table([{"event_id": i} | results[i] for i in sample])
        out["models"][key] = {"model": spec, "totals": None if short else totals(results), "events": events}
        if spec["kind"] == "matched_firm":
            out["models"][key]["near_ties"] = sorted(peers.near_ties)
        print(key, dict(Counter(r["outcome"] for r in results.values())), len(peers.near_ties), flush=True)
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    name = "us" if arguments.data else "quickstart"
    dump(arguments.out / f"peers_{name}.json", golden(name, arguments.data or Path(__file__).parents[2] / "datasets"))
