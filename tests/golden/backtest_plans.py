"""Entries and exits at prices that can be had, as backtest.py trades them."""

import bisect


class Plans:
    """When an event is bought and sold."""

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
