"""Golden numbers of the conventions on which packages differ: variants.json, from datasets/quickstart.

    python variants.py --out DIR

{"settings": {name: {key: value of [inference.variants]}}, "tests": {name: {window: {test: [statistic, p]}}},
"scars": {name: {window: [[event_id, SCAR] of every 40th event]}}}: the market model on all events of both markets.
Every number is made from its definition, pair by pair and day by day: s^2 by lstsq, variances from the full covariance
matrix of a window's forecast errors, r-bar as the mean of an N x N matrix of z_i'z_j without its diagonal. Alignment,
masking and duplicates are those of reference.py.
"""
import argparse
from pathlib import Path

import numpy as np
from scipy import stats

from make_golden import dump
from models import OPTIONS
from panel import Event, Panel

SETTINGS = {
    "default": {},
    "by_day": {"forecast_error": "by_day"},
    "summed": {"forecast_error": "summed"},
    "no_correction": {"forecast_error": "none"},
    "less_one": {"residual_divisor": "m-1"},
    "calendar": {"mean_correlation": "calendar"},
    "event_time": {"mean_correlation": "event_time"},
    "each": {"patell": "each"},
    "unit": {"patell": "unit"},
    "all_events": {"divisor": "n"},
    "normal": {"reference": "normal"},
    "together": {"forecast_error": "summed", "residual_divisor": "m-1", "mean_correlation": "event_time", "patell": "each",
                 "divisor": "n", "reference": "normal"},
}
WINDOWS = [(0, 0), (-10, -1), (1, 10)]


def estimate(event):
    """Residuals by civil date and by tau, s^2 with M - k, ARs of the event window, and their covariance in units of s^2."""
    usable = np.isfinite(event.R) & np.isfinite(event.m)
    rows = event.rows(usable)
    if event.too_few(len(rows), 2):
        return None
    X = np.column_stack([np.ones(len(rows)), event.m[rows]])
    b = np.linalg.lstsq(X, event.R[rows], rcond=None)[0]
    e = event.R[rows] - X @ b
    at = np.column_stack([np.ones(len(event.days)), event.window(event.m)])
    covariance = np.eye(len(at)) + at @ np.linalg.inv(X.T @ X) @ at.T
    return {"id": event.row, "M": len(rows), "e": e, "s2": e @ e / (len(rows) - 2), "dates": event.calendar[rows],
            "taus": rows - event.day0, "ar": event.window(event.R) - at @ b, "covariance": covariance, "event": event}


def scar(found, first, last, kind, divisor):
    w = np.arange(first + 10, last + 11)
    ar, s2 = found["ar"][w], found["s2"]
    if divisor == "m-1":
        s2 = found["e"].var(ddof=1) if abs(found["e"].mean()) < 1e-12 else np.nan
    covariance = s2 * found["covariance"][np.ix_(w, w)]
    if kind == "summed":
        return (ar / np.sqrt(np.diag(covariance))).sum() / np.sqrt(len(w))
    variance = {"full": covariance.sum(), "by_day": np.trace(covariance), "none": s2 * len(w)}[kind]
    return ar.sum() / np.sqrt(variance)


def mean_correlation(found, first, last, kind):
    """Mean off-diagonal element of the matrix of z_i'z_j, times the share of common days of the window for `overlap`."""
    axis = "taus" if kind == "event_time" else "dates"
    places = {p: i for i, p in enumerate(sorted({p for f in found for p in f[axis].tolist()}))}
    z = np.zeros((len(found), len(places)))
    for row, f in enumerate(found):
        z[row, [places[p] for p in f[axis].tolist()]] = f["e"] / np.linalg.norm(f["e"])
    matrix = z @ z.T
    if kind == "overlap":
        spans = [set(f["event"].calendar[f["event"].day0 + first:f["event"].day0 + last + 1].tolist()) for f in found]
        matrix *= np.array([[len(a & b) for b in spans] for a in spans]) / (last - first + 1)
    n = len(found)
    return (matrix.sum() - np.trace(matrix)) / (n * (n - 1))


def evaluate(found, first, last, settings):
    get = lambda key, default: settings.get(key, default)
    scars = np.array([scar(f, first, last, get("forecast_error", "full"), get("residual_divisor", "m-k")) for f in found])
    cars = np.array([f["ar"][first + 10:last + 11].sum() for f in found])
    n, ddof = len(found), 0 if get("divisor", "n-1") == "n" else 1
    q = np.array([(f["M"] - 2) / (f["M"] - 4) for f in found])
    patell = {"pooled": scars.sum() / np.sqrt(q.sum()), "each": (scars / np.sqrt(q)).sum() / np.sqrt(n),
              "unit": scars.mean() * np.sqrt(n)}[get("patell", "pooled")]
    r = mean_correlation(found, first, last, get("mean_correlation", "overlap"))
    t = lambda x: x.mean() / (x.std(ddof=ddof) / np.sqrt(n))
    values = {"t_cross_sectional": t(cars), "bmp": t(scars), "bmp_kp": t(scars) * np.sqrt((1 - r) / (1 + (n - 1) * r)),
              "patell": patell, "patell_adjusted": patell / np.sqrt(1 + (n - 1) * r)}
    tails = lambda name, x: 2 * (stats.norm.sf(abs(x)) if name.startswith("patell") or get("reference", "t") == "normal"
                                 else stats.t.sf(abs(x), n - 1))
    return {name: [float(x), float(tails(name, x))] for name, x in values.items()}, scars


def golden():
    panel = Panel(OPTIONS["quickstart"], Path(__file__).parents[2] / "datasets")
    estimates = [e for row in panel.live() if (e := estimate(Event(panel, row))) is not None]
    out = {"settings": SETTINGS, "tests": {}, "scars": {}}
    for name, settings in SETTINGS.items():
        out["tests"][name], out["scars"][name] = {}, {}
        for first, last in WINDOWS:
            found = [e for e in estimates if np.isfinite(e["ar"][first + 10:last + 11]).all()]
            key = f"{first},{last}"
            out["tests"][name][key], scars = evaluate(found, first, last, settings)
            out["scars"][name][key] = [[f["id"], float(s)] for f, s in zip(found, scars) if f["id"] % 40 == 0]
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    dump(parser.parse_args().out / "variants.json", golden())
