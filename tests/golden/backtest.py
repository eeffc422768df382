"""The events of a study traded by plain loops, written from the convention in the README, without sight of the
engine.

    python backtest.py STUDY OUT            the tables in OUT against this script, lot by lot and day by day
    python backtest.py --golden DIR         writes DIR/backtest.json for the committed data, and with DAYZERO_DATA
                                            DIR/backtest_us.json, sums only, for real announcements

Everything is a dict from date to price; nothing is vectorised but the regression. What is decided stands in
backtest_signals.py and surprises.py, when it is traded in backtest_plans.py, what is held in backtest_book.py.
"""

import json
import math
import os
import sys
import tempfile
from pathlib import Path

import pandas as pd

import quarters
from backtest_study import Study

HERE = Path(__file__).resolve().parent


def trim(found):
    """Days from the first entry to the last exit of all strategies."""
    rows = [row for lots, _, _ in found for row in lots]
    first, last = min(r["entry_date"] for r in rows), max(r["exit_date"] for r in rows)
    return [[d for d in days if first <= d["date"] <= last] for _, days, _ in found]


def compare(study, out):
    found = list(Study(study).strategies())
    trades = pd.read_parquet(Path(out) / "trades.parquet")
    portfolio = pd.read_parquet(Path(out) / "portfolio.parquet")
    strategies = pd.read_parquet(Path(out) / "strategies.parquet")
    worst = {}
    for number, ((lots, _, reasons), days) in enumerate(zip(found, trim(found))):
        for table, rows in ((trades, lots), (portfolio, days)):
            mine = table[table["strategy_id"] == number].to_dict("records")
            assert len(mine) == len(rows), (number, len(mine), len(rows))
            for got, want in zip(mine, rows):
                for key, value in want.items():
                    other = got[key]
                    if key == "decided_at":
                        other = int(other.value // 1000)
                    if isinstance(value, float):
                        worst[key] = max(worst.get(key, 0.0), abs(other - value))
                    elif value is None:
                        assert pd.isna(other), (key, got, want)
                    else:
                        assert other == value, (key, other, value, want)
        row = strategies[strategies["strategy_id"] == number].iloc[0]
        for why, count in reasons.items():
            assert row[why] == count, (number, why, count, row[why])
        print(number, len(lots), "lots", len(days), "days", reasons, "equity", days[-1]["equity"])
    print({key: f"{value:.1e}" for key, value in sorted(worst.items(), key=lambda item: -item[1])})
    assert all(value < 1e-9 for value in worst.values()), "these differ"


# ---- the committed numbers ---------------------------------------------------------------------------------
QUICKSTART = HERE / "../../experiments/quickstart/study.toml"
CASES = {
    "by_column": [
        'backtest = { signal = "surprise_pct", quantiles = { count = [3, 5], lookback_days = 120, minimum = 30 },'
        ' enter = [{ day = 0 }, { day = 2 }], hold_days = [3, 12], size = 0.04, hedge = "benchmark",'
        " costs = { commission_bps = 1.0, half_spread_bps = 3.0, borrow_bps_per_year = 50.0 } }",
    ],
    "by_reaction": [
        'backtest = { signal = ["surprise_pct", "car[0,1]"], long = [-1, -2], short = [1, 2], hold_days = 20,'
        ' quantiles = { count = 4, lookback_days = 200, minimum = 40 }, enter = { day = 2 }, hedge = "beta",'
        ' weighting = "inverse_volatility", max_gross = 0.8, max_positions = 30, max_name = 0.03, size = 0.04,'
        " stop = 0.06, target = 0.08, exit_before_next_event = false, costs = { half_spread_bps = 5.0 } }",
        "study.mask_other_events = 0",
        "study.minimum_observations = 60",
    ],
}


CASES["by_surprise"] = [
    'backtest = { signal = ["sue", "ar[0]"], sue = { path = "../../tests/golden/quarters.csv", period = "fiscal_end",'
    ' announced_on = "announced", tolerance_days = 2, actual = "eps", forecast = "consensus", errors = 6,'
    " minimum = 3 }, quantiles = { count = [2, 3], lookback_days = 200, minimum = 20 }, hold_days = 8, size = 0.05,"
    ' hedge = "beta", costs = { half_spread_bps = 3.0 } }',
    "study.mask_other_events = 0",
    "study.minimum_observations = 60",
]
CASES["by_change"] = [
    'backtest = { signal = "sue", sue = { path = "../../tests/golden/quarters.csv", period = "fiscal_end",'
    ' max_age_days = 70, actual = "eps", minimum = 3 }, quantiles = { count = 3, lookback_days = 200, minimum = 20 },'
    ' hold_days = [5, 30], size = 0.05, weighting = "signal" }',
]

US = HERE / "../../experiments/us-earnings/study.toml"
US_CASES = {
    "open_to_close": [
        'backtest = { signal = "surprise_pct", quantiles = { count = 5 }, enter = { day = 1, at = "open" },'
        ' hold_days = [5, 60], hedge = "benchmark", costs = { commission_bps = 1.0, half_spread_bps = 3.0,'
        " borrow_bps_per_year = 50.0 } }",
    ],
    "everything": [
        'backtest = { signal = ["surprise_pct", "car[0,1]"], quantiles = { count = [3, 10], lookback_days = 120,'
        ' minimum = 60 }, long = [-1, -2], enter = [{ day = 2, at = "open" }, { day = 3 }], hold_days = [10, 90],'
        ' exit_before_next_event = false, weighting = "inverse_volatility", hedge = "beta", stop = 0.08,'
        " target = 0.12, size = 0.02, max_gross = 1.2, max_name = 0.03, max_positions = 80, capital = 5e8,"
        " costs = [{ commission_bps = 1.0, borrow_bps_per_year = 50.0, max_participation = 0.001 }, {}] }",
        "study.mask_other_events = 0",
    ],
}
# QUARTERS is the table of quarters.real, which a test makes for itself.
REAL = 'path = "QUARTERS", period = "period", announced_on = "on", actual = "eps_actual"'
US_CASES["surprises"] = [
    f'backtest = {{ signal = "sue", sue = {{ {REAL} }}, quantiles = {{ count = [5, 10] }}, hold_days = 20,'
    ' hedge = "benchmark", costs = { commission_bps = 1.0, half_spread_bps = 3.0 } }',
]
US_CASES["surprises_of_analysts"] = [
    f'backtest = {{ signal = ["ar[0]", "sue"], sue = {{ {REAL}, forecast = "eps_estimate", errors = 12,'
    ' minimum = 6, tolerance_days = 0 }, quantiles = { count = 3 }, hold_days = 60, weighting = "inverse_volatility" }',
    "study.mask_other_events = 0",
]


def golden(folder):
    write(folder, "backtest.json", QUICKSTART, CASES, True)
    if "DAYZERO_DATA" in os.environ:
        write(folder, "backtest_us.json", US, US_CASES, False)


def write(folder, file, study, cases, rows_too):
    wanted = {}
    for name, changes in cases.items():
        with tempfile.TemporaryDirectory() as scratch:
            made = f"{scratch}/quarters.parquet"
            if any("QUARTERS" in change for change in changes):
                quarters.real(Path(os.environ["DAYZERO_DATA"]) / "us_large_caps/events.parquet", made)
            found = list(Study(study, [change.replace("QUARTERS", made) for change in changes]).strategies())
        case = {"settings": changes, "strategies": []}
        for (lots, _, reasons), days in zip(found, trim(found)):
            sums = lambda rows, keys: {key: math.fsum(row[key] for row in rows) for key in keys}
            case["strategies"].append({
                "lots": len(lots), "days": len(days), "reasons": reasons,
                "sums": sums(lots, ["weight", "gross_return", "hedge_return", "costs", "borrow", "profit", "signal"]),
                "day_sums": sums(days, ["return", "costs", "turnover", "long", "short", "hedge", "positions", "equity"]),
                "some_lots": [lot for lot in lots if rows_too and lot["lot"] % 25 == 0],
                "some_days": days[:: max(1, len(days) // 5)] if rows_too else [],
            })
        wanted[name] = case
    text = json.dumps(wanted, indent=1, default=str) + "\n"
    (Path(folder) / file).write_text(text)


if __name__ == "__main__":
    if sys.argv[1] == "--golden":
        golden(sys.argv[2])
    else:
        compare(*sys.argv[1:3])
