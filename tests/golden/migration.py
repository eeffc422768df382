"""What other packages report on datasets/quickstart, from their own formulas: migration.json.

    python migration.py --out DIR

{package: {window: {test: statistic}}}. Written from what the packages' public sources and documentation say they
compute (experiments/migration/README.md), not from METHODS: SARs by dividing by a standard deviation of residuals,
correlations by pandas, one loop over events. Events with every day of the estimation window and of the tested one, so that no
package's handling of gaps matters; no masking, market model, estimation window [-250, -11].
"""
import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from make_golden import dump
from models import OPTIONS
from panel import Event, Panel

WINDOWS = [(0, 0), (-1, 1), (-10, 10)]


def estimate(event):
    rows = np.arange(event.day0 - 250, event.day0 - 10)
    if rows[0] < 1 or not (np.isfinite(event.R[rows]) & np.isfinite(event.m[rows])).all():
        return None
    y, x, at = event.R[rows], event.m[rows], event.window(event.m)
    slope, intercept = np.polyfit(x, y, 1)
    residuals, ar = y - intercept - slope * x, event.window(event.R) - intercept - slope * at
    inflation = 1 + 1 / len(x) + (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    return {"ar": ar, "e": residuals, "inflation": inflation, "M": len(x)}


def t(x):
    return float(np.sqrt(len(x)) * x.mean() / x.std(ddof=1))


def wrds(found, w):
    """EVTSTUDY: scar = car/sqrt(L rmse^2), tpatell = mean(scar) sqrt(N), t of scar and car, tsign."""
    rmse = np.array([np.sqrt((f["e"] ** 2).sum() / (f["M"] - 2)) for f in found])
    car = np.array([f["ar"][w].sum() for f in found])
    scar = car / np.sqrt((w.stop - w.start) * rmse ** 2)
    return {"t_cross_sectional": t(car), "bmp": t(scar), "patell": float(scar.mean() * np.sqrt(len(car))),
            "sign": float(((car > 0).mean() - 0.5) / np.sqrt(0.25 / len(car)))}


def eventstudy_r(found, w):
    """BMPTest and KolariPynnonenTest: SARs over the model's sigma, correlations of estimation SARs by event time."""
    sigma = np.array([np.sqrt((f["e"] ** 2).sum() / (f["M"] - 2)) for f in found])
    csar = np.array([(f["ar"][w] / s).sum() for f, s in zip(found, sigma)])
    wide = pd.DataFrame({i: f["e"] / s for i, (f, s) in enumerate(zip(found, sigma))}).corr().to_numpy()
    n = len(found)
    r = (wide.sum() - n) / (n * (n - 1))
    car = np.array([f["ar"][w].sum() for f in found])
    return {"t_cross_sectional": t(car), "bmp": t(csar), "bmp_kp": float(t(csar) * np.sqrt((1 - r) / (1 + (n - 1) * r)))}


def eventstudy_r_patell(found, w):
    """PatellZTest: caar_z = (1/sqrt(N)) sum_i cumsum(SAR_i)/sqrt(n Q_i), SARs over the corrected sigma of their day."""
    z = []
    for f in found:
        sigma = np.sqrt((f["e"] ** 2).sum() / (f["M"] - 2)) * np.sqrt(f["inflation"])
        q = (f["M"] - 2) / (f["M"] - 4)
        z.append((f["ar"] / sigma)[w].sum() / np.sqrt((w.stop - w.start) * q))
    return {"patell": float(np.sum(z) / np.sqrt(len(z)))}


def estudy2(found, w):
    """patell and boehmer of one day: sd() of the residuals (M - 1), corrected for the forecast error."""
    if w.stop - w.start > 1:
        return {}
    sar = np.array([f["ar"][w.start] / f["e"].std(ddof=1) / np.sqrt(f["inflation"][w.start]) for f in found])
    delta = np.array([f["M"] for f in found])
    return {"bmp": t(sar), "patell": float(sar.sum() / np.sqrt(((delta - 2) / (delta - 4)).sum())),
            "t_cross_sectional": t(np.array([f["ar"][w.start] for f in found]))}


def golden():
    panel = Panel(OPTIONS["quickstart"], Path(__file__).parents[2] / "datasets")
    found = [e for row in panel.live() if (e := estimate(Event(panel, row))) is not None]
    packages = {"wrds": wrds, "eventstudy-r": eventstudy_r, "eventstudy-r-patell": eventstudy_r_patell, "estudy2": estudy2}
    out = {name: {} for name in packages}
    for a, b in WINDOWS:
        w = slice(a + 10, b + 11)
        valid = [f for f in found if np.isfinite(f["ar"][w]).all()]
        for name, of in packages.items():
            out[name][f"{a},{b}"] = of(valid, w)
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    dump(parser.parse_args().out / "migration.json", golden())
