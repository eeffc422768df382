"""Simulated reconstruction of the Alibaba case: writes prices.parquet and events.parquet.

SIMULATED DATA. No price here was observed, except the few published figures in PUBLISHED
and LEVELS, on which the paths are anchored. README.md says which they are.

The clock. Every weekday has a Hong Kong session and, after it, a New York session. News comes
in one of the two, and a market books it at its next close: a Hong Kong return is the news of
last night's New York session plus today's Hong Kong session, a New York return is the news of
today's Hong Kong session plus its own. When a market is closed it books at its next close what
happened in the other. All news is in log returns, without drift.

The factors, by weekday:
    us   New York session, American market              SPY      = us
    hk   Hong Kong session, China                        ^HSI     = hk + cn of the night before
    cn   New York session, China; correlated with us
A company has a beta on China news and idiosyncratic news, half its variance in each session;
two listings of one company share all of it. So a Hong Kong stock is exactly
beta * ^HSI + idiosyncratic, and a New York listing leads and lags its Hong Kong twin.

Usage: python make.py    (numpy, pyarrow; writes beside itself)
"""

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 131924  # chosen for a quiet month around the results; see README.md
FIRST, LAST = "2024-01-02", "2025-10-30"

# Weekdays on which the exchange did not trade (facts).
CLOSED = {
    "US": """2024-01-15 2024-02-19 2024-03-29 2024-05-27 2024-06-19 2024-07-04 2024-09-02
             2024-11-28 2024-12-25 2025-01-01 2025-01-09 2025-01-20 2025-02-17 2025-04-18
             2025-05-26 2025-06-19 2025-07-04 2025-09-01""",  # 2025-01-09: mourning for President Carter
    "HK": """2024-02-12 2024-02-13 2024-03-29 2024-04-01 2024-04-04 2024-05-01 2024-05-15
             2024-06-10 2024-07-01 2024-09-06 2024-09-18 2024-10-01 2024-10-11 2024-12-25
             2024-12-26 2025-01-01 2025-01-29 2025-01-30 2025-01-31 2025-04-04 2025-04-18
             2025-04-21 2025-05-01 2025-05-05 2025-07-01 2025-10-01 2025-10-07
             2025-10-29""",  # 2024-09-06: typhoon Yagi
}

# Daily standard deviations and correlations of the factors; invented, round.
US_DEVIATION, HK_DEVIATION, CN_DEVIATION = 0.010, 0.011, 0.010
HK_WITH_US, CN_WITH_US = 0.15, 0.70
TAIL = 8  # degrees of freedom of every shock (Student t, scaled to unit variance)

# company: beta on China news, idiosyncratic deviation per day, its listings; invented, round.
COMPANIES = {
    "Alibaba": (1.1, 0.020, ["BABA", "9988.HK"]),
    "JD": (1.1, 0.020, ["JD", "9618.HK"]),
    "Baidu": (1.0, 0.018, ["BIDU", "9888.HK"]),
    "PDD": (1.0, 0.025, ["PDD"]),
    "Bilibili": (1.3, 0.030, ["BILI"]),
    "Meituan": (1.2, 0.022, ["3690.HK"]),
    "Tencent": (1.0, 0.014, ["0700.HK"]),
    "China internet fund": (1.1, 0.006, ["KWEB"]),
    "Hang Seng": (1.0, 0.0, ["^HSI"]),
    "Hang Seng Tech": (1.2, 0.006, ["^HSTECH"]),
    "American market": (0.0, 0.0, ["SPY"]),
}

# Close on the last trading day before the results reached that market: BABA and 9988.HK are
# published, the others are round inventions. With it a typical day's volume, invented.
LEVELS = {
    "BABA": (119.57, 12e6), "JD": (30.0, 10e6), "PDD": (120.0, 8e6), "BIDU": (90.0, 3e6),
    "BILI": (20.0, 5e6), "KWEB": (35.0, 15e6), "SPY": (640.0, 60e6),
    "9988.HK": (115.70, 80e6), "9618.HK": (117.0, 12e6), "9888.HK": (87.75, 8e6),
    "3690.HK": (100.0, 40e6), "0700.HK": (600.0, 20e6), "^HSI": (25000.0, 3e9),
    "^HSTECH": (5500.0, 1e9),
}
BEFORE = {"US": "2025-08-28", "HK": "2025-08-29"}
DAY0 = {"US": "2025-08-29", "HK": "2025-09-01"}

# Returns set on day 0 of the results of 2025-08-29, as growth of the close.
PUBLISHED = {"BABA": 135.00 / 119.57, "9988.HK": 137.10 / 115.70,
             "^HSI": 1.0194, "^HSTECH": 1.0314, "SPY": 0.994}
PEER_EFFECT = {"3690.HK": 0.01, "0700.HK": 0.01, "9618.HK": 0.01, "9888.HK": 0.01}  # planted, invented

# Results day (fact): size of the issuer's reaction in log return (planted, invented).
RESULTS = {"2024-02-07": -0.03, "2024-05-14": 0.04, "2024-08-15": -0.02, "2024-11-15": 0.03,
           "2025-02-20": 0.05, "2025-05-15": -0.04, "2025-08-29": None}  # None: set by PUBLISHED
ISSUERS = ["BABA", "9988.HK"]
PEERS = ["3690.HK", "9618.HK", "0700.HK", "9888.HK", "JD", "PDD", "BIDU", "BILI"]


def market_of(ticker):
    return "HK" if ticker.endswith(".HK") or ticker.startswith("^") else "US"


def simulate(seed=SEED):
    """Columns of the price table by ticker: dates, open, close, volume."""
    # RandomState, since its stream is frozen across numpy versions.
    random = np.random.RandomState(seed)
    weekdays = np.arange(FIRST, np.datetime64(LAST) + 1, dtype="datetime64[D]")
    weekdays = weekdays[np.is_busday(weekdays)]
    trading = {m: ~np.isin(weekdays, np.array(d.split(), "datetime64[D]")) for m, d in CLOSED.items()}
    on = lambda day: int(np.searchsorted(weekdays, np.datetime64(day)))
    shocks = lambda: random.standard_t(TAIL, len(weekdays)) * np.sqrt((TAIL - 2) / TAIL)

    american = shocks()
    american[on(DAY0["US"])] = np.log(PUBLISHED["SPY"]) / US_DEVIATION
    mixed = lambda rho: rho * american + np.sqrt(1 - rho**2) * shocks()
    us = US_DEVIATION * american * trading["US"]
    cn = CN_DEVIATION * mixed(CN_WITH_US) * trading["US"]
    hk = HK_DEVIATION * mixed(HK_WITH_US) * trading["HK"]

    def booked(day_news, night_news, market):
        """Log returns at the market's closes, from the news of the two sessions."""
        value = np.cumsum(day_news) + np.cumsum(night_news)
        if market == "HK":
            value -= night_news  # tonight's news comes after this close
        return np.diff(value[trading[market]], prepend=0.0)

    hang_seng, table = booked(hk, cn, "HK"), {}
    for company, (beta, deviation, listings) in COMPANIES.items():
        own = deviation / np.sqrt(2)
        day_news = beta * hk + own * shocks() * trading["HK"]
        night_news = beta * cn + own * shocks() * trading["US"]
        if company == "American market":
            night_news = us
        if company == "Alibaba":
            for day, reaction in RESULTS.items():
                night_news[on(day)] += reaction or 0.0
        for ticker in listings:
            market = market_of(ticker)
            dates = weekdays[trading[market]]
            at = lambda day: int(np.searchsorted(dates, np.datetime64(day)))
            returns, day0 = booked(day_news, night_news, market), at(DAY0[market])
            if market == "HK":  # Hong Kong's recorded market return takes the place of the drawn one
                returns[day0] += beta * (np.log(PUBLISHED["^HSI"]) - hang_seng[day0])
            returns[day0] += PEER_EFFECT.get(ticker, 0.0)
            if ticker in PUBLISHED:
                returns[day0] = np.log(PUBLISHED[ticker])

            level, typical_volume = LEVELS[ticker]
            path = np.cumsum(returns)
            close = level * np.exp(path - path[at(BEFORE[market])])
            # The open stands on a Brownian bridge from close to close, half way; on the issuer's
            # results days at nine tenths of the way, since the news is out before the open.
            way = np.full(len(dates), 0.5)
            if ticker in ISSUERS:
                # first session that opens after the release: in New York the day itself
                way[[at(np.datetime64(d) + (market == "HK")) for d in RESULTS]] = 0.9
            typical = returns.std()
            bridge = np.sqrt(way * (1 - way)) * typical * shocks()[: len(dates)]
            opened = close * np.exp((way - 1) * returns + bridge)
            busy = 0.15 * np.abs(returns) / typical + 0.25 * shocks()[: len(dates)]
            volume = np.rint(typical_volume * np.exp(busy)).astype(np.int64)
            if ticker in PUBLISHED:
                assert abs(close[day0] - level * PUBLISHED[ticker]) < 5e-5, ticker
            table[ticker] = dates, opened.round(4), close.round(4), volume
    return table


def prices(table):
    tickers = sorted(table)
    lengths = [len(table[t][0]) for t in tickers]
    column = lambda k: np.concatenate([table[t][k] for t in tickers])
    return pa.table({
        "ticker": pa.array(np.repeat(tickers, lengths)).dictionary_encode(),
        "market": pa.array(np.repeat([market_of(t) for t in tickers], lengths)).dictionary_encode(),
        "date": pa.array(column(0)),
        "adj_open": pa.array(column(1)),
        "adj_close": pa.array(column(2)),
        "volume": pa.array(column(3)),
    })


def events():
    """Ten securities per results day, released at 17:30 in Hong Kong; sorted by ticker and date."""
    rows = [(ticker, day) for ticker in sorted(ISSUERS + PEERS) for day in RESULTS]
    instant = lambda day: datetime.fromisoformat(day).replace(hour=9, minute=30, tzinfo=timezone.utc)
    return pa.table({
        "ticker": pa.array([t for t, _ in rows]).dictionary_encode(),
        "announced_at": pa.array([instant(d) for _, d in rows], pa.timestamp("us", "UTC")),
        "role": pa.array(["issuer" if t in ISSUERS else "peer" for t, _ in rows]).dictionary_encode(),
        "quarter": pa.array([d for _, d in rows]),
    })


def main():
    here = Path(__file__).parent
    for name, table in [("prices", prices(simulate())), ("events", events())]:
        strings = [f.name for f in table.schema if pa.types.is_dictionary(f.type) or f.type == pa.string()]
        pq.write_table(table, here / f"{name}.parquet", compression="zstd", use_dictionary=strings)


if __name__ == "__main__":
    main()
