"""The book of a strategy, date by date, as backtest.py keeps it."""

import math

SMALLEST = 0.01


class Book:
    """Lots, hedges and days."""

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
                    if "max_positions" in back and len(wanted) >= back["max_positions"] - len(held):
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
