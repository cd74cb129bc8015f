#!/usr/bin/env python3
"""Writes a psql script that loads random frames of several kinds and what
reference.py draws from them, draws from them with fairdraw, and prints for
each kind: kind TAB draws TAB rows TAB draws that differ.
"""
import json
import random

from reference import select, stream_key

random.seed("fairdraw")

METHODS = ["pareto", "pivotal", "auto", "poisson"]
ROTATIONS = [(0, 1), (1, 2), (2, 3), (4095, 4096)]


def uids(count):
    letters = "0123456789ABCXYZ" + "Ωé（电梯\U00020BB7"
    found = set()
    while len(found) < count:
        found.add("".join(random.choice(letters) for _ in range(random.randint(1, 12))))
    return [u.encode() for u in sorted(found)]


def equal(count):
    return [10**6] * count


def usual(count):
    return [random.randint(1, 8) * 10**6 for _ in range(count)]


def skewed(count):
    """a few hold nearly everything, so that many are certain"""
    return [int(10 ** random.uniform(0, 12)) for _ in range(count)]


def extreme(count):
    """the smallest weight beside the largest, as long as the sum fits"""
    weights, left = [], 2**63 - 1 - count
    for _ in range(count):
        micro = random.choice([1, 2, random.randint(1, left // 2 + 1), 9 * 10**18])
        micro = min(micro, left)
        left -= micro - 1
        weights.append(micro)
    return weights


def full(count):
    """the sum is the largest that is allowed"""
    weights = [random.randint(1, (2**63 - 1) // count) for _ in range(count)]
    weights[0] += 2**63 - 1 - sum(weights)
    return weights


def halves(count):
    """masses that add up to exactly W again and again, which empties a duel"""
    return [random.choice([1, 1, 2, 4]) for _ in range(count)]


def small(): return random.randint(1, 12)
def border(): return random.randint(196, 205)
def any_size(): return random.randint(1, 400)


# kind, draws, strata, units of a stratum, weights, method
KINDS = [
    ("a few units", 120, 4, small, usual, None),
    ("equal weights", 60, 3, small, equal, None),
    ("masses that add up to W", 60, 3, small, halves, "pivotal"),
    ("skewed weights", 60, 3, any_size, skewed, None),
    ("extreme weights", 60, 3, any_size, extreme, None),
    ("sums of 2^63 - 1", 60, 2, any_size, full, None),
    ("strata of 196 to 205 units", 40, 3, border, usual, None),
    ("strata of up to 400 units", 40, 2, any_size, usual, None),
]

frame, designs, expected = [], [], []
for kind, draws, strata, units_of, weights_of, only in KINDS:
    for _ in range(draws):
        number = len(designs)
        method = only or random.choice(METHODS)
        rotation = random.choice(ROTATIONS)
        seed, stream = f"seed {number}", random.choice(["draw", "流/7"])
        key = stream_key(seed, stream)
        names = random.sample(["all", "食品", "food", "Food", "é", "Z z"], strata)
        pool = uids(sum(counts := [units_of() for _ in names]))
        random.shuffle(pool)
        sizes = {}
        for name, count in sorted(zip(names, counts), key=lambda x: x[0].encode()):
            units = [(pool.pop(), micro) for micro in weights_of(count)]
            n = random.choice([0, 1, count, random.randint(0, count), random.randint(0, count)])
            reserve = 0 if method == "poisson" else random.choice([0, 1, count, random.randint(0, count)])
            sizes[name] = {"n": n, "reserve": reserve} if reserve or random.random() < .5 else n
            frame += [(number, uid.decode(), name, f"{micro // 10**6}.{micro % 10**6:06}")
                      for uid, micro in units]
            for role, rank, uid, t, micro, n, w in select(units, n, reserve, method, key, rotation):
                probability = 1.0 if role == "certain" else (n * micro) / float(w)
                expected.append((number, name, role, rank, uid.decode(), "\\\\x" + t.hex(),
                                 f"{micro // 10**6}.{micro % 10**6:06}", repr(probability)))
        designs.append((number, kind, json.dumps(sizes).replace("\\", "\\\\"), seed, stream,
                        method, "%d/%d" % rotation))


def copy(table, rows):
    print(f"COPY {table} FROM stdin;")
    for row in rows:
        print(*row, sep="\t")
    print("\\.")


print("""\\set QUIET on
\\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
CREATE TEMP TABLE frame (draw int, uid text, stratum text, weight numeric);
CREATE TEMP TABLE design (draw int, kind text, sizes jsonb, seed text, stream text, method text, rotation text);
CREATE TEMP TABLE expected (draw int, stratum text, role text, rank int, uid text, ticket bytea, weight numeric, probability float8);""")
random.shuffle(frame)
copy("frame", frame)
copy("design", designs)
copy("expected", expected)
print("""CREATE INDEX ON frame (draw);
ANALYZE frame;
CREATE TEMP TABLE drawn AS
    SELECT draw, r.* FROM design, LATERAL fairdraw.draw(
        format('SELECT uid, stratum, weight FROM frame WHERE draw = %s', draw),
        sizes, seed, stream, method, rotation) AS r;
\\pset tuples_only on
\\pset format unaligned
\\pset fieldsep '\\t'
WITH one AS (TABLE expected EXCEPT ALL TABLE drawn), other AS (TABLE drawn EXCEPT ALL TABLE expected),
     differs AS (SELECT draw FROM one UNION SELECT draw FROM other)
SELECT kind, count(*), (SELECT count(*) FROM drawn JOIN design USING (draw) WHERE kind = d.kind),
       coalesce(string_agg(draw::text, ' ') FILTER (WHERE draw IN (TABLE differs)), 'none')
FROM design AS d GROUP BY kind ORDER BY min(draw);
-- the order of the rows: strata ascending by bytes, then by rank
SELECT 'order', count(DISTINCT draw), count(*),
       coalesce(string_agg(DISTINCT draw::text, ' ') FILTER (WHERE NOT ordered), 'none')
FROM (SELECT draw, coalesce(lag(convert_to(stratum, 'UTF8')) OVER w < convert_to(stratum, 'UTF8') AND rank = 1
                            OR lag(stratum) OVER w = stratum AND rank = lag(rank) OVER w + 1, rank = 1) AS ordered
      FROM drawn WINDOW w AS (PARTITION BY draw ORDER BY ctid)) AS o;""")
