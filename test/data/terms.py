#!/usr/bin/env python3
"""A second reading of sections 4 and 5 of doc/publication.md, on random records.

terms.py SEED rules            prints SQL that adds random rule sets and rules
terms.py SEED records FILE     reads all rules from FILE (JSON, as the test exports
                               them) and prints SQL that loads random records with
                               the answers, asks fairdraw for them, and prints for
                               each answer: what TAB answer TAB records TAB records
                               that differ
"""
import calendar
import datetime
import json
import random
import sys

KINDS = ["inspection", "penalty", "abnormal_list", "serious_list"]
LISTS = KINDS[2:]
CODES = ["refused", "other", "pending", "stop_ordered"]
DATES = ["decided_on", "published_on", "found_on", "rectified_on", "penalty_ends", "repaired_on"]
FACTS = ["kind", "code", "severity", "area"] + DATES + ["withheld", "rule_set", "as_of"]
WITHHELD = ["privacy", "commercial_secret", "state_secret", "national_security", "public_interest"]
CONDITIONS = ["obligations", "harm_removed", "no_new_penalty", "off_lists", "training", "promise"]
INFINITY = datetime.date.max
DAY = datetime.timedelta(1)

# records of section 4, records of section 5
TERMS, REPAIRS = 40000, 6000


# What the document says

def after(day, period):
    """A period of months ends on the day of the same number, or on the last day
    of a month that has no such day."""
    months, days = period or (0, 0)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last)) + datetime.timedelta(days)


def holds(day, *what):
    return all(w["valid_from"] <= day <= (w["valid_to"] or INFINITY) for w in what)


def clock_of(rule, record):
    return record[rule["clock"] + "_on"]


def follows_only(rule):
    return rule["follows_penalty"] and rule["longest"] is None


def fits(rule, record):
    return (rule["kind"] == record["kind"]
            and all(rule[fact] in (None, record[fact]) for fact in ("code", "severity", "area"))
            and (record["penalty_ends"] is not None or not follows_only(rule)))


def rule_of(book, record):
    """The rule that decides, or None."""
    fitting = [rule for rule in book["rules"][record["kind"]] if fits(rule, record)]
    named = record["rule_set"]
    if named is None:
        fitting = [rule for rule in fitting if book["sets"][rule["rule_set"]]["in_force"]]
    else:
        fitting = [rule for rule in fitting if rule["rule_set"] == named]

    def special(rule):
        return follows_only(rule), rule["code"] is not None, rule["severity"] is not None, rule["area"] is not None, rule["valid_from"]

    in_time = []
    for rule in fitting:
        its_set = book["sets"][rule["rule_set"]]
        clock = clock_of(rule, record)
        if holds(clock or record["as_of"], *([rule, its_set] if named is None else [rule])):
            in_time.append(((clock is not None, its_set["valid_from"], special(rule)), rule))
    if in_time:
        return max(in_time, key=lambda r: r[0])[1]
    if named is not None and fitting:
        return max(fitting, key=lambda rule: (rule["valid_from"], special(rule)))
    return None


def waits(rule):
    return rule["until_corrected"] or rule["clock"] == "rectified"


def end_of(rule, record):
    """The last day, or None, and the reason, whatever was decided on an early end."""
    clock, corrected, penalty = clock_of(rule, record), record["rectified_on"], record["penalty_ends"]
    if waits(rule) and corrected is None:
        return None, "uncorrected"
    if record["kind"] in LISTS and rule["until_corrected"]:
        return None, "listed"
    if rule["follows_penalty"] and penalty == INFINITY:
        return None, "penalty_open"
    if clock is None and rule["longest"] is not None:
        return None, "no_clock"
    days = []
    if rule["longest"] is not None:
        days.append((after(clock, rule["longest"]), "longest"))
    if rule["follows_penalty"] and penalty is not None:
        days.append((penalty, "penalty"))
    if rule["until_corrected"]:
        days.append((corrected, "corrected"))
    # max() takes the first of equal days
    return max(days, key=lambda d: d[0])


def early_end_of(rule, record, end, reason):
    """The same, with the decision on an early end."""
    clock, corrected, repaired = clock_of(rule, record), record["rectified_on"], record["repaired_on"]
    if repaired is None or end is not None and repaired >= end:
        return end, reason
    if not rule["repairable"]:
        return end, "not_repairable"
    served = rule["least"] is None if clock is None else after(clock, rule["least"]) <= repaired
    if not served or waits(rule) and (corrected is None or repaired < corrected):
        return end, "repair_too_early"
    return repaired, "repaired"


def term_of(book, record):
    """starts, ends, status, rule, reason"""
    if record["withheld"] is not None:
        return None, None, "withheld", None, record["withheld"]
    rule = rule_of(book, record)
    name = rule and rule["rule"]
    published = record["published_on"]
    if rule is not None and not rule["publish"]:
        return None, None, "withheld", name, "never_public"
    end, reason = (None, "no_rule") if rule is None else early_end_of(rule, record, *end_of(rule, record))
    if end is not None and record["as_of"] > end:
        status = "ended"
    elif published is None or published > record["as_of"]:
        status = "due"
    else:
        status = "published"
    return published, end, status, name, reason


def repair_rule_of(book, rule, record):
    def special(repair):
        return repair["standing"] is not None, repair["severity"] is not None, repair["area"] is not None

    day = clock_of(rule, record) or record["as_of"]
    fitting = [r for r in book["repair"] if r["rule_set"] == rule["rule_set"] and r["kind"] == record["kind"]
               and all(r[fact] in (None, record[fact]) for fact in ("standing", "severity", "area"))]
    in_time = [r for r in fitting if holds(day, r)]
    if not in_time and record["rule_set"] is not None:
        return max(fitting, key=lambda r: (r["valid_from"], special(r)), default=None)
    return max(in_time, key=special, default=None)


def eligibility_of(book, record):
    """eligible, earliest, missing, rule, repair_rule"""
    _, _, status, name, reason = term_of(book, record)
    if record["withheld"] is not None:
        return False, None, ["withheld"], None, None
    rule = rule_of(book, record)
    repair = rule and repair_rule_of(book, rule, record)
    repairable = rule is not None and rule["repairable"] and rule["publish"] and repair is not None and repair["allowed"]
    corrected = record["rectified_on"]
    earliest = None
    if repairable and clock_of(rule, record) is not None:
        earliest = max(after(clock_of(rule, record), r["least"]) for r in (rule, repair))
        if waits(rule) and corrected is not None:
            earliest = max(earliest, corrected)
    stands_against = [("withheld", reason == "never_public"), ("ended", status == "ended"), ("no_rule", rule is None),
                      ("not_repairable", rule is not None and not repairable), ("not_published", status == "due"),
                      ("too_early", repairable and (earliest is None or earliest > record["as_of"]))]
    if repairable:
        shown = dict(record, corrected=corrected is not None and corrected <= record["as_of"])
        required = repair["requires"] + (["corrected"] if waits(rule) else [])
        stands_against += [(c, c in required and not shown[c]) for c in ["corrected"] + CONDITIONS]
    missing = [word for word, does in stands_against if does]
    return not missing, earliest, missing, name, repair and repair["rule"]


# Random rules.  Those of a case follow each other in time.

def quoted(value):
    if value is None:
        return "NULL"
    if isinstance(value, (list, tuple)):
        return "'{" + ",".join(value) + "}'"
    return "'" + str(value) + "'"


def random_day(rng):
    return datetime.date(2014, 1, 1) + datetime.timedelta(rng.randrange(16 * 365))


def random_period(rng, least=(0, 0)):
    months, days = rng.choice([(1, 0), (3, 0), (6, 0), (12, 0), (18, 0), (36, 0), (0, 45), (1, 20), (2, 1), (0, 1), (0, 30), (0, 361)])
    return months + least[0], days + least[1]


def interval(period):
    return None if period is None else "%d months %d days" % period


def segments(rng):
    """Ranges of days one after another, some with a gap between them."""
    first = random_day(rng)
    for _ in range(rng.choice([1, 1, 2, 3])):
        last = first + datetime.timedelta(rng.randrange(2000))
        if rng.random() < 0.3:
            yield first, None
            return
        yield first, last
        first = last + DAY + datetime.timedelta(rng.choice([0, 0, 300]))


def random_rules(rng):
    rows = {"rule_set": [], "disclosure_rule": [], "repair_rule": []}
    days = rng.sample(range(6000), 7)
    for s, offset in enumerate(days):
        first = datetime.date(2014, 1, 1) + datetime.timedelta(offset)
        last = first + datetime.timedelta(rng.randrange(3000)) if rng.random() < 0.4 else None
        rows["rule_set"].append(("random-%d" % s, "random", s < 5, "random", first, last))
        cases = set()
        while len(cases) < 30:
            kind = rng.choice(KINDS)
            cases.add((kind, rng.choice([None] + CODES) if kind == "inspection" else None, rng.choice([None, "minor", "general", "gross"]),
                       rng.choice([None, "food", "toys"]), rng.random() < 0.2))
        for c, case in enumerate(sorted(cases, key=str)):
            *facts, with_penalty = case
            clock = rng.choice(["decided", "published", "found", "rectified"])
            for i, (first, last) in enumerate(segments(rng)):
                if rng.random() < 0.3:
                    clock = rng.choice(["decided", "published", "found", "rectified"])
                until = rng.random() < 0.4
                least = random_period(rng) if rng.random() < 0.5 else None
                longest = random_period(rng, least or (0, 0))
                if with_penalty or until and rng.random() < 0.3:
                    longest = None
                follows = with_penalty or longest is not None and rng.random() < 0.4
                rows["disclosure_rule"].append(("random-%d-%d-%d" % (s, c, i), "random-%d" % s, *facts, rng.random() < 0.95, clock, interval(least),
                                                interval(longest), follows, until, rng.random() < 0.6, "random", True, first, last))
        cases = {(rng.choice(KINDS), rng.choice([None, "minor", "general", "gross"]), rng.choice([None, "food", "toys"]), rng.choice([None, "repeated", "grave"])) for _ in range(50)}
        for c, case in enumerate(sorted(cases, key=str)):
            for i, (first, last) in enumerate(segments(rng)):
                rows["repair_rule"].append(("repair-%d-%d-%d" % (s, c, i), "random-%d" % s, *case, rng.sample(["corrected"] + CONDITIONS, rng.randrange(1, 6)),
                                            interval(random_period(rng)) if rng.random() < 0.5 else None, rng.random() < 0.8, "random", True, first, last))
    for table, columns in (("rule_set", "rule_set, title, in_force, source, valid_from, valid_to"),
                           ("disclosure_rule", "rule, rule_set, kind, code, severity, area, publish, clock, least, longest, follows_penalty, until_corrected, repairable, basis, verified, valid_from, valid_to"),
                           ("repair_rule", "rule, rule_set, kind, severity, area, standing, requires, least, allowed, basis, verified, valid_from, valid_to")):
        print("INSERT INTO fairdraw_data.%s (%s) VALUES\n%s;" % (table, columns, ",\n".join("(" + ", ".join(map(quoted, row)) + ")" for row in rows[table])))


# Random records

def read_book(file):
    with open(file, encoding="utf-8") as f:
        book = json.load(f)
    for part in book.values():
        for row in part:
            for name in ("valid_from", "valid_to"):
                row[name] = row[name] and datetime.date.fromisoformat(row[name])
            for name in ("least", "longest"):
                if row.get(name) is not None:
                    row[name] = tuple(row[name])
    borders = [day for part in book.values() for row in part for day in (row["valid_from"], row["valid_to"]) if day]
    book["sets"] = {row["rule_set"]: row for row in book["sets"]}
    book["rules"] = {kind: [row for row in book["rules"] if row["kind"] == kind] for kind in KINDS}
    return book, borders


def possible(record):
    def before(a, b):
        return record[a] is not None and record[b] is not None and record[a] < record[b]
    return not (before("rectified_on", "found_on") or before("repaired_on", "published_on")
                or record["kind"] != "inspection" and before("published_on", "decided_on")
                or record["kind"] == "penalty" and before("penalty_ends", "decided_on"))


def near(rng, day):
    return day + datetime.timedelta(rng.choice([-1, 0, 1]))


def random_record(rng, book, borders, words):
    while True:
        kind = rng.choice(KINDS)
        day = near(rng, rng.choice(borders)) if rng.random() < 0.5 else random_day(rng)
        record = {name: day + datetime.timedelta(rng.choice([0, 1, 10, 40, 400]) * rng.choice([-1, 1, 1])) if rng.random() < 0.75 else None for name in DATES}
        record.update(kind=kind, code=rng.choice([None] + CODES) if kind == "inspection" else None, withheld=rng.choice(WITHHELD) if rng.random() < 0.04 else None,
                      severity=rng.choice(words["severity"]), area=rng.choice(words["area"]), rule_set=rng.choice(sorted(book["sets"])) if rng.random() < 0.3 else None,
                      as_of=near(rng, rng.choice(borders)) if rng.random() < 0.3 else day + datetime.timedelta(rng.randrange(-100, 1500)))
        if rng.random() < 0.5:
            record["repaired_on"] = None
        if rng.random() < 0.1:
            record["penalty_ends"] = INFINITY
        elif rng.random() < 0.4:
            record["penalty_ends"] = None
        if possible(record):
            break
    # as near as can be to where the answer changes
    rule = rule_of(book, record)
    if rule is None or clock_of(rule, record) is None:
        return record
    moved = dict(record)
    if rule["longest"] is not None:
        end = after(clock_of(rule, record), rule["longest"])
        for name in ("penalty_ends", "rectified_on"):
            if rng.random() < 0.3 and name != rule["clock"] + "_on":
                moved[name] = near(rng, end)
    if rng.random() < 0.5:
        moved["repaired_on"] = near(rng, after(clock_of(rule, record), rule["least"]))
    elif rng.random() < 0.2 and record["rectified_on"] is not None:
        moved["repaired_on"] = near(rng, record["rectified_on"])
    end = term_of(book, moved)[1]
    if end is not None and rng.random() < 0.5:
        moved["as_of"] = near(rng, end)
    elif end is not None and rng.random() < 0.2:
        moved["repaired_on"] = near(rng, end)
    return moved if possible(moved) else record


def some_records(rng, number, wanted, *where_from):
    records = []
    while len(records) < number:
        record = random_record(rng, *where_from)
        if wanted(rule_of(where_from[0], record)) or rng.random() < 0.15:
            records.append(record)
    return records


def copy(table, rows):
    def field(value):
        if value is None:
            return "\\N"
        if value == INFINITY:
            return "infinity"
        return "{" + ",".join(value) + "}" if isinstance(value, list) else str(value)
    print("COPY %s FROM stdin;" % table)
    for row in rows:
        print("\t".join(map(field, row)))
    print("\\.")


def random_records(rng, file):
    book, borders = read_book(file)
    words = {fact: [None] + sorted({rule[fact] for rules in book["rules"].values() for rule in rules if rule[fact]}) for fact in ("severity", "area")}
    # most have a rule, or even something to repair
    terms = some_records(rng, TERMS, lambda rule: rule is not None, book, borders, words)
    repairs = some_records(rng, REPAIRS, lambda rule: rule is not None and rule["repairable"], book, borders, words)
    # so that few calls answer for all of them
    days = sorted({record["as_of"] for record in repairs[:50]})
    for record in repairs:
        record["as_of"] = min(days, key=lambda day: abs(day - record["as_of"]))
        record["standing"] = rng.choice([None, "repeated", "grave"])
        likely = rng.choice([0.5, 0.9, 1])
        record.update({name: True if rng.random() < likely else rng.choice([None, False]) for name in CONDITIONS})
    columns = "kind text, code fairdraw.result_code, severity text, area text, %s, withheld text, rule_set text, as_of date" % ", ".join(name + " date" for name in DATES)
    print("CREATE TEMP TABLE term_record (n integer, %s);" % columns)
    print("CREATE TEMP TABLE repair_record (n integer, record text GENERATED ALWAYS AS (n::text) STORED, %s, standing text, %s);" % (columns, ", ".join(name + " boolean" for name in CONDITIONS)))
    print("CREATE TEMP TABLE term_expected (n integer, starts date, ends date, status text, rule text, reason text);")
    print("CREATE TEMP TABLE repair_expected (n integer, eligible boolean, earliest date, missing text[], rule text, repair_rule text);")
    copy("term_record (n, %s)" % ", ".join(FACTS), ([n] + [r[name] for name in FACTS] for n, r in enumerate(terms)))
    copy("term_expected", ((n, *term_of(book, r)) for n, r in enumerate(terms)))
    names = FACTS + ["standing"] + CONDITIONS
    copy("repair_record (n, %s)" % ", ".join(names), ([n] + [r[name] for name in names] for n, r in enumerate(repairs)))
    copy("repair_expected", ((n, *eligibility_of(book, r)) for n, r in enumerate(repairs)))
    print("""
CREATE TEMP TABLE term_answer AS
SELECT n, t.* FROM term_record r, fairdraw.disclosure_term(kind, %s) t;
CREATE TEMP TABLE repair_answer AS
SELECT a.record::integer AS n, a.eligible, a.earliest, a.missing, a.rule, a.repair_rule FROM (SELECT DISTINCT as_of, rule_set FROM repair_record) g,
    fairdraw.repair_eligible(format('SELECT * FROM repair_record WHERE as_of = %%L AND rule_set IS NOT DISTINCT FROM %%L', as_of, rule_set), as_of, rule_set) a;
\\pset tuples_only on
\\pset format unaligned
\\pset fieldsep '\\t'
SELECT 'term', e.reason, count(*), coalesce(string_agg(n::text, ' ' ORDER BY n) FILTER (WHERE a IS DISTINCT FROM (n, e.starts, e.ends, e.status, e.rule, e.reason)), 'none')
FROM term_expected e LEFT JOIN term_answer a USING (n) GROUP BY 2 ORDER BY 2;
SELECT 'repair', coalesce(m, 'eligible'), count(*), coalesce(string_agg(n::text, ' ' ORDER BY n) FILTER (WHERE a IS DISTINCT FROM (n, e.eligible, e.earliest, e.missing, e.rule, e.repair_rule)), 'none')
FROM repair_expected e LEFT JOIN unnest(missing) m ON true LEFT JOIN repair_answer a USING (n) GROUP BY 2 ORDER BY 2;""" % ", ".join("%s => %s" % (name, name) for name in FACTS[1:]))


if __name__ == "__main__":
    seed, what, *files = sys.argv[1:]
    source = random.Random("%s %s" % (seed, what))
    if what == "rules":
        random_rules(source)
    else:
        random_records(source, *files)
