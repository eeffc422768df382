"""Golden numbers from real data: python make_golden.py --data DIR --out DIR [--only NAME]

DIR (data) holds us_large_caps/, factors/ and alibaba/. Before writing, `verify` checks the reference
against statsmodels and against r-bar by its definition; a disagreement is an AssertionError.
No prices and no rows of the events table are written, only results.

Every table is {column: [values]}, all columns of one length; null is "undefined, or not compared":
study, markets, counts (before estimation), groups {breakpoints, candidates}, sample (the rows of `estimates`),
specifications {id: {totals, estimates, averages, tests}}. alibaba.json holds two of these, mask_0 and mask_1.
p-values of 0.0 are underflows of scipy (below 1e-308). Tests in event time and their other readings (grank_t_all,
`..._demeaned`): event_time.py; alibaba.json does without. `sum_...` are exact sums over all estimated events.
"""
import argparse
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import statsmodels.api as sm

from event_time import event_time_rows
from inference import average, r_bar, r_bar_by_definition, test_window
from reference import Study, day_zero, design, model_of, returns_on

US = {"benchmark": "SPY", "timezone": "America/New_York", "close": "16:00"}
HK = {"benchmark": "^HSI", "timezone": "Asia/Hong_Kong", "close": "16:00"}
MKTRF_SMB = {"factors": ["mktrf", "smb"], "excess": False}
LARGE_CAPS = {
    "prices": "us_large_caps/prices.parquet", "events": "us_large_caps/events.parquet",
    "factors": "factors/ff5_daily.parquet", "markets": {"US": US},
    "group": ["session"], "quantile": {"column": "surprise_pct", "count": 5}, "duplicates": "first",
    "estimation_window": [-250, -11], "minimum_observations": 120, "event_window": [-10, 10],
    "car_windows": [[-1, 1], [0, 1], [2, 10]], "mask_other_events": 1, "missing": "exclude", "confidence": 0.95,
    "single_days_for": ["all", "surprise_pct=5"], "sample_every": 97}
STUDIES = {
    "us_large_caps": LARGE_CAPS | {"awkward": True, "specifications": [
        {"id": "market", "model": "market"}, {"id": "market_adjusted", "model": "market_adjusted"},
        {"id": "constant_mean", "model": "constant_mean"}, {"id": "capm", "model": "capm"},
        {"id": "capm_mktrf", "model": {"factors": ["mktrf"], "excess": True}},
        {"id": "ff3", "model": "ff3"}, {"id": "ff5", "model": "ff5"}, {"id": "mktrf_smb_raw", "model": MKTRF_SMB},
        {"id": "market_log", "model": "market", "returns": "log"}]},
    "us_large_caps_gaps": LARGE_CAPS | {"awkward": True, "group": [], "gap": {"modulo": 97, "remainder": 13, "keep": ["SPY"]},
        "specifications": [{"id": "market", "model": "market"}, {"id": "ff5", "model": "ff5"}]},
    "alibaba": {"prices": "alibaba/prices.parquet", "events": "alibaba/events.parquet",
                "markets": {"US": US, "HK": HK}, "duplicates": "first", "estimation_window": [-260, -11],
                "minimum_observations": 120, "event_window": [-10, 10], "car_windows": [[-1, 1], [0, 1], [2, 10]],
                "missing": "exclude", "confidence": 0.95, "sample_every": 1, "single_days_for": ["all"],
                "specifications": [{"id": "market", "model": "market"}]},
    # The committed data: --data is the project's folder datasets here.
    "quickstart": {"prices": "quickstart/prices.parquet", "events": "quickstart/events.parquet",
                   "factors": "quickstart/factors.parquet",
                   "markets": {"US": US | {"benchmark": "US-INDEX"}, "HK": HK | {"benchmark": "HK-INDEX"}},
                   "group": ["session"], "quantile": {"column": "surprise_pct", "count": 5}, "duplicates": "first",
                   "estimation_window": [-250, -11], "minimum_observations": 120, "event_window": [-10, 10],
                   "car_windows": [[-1, 1], [0, 1], [2, 10]], "mask_other_events": 1, "missing": "exclude",
                   "confidence": 0.95, "single_days_for": ["all", "surprise_pct=5"], "sample_every": 5,
                   "specifications": [{"id": "market", "model": "market"}, {"id": "market_adjusted", "model": "market_adjusted"},
                                      {"id": "capm", "model": "capm"}, {"id": "carhart", "model": "carhart"},
                                      {"id": "ff6", "model": "ff6"}]},
}
# 3 July 2024 closed at 13:00; 29 November 2024 too. Instants around closes, weekends, holidays and clock changes.
EARLY = {"2024-07-03": "13:00", "2024-11-29": "13:00"}
INSTANTS = ["2024-07-03T16:59:59", "2024-07-03T17:00:00", "2024-07-03T19:00:00", "2024-07-03T20:00:00",
            "2024-11-29T18:00:00", "2024-11-29T17:59:59", "2024-03-08T20:59:59", "2024-03-08T21:00:00",
            "2024-03-11T19:59:59", "2024-03-11T20:00:00", "2024-11-01T19:59:59", "2024-11-01T20:00:00",
            "2024-11-04T20:59:59", "2024-11-04T21:00:00", "2025-08-29T09:30:00", "2025-08-30T12:00:00",
            "2025-01-09T15:00:00", "2019-12-20T21:00:00", "2012-05-31T21:00:00", "2012-06-01T03:00:00",
            "2012-06-01T04:00:00", "2012-06-01T12:00:00", "2025-12-12T20:59:59", "2025-12-12T21:00:00"]


def number(x):
    """A JSON number with every bit, or null."""
    if x is None or isinstance(x, (int, str)):
        return x
    return float(x) if math.isfinite(x) else None


def columns(rows):
    """Rows (dicts) as {column: [values]}; every row has the columns of the first."""
    return {key: [number(row[key]) for row in rows] for key in (rows[0] if rows else {})}


def iso(study, event):
    return None if event["day0"] is None else str(study.markets[event["market"]]["calendar"][event["day0"]])


def awkward_rows(study, results):
    """{event id: why}: the rows at which implementations part ways."""
    why, ledger = {}, study.ledger
    sizes = [(r[1]["M"], i) for i, r in enumerate(results) if r[0] == "ok"]
    short = [(r[1], i) for i, r in enumerate(results) if r[0] == "too_few_observations"]
    end = len(study.markets["US"]["calendar"])
    def take(ids, label, count):
        for i in list(ids)[:count]:
            why.setdefault(i, label)
    kept = {(e["ticker"], e["day0"]) for e in ledger if e["outcome"] == "duplicate"}
    take((i for i, e in enumerate(ledger) if (e["ticker"], e["day0"]) in kept), "duplicate_day0", 30)
    close = [i for i in range(1, len(ledger)) if ledger[i]["ticker"] == ledger[i - 1]["ticker"] and ledger[i]["day0"]
             and ledger[i - 1]["day0"] and 0 < ledger[i]["day0"] - ledger[i - 1]["day0"] < 22]
    take((j for i in close for j in (i - 1, i, i + 1)), "two_events_within_a_month", 24)
    take((i for _, i in sorted(sizes)), "shortest_estimation", 12)
    take((i for _, i in sorted(short, reverse=True)), "just_too_short", 8)
    take((i for _, i in sorted(sizes, reverse=True)), "longest_estimation", 4)
    take((i for i, e in enumerate(ledger) if e["outcome"] == "announced_before_calendar"), "before_calendar", 4)
    take((i for i, r in enumerate(results) if r[0] == "ok" and not np.isfinite(r[1]["ar"]).all()
          and ledger[i]["day0"] < end - 30), "missing_day_inside", 8)
    take((i for i, r in enumerate(results) if r[0] == "ok" and np.isnan(r[1]["ar"][10])), "day0_missing", 4)
    take((i for i, r in enumerate(results) if r[0] == "ok" and np.isnan(r[1]["ar"][-1])), "window_past_the_prices", 6)
    take((i for i, e in enumerate(ledger) if e["day0"] and study.events["announced_on"][i].weekday() > 4), "weekend", 8)
    return why


def estimate_row(study, spec, i, result):
    outcome, x = result
    row = {"event_id": i, "outcome": outcome, "M": x["M"] if outcome == "ok" else x}
    names = model_of(spec["model"])[0]
    labels = [] if names is None else ["alpha"] + [f"beta_{n}" for n in names]
    b = [None] * len(labels) if outcome != "ok" else x["b"]
    row |= dict(zip(labels, [None] * len(labels) if b is None else b))
    for key in ("sigma", "r_squared"):
        row[key] = x[key] if outcome == "ok" else None
    first = study.study["event_window"][0]
    pick = {"ar_0": ("ar", -first), "sar_0": ("scar", study.windows.index((0, 0)))}
    for j, w in enumerate(study.study["car_windows"]):
        pick |= {f"{kind}[{w[0]},{w[1]}]": (kind, j) for kind in ("car", "bhar", "scar")}
    return row | {label: x[key][j] if outcome == "ok" else None for label, (key, j) in pick.items()}


def test_rows(study, results, groups):
    """One row per group and window (day 0 for every group, other single days for a few): N, mean CAR, r-bar, tests."""
    rows, cars = [], len(study.study["car_windows"])
    for name, live in groups.items():
        ids = np.array([i for i in live if results[i][0] == "ok"])
        z = study.residual_matrix(results, ids)
        table = {key: np.array([results[i][1][key] for i in ids])
                 for key in ("car", "scar", "q", "positive", "positive_demeaned")}
        for j, window in enumerate(study.windows):
            if j >= cars and window != (0, 0) and name not in study.study["single_days_for"]:
                continue
            length, valid = window[1] - window[0] + 1, np.isfinite(table["car"][:, j])
            opens = study.opens_matrix(ids, window)
            everyone = r_bar(z, opens, length)
            r = everyone if valid.all() else r_bar(z[valid], opens[:, valid], length)
            car, scar, q = table["car"][valid, j], table["scar"][valid, j], table["q"][valid]
            row = {"group": name, "first": window[0], "last": window[1], "N": int(valid.sum()),
                   "mean_car": car.mean() if len(car) else None, "r_bar": r, "r_bar_all": everyone}
            row |= test_window(car, scar, q, table["positive"][valid], r)
            other = test_window(car, scar, q, table["positive_demeaned"][valid], r)
            rows.append(row | {"p_hat_demeaned": other["p_hat"], "sign_generalized_demeaned": other["sign_generalized"]})
    return rows


def average_rows(study, results, groups):
    first, rows = study.study["event_window"][0], []
    for name in study.study["single_days_for"]:
        estimates = [results[i][1] for i in groups[name] if results[i][0] == "ok"]
        ar, through = (np.array([x[key] for x in estimates]) for key in ("ar", "through"))
        for t in range(ar.shape[1]):
            rows.append({"group": name, "tau": first + t} | average(ar[:, t], through[:, t], study.study["confidence"]))
    return rows


def totals(study, results):
    """Exact sums (fsum) over all estimated events, so that rows outside the sample are covered as well."""
    ok = [r[1] for r in results if r[0] == "ok"]
    out = {"outcomes": dict(sorted(Counter(r[0] for r in results).items())), "sum_M": sum(x["M"] for x in ok),
           "sum_sigma": math.fsum(x["sigma"] for x in ok)}
    for j, w in enumerate(study.study["car_windows"]):
        for kind in ("car", "bhar", "scar"):
            out[f"sum_{kind}[{w[0]},{w[1]}]"] = math.fsum(x[kind][j] for x in ok if np.isfinite(x[kind][j]))
        out[f"N[{w[0]},{w[1]}]"] = sum(bool(np.isfinite(x["car"][j])) for x in ok)
    return out


def verify(study, results, spec):
    """Reference against statsmodels (coefficients, forecast variance) and r-bar against its definition."""
    ok = [i for i, r in enumerate(results) if r[0] == "ok"]
    log = spec.get("returns") == "log"
    for i in ok[::max(1, len(ok) // 40)]:
        event, x = study.ledger[i], results[i][1]
        market = study.markets[event["market"]]
        benchmark = returns_on(market["calendar"], *study.prices[study.study["markets"][event["market"]]["benchmark"]][:2], log)
        X, free = design(spec["model"], benchmark, study.factors_on(market["calendar"]))
        if X is None:
            continue
        R = returns_on(market["calendar"], *study.prices[event["ticker"]][:2], log)
        model = sm.OLS((R - free)[x["rows"]], X[x["rows"]]).fit()
        at = event["day0"] + np.arange(2)
        if event["day0"] + 1 < len(R) and np.isfinite(R[at]).all():
            ones = X[at].sum(axis=0)
            variance = model.scale * 2 + ones @ model.cov_params() @ ones
            scar = ((R - free)[at] - X[at] @ model.params).sum() / np.sqrt(variance)
            np.testing.assert_allclose(x["scar"][study.windows.index((0, 1))], scar, rtol=1e-9)
        np.testing.assert_allclose(x["b"], model.params, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(x["sigma"], np.sqrt(model.scale), rtol=1e-11)
    ids = [i for i in ok if np.isfinite(results[i][1]["ar"]).all()]
    ids = np.array(sorted(ids, key=lambda i: study.ledger[i]["day0"])[:1500])
    z = study.residual_matrix(results, ids)
    for window in ((0, 0), (0, 1), (2, 10)):
        opens, length = study.opens_matrix(ids, window), window[1] - window[0] + 1
        np.testing.assert_allclose(r_bar(z, opens, length), r_bar_by_definition(z, opens, length), rtol=1e-9)
        few, open_few = z[:60].toarray(), opens[:, :60].toarray()
        pairs = [few[i] @ few[j] * (open_few[:, i] @ open_few[:, j]) / length
                 for i in range(len(few)) for j in range(len(few)) if i != j]
        np.testing.assert_allclose(r_bar(z[:60], opens[:, :60], length), np.mean(pairs), rtol=1e-9)


def golden(description, data, event_time=True):
    study = Study(description, data)
    groups, breaks = study.groups()
    every, why = description["sample_every"], {}
    out = {"study": description, "specifications": {}}
    for spec in description["specifications"]:
        results = study.run(spec)
        verify(study, results, spec)
        if not out["specifications"] and description.get("awkward"):
            why = awkward_rows(study, results)
        sample = sorted(set(range(0, len(study.ledger), every)) | set(why))
        tests = test_rows(study, results, groups)
        if event_time:
            tests = event_time_rows(study, spec, results, groups, tests)
        out["specifications"][spec["id"]] = {
            "totals": totals(study, results),
            "estimates": columns([estimate_row(study, spec, i, results[i]) for i in sample]),
            "averages": columns(average_rows(study, results, groups)),
            "tests": columns(tests)}
        print(spec["id"], out["specifications"][spec["id"]]["totals"]["outcomes"], flush=True)
    out["markets"] = {name: {"sessions": len(m["calendar"]), "first": str(m["calendar"][0]), "last": str(m["calendar"][-1])}
                      for name, m in study.markets.items()}
    out["counts"] = {"events": len(study.ledger), **Counter(e["outcome"] for e in study.ledger)}
    out["groups"] = {"breakpoints": breaks, "candidates": {name: len(ids) for name, ids in groups.items()}}
    out["sample"] = columns([{"event_id": i, "security": study.ledger[i]["ticker"], "market": study.ledger[i]["market"],
                              "day0": iso(study, study.ledger[i]), "outcome": study.ledger[i]["outcome"],
                              "why": why.get(i)} for i in sample])
    out["sum_day0_index"] = sum(e["day0"] or 0 for e in study.ledger)
    return out


def day_zero_cases(description, data):
    """Day 0 of single instants in New York, with and without the list of early closes."""
    with_early = description | {"markets": {"US": US | {"early_closes": EARLY}}}
    found = {}
    for label, study in (("day0", Study(description, data)), ("day0_with_early_closes", Study(with_early, data))):
        market = study.markets["US"]
        zeros = [day_zero(market, np.datetime64(t, "us")) for t in INSTANTS]
        found[label] = [None if d is None else str(market["calendar"][d]) for d, _ in zeros]
        found["outcome"] = [outcome for _, outcome in zeros]
    return {"early_closes": EARLY, "announced_at_utc": INSTANTS} | found


def alibaba(data):
    """Both mask settings, all 190 rows; headline of the results of 29 August 2025."""
    out = {f"mask_{m}": golden(STUDIES["alibaba"] | {"mask_other_events": m}, data, event_time=False) for m in (0, 1)}
    for result in out.values():
        s, e = result["sample"], result["specifications"]["market"]["estimates"]
        rows = [i for i in range(len(s["event_id"])) if s["security"][i] in ("BABA", "9988.HK")
                and (s["day0"][i] or "") in ("2025-08-29", "2025-09-01")]
        result["headline"] = {s["security"][i]: {"day0": s["day0"][i]} | {key: e[key][i] for key in e} for i in rows}
    return out


def dump(path, value):
    """Compact JSON. Python's repr of a float is the shortest text that reads back to the same bits."""
    path.write_text(json.dumps(value, allow_nan=False, separators=(",", ":")).replace('],"', '],\n"') + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", choices=list(STUDIES))
    arguments = parser.parse_args()
    for name, description in STUDIES.items():
        if arguments.only in (None, name):
            made = alibaba(arguments.data) if name == "alibaba" else golden(description, arguments.data)
            if name == "us_large_caps":
                made["day_zero"] = day_zero_cases(description, arguments.data)
            dump(arguments.out / f"{name}.json", made)
