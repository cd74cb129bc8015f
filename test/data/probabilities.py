#!/usr/bin/env python3
"""Prints probabilities.sql: what the designs promise, worked out without any
draw, for test/pgtap/distribution.sql.

pareto   The key of a unit is below t with probability F(t) = t λ/(1 - λ + t λ),
         since its random number is uniform.  A sample s comes about when the
         largest key in it lies below all others: an integral over that key.
         A unit is drawn when fewer than n other keys lie below its own.
         With t = x/(1-x) the integrands are smooth on [0, 1]: Gauss-Legendre.
pivotal  Units meet in an order that is uniform among the permutations, and
         each duel has two outcomes: all of them, in exact fractions.
poisson  Units are independent.
"""
import math
from fractions import Fraction
from itertools import combinations, permutations

# letters name the units; n is what remains after the certain ones
SMALL = {
    "uneven": ([5, 4, 3, 2, 1], 2),
    "nearly certain": ([9, 4, 4, 2, 1], 2),
    "equal": ([1, 1, 1, 1], 2),
}

# weight: number of units; certain units stand in the test itself
LARGE = {
    "medium": ({**{w: 5 for w in range(1, 11)}, 15: 1, 20: 1, 25: 1, 28: 1}, 12),
    "large": ({1: 60, 2: 50, 3: 40, 5: 40, 8: 30, 13: 20, 20: 10}, 55),
}


def gauss_legendre(count):
    """Nodes and weights on [0, 1]."""
    result = []
    for i in range(count):
        x = math.cos(math.pi * (i + 0.75) / (count + 0.5))
        while True:
            p0, p1 = 1.0, x
            for k in range(2, count + 1):
                p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
            slope = count * (x * p1 - p0) / (x * x - 1)
            step = p1 / slope
            x -= step
            if abs(step) < 1e-15:
                break
        result.append(((1 + x) / 2, 1 / ((1 - x * x) * slope * slope)))
    return result


def below(x, lam):
    """P(key < x/(1-x)) and its derivative by x."""
    divisor = (1 - lam) * (1 - x) + lam * x
    return x * lam / divisor, lam * (1 - lam) / divisor ** 2


def probabilities(weights, n):
    return [Fraction(n * w, sum(weights)) for w in weights]


def pareto_samples(weights, n):
    lam = [float(p) for p in probabilities(weights, n)]
    nodes = gauss_legendre(100)
    result = {}
    for s in combinations(range(len(weights)), n):
        total = 0.0
        for x, step in nodes:
            values = [below(x, p) for p in lam]
            others = math.prod(1 - values[k][0] for k in range(len(lam)) if k not in s)
            largest = sum(values[i][1] * math.prod(values[j][0] for j in s if j != i)
                          for i in s)
            total += step * largest * others
        result[s] = total
    return result


def duels(order, mass, champion, p, drawn, probability, result):
    """Follows every outcome of the duels of one order; masses have W = 1."""
    if not order:
        if champion is not None:
            drawn = drawn | {champion}
        key = tuple(sorted(drawn))
        result[key] = result.get(key, 0) + probability
        return
    y, rest = order[0], order[1:]
    q = mass[y]
    if champion is None:
        duels(rest, mass, y, q, drawn, probability, result)
    elif p + q < 1:
        stays = p / (p + q)
        duels(rest, mass, champion, p + q, drawn, probability * stays, result)
        duels(rest, mass, y, p + q, drawn, probability * (1 - stays), result)
    else:
        chosen = (1 - q) / (2 - p - q)
        left = p + q - 1
        for winner, loser, chance in ((champion, y, chosen), (y, champion, 1 - chosen)):
            duels(rest, mass, loser if left else None, left, drawn | {winner},
                  probability * chance, result)


def pivotal_samples(weights, n):
    mass = probabilities(weights, n)
    orders = list(permutations(range(len(weights))))
    result = {}
    for order in orders:
        duels(order, mass, None, None, frozenset(), Fraction(1, len(orders)), result)
    for i, p in enumerate(mass):
        assert sum(v for s, v in result.items() if i in s) == p
    return result


def poisson_samples(weights, n):
    lam = probabilities(weights, n)
    everybody = range(len(weights))
    return {s: math.prod(lam[i] if i in s else 1 - lam[i] for i in everybody)
            for size in range(len(weights) + 1) for s in combinations(everybody, size)}


def pareto_units(counts, n):
    """The exact probability of a unit of each weight."""
    total = sum(w * c for w, c in counts.items())
    lam = {w: n * w / total for w in counts}
    result = dict.fromkeys(counts, 0.0)
    for x, step in gauss_legendre(120):
        values = {w: below(x, p) for w, p in lam.items()}
        for unit in counts:
            # how many of the other keys are below: fewer than n
            chance = [1.0] + [0.0] * (n - 1)
            for w, count in counts.items():
                p = values[w][0]
                for _ in range(count - (w == unit)):
                    for k in range(n - 1, 0, -1):
                        chance[k] += p * (chance[k - 1] - chance[k])
                    chance[0] -= p * chance[0]
            result[unit] += step * values[unit][1] * sum(chance)
    assert abs(sum(result[w] * c for w, c in counts.items()) - n) < 1e-9
    return lam, result


def chi_square_above(x, df):
    """P(chi-square > x), by the series of the incomplete gamma function."""
    a, x = df / 2, x / 2
    term = total = 1 / a
    k = a
    while term > total * 1e-17:
        k += 1
        term *= x / k
        total += term
    return 1 - total * math.exp(a * math.log(x) - x - math.lgamma(a))


def chi_square_limit(df, probability):
    low, high = 1e-9, 10.0 * df + 100
    for _ in range(200):
        middle = (low + high) / 2
        if chi_square_above(middle, df) > probability:
            low = middle
        else:
            high = middle
    return middle


def insert(table, rows):
    print(f"INSERT INTO {table} VALUES")
    print(",\n".join(f"    ({', '.join(r)})" for r in rows) + ";")


print("""-- Made by probabilities.py, which says how.
CREATE TEMP TABLE sample_probability (frame text, method text, sample text, probability float8);""")
rows, dfs = [], set()
for frame, (weights, n) in SMALL.items():
    for method, samples in (("pareto", pareto_samples), ("pivotal", pivotal_samples),
                            ("poisson", poisson_samples)):
        found = {s: p for s, p in samples(weights, n).items() if p}
        assert abs(sum(found.values()) - 1) < 1e-12
        dfs.add(len(found) - 1)
        for s, p in sorted(found.items()):
            letters = "".join("ABCDE"[i] for i in s)
            rows.append((f"'{frame}'", f"'{method}'", f"'{letters}'", f"{float(p):.10f}"))
insert("sample_probability", rows)

print("CREATE TEMP TABLE unit_probability (frame text, weight numeric, units int, nominal float8, pareto float8);")
rows = []
for frame, (counts, n) in LARGE.items():
    lam, exact = pareto_units(counts, n)
    rows += [(f"'{frame}'", str(w), str(c), f"{lam[w]:.10f}", f"{exact[w]:.10f}")
             for w, c in counts.items()]
insert("unit_probability", rows)

print("-- chi-square is below low or above high once in a thousand times each\n"
      "CREATE TEMP TABLE chi_square_limit (df int, low float8, high float8);")
insert("chi_square_limit", [(str(df), f"{chi_square_limit(df, 0.999):.3f}", f"{chi_square_limit(df, 0.001):.3f}")
                            for df in sorted(dfs | {99})])
