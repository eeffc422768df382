"""A study with its prices, markets and events, as backtest.py reads them."""

import bisect
import datetime as dt
import os
import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from backtest_book import Book
from backtest_plans import Plans
from backtest_signals import Signals


def micros(date, clock, zone):
    hour, minute = map(int, clock.split(":"))
    local = dt.datetime(date.year, date.month, date.day, hour, minute, tzinfo=ZoneInfo(zone))
    return int(local.timestamp()) * 1_000_000


class Market:
    def __init__(self, name, section, dates):
        self.name, self.section, self.dates = name, section, sorted(dates)
        self.index = {date: i for i, date in enumerate(self.dates)}
        self.opens = [micros(d, section["open"], section["timezone"]) for d in self.dates]
        self.closes = [micros(d, section["close"], section["timezone"]) for d in self.dates]

    def moment(self, day, at):
        return (self.opens if at == "open" else self.closes)[day]


class Security:
    def __init__(self, name, market, rows, volumes_matter):
        self.name, self.market = name, market
        self.close, self.open, self.value = {}, {}, {}
        for date, close, open_, volume in rows:
            if date not in market.index:
                continue
            day = market.index[date]
            if close == close:
                self.close[day] = close
            if open_ is not None and open_ == open_:
                self.open[day] = open_
            if volume is not None:
                self.value[day] = close * volume
        self.volumes_matter = volumes_matter
        self.first = min(self.close, default=0)
        self.last = max(self.close, default=-1)

    def price(self, day, at):
        found = (self.open if at == "open" else self.close).get(day)
        if self.volumes_matter and self.value.get(day) == 0.0:
            return None
        return found

    def ret(self, day):
        if day in self.close and day - 1 in self.close:
            return self.close[day] / self.close[day - 1] - 1.0
        return None


class Study(Signals, Plans, Book):
    def __init__(self, path, changes=()):
        self.base = Path(path).resolve().parent
        with open(path, "rb") as file:
            self.raw = tomllib.load(file)
        for change in changes:
            self.set(change)
        self.back = self.raw["backtest"]
        self.listed = lambda value: value if isinstance(value, list) else [value]
        self.load()

    def set(self, change):
        for key, value in tomllib.loads(change).items():
            self.merge(self.raw, key, value)

    def merge(self, table, key, value):
        if isinstance(value, dict) and isinstance(table.get(key), dict):
            for inner, deeper in value.items():
                self.merge(table[key], inner, deeper)
        else:
            table[key] = value

    def file(self, text):
        return self.base / re.sub(r"\$\{(\w+)\}", lambda m: os.environ[m[1]], text)

    def load(self):
        raw, back = self.raw, self.back
        price = raw["prices"].get("price", "adj_close")
        has_open = any(e.get("at", "close") == "open" for e in self.listed(back.get("enter", {"day": 1})))
        participates = any("max_participation" in c for c in self.listed(back.get("costs", {})))
        has_volume = participates or "volume" in raw["prices"]
        table = pd.read_parquet(self.file(raw["prices"]["path"]))
        table["date"] = pd.to_datetime(table["date"]).dt.date
        names = {m["benchmark"]: name for name, m in raw["markets"].items()}
        only = next(iter(raw["markets"]))
        self.markets, self.securities = {}, {}
        groups = {name: rows for name, rows in table.groupby("ticker")}
        for benchmark, name in names.items():
            self.markets[name] = Market(name, raw["markets"][name], set(groups[benchmark]["date"]))
        self.has_open = has_open
        for name, rows in groups.items():
            market = self.markets[rows["market"].iloc[0] if "market" in rows else only]
            opens = rows[raw["prices"].get("open", "adj_open")] if has_open else [None] * len(rows)
            volumes = rows[raw["prices"].get("volume", "volume")] if has_volume else [None] * len(rows)
            records = zip(rows["date"], rows[price], opens, volumes)
            self.securities[name] = Security(name, market, records, has_volume)
        self.benchmark = {name: self.securities[b] for b, name in names.items()}
        self.dates = sorted({date for market in self.markets.values() for date in market.dates})
        self.place = {date: i for i, date in enumerate(self.dates)}
        events = pd.read_parquet(self.file(raw["events"]["path"]))
        self.events, seen = [], {}
        rows = []
        for row, event in enumerate(events.to_dict("records")):
            if event["ticker"] not in self.securities or pd.isna(event["announced_at"]):
                continue
            security = self.securities[event["ticker"]]
            known = int(event["announced_at"].value // 1000)
            market = security.market
            local = event["announced_at"].tz_convert(market.section["timezone"])
            day0 = bisect.bisect_right(market.closes, known)
            rows.append((security.name, known))
            if local.date() < market.dates[0] or day0 == len(market.dates):
                continue
            if (market.dates[day0] - local.date()).days > 14:
                continue
            self.events.append(dict(row=row, security=security, known=known, day0=day0, event=event))
        self.events.sort(key=lambda e: (e["security"].name, e["day0"], e["known"], e["row"]))
        kept = []
        for event in self.events:
            key = (event["security"].name, event["day0"])
            if key not in seen:
                seen[key] = True
                kept.append(event)
        self.events = kept
        times = {}
        for name, known in rows:
            times.setdefault(name, []).append(known)
        for i, event in enumerate(self.events):
            event["order"] = i
            event["next"] = min((t for t in times[event["security"].name] if t > event["known"]), default=None)

    def strategies(self):
        back = self.back
        self.decide()
        counts = self.listed(back["quantiles"]["count"]) if "quantiles" in back else [2]
        for count in counts:
            self.sort(count)
            for enter in self.listed(back.get("enter", {"day": 1, "at": "close"})):
                for hold in self.listed(back["hold_days"]):
                    for costs in self.listed(back.get("costs", {})):
                        yield self.trade(count, enter, hold, costs)
