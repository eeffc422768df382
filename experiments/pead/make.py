#!/usr/bin/env python3
"""Runs the study by surprise, by reaction and by standardised surprises, with and without costs, and quintile by
quintile, and writes the tables of README.md.

    cargo build --release && DAYZERO_DATA=/path/to/data python3 experiments/pead/make.py

Needs Python 3.9 with numpy, pandas and pyarrow, for the table of quarterly figures that is made of the announcements.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "golden"))

from quarters import real
FREE = "backtest.costs={ commission_bps = 0.0, half_spread_bps = 0.0, borrow_bps_per_year = 0.0 }"
# A quarter for every announcement, with the calendar quarter before it as its end.
QUARTERS = 'path = "%s", period = "period", announced_on = "on", actual = "eps_actual"'


def signals(quarters):
    """Every signal with its name and settings."""
    sue = lambda more: ['backtest.signal="sue"', f"backtest.sue={{ {QUARTERS % quarters}{more} }}"]
    return [("surprise", ['backtest.signal="surprise_pct"']), ("reaction", ['backtest.signal="car[0,1]"']),
            ("SUE, analysts", sue(', forecast = "eps_estimate"')), ("SUE, a year before", sue(""))]


def run(binary, *settings):
    """The rows of `performance`, `walk_forward` and `strategies`, and what the terminal says."""
    with tempfile.TemporaryDirectory() as folder:
        sets = [part for setting in ('output.format="csv"', *settings) for part in ("--set", setting)]
        command = [binary, "run", str(HERE / "study.toml"), "--out", f"{folder}/out", *sets]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        found = {}
        for name in ("performance", "walk_forward", "strategies"):
            with open(f"{folder}/out/{name}.csv", newline="") as file:
                found[name] = list(csv.DictReader(file))
        return found, done.stdout


def number(row, name, digits=2, percent=False):
    if row[name] == "":
        return "-"
    value = float(row[name]) * (100 if percent else 1)
    return f"{value:+.{digits}f} %".replace("-", "\u2212") if percent else f"{value:.{digits}f}".replace("-", "\u2212")


def strategies(binary, signals):
    lines = ["| signal | costs | held | lots | a year | Sharpe ± error | drawdown | alpha t | five factors t | selected |"]
    lines += ["|---" * 10 + "|"]
    for name, signal in signals:
        for costs, setting in [("none", [FREE]), ("4 bps a side", [])]:
            found, _ = run(binary, *signal, *setting)
            held = {row["strategy_id"]: row["hold_days"] for row in found["strategies"]}
            for row in found["performance"]:
                days = {"strategy": held.get(row["strategy_id"]), "walk_forward": "chosen"}.get(
                    row["record"], f"{held.get(row['strategy_id'])}, hindsight")
                cells = [name, costs, days, row["lots"], number(row, "annual_return", 1, True),
                         f"{number(row, 'sharpe')} ± {number(row, 'sharpe_se_robust')}",
                         number(row, "max_drawdown", 1, True).lstrip("+"), number(row, "alpha_t", 1),
                         number(row, "factor_alpha_t", 1), number(row, "selected", 3)]
                lines.append("| " + " | ".join(cells) + " |")
            picks = ", ".join(held[choice["strategy_id"]] for choice in found["walk_forward"])
            first = found["performance"][0]
            print(name, costs, "trials", first["trials"], "overfitting", first["overfitting"], "choices", picks)
    return lines


def quintiles(binary, signals):
    lines = ["| mean of lots held 20 sessions, hedged, no costs | 1 | 2 | 3 | 4 | 5 |", "|---" * 6 + "|"]
    for name, signal in signals:
        cells = []
        for quintile in range(1, 6):
            sides = [f"backtest.long=[{quintile}]", "backtest.short=[]", FREE, "backtest.hold_days=20"]
            found, _ = run(binary, *signal, *sides)
            row = found["performance"][0]
            cells.append(f"{number(row, 'mean_lot_return', 2, True)} (t {number(row, 'alpha_t', 1)})")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dayzero", default=str(HERE.parents[1] / "target" / "release" / "dayzero"))
    binary = parser.parse_args().dayzero
    with tempfile.TemporaryDirectory() as folder:
        table = f"{folder}/quarters.parquet"
        real(Path(os.environ["DAYZERO_DATA"]) / "us_large_caps/events.parquet", table)
        chosen = signals(table)
        text = "\n".join([*strategies(binary, chosen), "", *quintiles(binary, chosen)])
    readme = (HERE / "README.md").read_text()
    before, rest = readme.split("<!-- tables -->\n")
    _, after = rest.split("<!-- end -->\n")
    (HERE / "README.md").write_text(f"{before}<!-- tables -->\n{text}\n<!-- end -->\n{after}")


if __name__ == "__main__":
    main()
