"""Golden numbers of the influence of single events and periods: influence.json, from datasets/quickstart.

    python influence.py --out DIR

{"week" | "month": {window: row of the table influence}} of the market model on all events. By brute force: the CARs
are made again without each event, and without the events of each ISO week or month of day 0. Event ids are input rows.
"""
import argparse
from pathlib import Path

import numpy as np

from make_golden import dump
from models import OPTIONS
from panel import Event, Panel
from variants import WINDOWS, estimate


def t_of(x):
    return float(np.sqrt(len(x)) * x.mean() / x.std(ddof=1))


def extremes(rests, name):
    """(smallest, which, largest, which) of mean and t over {what is left out: the other CARs}."""
    out = {}
    for key, of in (("caar", lambda x: float(x.mean())), ("t", t_of)):
        values = {what: of(x) for what, x in rests.items()}
        for end, choose in (("min", min), ("max", max)):
            what = choose(values, key=values.get)
            out |= {f"{key}_{end}_without_{name}": values[what],
                    f"{key}_{end}_{'event_id' if name == 'event' else 'period'}": what}
    return out


def row(cars, ids, labels):
    top = np.sort(cars * np.sign(cars.sum()))[::-1][:5].sum() / abs(cars.sum())
    without_event = {i: cars[ids != i] for i in ids.tolist()}
    without_period = {p: cars[labels != p] for p in sorted(set(labels.tolist()))}
    return {"events": len(cars), "caar": float(cars.mean()), "t": t_of(cars), "periods": len(without_period),
            "top5_share": float(top)} | extremes(without_event, "event") | extremes(without_period, "period")


def golden():
    panel = Panel(OPTIONS["quickstart"], Path(__file__).parents[2] / "datasets")
    found = [e for i in panel.live() if (e := estimate(Event(panel, i))) is not None]
    out = {"week": {}, "month": {}}
    for first, last in WINDOWS:
        valid = [e for e in found if np.isfinite(e["ar"][first + 10:last + 11]).all()]
        cars = np.array([e["ar"][first + 10:last + 11].sum() for e in valid])
        ids = np.array([e["id"] for e in valid])
        days = [e["event"].calendar[e["event"].day0].astype("datetime64[D]").astype(object) for e in valid]
        weeks = np.array(["{:04}-W{:02}".format(*d.isocalendar()[:2]) for d in days])
        months = np.array([f"{d:%Y-%m}" for d in days])
        for name, labels in (("week", weeks), ("month", months)):
            out[name][f"{first},{last}"] = row(cars, ids, labels)
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    dump(parser.parse_args().out / "influence.json", golden())
