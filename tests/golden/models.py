"""Golden numbers of further return models, responses and long-horizon methods.

    python models.py --out DIR                      models_quickstart.json, from datasets/quickstart
    python models.py --out DIR --data SHARED_DATA   models_us.json, from real prices (only results are written)

Alignment, masking, duplicates and outcomes are those of reference.py. Tables are {column: [values]}, null is "undefined".
study, sample {event_id, security, market, day0, outcome}: every k-th event; models {id: {totals, events}}: `events` has
the rows of `sample` (every second one for conditional variances), `totals` the exact sums over all estimated events and
the number of values of day and window columns (null where that would take too long); day
columns are "ar[-10]", windows "car[-1,1]"; diagnostics likewise; rats {model: table by tau};
calendar_time: table; synthetic_control: three problems (quickstart only; donors is a list of the donors' series).
Conventions stand in the module of each method: return_models, conditional_variance, trade_to_trade,
residual_references, long_horizon, synthetic_weights.
"""
import argparse
import math
from collections import Counter
from pathlib import Path

from conditional_variance import MODELS as CONDITIONAL
from long_horizon import calendar_time, rats
from make_golden import STUDIES, dump, iso, number
from panel import Panel
from residual_references import abnormal_volatility, diagnostics, price_responses
from return_models import SIMPLE
from synthetic_weights import problems
from trade_to_trade import model_of

KEPT = ("prices", "events", "factors", "markets", "duplicates", "estimation_window", "minimum_observations", "event_window",
        "car_windows", "mask_other_events", "missing")
OPTIONS = {
    "quickstart": {key: STUDIES["quickstart"][key] for key in KEPT} | {
        "car_windows": [[0, 0], [-10, -1], [1, 10]], "sample_every": 10,
        "trade_to_trade_gap": {"modulo": 7, "remainder": 3, "keep": ["US-INDEX", "HK-INDEX"]}},
    "us": {key: STUDIES["us_large_caps"][key] for key in KEPT} | {
        "sample_every": 390, "trade_to_trade_gap": {"modulo": 5, "remainder": 2, "keep": ["SPY"]}}}
SLOW = {"huber", *CONDITIONAL}           # no totals over 23,375 events


def cell(value):
    return [cell(v) for v in value] if isinstance(value, list) else number(value)


def table(rows):
    """Rows (dicts, possibly with different keys) as {column: [values]}; what a row lacks is null."""
    keys = list(dict.fromkeys(key for row in sorted(rows, key=len, reverse=True) for key in row))
    return {key: [cell(row.get(key)) for row in rows] for key in keys}


def totals(results):
    """Outcomes, sum of M, exact sums and counts of every finite column over the estimated events."""
    ok = [r for r in results.values() if r["outcome"] == "ok"]
    out = {"outcomes": dict(sorted(Counter(r["outcome"] for r in results.values()).items())), "sum_M": sum(r["M"] for r in ok)}
    for key in max(ok, key=len):
        if key in ("outcome", "M", "dof", "forecast_variance", "forecast") or key.startswith("expected"):
            continue
        values = [r[key] for r in ok if number(r.get(key)) is not None]
        out[f"sum_{key}"] = math.fsum(values)
        if "[" in key:
            out[f"N_{key}"] = len(values)
    return out


def golden(name, data):
    options = OPTIONS[name]
    panel = Panel(options, data)
    gaps = Panel(options | {"gap": options["trade_to_trade_gap"]}, data)
    assert [e["day0"] for e in gaps.study.ledger] == [e["day0"] for e in panel.study.ledger]
    ledger = panel.study.ledger
    everyone, sample = range(len(ledger)), range(0, len(ledger), options["sample_every"])
    out = {"study": options, "sample": table([{"event_id": i, "security": ledger[i]["ticker"], "market": ledger[i]["market"],
           "day0": iso(panel.study, ledger[i]), "outcome": ledger[i]["outcome"]} for i in sample]), "models": {}}
    jobs = {key: (panel, model) for key, model in SIMPLE.items()}
    jobs |= {"trade_to_trade": (gaps, model_of(gaps)), "abnormal_volatility": (panel, abnormal_volatility),
             "diagnostics": (panel, diagnostics)}
    if name == "us":
        jobs |= {key: (panel, model) for key, model in price_responses(panel, data / options["prices"]).items()}
    jobs |= {key: (panel, model) for key, model in CONDITIONAL.items()}
    for key, (source, model) in jobs.items():
        short = key in CONDITIONAL or name == "us" and key in SLOW
        shown = sample[::2] if key in CONDITIONAL else sample
        results = source.apply(model, shown if short else everyone)
        made = {"totals": None if short else totals(results), "events": table([{"event_id": i} | results[i] for i in shown])}
        if key == "diagnostics":
            out[key] = made
        else:
            out["models"][key] = made
        if key == "market":
            estimates = results
        print(key, Counter(r["outcome"] for r in results.values()), flush=True)
    models = ["market", "ff3"] if name == "us" else ["market"]
    out["rats"] = {model: table(rats(panel, estimates, model)) for model in models}
    out["calendar_time"] = table([calendar_time(panel, estimates, model, window, weights) for model in models
                                  for window in ((2, 10), (-1, 1)) for weights in ("equal", "precision")])
    if name == "quickstart":
        out["synthetic_control"] = problems()
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    name = "us" if arguments.data else "quickstart"
    dump(arguments.out / f"models_{name}.json", golden(name, arguments.data or Path(__file__).parents[2] / "datasets"))
