#!/usr/bin/env python3
"""A second reading of section "Coverage" of doc/statistics.md, on random checks.

coverage.py SEED TODAY FILE   reads the working days from FILE, one a line, and
                              prints SQL that loads random checks with the right
                              figures, asks coverage() for them serially and with
                              workers, and prints for each case:
                              case TAB way TAB figures TAB indicators TAB differences
"""
import datetime
import random
import sys
from fractions import Fraction

CASES = 60
DAY = datetime.timedelta(1)
NEVER, EVER = datetime.date.min, datetime.date.max
NEED = ["pending", "stop_ordered", "refused"]
CODES = NEED + ["no_problem", "other", "no_activity"]
GROUPS = ["a", "A", "a-1", "b", "中", "乙", "Ä", "z z", "10", "9"]
ORDER = ["enterprises_drawn", "items_covered", "joint", "risk_used", "published_in_time", "problems_dealt_with",
         "random_share", "mobile", "completed"]
FLAGS = ["random", "joint", "risk_used"]
DATES = ["done_on", "publish_due", "published_on", "follow_up_due", "closed_on"]
OPTIONAL = ["item"] + FLAGS + ["mobile", "code"] + DATES


class Case:
    """Columns, period and rows; what the document says about them."""

    def __init__(self, rng, today, workdays):
        self.rng, self.workdays = rng, workdays
        self.columns = {c for c in OPTIONAL if rng.random() < 0.8}
        self.grouped = rng.random() < 0.8
        self.base_columns = {c for c in ("items", "planned") if rng.random() < 0.6}
        first = datetime.date(2025, 1, 1) + rng.randrange(200) * DAY
        last = first + rng.randrange(150) * DAY
        kind = rng.randrange(5)
        self.first = NEVER if kind < 2 else first
        self.last = None if kind in (0, 2) else last
        if self.last is not None and self.first > self.last:
            self.first = self.last
        # with a cut-off of yesterday some days of the data have to be still to come
        self.around = today if self.last is None else first + 60 * DAY
        self.cutoff = today - DAY if self.last is None else min(self.last, today - DAY)
        self.groups = rng.sample(GROUPS, rng.randrange(1, 6)) if self.grouped else [None]
        self.base = {g: {c: rng.choice([0, 1, 7, 40]) for c in ("enterprises", "items", "planned")} for g in self.groups}
        self.rows = [row for n in range(rng.randrange(40)) for row in self.visit(n)]
        rng.shuffle(self.rows)
        self.targets = self.some_targets()

    # the data

    def day(self, chance):
        if self.rng.random() > chance:
            return None
        return self.around + (self.rng.randrange(160) - 120) * DAY

    def flag(self, unknown):
        return self.rng.choice([True, False, None] if unknown else [True, False])

    def visit(self, n):
        rng = self.rng
        rows = [{"grp": rng.choice(self.groups), "visit": str(n // 2), "uid": str(rng.randrange(9))}
                for _ in range(1)] * rng.randrange(1, 6)
        rows = [dict(row) for row in rows]
        # visits of one number in two groups are two
        rows = [dict(row, visit=str(n)) for row in rows] if rows[0]["grp"] in self.groups[:1] else \
            [dict(row, visit="1%03d" % n) for row in rows]
        whole = rng.random() < 0.7
        some_day = self.day(0.8)
        for row in rows:
            row["done_on"] = some_day if whole else self.day(0.8)
        done, chosen = self.visit_done(rows), rng.random() < 0.7
        flags = {f: self.flag(not done) for f in FLAGS}
        if done and not ("random" not in self.columns or flags["random"]):
            flags["joint"], flags["risk_used"] = self.flag(True), self.flag(True)
        for row in rows:
            row.update(flags)
            if not done and chosen:
                row.update({f: self.flag(True) for f in FLAGS})
            row_done = self.row_done(row)
            row["item"] = rng.choice("ABCDE") if row_done or rng.random() < 0.5 else None
            row["mobile"] = self.flag(not row_done)
            row["code"] = rng.choice(CODES + [None])
            for c in DATES[1:]:
                row[c] = self.day(0.7)
            if rng.random() < 0.3:
                row["published_on"] = row["publish_due"]
        return rows

    def some_targets(self):
        rng, targets = self.rng, {}
        for indicator in ORDER:
            for group in [None] + [g for g in self.groups if g is not None]:
                if rng.random() < 0.3:
                    targets[indicator, group] = (rng.choice([">=", ">", "<=", "<", "="]),
                                                 rng.choice(["0", "0.03", "0.1", "0.25", "0.5", "0.50", "1", "1.000", "0.333333"]))
        return targets

    # what the document says

    def inside(self, day):
        return day is not None and self.first <= day <= self.cutoff

    def row_done(self, row):
        return "done_on" not in self.columns or self.inside(row["done_on"])

    def visit_day(self, rows):
        days = [row["done_on"] for row in rows]
        return EVER if None in days else max(days)

    def visit_done(self, rows):
        return "done_on" not in self.columns or self.inside(self.visit_day(rows))

    def visit_planned(self, rows):
        return "done_on" not in self.columns or self.visit_day(rows) >= self.first

    def is_random(self, rows):
        return "random" not in self.columns or rows[0]["random"]

    def publish_due(self, row):
        if "publish_due" in self.columns:
            return row["publish_due"]
        if row["done_on"] is None or row["done_on"] > self.cutoff:
            return None
        return [day for day in self.workdays if day > row["done_on"]][19]

    def problem(self, row):
        if "follow_up_due" in self.columns and row["follow_up_due"] is not None:
            due = self.inside(row["follow_up_due"])
        else:
            due = self.inside(row["done_on"]) if "done_on" in self.columns else True
        return due and row["code"] in NEED

    def figures_of(self, group):
        """indicator: (numerator, denominator) of a group"""
        has, base = self.columns, self.base[group]
        rows = [row for row in self.rows if row["grp"] == group]
        visits = {}
        for row in rows:
            visits.setdefault(row["visit"], []).append(row)
        done = [v for v in visits.values() if self.visit_done(v)]
        drawn = [v for v in done if self.is_random(v)]
        checked = [row for row in rows if self.row_done(row)]
        figures = {"enterprises_drawn": (len({v[0]["uid"] for v in drawn}), base["enterprises"])}
        if "item" in has and "items" in self.base_columns:
            figures["items_covered"] = len({row["item"] for row in checked}), base["items"]
        for flag in ("joint", "risk_used"):
            if flag in has:
                figures[flag] = sum(1 for v in drawn if v[0][flag]), len(drawn)
        if "published_on" in has and has & {"publish_due", "done_on"}:
            due = [(row, self.publish_due(row)) for row in rows]
            due = [(row, day) for row, day in due if self.inside(day)]
            figures["published_in_time"] = sum(1 for row, day in due if row["published_on"] is not None and row["published_on"] <= day), len(due)
        if has >= {"code", "closed_on"}:
            problems = [row for row in rows if self.problem(row)]
            figures["problems_dealt_with"] = sum(1 for row in problems if row["closed_on"] is not None and row["closed_on"] <= self.cutoff), len(problems)
        if "random" in has:
            figures["random_share"] = len(drawn), len(done)
        if "mobile" in has:
            figures["mobile"] = sum(1 for row in checked if row["mobile"]), len(checked)
        if "planned" in self.base_columns:
            figures["completed"] = len(done), base["planned"]
        elif "done_on" in has:
            figures["completed"] = len(done), sum(1 for v in visits.values() if self.visit_planned(v))
        return figures

    def answer(self):
        """the rows of coverage()"""
        by_group = {g: self.figures_of(g) for g in self.groups}
        total = {i: tuple(sum(by_group[g][i][part] for g in self.groups) for part in (0, 1))
                 for i in by_group[self.groups[0]]}
        order = sorted(self.groups, key=lambda g: g.encode()) if self.grouped else []
        for group, figures in [(g, by_group[g]) for g in order] + [(None, total)]:
            for indicator in ORDER:
                target = self.targets.get((indicator, group)) or self.targets.get((indicator, None))
                if indicator in figures or target:
                    yield (group, indicator) + self.judge(figures.get(indicator), target)

    @staticmethod
    def judge(figure, target):
        numerator, denominator = figure or (None, None)
        comparator, value = target or (None, None)
        ratio = met = None
        if denominator:
            exact = Fraction(numerator, denominator)
            micro = int(exact * 10 ** 6 + Fraction(1, 2))
            ratio = "%d.%06d" % divmod(micro, 10 ** 6)
            if target:
                wanted = Fraction(value)
                met = {">=": exact >= wanted, ">": exact > wanted, "<=": exact <= wanted, "<": exact < wanted, "=": exact == wanted}[comparator]
        return numerator, denominator, ratio, value, comparator, met


# SQL

def literal(value):
    return "NULL" if value is None else "'%s'" % value


def values(rows):
    return ", ".join("(%s)" % ", ".join(literal(v) for v in row) for row in rows)


def checks_query(case, name):
    rng, types = case.rng, {f: "boolean" for f in FLAGS + ["mobile"]}
    types.update({d: "date" for d in DATES}, visit=rng.choice(["text", "integer", "varchar(9)"]),
                 uid=rng.choice(["text", "bigint", "char(12)"]), grp=rng.choice(["text", "char(9)"]),
                 item=rng.choice(["text", "char(3)"]), code=rng.choice(["text", "fairdraw.result_code"]))
    columns = ["visit", "uid"] + (["grp"] if case.grouped else []) + sorted(case.columns)
    rng.shuffle(columns)
    return "SELECT %s FROM %s -- all of them" % (", ".join("%s::%s AS %s" % (c, types[c], c) for c in columns), name)


def period(case):
    return "daterange(%s, %s, '[]')" % (literal(None if case.first == NEVER else case.first), literal(case.last))


def write(case, number):
    name = "checks_%d" % number
    columns = ["visit", "uid", "grp"] + OPTIONAL
    print("CREATE TABLE %s (%s);" % (name, ", ".join("%s text" % c for c in columns)))
    if case.rows:
        print("INSERT INTO %s VALUES %s;" % (name, values([[row.get(c) for c in columns] for row in case.rows])))
    print("CREATE TABLE right_%d (n bigint, grp text, indicator text, numerator bigint, denominator bigint, ratio numeric, target numeric, comparator text, met boolean);" % number)
    answer = list(case.answer())
    print("INSERT INTO right_%d VALUES %s;" % (number, values([(n,) + row for n, row in enumerate(answer, 1)])))
    print("ANALYZE %s;" % name)
    base = ["enterprises"] + sorted(case.base_columns)
    base_query = " UNION ALL ".join("SELECT %s%s" % (", ".join("%d AS %s" % (case.base[g][c], c) for c in base),
                                                     ", '%s' AS grp" % g if case.grouped else "") for g in case.groups)
    targets = "NULL"
    if case.targets:
        targets = "$q$SELECT * FROM (VALUES %s) AS t (indicator, grp, comparator, value)$q$" % ", ".join(
            "('%s', %s, '%s', %s)" % (i, literal(g), c, v) for (i, g), (c, v) in case.targets.items())
    call = "fairdraw.coverage($q$%s$q$, $q$%s$q$, %s, %s)" % (checks_query(case, name), base_query, period(case), targets)
    for way, workers in (("serial", 0), ("parallel", 3)):
        print("SET max_parallel_workers_per_gather = %d;" % workers)
        print("WITH answer AS (SELECT c.ordinality AS n, c.grp, c.indicator, c.numerator, c.denominator, c.ratio, c.target, c.comparator, c.met FROM %s WITH ORDINALITY AS c),"
              " different AS ((TABLE answer EXCEPT TABLE right_%d) UNION ALL (TABLE right_%d EXCEPT TABLE answer))"
              " SELECT concat_ws(E'\\t', 'case %d', '%s', (SELECT count(*) FROM answer), coalesce((SELECT string_agg(DISTINCT indicator, ' ') FROM answer WHERE numerator > 0 AND numerator < denominator), ''),"
              " coalesce((SELECT string_agg(d::text, ' ') FROM different d), 'none'));" % (call, number, number, number, way))


def main():
    seed, today, file = sys.argv[1:]
    with open(file, encoding="ascii") as lines:
        workdays = [datetime.date.fromisoformat(line.strip()) for line in lines if line.strip()]
    rng = random.Random(int(seed))
    print("SET client_min_messages = warning; SET client_encoding = 'UTF8'; SET datestyle = 'ISO';")
    print("SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;")
    for number in range(CASES):
        write(Case(rng, datetime.date.fromisoformat(today), workdays), number)


main()
