#!/usr/bin/env python3
"""Writes a psql script that loads random assignments of several kinds and what
fairdraw-verify makes of them, plans and draws them with fairdraw, and prints
for each kind: kind TAB instances TAB pairs TAB places TAB refused TAB instances
that differ.
"""
import importlib.machinery
import importlib.util
import os
import sys

from assignments import KINDS, copy, problems, write_tables

sys.dont_write_bytecode = True
TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "verify", "fairdraw-verify")
loader = importlib.machinery.SourceFileLoader("fairdraw_verify", TOOL)
tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("fairdraw_verify", loader))
loader.exec_module(tool)

# instances of each kind, and of each visits and inspectors
SIZES = [(40, (1, 5), (2, 6)), (25, (4, 25), (3, 16)), (5, (30, 60), (10, 30))]


def groups(problem, visit, number_of):
    """The groups that are bound at the visit, as fairdraw-verify has them."""
    members = {name: set() for name in problem.bounds_of(visit)}
    families = {}
    for inspector in problem.eligible(visit):
        for name in problem.pairs[visit, inspector] & members.keys():
            members[name].add(number_of[inspector])
        if inspector in problem.families:
            families.setdefault(problem.families[inspector], set()).add(number_of[inspector])
    return ([tool.Group(name, frozenset(members[name]), *problem.bounds_of(visit)[name]) for name in members] +
            [tool.Group("exclusion:" + name, frozenset(found), 0, 1) for name, found in families.items()])


def solve(problem, seed, label):
    """Rows of the plan and of the draw; or what it is refused with."""
    if not problem.pairs:
        return "ZF009"
    visits = sorted(problem.needs, key=str.encode)
    inspectors = sorted(problem.loads, key=str.encode)
    number_of = {name: i for i, name in enumerate(inspectors)}
    unit = 2 ** problem.precision
    try:
        a = tool.Assignment([tool.tree_of_visit(problem.needs[v], {number_of[i] for i in problem.eligible(v)}, groups(problem, v, number_of))
                             for v in visits], [problem.loads[i][0] for i in inspectors], [problem.loads[i][1] for i in inspectors])
    except tool.Crossing:
        return "ZF005"
    try:
        _, _, lo, hi = tool.bounds_of_loads(a, problem.balance, problem.slack)
    except tool.NoLottery:
        return "ZF001"
    try:
        x, fixed, _, _ = tool.probabilities(a, unit, problem.cap or unit, lo, hi, problem.evenness)
    except tool.NoLottery:
        return "ZF006"
    plan = [(visits[a.visit[p]], inspectors[a.inspector[p]], x[p], "t" if fixed[p] else "f") for p in range(len(x))]
    key = tool.lottery_key(tool.hex_H(seed), label)
    teams = [(visits[v], slot, inspectors[i]) for v, team in enumerate(tool.Rounding(a, x, problem.precision, key).teams())
             for slot, i in enumerate(team, 1)]
    return plan, teams


instances, refused, plans, teams = [], [], [], []
for kind in KINDS:
    for count, visits, inspectors in SIZES:
        for problem in problems(kind, KINDS[kind], count, visits, inspectors):
            number = len(instances)
            seed, label = "种子 %d" % number, "lottery/%d" % (number % 3)
            instances.append((number, kind, problem, seed, label))
            answer = solve(problem, seed, label)
            if isinstance(answer, str):
                refused.append((number, answer))
            else:
                plans += [(number, *row) for row in answer[0]]
                teams += [(number, *row) for row in answer[1]]

write_tables(instances)
print("""CREATE TEMP TABLE expected_refusal (instance int, code text);
CREATE TEMP TABLE expected_plan (instance int, visit text, inspector text, numerator bigint, forced boolean);
CREATE TEMP TABLE expected_team (instance int, visit text, slot int, inspector text);""")
copy("expected_refusal", refused)
copy("expected_plan", plans)
copy("expected_team", teams)
print("""
CREATE TEMP TABLE refusal (LIKE expected_refusal);
CREATE TEMP TABLE plan (LIKE expected_plan);
CREATE TEMP TABLE team (LIKE expected_team);
DO $$
DECLARE
    q record;
BEGIN
    FOR q IN TABLE query LOOP
        BEGIN
            INSERT INTO plan SELECT q.instance, visit, inspector, numerator, forced FROM fairdraw.assign_plan(q.visits, q.staff, q.eligible, q.options);
            INSERT INTO team SELECT q.instance, visit, slot, inspector FROM fairdraw.assign_draw(q.visits, q.staff, q.eligible, q.seed, q.options, q.label);
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO refusal VALUES (q.instance, SQLSTATE);
        END;
    END LOOP;
END
$$;
\\pset tuples_only on
\\pset format unaligned
\\pset fieldsep '\\t'
WITH differs AS (
    SELECT instance FROM (TABLE plan EXCEPT ALL TABLE expected_plan) AS a UNION SELECT instance FROM (TABLE expected_plan EXCEPT ALL TABLE plan) AS b
    UNION SELECT instance FROM (TABLE team EXCEPT ALL TABLE expected_team) AS c UNION SELECT instance FROM (TABLE expected_team EXCEPT ALL TABLE team) AS d
    UNION SELECT instance FROM (TABLE refusal EXCEPT ALL TABLE expected_refusal) AS e UNION SELECT instance FROM (TABLE expected_refusal EXCEPT ALL TABLE refusal) AS f)
SELECT kind, count(*), (SELECT count(*) FROM plan JOIN problem USING (instance) WHERE kind = p.kind),
       (SELECT count(*) FROM team JOIN problem USING (instance) WHERE kind = p.kind), count(*) FILTER (WHERE instance IN (SELECT instance FROM refusal)),
       coalesce(string_agg(instance::text, ' ' ORDER BY instance) FILTER (WHERE instance IN (TABLE differs)), 'none')
FROM problem AS p GROUP BY kind ORDER BY min(instance);""")
