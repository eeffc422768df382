"""Tables of quarterly figures for backtest.py.

    python quarters.py             writes quarters.csv: simulated figures of some securities of the committed data

with what real tables have: quarters that end on Saturdays, missing quarters, missing or shifted dates of
announcement, two quarters announced at once. `real` makes one of the real announcements.
"""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
EVENTS = HERE / "../../datasets/quickstart/events.parquet"
ZONES = {"US": "America/New_York", "HK": "Asia/Hong_Kong"}
QUARTERS = 13


def quarter_end(year, month):
    """The last day of a month, counted from any year's months."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def simulated():
    draws = np.random.default_rng(20)
    events = pd.read_parquet(EVENTS)
    rows = []
    for name, own in events.groupby("ticker"):
        if int(name[2:]) % 5 > 1:
            continue
        days = sorted(own["announced_at"].dt.tz_convert(ZoneInfo(ZONES[name[:2]])).dt.date)
        start = days[-1] - dt.timedelta(days=20)
        is_saturday = draws.random() < 0.3
        level, season = draws.normal(2.0, 0.5), draws.normal(0.0, 0.4, 4)
        for k in reversed(range(QUARTERS)):
            end = quarter_end(start.year, start.month - 1 - 3 * k)
            after = [day for day in days if 0 < (day - end).days <= 80]
            announced = after[0] if after else end + dt.timedelta(days=30)
            if is_saturday:
                end -= dt.timedelta(days=(end.weekday() - 5) % 7)
            level += draws.normal(0.02, 0.1)
            actual = round(level + season[k % 4] + draws.normal(0, 0.1), 2)
            forecast = round(actual - draws.normal(0.01, 0.12), 2)
            chance = draws.random()
            if chance < 0.05:
                continue
            if chance < 0.08:
                announced = None
            elif chance < 0.16:
                announced += dt.timedelta(days=int(draws.integers(-2, 4)))
            elif chance < 0.19 and rows and rows[-1]["ticker"] == name:
                announced = rows[-1]["announced"]
                if announced is not None and announced < end:
                    announced = None
            elif chance < 0.22:
                forecast = None
            rows.append(dict(ticker=name, fiscal_end=end, announced=announced, eps=actual, consensus=forecast))
    table = pd.DataFrame(rows)
    return table.iloc[np.random.default_rng(1).permutation(len(table))]


def real(events, path):
    """The announcements as quarters that end with the calendar quarter before; of two in one quarter the first."""
    table = pd.read_parquet(events)
    on = pd.to_datetime(table["announced_on"])
    ends = (on - pd.Timedelta(days=1)) - pd.offsets.QuarterEnd(startingMonth=12)
    exact = (on - pd.Timedelta(days=1)).dt.is_quarter_end
    table["period"] = ends.where(~exact, on - pd.Timedelta(days=1)).dt.date
    table = table.sort_values(["announced_at"], kind="stable").drop_duplicates(["ticker", "period"])
    table = table.assign(on=on.dt.date)[["ticker", "period", "on", "eps_actual", "eps_estimate"]]
    table.to_parquet(path, index=False)


if __name__ == "__main__":
    simulated().to_csv(HERE / "quarters.csv", index=False)
