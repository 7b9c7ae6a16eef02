"""A second, naive implementation of a policy's steps: one case, one receipt after the other, bands walked
one unit of money at a time. It shares nothing with the engine; steps are the plain tables that a file has.
"""

from __future__ import annotations

from fractions import Fraction

ZERO = Fraction(0)


class Twin:
    """Follows the receipts of one case. Amounts are in the units of the policy's thresholds."""

    def __init__(self, steps, within=None):
        self.steps = steps
        self.within = within or {}
        self.counters = {}
        self.used = {}
        self.accounts = {}
        self.owed = {}

    def receive(self, amount, costs, year, number):
        """What each party gets of one receipt; costs by account come before."""
        for account, cost in costs.items():
            self.accounts[account] = self.accounts.get(account, ZERO) + cost
        held = self.flow("", self.steps, Fraction(amount), year, number)
        for party, steps in self.within.items():
            if party in held:
                for name, part in self.flow(party, steps, held.pop(party), year, number).items():
                    held[name] = held.get(name, ZERO) + part
        return held

    def flow(self, name, steps, gross, year, number):
        bases = {"gross": gross, "left": gross}
        held = {}
        counted = ZERO
        counted_in = {}
        for i, step in enumerate(steps):
            place = (name, i)
            if "mark" in step:
                bases[step["mark"]] = bases["left"]
                counted_in[step["mark"]] = counted
            elif "take" in step:
                got = self.take(place, step, bases, year, number)
                held[step["for"]] = held.get(step["for"], ZERO) + got
                bases["left"] -= got
                if step.get("as") == "counted":
                    counted += got
            elif "recover" in step:
                self.recover(place, step, bases, held, year, number)
            elif "hold" in step:
                before = self.accounts.get(step["hold"], ZERO)
                after = min(before + bases["left"], Fraction(step["level"]))
                self.accounts[step["hold"]] = after
                bases["left"] -= after - before
            elif "limit" in step:
                has = held.get(step["limit"], ZERO)
                kept = self.cap(place, step, has, bases, year, number)
                held[step["limit"]] = kept
                held[step["to"]] = held.get(step["to"], ZERO) + has - kept
            else:
                # what was counted before a base was named is no part of it
                lead = {"left": counted, "gross": ZERO, **counted_in}[step.get("by", "left")]
                for party, part in self.share(name, step, bases, lead, year, number).items():
                    held[party] = held.get(party, ZERO) + part
                bases["left"] = ZERO
        return held

    # -- the steps

    def take(self, place, step, bases, year, number):
        base = bases[step.get("of", "left")]
        if "above" in step:
            key = self.key(("above", *place), step, year, number)
            before = self.counters.get(key, ZERO)
            self.counters[key] = before + base
            base = max(before + base - step["above"], 0) - max(before - step["above"], 0)
        due = base * Fraction(step["take"]) + self.owed.get(place, ZERO)
        got = self.cap(place, step, min(due, bases["left"]), bases, year, number)
        if step.get("carry"):
            self.owed[place] = due - got
        return got

    def recover(self, place, step, bases, held, year, number):
        names = step["recover"]
        allowed = bases["left"]
        if "at_most" in step:
            owed = sum((self.accounts.get(name, ZERO) for name in names), ZERO)
            allowed = self.cap(place, step, min(allowed, owed), bases, year, number)
        for name in names:
            got = min(allowed, self.accounts.get(name, ZERO))
            allowed -= got
            self.accounts[name] = self.accounts.get(name, ZERO) - got
            party = step["for"][name]
            held[party] = held.get(party, ZERO) + got
            bases["left"] -= got
        if step.get("carry") is False:
            for name in names:
                self.accounts[name] = ZERO

    def cap(self, place, step, amount, bases, year, number):
        caps = step.get("at_most", [])
        for cap in caps:
            if "rate" in cap:
                amount = min(amount, Fraction(cap["rate"]) * bases[cap["of"]])
        keys = [
            (self.key((*place, i), cap, year, number), cap["amount"])
            for i, cap in enumerate(caps)
            if "amount" in cap
        ]
        for key, most in keys:
            amount = min(amount, max(most - self.used.get(key, ZERO), 0))
        for key, _ in keys:
            self.used[key] = self.used.get(key, ZERO) + amount
        return amount

    def key(self, place, scope, year, number):
        when = {"lifetime": None, "year": year, "distribution": ("receipt", number)}
        return (place, when[scope.get("over", "lifetime")])

    def share(self, name, step, bases, lead, year, number):
        x = bases["left"]
        if "share" in step:
            return {party: x * rate for party, rate in rates(step["share"]).items()}
        by = step.get("by", "left")
        measured = bases[by]
        key = self.key(("counter", name, by), step, year, number)
        counter = self.counters.get(key, ZERO) + lead
        self.counters[key] = counter + measured
        if "slabs" in step:
            before, after = slab(step["slabs"], counter), slab(step["slabs"], counter + measured)
            return scaled({p: after[p] - before.get(p, ZERO) for p in after}, x, measured)
        return scaled(walk(step["bands"], counter, measured), x, measured)


def rates(share):
    """The parties' rates, the rest worked out."""
    stated = {party: Fraction(rate) for party, rate in share.items() if rate != "rest"}
    return {party: stated.get(party, 1 - sum(stated.values())) for party in share}


def walk(bands, counter, amount):
    """One unit after the other, each by the rates of the band that it is in; a unit over an edge is cut."""
    found = {}
    end = counter + amount
    while counter < end:
        band = next(band for band in bands if "up_to" not in band or counter < band["up_to"])
        piece = min(Fraction(1), end - counter, band.get("up_to", counter + 1) - counter)
        for party, rate in rates(band["share"]).items():
            found[party] = found.get(party, ZERO) + piece * rate
        counter += piece
    for band in bands:
        for party in band["share"]:
            found.setdefault(party, ZERO)
    return found


def slab(slabs, total):
    """What each party has of a total, by the one slab that the total is in."""
    band = next(band for band in slabs if "up_to" not in band or total <= band["up_to"])
    found = {party: total * rate for party, rate in rates(band["share"]).items()}
    if "at_most" in band:
        stated = next(party for party, rate in band["share"].items() if rate != "rest")
        rest = next(party for party, rate in band["share"].items() if rate == "rest")
        over = max(found[stated] - band["at_most"], 0)
        found[stated] -= over
        found[rest] += over
    for one in slabs:
        for party in one["share"]:
            found.setdefault(party, ZERO)
    return found


def scaled(parts, x, measured):
    """Parts of what is measured, as parts of what is divided."""
    if not measured:
        return dict.fromkeys(parts, ZERO)
    return {party: part * x / measured for party, part in parts.items()}
