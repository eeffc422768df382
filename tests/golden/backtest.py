"""The events of a study traded by plain loops, written from the convention in the README, without sight of the
engine.

    python backtest.py STUDY OUT            the tables in OUT against this script, lot by lot and day by day
    python backtest.py --golden DIR         writes DIR/backtest.json for the committed data, and with DAYZERO_DATA
                                            DIR/backtest_us.json, sums only, for real announcements

Everything is a dict from date to price; nothing is vectorised but the regression.
"""

import bisect
import datetime as dt
import json
import math
import os
import re
import sys
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
DAY = 86_400_000_000
SMALLEST = 0.01


def micros(date, clock, zone):
    hour, minute = map(int, clock.split(":"))
    local = dt.datetime(date.year, date.month, date.day, hour, minute, tzinfo=ZoneInfo(zone))
    return int(local.timestamp()) * 1_000_000


def breakpoints(sample, count):
    """Definition 7 of Hyndman and Fan. numpy.quantile rounds k/count, which tells ties from equal values."""
    ordered, found = sorted(sample), []
    for k in range(1, count):
        place = k * (len(ordered) - 1) / count
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        found.append(ordered[low] + (place - low) * (ordered[high] - ordered[low]))
    return found


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


class Study:
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

    # ---- signals -----------------------------------------------------------------------------------------
    def fit(self, event):
        """Market model over the estimation window: alpha, beta, or None."""
        if "fit" in event:
            return event["fit"]
        study = self.raw["study"]
        first, last = study.get("estimation_window", [-250, -11])
        security, bench = event["security"], self.benchmark[event["security"].market.name]
        pairs = []
        for day in range(max(0, event["day0"] + first), event["day0"] + last + 1):
            y, x = security.ret(day), bench.ret(day)
            if y is not None and x is not None:
                pairs.append((x, y))
        minimum = study.get("minimum_observations", -(-(last - first + 1) // 2))
        event["fit"] = None
        if len(pairs) >= minimum:
            design = np.array([[1.0, x] for x, _ in pairs])
            event["fit"] = np.linalg.lstsq(design, np.array([y for _, y in pairs]), rcond=None)[0]
        return event["fit"]

    def signal(self, text, event):
        """(value, moment from which on it is known)"""
        found = re.fullmatch(r"c?ar\[(-?\d+)(?:,\s*(-?\d+))?\]", text)
        if not found:
            value = event["event"][text]
            return (None if pd.isna(value) else float(value)), event["known"]
        first, last = int(found[1]), int(found[2] or found[1])
        market, security = event["security"].market, event["security"]
        if event["day0"] + last >= len(market.dates):
            return None, None
        known = max(event["known"], market.closes[event["day0"] + last])
        fit, total = self.fit(event), 0.0
        for day in range(event["day0"] + first, event["day0"] + last + 1):
            y, x = security.ret(day), self.benchmark[market.name].ret(day)
            if fit is None or y is None or x is None:
                return None, known
            total += y - fit[0] - fit[1] * x
        return total, known

    def volatility(self, event, now, days):
        security = event["security"]
        closed = bisect.bisect_right(security.market.closes, now)
        end = min(closed, security.last + 1)
        returns = [security.ret(day) for day in range(max(end - days, security.first + 1), end)]
        returns = [r for r in returns if r is not None]
        if len(returns) < 2 or 2 * len(returns) < days:
            return None
        return float(np.std(returns, ddof=1))

    def decide(self):
        back = self.back
        texts = self.listed(back["signal"])
        for event in self.events:
            values, moments = zip(*(self.signal(text, event) for text in texts))
            event["why"] = None
            if any(moment is None for moment in moments):
                event["why"], event["due"] = "beyond_data", None
                continue
            event["due"] = max(moments)
            if any(value is None for value in values):
                event["why"] = "no_signal"
                continue
            event["signals"] = values
            kind = back.get("weighting", "equal")
            if kind == "equal":
                event["raw"] = 1.0
            elif kind == "inverse_volatility":
                sigma = self.volatility(event, event["due"], back.get("volatility_days", 60))
                event["raw"] = 1.0 / sigma if sigma else None
            elif kind == "signal":
                event["raw"] = abs(values[0]) or None
            elif kind == "beta_neutral":
                fit = self.fit(event)
                event["raw"] = 1.0 / fit[1] if fit is not None and fit[1] > 0 else None
            window = self.traded_values(event, event["due"], back.get("volume_days", 20))
            event["liquidity"] = sum(window) / len(window) if window else None

    def traded_values(self, event, now, days):
        security = event["security"]
        if not security.value:
            return None
        closed = bisect.bisect_right(security.market.closes, now)
        start = min(min(security.value), security.first)
        end = min(closed, max(max(security.value), security.last) + 1)
        values = [security.value.get(day, 0.0) for day in range(max(end - days, start), end)]
        return [0.0 if value != value else value for value in values]

    def sort(self, count):
        """Quantiles of every event, and its weight relative to others."""
        quantiles = self.back.get("quantiles")
        if not quantiles:
            for event in self.events:
                if event["why"] is None:
                    event["q"] = [2 if s > 0 else 1 if s < 0 else 0 for s in event["signals"]]
                    event["w"] = 1.0
            return
        lookback = quantiles.get("lookback_days", 90) * DAY
        judged = sorted((e for e in self.events if e["why"] is None), key=lambda e: e["due"])
        dues = [e["due"] for e in judged]
        for event in judged:
            start = bisect.bisect_left(dues, event["due"] - lookback)
            earlier = judged[start : bisect.bisect_left(dues, event["due"])]
            if len(earlier) < quantiles.get("minimum", 100):
                event["q"] = None
                continue
            event["q"] = []
            for j, value in enumerate(event["signals"]):
                breaks = breakpoints([e["signals"][j] for e in earlier], count)
                event["q"].append(1 + sum(1 for b in breaks if b < value))
            raws = [e["raw"] for e in earlier if e["raw"] is not None]
            equal = self.back.get("weighting", "equal") == "equal"
            event["w"] = None
            if event["raw"] is not None and raws:
                event["w"] = 1.0 if equal else event["raw"] / float(np.median(raws))

    # ---- entries and exits -------------------------------------------------------------------------------
    def ticks(self, day, at):
        while True:
            yield day, at
            if at == "open":
                at = "close"
            else:
                day += 1
                at = "open" if self.has_open else "close"

    def plan(self, event, side, enter, hold):
        back = self.back
        security, market = event["security"], event["security"].market
        next_event = event["next"] if back.get("exit_before_next_event", True) else None
        last_day = len(market.dates) - 1
        entry, reason, limit = None, "scheduled", None
        for n, (day, at) in enumerate(self.ticks(event["day0"] + enter["day"], enter.get("at", "close"))):
            if day > last_day:
                return "beyond_data"
            if market.moment(day, at) <= event["due"]:
                reason = "after_announcement"
                continue
            if limit is None:
                limit = day + enter.get("wait_days", 5)
            if day > limit:
                return "no_price"
            if next_event is not None and market.closes[day] > next_event:
                return "next_event"
            price = security.price(day, at)
            if price is not None:
                entry = (day, at, price, reason)
                break
            reason = "waited"
        day, at, price, _ = entry
        first = day if at == "open" else day + 1
        due, why = first + hold - 1, "held"
        if next_event is not None:
            before = bisect.bisect_right(market.closes, next_event) - 1
            if before < first:
                return "next_event"
            if before < due:
                due, why = before, "next_event"
        if first > last_day:
            return "beyond_data"
        start, later = (due, "close"), "waited"
        for day in range(first, min(due, last_day)):
            close = security.price(day, "close")
            if close is None:
                continue
            gain = side * (close / price - 1.0)
            if "stop" in back and gain <= -back["stop"]:
                why = later = "stop"
            elif "target" in back and gain >= back["target"]:
                why = later = "target"
            else:
                continue
            start = (day + 1, "open" if self.has_open else "close")
            break
        last = security.last if security.last >= first else entry[0]
        for day, at in self.ticks(*start):
            if day > last:
                break
            found = security.price(day, at)
            if found is not None:
                return entry, (day, at, found, why if (day, at) == start else later)
        found = security.close[last] if security.last >= first else price
        if last < last_day:
            return entry, (last + 1, "close", found, "delisted")
        return entry, (last, "close", found, "end_of_data")

    # ---- the book ----------------------------------------------------------------------------------------
    def level(self, market, fill):
        bench, (day, at) = self.benchmark[market.name], fill[:2]
        if at == "open" and day in bench.open:
            return bench.open[day]
        while day not in bench.close:
            day -= 1
        return bench.close[day]

    def trade(self, count, enter, hold, costs):
        back = self.back
        pick = lambda numbers: [n if n > 0 else count + 1 + n for n in numbers]
        long, short = pick(back.get("long", [-1])), pick(back.get("short", [1]))
        reasons, orders = {}, []

        def not_traded(why):
            reasons[why] = reasons.get(why, 0) + 1

        for event in self.events:
            if event["why"]:
                not_traded(event["why"])
                continue
            if event["q"] is None:
                not_traded("too_few_earlier")
                continue
            side = 1 if all(q in long for q in event["q"]) else -1 if all(q in short for q in event["q"]) else 0
            if side == 0:
                not_traded("not_selected")
                continue
            if event["w"] is None:
                not_traded("no_weight")
                continue
            hedge = back.get("hedge", "none")
            ratio = 0.0
            if hedge == "benchmark":
                ratio = -1.0
            elif hedge == "beta":
                if self.fit(event) is None:
                    not_traded("no_hedge")
                    continue
                ratio = -float(self.fit(event)[1])
            planned = self.plan(event, side, enter, hold)
            if isinstance(planned, str):
                not_traded(planned)
                continue
            entry, exit_ = planned
            market = event["security"].market
            orders.append(dict(event=event, side=side, ratio=ratio, entry=entry, exit=exit_, market=market,
                               weight=back.get("size", 0.01) * event["w"],
                               enters=market.moment(*entry[:2]), leaves=market.moment(*exit_[:2])))
        orders.sort(key=lambda o: (o["enters"], -abs(o["event"]["signals"][0]), o["event"]["order"]))
        rate = (costs.get("commission_bps", 0.0) + costs.get("half_spread_bps", 0.0)) / 1e4
        borrow = costs.get("borrow_bps_per_year", 0.0) / 1e4
        most = costs.get("max_participation")
        by_entry, by_exit = {}, {}
        for order in orders:
            by_entry.setdefault(self.place[order["market"].dates[order["entry"][0]]], []).append(order)
            by_exit.setdefault(self.place[order["market"].dates[order["exit"][0]]], []).append(order)
        cash, equity, held, lots, days = 1.0, 1.0, [], [], []
        for i, date in enumerate(self.dates):
            spent = traded = 0.0
            for lot in held:
                if lot["side"] < 0:
                    fee = lot["value"] * borrow * (date - self.dates[i - 1]).days / 365.0
                    lot["borrow"] += fee
                    cash -= fee
                    spent += fee
            moments = {o["enters"] for o in by_entry.get(i, [])} | {o["leaves"] for o in by_exit.get(i, [])}
            for moment in sorted(moments):
                for order in by_exit.get(i, []):
                    lot = order.get("lot")
                    if order["leaves"] != moment or lot is None:
                        continue
                    lot["value"] = lot["shares"] * order["exit"][2]
                    lot["hedge"] = lot["units"] * self.level(order["market"], order["exit"]) if lot["units"] else 0.0
                    fee = rate * (lot["value"] + abs(lot["hedge"]))
                    cash += lot["side"] * lot["value"] + lot["hedge"] - fee
                    lot["costs"] += fee
                    spent += fee
                    traded += lot["value"] + abs(lot["hedge"])
                    lot["gross_return"] = lot["side"] * (order["exit"][2] / order["entry"][2] - 1.0)
                    lot["hedge_return"] = (lot["hedge"] - lot["hedge_at_entry"]) / lot["notional"]
                    held.remove(lot)
                group = [o for o in by_entry.get(i, []) if o["enters"] == moment]
                wanted, named = [], {}
                for order in group:
                    if "max_positions" in back and group.index(order) >= back["max_positions"] - len(held):
                        not_traded("max_positions")
                        continue
                    full = order["weight"] * equity
                    notional, cap = full, None
                    if most is not None:
                        limit = most * order["event"]["liquidity"] / back["capital"]
                        if limit < notional:
                            notional, cap = limit, "max_participation"
                    if "max_name" in back:
                        name = order["event"]["security"].name
                        own = sum(lot["value"] for lot in held if lot["security"] == name) + named.get(name, 0.0)
                        room = max(back["max_name"] * equity - own, 0.0)
                        if room < notional:
                            notional, cap = room, "max_name"
                    if notional < SMALLEST * full:
                        not_traded("max_name" if cap == "max_name" else "participation")
                        continue
                    if "max_name" in back:
                        named[name] = named.get(name, 0.0) + notional
                    wanted.append((order, notional, cap))
                total = sum(notional for _, notional, _ in wanted)
                room = back.get("max_gross", math.inf) * equity - sum(lot["value"] for lot in held)
                if "max_gross" not in back:
                    room = math.inf
                share = max(room / total, 0.0) if wanted and total > room else 1.0
                for order, notional, cap in wanted:
                    if share * notional < SMALLEST * order["weight"] * equity:
                        not_traded("max_gross")
                        continue
                    notional *= share
                    side, price = order["side"], order["entry"][2]
                    at_entry = side * order["ratio"] * notional
                    level = self.level(order["market"], order["entry"]) if at_entry else 1.0
                    fee = rate * (notional + abs(at_entry))
                    cash -= side * notional + at_entry + fee
                    spent += fee
                    traded += notional + abs(at_entry)
                    lot = dict(order=order, security=order["event"]["security"].name, side=side, value=notional,
                               shares=notional / price, units=at_entry / level, hedge=at_entry,
                               hedge_at_entry=at_entry, notional=notional, weight=notional / equity,
                               costs=fee, borrow=0.0, cap="max_gross" if share < 1.0 else cap)
                    order["lot"] = lot
                    held.append(lot)
                    lots.append(lot)
            for lot in held:
                market, security = lot["order"]["market"], lot["order"]["event"]["security"]
                if date in market.index:
                    day = market.index[date]
                    if day in security.close:
                        lot["value"] = lot["shares"] * security.close[day]
                    if lot["units"]:
                        lot["hedge"] = lot["units"] * self.level(market, (day, "close"))
            before = equity
            sums = [sum(lot["value"] for lot in held if lot["side"] == s) for s in (1, -1)]
            hedges = sum(lot["hedge"] for lot in held)
            equity = cash + sums[0] - sums[1] + hedges
            days.append(dict(date=date, costs=spent / before, turnover=traded / before, equity=equity, cash=cash,
                             long=sums[0] / equity, short=sums[1] / equity, hedge=hedges / equity,
                             positions=len(held), **{"return": equity / before - 1.0}))
        rows = []
        for n, lot in enumerate(lots):
            order = lot["order"]
            dates = order["market"].dates
            net = lot["gross_return"] + lot["hedge_return"] - (lot["costs"] + lot["borrow"]) / lot["notional"]
            rows.append(dict(
                lot=n, event_id=order["event"]["row"], side="long" if lot["side"] > 0 else "short",
                signal=order["event"]["signals"][0], quantile=order["event"]["q"][0],
                decided_at=order["event"]["due"],
                entry_date=dates[order["entry"][0]], entry_at=order["entry"][1], entry_price=order["entry"][2],
                entry_reason=order["entry"][3], exit_date=dates[order["exit"][0]], exit_at=order["exit"][1],
                exit_price=order["exit"][2], exit_reason=order["exit"][3], weight=lot["weight"],
                capped_by=lot["cap"], gross_return=lot["gross_return"], hedge_return=lot["hedge_return"],
                costs=lot["costs"] / lot["notional"], borrow=lot["borrow"] / lot["notional"], net_return=net,
                profit=net * lot["notional"]))
        return rows, days, reasons

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


def golden(folder):
    write(folder, "backtest.json", QUICKSTART, CASES, True)
    if "DAYZERO_DATA" in os.environ:
        write(folder, "backtest_us.json", US, US_CASES, False)


def write(folder, file, study, cases, rows_too):
    wanted = {}
    for name, changes in cases.items():
        found = list(Study(study, changes).strategies())
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
