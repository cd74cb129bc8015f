"""Random assignments of several kinds, the same in every run, and how to load
them into tables in no order.
"""
import json
import random


class Problem:
    def __init__(self):
        self.needs = {}         # visit: need
        self.rules = {}         # visit: bounds of its own, instead of those of the options
        self.loads = {}         # inspector: (least, largest or None)
        self.families = {}      # inspector: exclusion group
        self.pairs = {}         # (visit, inspector): set of groups
        self.groups = {}        # name: (min, max or None)
        self.balance, self.slack, self.evenness = "range", 1, "1/2"
        self.precision, self.cap = 20, None     # cap in units of 2^-precision
        self.packed = False     # given as arrays

    def bounds_of(self, visit):
        return self.rules.get(visit, self.groups)

    def eligible(self, visit):
        return [i for v, i in self.pairs if v == visit]

    def options(self):
        options = {"balance": self.balance, "load_slack": self.slack, "evenness": self.evenness,
                   "precision_bits": self.precision, "groups": rules_json(self.groups)}
        if self.cap is not None:
            # half a unit more, so that rounding cannot make it one less
            options["max_pair_prob"] = min(self.cap + 0.5, 2 ** self.precision) / 2 ** self.precision
        return options


def rules_json(rules):
    return {name: {"min": low} if high is None else {"min": low, "max": high}
            for name, (low, high) in rules.items()}


#
# Kinds
#

def staff(r, problem, count):
    """Who there is: leads are senior, juniors are not, some belong to the bureau."""
    people = {}
    for n in range(count):
        name = r.choice(["i%d", "检%d", "%d", "O'Neill\\%d"]) % n
        senior = r.random() < .5
        people[name] = {"lead": senior and r.random() < .7, "senior": senior, "junior": not senior,
                        "bureau": r.random() < .4, "station": r.randrange(4)}
        problem.loads[name] = (0, None)
    return people


def groups_of(person):
    return {name for name in ("lead", "senior", "junior", "bureau") if person[name]}


def make(r, kinds, visits, inspectors):
    problem = Problem()
    people = staff(r, problem, inspectors)
    names = list(people)
    popular = {name: r.random() ** 2 + .02 for name in names}
    width = r.randint(inspectors // 2 if "groups" in kinds else 2, inspectors)
    if "exclusion" in kinds:
        # a family mostly agrees in its groups, else they would cross
        for name in r.sample(names, inspectors // 2):
            family = r.randrange(max(1, inspectors // 3))
            problem.families[name] = "家 %d" % family
            if r.random() < .98:
                first = [n for n in names if problem.families.get(n) == problem.families[name]][0]
                people[name] = dict(people[first])
    for n in range(visits):
        visit = r.choice(["v%d", "v%d", "访\t%d"]) % n
        need = r.choice([1, 1, 2] if "pair cap" in kinds else [1, 1, 2, 2, 2, 3, 4])
        station = r.randrange(4)
        if "stations" in kinds:
            pool = [i for i in names if people[i]["bureau"] or people[i]["station"] == station]
        else:
            size = need + r.choice([0, 0, 1, 1, 2]) if "tight" in kinds else max(width, need)
            weight = popular if r.random() < .5 else dict.fromkeys(names, 1)
            pool = sorted(names, key=lambda i: r.random() / weight[i])[:size]
        # a few ask for more than there are
        if r.random() < .98:
            need = min(need, max(1, len(pool)))
        problem.needs[visit] = need
        for i in pool:
            problem.pairs[visit, i] = groups_of(people[i])
    total = sum(problem.needs.values())
    mean = total // inspectors

    if "groups" in kinds:
        # nested ones, and disjoint ones
        problem.groups = r.choice([
            {"lead": (1, None)}, {"lead": (0, 1)}, {"lead": (0, 1), "senior": (1, None)}, {"lead": (0, 1), "senior": (0, 2), "junior": (0, 1)},
            {"senior": (1, None), "junior": (0, 1)}, {"lead": (1, 2), "senior": (1, 3), "junior": (0, 2)}, {"senior": (0, 1)}])
    elif "stations" in kinds:
        problem.groups = {"bureau": r.choice([(1, None), (0, 1), (1, 1), (1, 2)])}
    if "own bounds" in kinds:
        problem.rules = {visit: r.choice([{}, {"lead": (0, 1)}, {"senior": (1, None)}, {"junior": (0, 2), "lead": (0, 1)}])
                         for visit in problem.needs if r.random() < .6}
    if "crossing" in kinds and (visits < 4 or r.random() < .6):
        problem.groups = {"lead": (1, None), "bureau": (0, 1)}
    if "loads" in kinds:
        for name in names:
            low = r.randint(0, 1 + mean) if r.random() < .15 else 0
            high = max(low, r.randint(max(0, mean - 1), mean + 4)) if r.random() < .3 else None
            problem.loads[name] = (low, high)
    if "scarce" in kinds:
        for name in names:
            problem.loads[name] = (0, r.choice([0, 1, 1, 2, None]))
    if "demanding" in kinds:
        for name in names:
            problem.loads[name] = (r.choice([0, 0, 1, 2, 3]), None)
    if "cap" in kinds:
        problem.balance = "cap"
    else:
        problem.slack = 0 if "slack 0" in kinds else r.choice([0, 1, 1, 1, 2])
    problem.evenness = r.choice(["0", "1/2", "1/2", "3/4"])
    if "precision" in kinds:
        problem.precision = r.choice([1, 2, 5, 12, 17, 24])
    if "pair cap" in kinds:
        unit = 2 ** problem.precision
        problem.cap = max(1, r.choice([unit // 2, unit * 3 // 4, unit // 2 + 1, unit * 2 // 3, r.randint(unit // 2, unit), unit * 9 // 10, unit - 1]))
    problem.packed = r.random() < .3
    return problem


# name of a kind: what it has
KINDS = {
    "all are alike": [],
    "loads as even as they can be": ["slack 0"],
    "few more than are needed": ["tight"],
    "few, and even loads": ["tight", "slack 0"],
    "bounds of single loads": ["loads"],
    "only bounds of single loads": ["loads", "cap"],
    "groups": ["groups"],
    "groups of single visits": ["groups", "own bounds"],
    "exclusion groups": ["exclusion"],
    "groups and exclusion groups": ["groups", "exclusion"],
    "stations and bureau": ["stations"],
    "a largest probability": ["pair cap"],
    "a largest probability, and groups": ["pair cap", "groups"],
    "other precisions": ["precision"],
    "groups that cross": ["crossing"],
    "everything": ["groups", "exclusion", "loads", "precision", "own bounds"],
}


def problems(seed, kinds, count, visits, inspectors):
    """The same ones in every run."""
    r = random.Random(seed)
    for _ in range(count):
        yield make(r, kinds, r.randint(*visits), r.randint(*inspectors))


#
# Tables
#

def escape(value):
    if value is None:
        return "\\N"
    if isinstance(value, set):
        value = "{" + ",".join(sorted(value)) + "}"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def copy(table, rows):
    print(f"COPY {table} FROM stdin;")
    for row in rows:
        print(*map(escape, row), sep="\t")
    print("\\.")


def write_tables(instances):
    """instances: (number, kind, problem, seed, label)"""
    print("""\\set QUIET on
\\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET client_min_messages = error;
CREATE TEMP TABLE problem (instance int PRIMARY KEY, kind text, options jsonb, seed text, label text, packed boolean);
CREATE TEMP TABLE visit (instance int, visit text, need int, groups jsonb);
CREATE TEMP TABLE inspector (instance int, inspector text, min_load int, max_load int, exclusion_group text);
CREATE TEMP TABLE pair (instance int, visit text, inspector text, groups text[]);""")
    copy("problem", [(n, kind, json.dumps(p.options()), seed, label, p.packed) for n, kind, p, seed, label in instances])
    copy("visit", [(n, v, need, json.dumps(rules_json(p.rules[v])) if v in p.rules else None)
                   for n, _, p, _, _ in instances for v, need in shuffled(p.needs)])
    copy("inspector", [(n, i, low, 1000000 if high is None else high, p.families.get(i))
                       for n, _, p, _, _ in instances for i, (low, high) in shuffled(p.loads)])
    copy("pair", [(n, v, i, groups) for n, _, p, _, _ in instances for (v, i), groups in shuffled(p.pairs)])
    print("""CREATE INDEX ON visit (instance);
CREATE INDEX ON inspector (instance);
CREATE INDEX ON pair (instance);
ANALYZE;
CREATE TEMP VIEW query AS
    SELECT instance, kind, options, seed, label,
           format('SELECT visit, need, groups FROM visit WHERE instance = %s', instance) AS visits,
           format('SELECT inspector, min_load, max_load, exclusion_group FROM inspector WHERE instance = %s', instance) AS staff,
           CASE WHEN packed THEN format('SELECT visit, array_agg(inspector) AS inspectors, groups FROM pair WHERE instance = %s GROUP BY visit, groups', instance)
                ELSE format('SELECT visit, inspector, groups FROM pair WHERE instance = %s', instance) END AS eligible
    FROM problem;""")


def shuffled(mapping):
    items = list(mapping.items())
    random.Random(len(items)).shuffle(items)
    return items
