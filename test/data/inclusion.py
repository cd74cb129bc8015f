#!/usr/bin/env python3
"""Inclusion probabilities of Pareto draws, worked out by themselves.

usage: inclusion.py         a psql script that holds inclusion_probabilities()
                            against both of these: kind TAB rows TAB faults
       inclusion.py errors  the tables of doc/statistics.md: how wrong the
                            nominal and the second-order probabilities are

exact         A unit is drawn when fewer than n others have smaller keys.  Of a
              unit with nominal probability l the logarithm of the key is below
              s with probability p(s) = l e^s / (1 - l + l e^s): an integral
              over s of v(s) = p(s) (1 - p(s)) times the probability that at
              most n - 1 of the others are below.  The integrand is analytic
              in a strip and falls off like e^-|s|: the trapezoidal rule.
second order  The formula of doc/statistics.md in integers and fractions.
"""
import math
import random
import sys
from fractions import Fraction

from reference import take_certain

STEP = 0.2
# relative error of the second-order probabilities, times d^4
LIMIT = 0.15


def spread(classes):
    """d: the sum of l (1 - l) over classes (l, units)."""
    return sum(count * l * (1 - l) for l, count in classes)


def exact(classes, n):
    """Probabilities of a unit of each class (l, units); sum of l is n."""
    odds = [math.log(l / (1 - l)) for l, _ in classes]
    result = [0.0] * len(classes)
    reach = math.ceil((38 + max(map(abs, odds))) / STEP)
    for i in range(-reach, reach + 1):
        below = [1 / (1 + math.exp(-i * STEP - o)) for o in odds]
        for k in range(len(classes)):
            v = below[k] * (1 - below[k])
            chance = [1.0] + [0.0] * (n - 1)
            for j, (_, count) in enumerate(classes):
                p = below[j]
                for _ in range(count - (j == k)):
                    chance = [(1 - p) * chance[0]] + [
                        c + p * (b - c) for b, c in zip(chance, chance[1:])]
            result[k] += STEP * v * math.fsum(chance)
    assert abs(sum(p * c for p, (_, c) in zip(result, classes)) - n) < 1e-9 * n
    return result


def second_order(micros, n, w):
    """Exact fractions, for the units that are not certain; None: d < 1/2."""
    masses = [n * micro for micro in micros]
    if len(set(micros)) == 1:
        return [Fraction(mass, w) for mass in masses]
    d, first, second, third = (
        Fraction(sum(m ** (j + 1) * (w - m) for m in masses), w ** (j + 2)) for j in range(4))
    if d < Fraction(1, 2):
        return [None] * len(masses)
    b, t, u = first / d, second / d, third / d
    g = t - b * b
    c = (t - u - b * (b - t) + g * b) / d ** 2
    known = {}
    for m in set(masses):
        l = Fraction(m, w)
        a = (l * (1 - l) * (l - b) + g * l) / d ** 2
        known[m] = l * (1 + (1 - l) * (a - c))
    return [known[m] for m in masses]


def errors_of(weights, counts, n):
    """d, and the largest relative errors: nominal, second order."""
    micros = [weight for weight, count in zip(weights, counts) for _ in range(count)]
    w = sum(micros)
    classes = [(n * weight / w, count) for weight, count in zip(weights, counts)]
    formula = dict(zip(micros, second_order(micros, n, w)))
    true = exact(classes, n)
    return (spread(classes), max(abs(l / p - 1) for (l, _), p in zip(classes, true)),
            max(abs(float(formula[x]) / p - 1) for x, p in zip(weights, true)))


# weights, units of each, n: the second of a pair is the first twice
NAMED = [
    ([1, 4], [12, 6], 4), ([1, 4], [24, 12], 8),
    ([1, 2, 4, 8], [10, 10, 6, 4], 6), ([1, 2, 4, 8], [20, 20, 12, 8], 12),
    ([1, 30], [40, 10], 10), ([1, 30], [80, 20], 20),
    ([1, 9], [10, 10], 10), ([1, 9], [20, 20], 20),
]


def random_design(largest):
    while True:
        kinds = random.randint(2, 4)
        ratio = random.choice([4, 10, 50, 400])
        weights = [int(1000 * ratio ** random.random()) for _ in range(kinds)]
        counts = [random.randint(1, largest) for _ in range(kinds)]
        w = sum(x * c for x, c in zip(weights, counts))
        most = (w - 1) // max(weights)
        if most < 1 or len(set(weights)) < kinds:
            continue
        n = random.choice([most, random.randint(1, most)])
        if spread([(n * x / w, c) for x, c in zip(weights, counts)]) >= 0.5:
            return weights, counts, n


def print_errors():
    print("| weight × units | n | d | nominal | second order | better by |\n|---|---|---|---|---|---|")
    for weights, counts, n in NAMED:
        d, nominal, second = errors_of(weights, counts, n)
        names = ", ".join(f"{x} × {c}" for x, c in zip(weights, counts))
        print(f"| {names} | {n} | {d:.2f} | {nominal:.1e} | {second:.1e} | {nominal / second:.0f} |")
    random.seed("errors")
    edges = [0.5, 1, 2, 4, 8]
    found = [[] for _ in edges]
    for _ in range(600):
        d, nominal, second = errors_of(*random_design(12))
        found[max(i for i, e in enumerate(edges) if d >= e)].append((d, nominal, second))
    print("\n| d | designs | nominal, worst | times d² | second order, worst | times d⁴ | better in |\n"
          "|---|---|---|---|---|---|---|")
    for low, high, rows in zip(edges, edges[1:] + ["…"], found):
        print(f"| {low} to {high} | {len(rows)} | {max(r[1] for r in rows):.1e} |"
              f" {max(r[1] * r[0] ** 2 for r in rows):.3f} | {max(r[2] for r in rows):.1e} |"
              f" {max(r[2] * r[0] ** 4 for r in rows):.3f} | {sum(r[2] < r[1] for r in rows)} |")


def small_designs():
    """Frames of weight classes with their exact probabilities."""
    random.seed("small designs")
    for weights, counts, n in NAMED + [random_design(8) for _ in range(30)]:
        w = sum(x * c for x, c in zip(weights, counts))
        classes = [(n * x / w, c) for x, c in zip(weights, counts)]
        true = exact(classes, n)
        yield weights, counts, n, spread(classes), true


def random_frames():
    random.seed("frames")
    kinds = [
        ("usual weights", lambda: random.randint(1, 8) * 10**6),
        ("weights of six digits", lambda: random.randint(1, 9 * 10**6)),
        ("skewed weights", lambda: int(10 ** random.uniform(0, 12))),
        ("equal weights", lambda: 10**6),
        ("tiny chances beside large ones", lambda: random.choice([1, 10**6, 10**6, 10**12])),
    ]
    for kind, weight in kinds:
        for method in ["pareto"] * 12 + ["auto"] * 4 + ["pivotal", "poisson"]:
            count = random.choice([random.randint(1, 30), random.randint(190, 210), random.randint(201, 1500)])
            units = [(f"u{i}", weight()) for i in range(count)]
            yield kind, method, units, random.choice([0, 1, count, random.randint(0, count)])


def copy(table, rows):
    print(f"COPY {table} FROM stdin;")
    for row in rows:
        print(*row, sep="\t")
    print("\\.")


def decimal(micro):
    return f"{micro // 10**6}.{micro % 10**6:06}"


def print_script():
    frame, design, expected, true = [], [], [], []
    for number, (kind, method, units, n) in enumerate(random_frames()):
        certain, rest, left, w = take_certain(units, n)
        if method == "pareto" or method == "auto" and len(units) > 200:
            chances = second_order([m for _, m in rest], left, w) if left else [Fraction(0)] * len(rest)
        else:
            chances = [Fraction(left * m, w) for _, m in rest]
        design.append((number, kind, n, method))
        frame += [(number, uid, decimal(m)) for uid, m in units]
        expected += [(number, uid, 1.0, 1.0) for uid, _ in certain]
        expected += [(number, uid, repr(left * m / w), "\\N" if p is None else repr(float(p)))
                     for (uid, m), p in zip(rest, chances)]
    for number, (weights, counts, n, d, chances) in enumerate(small_designs(), len(design)):
        design.append((number, "small designs", n, "pareto"))
        for x, c, p in zip(weights, counts, chances):
            units = [f"{x}/{i}" for i in range(c)]
            frame += [(number, uid, decimal(x)) for uid in units]
            true += [(number, uid, repr(d), repr(p)) for uid in units]
    print("""\\set QUIET on
\\set ON_ERROR_STOP on
CREATE TEMP TABLE frame (design int, uid text, weight numeric);
CREATE TEMP TABLE design (design int, kind text, n int, method text);
CREATE TEMP TABLE expected (design int, uid text, nominal float8, probability float8);
CREATE TEMP TABLE truth (design int, uid text, d float8, probability float8);""")
    random.shuffle(frame)
    copy("frame", frame)
    copy("design", design)
    copy("expected", expected)
    copy("truth", true)
    print(f"""ANALYZE frame;
CREATE TEMP TABLE found AS
    SELECT design, kind, p.* FROM design, LATERAL fairdraw.inclusion_probabilities(
        format('SELECT uid, weight FROM frame WHERE design = %s', design), to_jsonb(n), method) AS p;
\\pset tuples_only on
\\pset format unaligned
\\pset fieldsep '\\t'
-- every unit stands there once, with the nominal probability to the last bit
-- and the other to twelve digits
SELECT kind, count(e.*), count(*) FILTER (WHERE NOT coalesce(
           f.nominal = e.nominal AND (f.probability IS NULL) = (e.probability IS NULL) AND
           coalesce(abs(f.probability - e.probability) <= 1e-12 * e.probability, true), false))
FROM (TABLE expected) AS e FULL JOIN (SELECT * FROM found WHERE kind <> 'small designs') AS f USING (design, uid)
GROUP BY kind ORDER BY kind;
-- the error is within the limit
SELECT 'within the limit', count(*), count(*) FILTER (WHERE NOT coalesce(abs(f.probability / t.probability - 1) <= {LIMIT} / d ^ 4, false))
FROM truth AS t LEFT JOIN found AS f USING (design, uid);
-- and the largest one of a design is smaller than with nominal probabilities
SELECT 'better than nominal', count(*), count(*) FILTER (WHERE NOT second < first)
FROM (SELECT max(abs(f.nominal / t.probability - 1)) AS first, max(abs(f.probability / t.probability - 1)) AS second
      FROM truth AS t JOIN found AS f USING (design, uid) GROUP BY design) AS e;
-- probabilities add up to n
SELECT 'sums', count(*), count(*) FILTER (WHERE NOT abs(sum - n) <= 1e-12 * n)
FROM (SELECT design, sum(probability) FROM found GROUP BY design HAVING bool_and(probability IS NOT NULL)) AS s
JOIN design USING (design);""")


if sys.argv[1:] == ["errors"]:
    print_errors()
elif not sys.argv[1:]:
    print_script()
else:
    sys.exit(__doc__)
