"""The job of study.toml by hand: polars reads and writes, numpy estimates. Needs polars and numpy.

usage: python baseline.py DATA_DIR OUT.parquet
"""

import sys

import numpy as np
import polars as pl

data, out = sys.argv[1:3]
LENGTH, FIRST, TAUS, BLOCK = 240, -250, np.arange(-10, 11), 8192

prices = pl.read_parquet(f"{data}/prices.parquet", columns=["ticker", "date", "adj_close"])
codes = prices["ticker"].to_physical().to_numpy()
days = prices["date"].to_physical().to_numpy()
price = prices["adj_close"].to_numpy()
starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
ends = np.r_[starts[1:], len(codes)]
returns = np.empty_like(price)
returns[1:] = price[1:] / price[:-1] - 1
returns[starts] = np.nan

names = prices["ticker"].gather(starts).cast(pl.String)
place_of = {name: place for place, name in enumerate(names)}
index = place_of["US-INDEX"]
calendar = days[starts[index] : ends[index]]
market = returns[starts[index] : ends[index]]
first_day = np.searchsorted(calendar, days[starts])

events = pl.read_parquet(f"{data}/events.parquet")
local = events["announced_at"].dt.convert_time_zone("America/New_York")
late = (local.dt.hour() >= 16).to_numpy()
on = local.dt.date().to_physical().to_numpy()
day0 = np.searchsorted(calendar, on + late)
place = np.array([place_of[name] for name in events["ticker"].cast(pl.String)])
row = starts[place] + day0 - first_day[place]
fits = (day0 - first_day[place] + FIRST > 0) & (row + TAUS[-1] < ends[place])
row, column, kept = row[fits], day0[fits], np.flatnonzero(fits)

windows_y = np.lib.stride_tricks.sliding_window_view(returns, LENGTH)
windows_x = np.lib.stride_tricks.sliding_window_view(market, LENGTH)
abnormal = np.empty((len(row), len(TAUS)))
for start in range(0, len(row), BLOCK):
    r, c = row[start : start + BLOCK], column[start : start + BLOCK]
    y, x = windows_y[r + FIRST], windows_x[c + FIRST]
    x_mean, y_mean = x.mean(1), y.mean(1)
    x = x - x_mean[:, None]
    beta = np.einsum("ij,ij->i", x, y) / np.einsum("ij,ij->i", x, x)
    alpha = y_mean - beta * x_mean
    abnormal[start : start + BLOCK] = (
        returns[r[:, None] + TAUS] - alpha[:, None] - beta[:, None] * market[c[:, None] + TAUS]
    )

pl.DataFrame(
    {
        "event_id": np.repeat(kept.astype(np.int32), len(TAUS)),
        "tau": np.tile(TAUS.astype(np.int16), len(kept)),
        "ar": abnormal.ravel(),
        "car": abnormal.cumsum(1).ravel(),
    }
).write_parquet(out, compression="zstd", compression_level=1)
