#!/usr/bin/env python3
"""A second reading of the section "Allocation" of doc/statistics.md.

allocation.py SEED    prints SQL that loads random strata with what each is to give,
                      asks fairdraw for it, and prints for each kind of case:
                      kind TAB cases TAB rows TAB cases that differ

Small cases are settled by trying every allocation: the method is the one that
makes an exact sum smallest.  Large ones are settled by listing all units with
their priorities and taking the first n.
"""
import itertools
import json
import math
import random
import sys
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

getcontext().prec = 200
NAMES = ["食品", "电梯", "food", "Food", "lifts", "Z z", "é", "10", "9", "all"]


class Stratum:
    def __init__(self, name, units, sd, total, low, high, stated):
        self.name, self.units, self.sd, self.total = name, units, sd, total
        self.low, self.high, self.stated = low, high, stated

    def preference(self):
        """Who comes first where priorities are equal."""
        return -self.units, self.name.encode()

    def row(self):
        row = {"stratum": self.name, "units": self.units, "sd": str(self.sd), "total": str(self.total)}
        return {**row, "low": self.low, "high": self.high} if self.stated else row


# What the document says

def integers(exact):
    """On one scale, the largest with 18 digits."""
    largest = max(exact)
    if largest == 0:
        return [0] * len(exact)
    scale = Decimal(10) ** (17 - largest.adjusted())
    return [0 if a == 0 else max(int((a * scale).to_integral_value(ROUND_HALF_UP)), 1) for a in exact]


def sizes(strata, method, q):
    if method == "proportional":
        return [s.units for s in strata]
    if method == "equal":
        return [1 for s in strata]
    spread = [s.units * Decimal(s.sd) for s in strata]
    if method == "power":
        spread = [a and a / Decimal(s.total) * Decimal(s.total) ** Decimal(q) for a, s in zip(spread, strata)]
    return integers(spread)


def cost(strata, a, method, allotted):
    """What the allocation makes smallest, first things first."""
    if method in ("neyman", "power"):
        sized = [(x, n) for x, n in zip(a, allotted) if x > 0]
        missing = [x for x, n in sized if n == 0]
        return (len(missing), sum(x * x for x in missing), sum(Fraction(x * x, n) for x, n in sized if n > 0),
                sum(Fraction(n * n, s.units) for s, x, n in zip(strata, a, allotted) if x == 0 and s.units > 0))
    return sum(Fraction(n * n, x) for x, n in zip(a, allotted) if x > 0)


def by_trying(strata, n, method, q):
    a = sizes(strata, method, q)
    order = sorted(range(len(strata)), key=lambda i: strata[i].preference())
    best = None
    ranges = [range(s.low, s.high + 1) for s in strata[:-1]]
    for head in itertools.product(*ranges):
        last = n - sum(head)
        if not strata[-1].low <= last <= strata[-1].high:
            continue
        allotted = head + (last,)
        # of equally good ones, that which gives most to whom comes first
        this = cost(strata, a, method, allotted), [-allotted[i] for i in order]
        if best is None or this < best[0]:
            best = this, allotted
    return list(best[1])


def by_listing(strata, n, method, q):
    a = sizes(strata, method, q)
    squared = method in ("neyman", "power")
    listed = []
    for i, s in enumerate(strata):
        for k in range(s.low, s.high):
            if squared and a[i] > 0:
                priority = (2, a[i]) if k == 0 else (1, Fraction(a[i] * a[i], k * (k + 1)))
            else:
                priority = (0, Fraction(a[i] or s.units, 2 * k + 1))
            listed.append(((-priority[0], -priority[1]), s.preference(), i))
    listed.sort()
    allotted = [s.low for s in strata]
    for _, _, i in listed[:n - sum(allotted)]:
        allotted[i] += 1
    return allotted


def by_rate(strata, rates):
    return [min(max(math.ceil(Fraction(rates[s.name]) * s.units), s.low), s.high) for s in strata]


# Random cases

def random_strata(count, most_units, least, digits, stated):
    strata = []
    for name in random.sample(NAMES, count) if count <= len(NAMES) else [f"s{i}" for i in range(count)]:
        units = random.choice([0, 1, 2, most_units, *[random.randint(1, most_units)] * 6])
        sd = random.choice(["0", "1", "2", *[str(Decimal(random.randint(1, 10 ** digits)).scaleb(-random.randint(0, digits)))] * 5])
        total = str(Decimal(random.randint(1, 10 ** digits)).scaleb(-random.randint(0, 4)))
        high = random.choice([units, units, random.randint(0, units)]) if stated else units
        low = random.randint(0, high) // random.choice([1, 2, 4, most_units]) if stated else min(least, units)
        strata.append(Stratum(name, units, sd, total, low, high, stated))
    return strata


def random_n(strata, most):
    low, high = sum(s.low for s in strata), sum(s.high for s in strata)
    return random.choice([low, high, *[random.randint(low, min(high, low + most))] * 8])


def make(kind, method, small):
    options = {}
    stated = random.random() < .4
    least = random.choice([0, 1, 1, 2])
    if not stated and least != 1:
        options["min"] = least
    q = random.choice(["0", "0.5", "1", "0.25", "0.7"])
    if method == "power" and q != "0.5":
        options["q"] = float(q)
    if small:
        strata = random_strata(random.randint(1, 5), 7, least, 2, stated)
        n = random_n(strata, 35)
        if method != "rate":
            return strata, n, options, by_trying(strata, n, method, q)
    else:
        strata = random_strata(random.randint(2, 40), random.choice([50, 300]), least, random.choice([2, 12]), stated)
        n = random_n(strata, 3000)
        if method != "rate":
            return strata, n, options, by_listing(strata, n, method, q)
    rate = str(Decimal(random.randint(1, 1000)).scaleb(-random.choice([3, 3, 3, 6])))
    rates = {s.name: rate for s in strata}
    options["rate"] = Decimal(rate)
    if random.random() < .5:
        rates = options["rate"] = {s.name: str(Decimal(random.randint(1, 100)).scaleb(-2)) for s in strata}
    allotted = by_rate(strata, rates)
    return strata, random.choice(["\\N", sum(allotted)]), options, allotted


def written(options):
    """As JSON, with rates as numbers."""
    rate = options.get("rate")
    text = json.dumps({name: "RATE" if name == "rate" else value for name, value in options.items()})
    if isinstance(rate, dict):
        return text.replace('"RATE"', "{" + ", ".join(f"{json.dumps(s)}: {r}" for s, r in rate.items()) + "}")
    return text.replace('"RATE"', str(rate))


def copy(table, rows):
    print(f"COPY {table} FROM stdin;")
    for row in rows:
        print(*[str(value).replace("\\u", "\\\\u") for value in row], sep="\t")
    print("\\.")


random.seed(sys.argv[1])
cases, expected = [], []
for small, count in (True, 200), (False, 40):
    for method in "proportional", "neyman", "power", "equal", "rate":
        kind = ("small " if small else "large ") + method
        for _ in range(count):
            strata, n, options, allotted = make(kind, method, small)
            number = len(cases)
            expected += [(number, s.name, k) for s, k in zip(strata, allotted)]
            random.shuffle(strata)
            cases.append((number, kind, n, method, written(options), json.dumps([s.row() for s in strata])))

print("""\\set QUIET on
\\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
CREATE TEMP TABLE cases (number int, kind text, n bigint, method text, options jsonb, strata jsonb);
CREATE TEMP TABLE expected (number int, stratum text, n bigint);""")
copy("cases", cases)
copy("expected", expected)
print("""CREATE TEMP TABLE given AS
    SELECT number, r.* FROM cases, LATERAL fairdraw.allocate(
        format('SELECT stratum, units, sd, total %s FROM jsonb_to_recordset(%L) AS s (stratum text, units int, sd numeric, total numeric, low int, high int)',
               CASE WHEN strata -> 0 ? 'low' THEN ', low, high' END, strata),
        n, method, options) AS r;
\\pset tuples_only on
\\pset format unaligned
\\pset fieldsep '\\t'
WITH one AS (TABLE expected EXCEPT ALL TABLE given), other AS (TABLE given EXCEPT ALL TABLE expected),
     differs AS (SELECT number FROM one UNION SELECT number FROM other)
SELECT kind, count(*), (SELECT count(*) FROM given JOIN cases USING (number) WHERE kind = c.kind),
       coalesce(string_agg(number::text, ' ') FILTER (WHERE number IN (TABLE differs)), 'none')
FROM cases AS c GROUP BY kind ORDER BY min(number);
-- cases whose sum is not the n that was asked for, and those whose rows are not in the order of bytes
SELECT 'sum', count(*), sum(rows), coalesce(string_agg(number::text, ' ') FILTER (WHERE n <> given), 'none')
FROM (SELECT number, c.n, sum(g.n) AS given, count(*) AS rows FROM cases c JOIN given g USING (number) WHERE c.n IS NOT NULL GROUP BY 1, 2) AS s;
SELECT 'order', count(DISTINCT number), count(*), coalesce(string_agg(number::text, ' ') FILTER (WHERE NOT ascending), 'none')
FROM (SELECT number, coalesce(lag(convert_to(stratum, 'UTF8')) OVER (PARTITION BY number ORDER BY ctid) < convert_to(stratum, 'UTF8'), true) AS ascending
      FROM given) AS o;""")
