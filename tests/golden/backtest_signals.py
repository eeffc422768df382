"""Signals of events, their quantiles and weights, as backtest.py trades them."""

import bisect
import math
import re

import numpy as np
import pandas as pd

import surprises

DAY = 86_400_000_000


def breakpoints(sample, count):
    """Definition 7 of Hyndman and Fan. numpy.quantile rounds k/count, which tells ties from equal values."""
    ordered, found = sorted(sample), []
    for k in range(1, count):
        place = k * (len(ordered) - 1) / count
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        found.append(ordered[low] + (place - low) * (ordered[high] - ordered[low]))
    return found


class Signals:
    """What a study decides, in plain loops."""

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
        """(value, or the reason why there is none; moment from which on it is known)"""
        if text == "sue" and "sue" in self.back:
            if not hasattr(self, "surprises"):
                self.surprises = surprises.Surprises(self)
            return self.surprises.of(event)
        found = re.fullmatch(r"c?ar\[(-?\d+)(?:,\s*(-?\d+))?\]", text)
        if not found:
            value = event["event"][text]
            return ("no_signal" if pd.isna(value) else float(value)), event["known"]
        first, last = int(found[1]), int(found[2] or found[1])
        market, security = event["security"].market, event["security"]
        if event["day0"] + last >= len(market.dates):
            return None, None
        known = max(event["known"], market.closes[event["day0"] + last])
        fit, total = self.fit(event), 0.0
        for day in range(event["day0"] + first, event["day0"] + last + 1):
            y, x = security.ret(day), self.benchmark[market.name].ret(day)
            if fit is None or y is None or x is None:
                return "no_signal", known
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
            missing = [value for value in values if isinstance(value, str)]
            if missing:
                event["why"] = missing[0]
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
