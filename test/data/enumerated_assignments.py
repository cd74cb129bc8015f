#!/usr/bin/env python3
"""Writes a psql script that loads small random assignments and what follows
from the list of all their solutions, and prints for each fact: fact TAB
instances TAB cases TAB instances that differ.

Nothing here is shared with the extension or with fairdraw-verify: teams and
assignments are enumerated, the range of the loads, the pairs that are forced
and the largest shortage are read off by trying everything.
"""
from itertools import combinations

from assignments import KINDS, copy, problems, write_tables

MOST_COMBINATIONS = 30000      # of teams that are looked at in one instance
MOST_SOLUTIONS = 2000
WANTED = 30                    # instances of a kind
DRAWS = 12


class TooMany(Exception):
    pass


def crosses(problem, visit):
    """Are there two groups that bind, neither nested nor disjoint?"""
    need, pool = problem.needs[visit], problem.eligible(visit)
    sets = [({i for i in pool if name in problem.pairs[visit, i]}, low, high)
            for name, (low, high) in problem.bounds_of(visit).items()]
    sets += [({i for i in pool if problem.families.get(i) == family}, 0, 1) for family in set(problem.families.values())]
    binding = [s for s, low, high in sets if low > 0 or high is not None and high < min(need, len(s))]
    return any(s & t and not s <= t and not t <= s for s, t in combinations(binding, 2))


def teams_of(problem, visit):
    """All teams that the visit alone allows."""
    for team in combinations(sorted(problem.eligible(visit)), problem.needs[visit]):
        families = [problem.families[i] for i in team if i in problem.families]
        if len(set(families)) < len(families):
            continue
        counts = {name: sum(name in problem.pairs[visit, i] for i in team) for name in problem.bounds_of(visit)}
        if all(low <= counts[name] and (high is None or counts[name] <= high) for name, (low, high) in problem.bounds_of(visit).items()):
            yield team


def solutions(problem):
    """All assignments within the loads: each a list of (visit, inspector), and the loads."""
    visits = sorted(problem.needs)
    teams = []
    combinations_left = MOST_COMBINATIONS
    for visit in visits:
        found = list(teams_of(problem, visit))
        combinations_left //= max(1, len(found))
        if combinations_left == 0:
            raise TooMany
        teams.append(found)
    found, loads, chosen = [], dict.fromkeys(problem.loads, 0), []

    def go_on(v):
        if v == len(visits):
            if all(loads[i] >= low for i, (low, _) in problem.loads.items()):
                found.append((list(chosen), dict(loads)))
            return
        for team in teams[v]:
            if all(problem.loads[i][1] is None or loads[i] < problem.loads[i][1] for i in team):
                for i in team:
                    loads[i] += 1
                    chosen.append((visits[v], i))
                go_on(v + 1)
                for i in team:
                    loads[i] -= 1
                    chosen.pop()

    go_on(0)
    return found


def within_range(problem, found):
    """Those whose loads are as close together as they can be, up to the slack."""
    everybody = list(problem.loads)
    low = {i: problem.loads[i][0] for i in everybody}
    quarter = {i: sum(j == i for _, j in problem.pairs) // 4 for i in everybody}

    def most(level):
        return {i: min(max(level, low[i]), len(problem.needs) if problem.loads[i][1] is None else problem.loads[i][1]) for i in everybody}

    def least(level, top):
        return {i: max(low[i], min(level, top[i], quarter[i])) for i in everybody}

    def between(bottom, top):
        return [s for s in found if all(bottom[i] <= s[1][i] <= top[i] for i in everybody)]

    high = 0
    while not between(low, most(high)):
        high += 1
    top = most(high)
    floor = max(f for f in range(high + 1) if between(least(f, top), top))
    return between(least(floor - problem.slack, top), most(high + problem.slack))


def subsets(items):
    for size in range(len(items) + 1):
        yield from combinations(items, size)


def largest_shortage(problem):
    """The most that any visits need beyond what inspectors can do; if there is none, the most
    that any inspectors must get beyond what visits need of them."""
    def high(i):
        return len(problem.needs) if problem.loads[i][1] is None else problem.loads[i][1]

    def beyond(visits):
        return (sum(problem.needs[v] for v in visits) -
                sum(min(high(i), sum((v, i) in problem.pairs for v in visits)) for i in problem.loads))

    def beyond_needs(inspectors):
        return (sum(problem.loads[i][0] for i in inspectors) -
                sum(min(need, sum((v, i) in problem.pairs for i in inspectors)) for v, need in problem.needs.items()))

    return (max(beyond(visits) for visits in subsets(list(problem.needs))) or
            max(beyond_needs(inspectors) for inspectors in subsets(list(problem.loads))))


# the largest probability says nothing about which assignments there are
ALL_KINDS = {kind: has for kind, has in KINDS.items() if "pair cap" not in has}
ALL_KINDS.update({"too few inspectors": ["scarce"], "far too few": ["scarce", "tight"], "loads that are too large": ["demanding"]})

instances, refused, forced, members, shortages = [], [], [], [], []
for kind, has in ALL_KINDS.items():
    kept = 0
    for problem in problems(kind + ", enumerated", has, 4 * WANTED, (1, 7), (2, 6)):
        if kept == WANTED:
            break
        if not problem.pairs:
            continue
        number = len(instances)
        if any(crosses(problem, v) for v in problem.needs):
            refused.append((number, "ZF005"))
        else:
            try:
                found = solutions(problem)
            except TooMany:
                continue
            if found and problem.balance == "range":
                found = within_range(problem, found)
            if len(found) > MOST_SOLUTIONS:
                continue
            if found:
                members += [(number, sorted(solution)) for solution, _ in found]
                in_all = set.intersection(*(set(s) for s, _ in found))
                in_some = set.union(*(set(s) for s, _ in found))
                forced += [(number, v, i, 1 if (v, i) in in_all else 0 if (v, i) not in in_some else None) for v, i in problem.pairs]
            else:
                refused.append((number, "ZF001"))
                if not problem.groups and not problem.rules and not problem.families:
                    shortages.append((number, largest_shortage(problem)))
        instances.append((number, kind, problem, "seed", "label"))
        kept += 1

write_tables(instances)
print("""CREATE TEMP TABLE expected_refusal (instance int, code text);
CREATE TEMP TABLE expected_forced (instance int, visit text, inspector text, probability int);
CREATE TEMP TABLE solution (instance int, teams text);
CREATE TEMP TABLE expected_shortage (instance int, shortage bigint);""")
copy("expected_refusal", refused)
copy("expected_forced", forced)
copy("solution", [(number, "; ".join("%s/%s" % pair for pair in solution)) for number, solution in members])
copy("expected_shortage", shortages)
print("""CREATE INDEX ON solution (instance);
CREATE TEMP TABLE refusal (LIKE expected_refusal);
CREATE TEMP TABLE plan (instance int, visit text, inspector text, numerator bigint, denominator bigint, forced boolean);
CREATE TEMP TABLE team (instance int, seed int, visit text, inspector text);
CREATE TEMP TABLE bottleneck (instance int, shortage bigint, needed bigint, capacity bigint, elsewhere bigint);
DO $$
DECLARE
    q record;
BEGIN
    FOR q IN TABLE query LOOP
        BEGIN
            INSERT INTO plan SELECT q.instance, p.* FROM fairdraw.assign_plan(q.visits, q.staff, q.eligible, q.options) AS p;
            INSERT INTO team SELECT q.instance, seed, visit, inspector FROM generate_series(1, @DRAWS@) AS seed, fairdraw.assign_draw(q.visits, q.staff, q.eligible, 'seed ' || seed, q.options);
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO refusal VALUES (q.instance, SQLSTATE);
        END;
        BEGIN
            INSERT INTO bottleneck SELECT q.instance, shortage, needed, capacity, elsewhere FROM fairdraw.assign_explain(q.visits, q.staff, q.eligible, q.options);
        EXCEPTION WHEN SQLSTATE 'ZF005' THEN
            NULL;
        END;
    END LOOP;
END
$$;
CREATE TEMP TABLE drawn AS SELECT instance, seed, string_agg(visit || '/' || inspector, '; ' ORDER BY visit COLLATE "C", inspector COLLATE "C") AS teams FROM team GROUP BY instance, seed;
\\pset tuples_only on
\\pset format unaligned
\\pset fieldsep '\\t'
SELECT 'refused are those that have no assignment, or groups that cross', (SELECT count(*) FROM problem), count(*) FILTER (WHERE expected),
       coalesce(string_agg(DISTINCT instance::text, ' ') FILTER (WHERE NOT expected OR NOT found), 'none')
FROM (SELECT instance, code, true AS expected FROM expected_refusal) AS e FULL JOIN (SELECT instance, code, true AS found FROM refusal) AS r USING (instance, code);
SELECT format('forced with probability %s are the pairs of %s', answer, CASE answer WHEN 1 THEN 'all assignments' ELSE 'none' END), count(DISTINCT instance), count(*) FILTER (WHERE probability = answer),
       coalesce(string_agg(DISTINCT instance::text, ' ') FILTER (WHERE (probability = answer) IS DISTINCT FROM (forced AND numerator = answer * denominator)
                                                                       AND (coalesce(probability = answer, false) OR coalesce(forced AND numerator = answer * denominator, true))), 'none')
FROM expected_forced FULL JOIN plan USING (instance, visit, inspector), unnest('{0,1}'::int[]) AS answer GROUP BY answer ORDER BY answer;
SELECT 'free are the pairs of some assignments, but not of all', count(DISTINCT instance), count(*) FILTER (WHERE probability IS NULL),
       coalesce(string_agg(DISTINCT instance::text, ' ') FILTER (WHERE (probability IS NULL) = forced), 'none')
FROM expected_forced JOIN plan USING (instance, visit, inspector);
SELECT 'drawn are assignments that exist', count(DISTINCT instance), count(*),
       coalesce(string_agg(DISTINCT instance::text, ' ') FILTER (WHERE NOT EXISTS (SELECT FROM solution AS s WHERE s.instance = d.instance AND s.teams = d.teams)), 'none')
FROM drawn AS d;
SELECT 'several draws differ where there are several assignments', count(*), sum(draws), coalesce(string_agg(instance::text, ' ') FILTER (WHERE draws = 1), 'none')
FROM (SELECT instance, count(DISTINCT teams) AS draws FROM drawn WHERE (SELECT count(*) FROM solution AS s WHERE s.instance = drawn.instance) > 1 GROUP BY instance) AS d;
SELECT 'bottlenecks are found where there is no assignment', count(*), (SELECT count(*) FROM bottleneck),
       coalesce(string_agg(instance::text, ' ') FILTER (WHERE (code = 'ZF001') <> EXISTS (SELECT FROM bottleneck AS b WHERE b.instance = p.instance)), 'none')
FROM problem AS p JOIN (SELECT instance, coalesce(code, 'none') FROM problem LEFT JOIN expected_refusal USING (instance)) AS e (instance, code) USING (instance);
SELECT 'a shortage is what is needed, less the capacity, less what comes from elsewhere', count(DISTINCT instance), count(*),
       coalesce(string_agg(DISTINCT instance::text, ' ') FILTER (WHERE shortage <> needed - capacity - elsewhere OR shortage < 1), 'none')
FROM bottleneck;
SELECT 'all shortages together are the largest that any visits or inspectors have', count(*), sum(shortage), coalesce(string_agg(instance::text, ' ') FILTER (WHERE found IS DISTINCT FROM shortage), 'none')
FROM expected_shortage LEFT JOIN (SELECT instance, sum(shortage) AS found FROM bottleneck GROUP BY instance) AS b USING (instance);
SELECT 'kinds', count(DISTINCT kind), min(count), 'none' FROM (SELECT kind, count(*) FROM problem GROUP BY kind) AS k;""".replace("@DRAWS@", str(DRAWS)))
