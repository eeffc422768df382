"""Returns of lots and days against vectorbt, where the two engines mean the same: one security at a time, long, one event
at a time with no overlap, without hedges, all of the equity in the lot, costs per side as fees.

    python vectorbt_returns.py DAYZERO       with vectorbt 1.2.0, which is not in requirements.txt

vectorbt is told the dates of entry and exit and the closes, and nothing else; its fees come out of the cash that is
invested (size = cash/(1 + fee)), ours are paid on top of it, so lots are compared by their return over the value at entry
and days by their return without fees. 20 securities and 118 lots of the committed data differ by 2.6e-16 at most.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import vectorbt as vbt

ROOT = Path(__file__).resolve().parents[2]
FEE = 0.0004
STUDY = """
name = "one"
[prices]
path = "prices.parquet"
[events]
path = "events.parquet"
announced_at = "announced_at"
[markets.US]
benchmark = "US-INDEX"
timezone = "America/New_York"
open = "09:30"
close = "16:00"
[study]
estimation_window = [-30, -11]
event_window = [0, 1]
tests = ["t_cross_sectional"]
[backtest]
signal = "always"
enter = { day = 1 }
hold_days = 10
size = 1.0
costs = [{}, { commission_bps = 1.0, half_spread_bps = 3.0 }]
[output]
dir = "out"
"""


def one(binary, prices, events, ticker):
    """Worst difference over the lots and the days of one security."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        prices[prices["ticker"].isin([ticker, "US-INDEX"])].to_parquet(folder / "prices.parquet")
        events[events["ticker"] == ticker].assign(always=1.0).to_parquet(folder / "events.parquet")
        (folder / "study.toml").write_text(STUDY)
        subprocess.run([binary, "run", "study.toml", "-q"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        trades = pd.read_parquet(folder / "out/trades.parquet")
        portfolio = pd.read_parquet(folder / "out/portfolio.parquet")
    own = prices[prices["ticker"] == ticker].set_index("date")["adj_close"]
    own.index = pd.to_datetime(own.index)
    worst, lots = 0.0, 0
    for strategy, fee in [(0, 0.0), (1, FEE)]:
        mine = trades[trades["strategy_id"] == strategy]
        days = portfolio[portfolio["strategy_id"] == strategy].set_index("date")
        entries, exits = (own.index.isin(pd.to_datetime(mine[column])) for column in ("entry_date", "exit_date"))
        theirs = vbt.Portfolio.from_signals(own, entries, exits, fees=fee, init_cash=1.0, freq="1D")
        records = theirs.trades.records_readable
        assert len(records) == len(mine)
        worst = max(worst, np.abs(records["Return"].to_numpy() - mine["net_return"].to_numpy()).max())
        lots += len(mine)
        if fee == 0.0:
            wanted = theirs.returns().reindex(pd.to_datetime(days.index)).to_numpy()
            worst = max(worst, np.abs(wanted - days["return"].to_numpy()).max())
    return worst, lots


def main():
    prices = pd.read_parquet(ROOT / "datasets/quickstart/prices.parquet")
    events = pd.read_parquet(ROOT / "datasets/quickstart/events.parquet")
    prices = prices[prices["market"] == "US"]
    counts = events[events["ticker"].isin(prices["ticker"])]["ticker"].value_counts()
    found = [one(sys.argv[1], prices, events, ticker) for ticker in sorted(counts[counts >= 2].index)[:20]]
    worst, lots = max(w for w, _ in found), sum(n for _, n in found)
    print(f"{len(found)} securities, {lots} lots: worst difference {worst:.1e}")
    assert worst < 1e-9


if __name__ == "__main__":
    main()
