"""Standardised unexpected earnings from a table of quarterly figures, event by event, without sight of the engine.

The figure of an event is the one announced on its date, or nearest to it within the tolerance, of several the latest
quarter; without dates of announcement that of the latest quarter that ended before the event. Its forecast error,
against the analysts or against the figure a year before, is divided by the standard deviation of the errors of
earlier quarters that were known strictly before it.
"""

import datetime as dt
import statistics
from zoneinfo import ZoneInfo

import pandas as pd

NEVER = 1 << 62


def midnight_after(date, zone):
    local = dt.datetime.combine(date, dt.time(), ZoneInfo(zone)) + dt.timedelta(days=1)
    return int(local.timestamp()) * 1_000_000


class Surprises:
    def __init__(self, study):
        self.keys = study.back["sue"]
        path = study.file(self.keys["path"])
        table = pd.read_csv(path) if str(path).endswith(".csv") else pd.read_parquet(path)
        dates = ["period"] + ["announced_on"] * ("announced_on" in self.keys)
        for key in dates:
            table[self.keys[key]] = pd.to_datetime(table[self.keys[key]]).dt.date
        self.quarters = {}
        for row in table.to_dict("records"):
            name = row[self.keys.get("security", "ticker")]
            if name not in study.securities:
                continue
            zone = study.securities[name].market.section["timezone"]
            on = row[self.keys["announced_on"]] if "announced_on" in self.keys else None
            if "announced_on" in self.keys and (pd.isna(on) or on < row[self.keys["period"]]):
                continue
            known = midnight_after(on, zone) if on else None
            forecast = row[self.keys["forecast"]] if "forecast" in self.keys else None
            quarter = dict(end=row[self.keys["period"]], on=on, known=known, actual=row[self.keys["actual"]],
                           forecast=forecast)
            self.quarters.setdefault(name, []).append(quarter)
        for rows in self.quarters.values():
            rows.sort(key=lambda quarter: quarter["end"])
        self.figures = {}
        for event in study.events:
            name, zone = event["security"].name, event["security"].market.section["timezone"]
            day = dt.datetime.fromtimestamp(event["known"] / 1e6, ZoneInfo(zone)).date()
            self.figures[event["row"]] = self.own(self.quarters.get(name, []), day)
        if "announced_on" not in self.keys:
            self.date_by_events(study)

    def own(self, quarters, day):
        if "announced_on" in self.keys:
            off = lambda quarter: abs((quarter["on"] - day).days)
            near = [q for q in quarters if off(q) <= self.keys.get("tolerance_days", 1)]
            return min(near, key=lambda q: (off(q), -q["end"].toordinal()), default=None)
        ended = [q for q in quarters if 0 < (day - q["end"]).days]
        found = max(ended, key=lambda q: q["end"], default=None)
        return found if found and (day - found["end"]).days <= self.keys["max_age_days"] else None

    def date_by_events(self, study):
        """A quarter is known with the first event that announces it, and just before that of a later quarter."""
        for name, quarters in self.quarters.items():
            events = [e for e in study.events if e["security"].name == name and self.figures[e["row"]]]
            for i, quarter in enumerate(quarters):
                def bound(event):
                    ahead = quarters.index(self.figures[event["row"]]) - i
                    return event["known"] - ahead if ahead >= 0 else NEVER
                quarter["known"] = min(map(bound, events), default=NEVER)

    def error(self, quarters, quarter):
        if "forecast" in self.keys:
            expected = quarter["forecast"]
        else:
            off = lambda other: abs((quarter["end"] - other["end"]).days - 365)
            before = [q for q in quarters if q["end"] < quarter["end"] and off(q) <= 15]
            base = min(before, key=off, default=None)
            expected = base["actual"] if base else float("nan")
        found = quarter["actual"] - expected
        return (found, max(abs(quarter["actual"]), abs(expected))) if found == found else None

    def of(self, event):
        """(value or the reason why there is none, moment from which on it is known)"""
        own = self.figures[event["row"]]
        if own is None:
            return "no_figure", event["known"]
        day = dt.datetime.fromtimestamp(event["known"] / 1e6, ZoneInfo(event["security"].market.section["timezone"]))
        is_later = own["on"] is not None and own["on"] > day.date()
        due = max(event["known"], own["known"]) if is_later else event["known"]
        everything = self.quarters[event["security"].name]
        known = [q for q in everything if q is own or (q["end"] < own["end"] and q["known"] <= due)]
        error = self.error(known, own)
        if error is None:
            return "no_signal", due
        past = [self.error(known, q) for q in known if q["known"] < own["known"] and q is not own]
        past = [e for e in past if e is not None][-self.keys.get("errors", 8):]
        if len(past) < max(2, self.keys.get("minimum", 4)):
            return "too_few_errors", due
        # 7.29 - 7.28 and 31.01 - 31 are equal errors, though not as binary numbers.
        deviation, rounding = statistics.stdev(e for e, _ in past), 1e-12 * max(size for _, size in past)
        return (error[0] / deviation if deviation > rounding else "no_signal"), due
