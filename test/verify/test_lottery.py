#!/usr/bin/env python3
"""Tests of verify/fairdraw-verify: the lottery of inspectors, doc/assignment.md. Run: python3 test/verify/test_lottery.py

The arithmetic of sections 2, 3 and 6 is compared with the enumeration of all assignments of small instances. The
bundles that the tool must accept are written by `Lottery` below, whose eligible pairs were found by hand.
"""

import hashlib
import itertools
import random
import re
import sys
import unittest
from collections import Counter, defaultdict
from fractions import Fraction
from types import SimpleNamespace

sys.dont_write_bytecode = True
from test_verify import Case, Run, replace_once, sha, small, tool


# ---- Small instances, and all their assignments --------------------------------------------------

class Instance:
    """visits: [(need, {inspector: set of groups})]; inspectors: {inspector: (lo, hi or None)}; groups: {name: (least,
    largest or None)}. Inspectors are numbers from 0; visits stand in order."""

    def __init__(self, visits, inspectors, groups=None, **options):
        self.visits, self.inspectors, self.groups = visits, inspectors, groups or {}
        self.options = dict({"balance": "range", "slack": 1, "evenness": "1/2", "W": 20, "C": None}, **options)
        self.U = 2**self.options["W"]
        self.C = self.options["C"] or self.U

    def assignment(self):
        trees = []
        for need, pairs in self.visits:
            groups = [tool.Group(name, frozenset(i for i in pairs if name in pairs[i]), *bounds)
                      for name, bounds in self.groups.items()]
            trees.append(tool.tree_of_visit(need, pairs, groups))
        lo, hi = zip(*(self.inspectors[i] for i in sorted(self.inspectors)))
        return tool.Assignment(trees, list(lo), list(hi))

    def solve(self):
        """None: there is no assignment."""
        s = SimpleNamespace(a=self.assignment())
        try:
            s.F, s.H, s.lo, s.hi = tool.bounds_of_loads(s.a, self.options["balance"], self.options["slack"])
            s.x, s.fixed, s.times, s.rounds = tool.probabilities(s.a, self.U, self.C, s.lo, s.hi, self.options["evenness"])
        except tool.NoLottery:
            return None
        s.chance = {(v, i): Fraction(x, self.U) for v, i, x in zip(s.a.visit, s.a.inspector, s.x)}
        s.fixed = dict(zip(s.chance, s.fixed))
        return s

    # -- without the tool

    def is_team(self, v, team):
        need, pairs = self.visits[v]
        return len(team) == need and all(
            least <= sum(name in pairs[i] for i in team) <= (need if largest is None else largest)
            for name, (least, largest) in self.groups.items())

    def loads(self, teams):
        count = Counter(i for team in teams for i in team)
        return [count[i] for i in sorted(self.inspectors)]

    def enumerate(self):
        """(F, H, lo'', hi'', [teams of each visit, ...]), or None."""
        teams = [[team for team in itertools.combinations(sorted(pairs), need) if self.is_team(v, team)]
                 for v, (need, pairs) in enumerate(self.visits)]
        everything = [(teams, self.loads(teams)) for teams in itertools.product(*teams)]
        size = len(self.visits)
        lo = [self.inspectors[i][0] for i in sorted(self.inspectors)]
        hi = [size if self.inspectors[i][1] is None else min(size, self.inspectors[i][1]) for i in sorted(self.inspectors)]
        d = [sum(i in pairs for _, pairs in self.visits) for i in sorted(self.inspectors)]

        def within(lo, hi):
            return [teams for teams, loads in everything if all(l <= n <= h for l, n, h in zip(lo, loads, hi))]
        if not within(lo, hi):
            return None
        if self.options["balance"] == "cap":
            return None, None, lo, hi, within(lo, hi)
        s = self.options["slack"]
        H = next(H for H in range(size + 1) if within(lo, [min(h, max(H, l)) for l, h in zip(lo, hi)]))
        cut = [min(h, max(H, l)) for l, h in zip(lo, hi)]

        def floor(F):
            return [max(l, min(F, h, n // 4)) for l, h, n in zip(lo, cut, d)]
        F = max(F for F in range(H + 1) if within(floor(F), cut))
        lo, hi = floor(F - s), [min(h, max(H + s, l)) for l, h in zip(lo, hi)]
        return F, H, lo, hi, within(lo, hi)

    def fractional(self, lo, hi):
        """All fractional assignments, in units: {(visit, inspector): x}."""
        def rows(v):
            need, pairs = self.visits[v]
            for values in itertools.product(range(self.C + 1), repeat=len(pairs)):
                row = dict(zip(sorted(pairs), values))
                sums = [(sum(x for i, x in row.items() if name in pairs[i]), least, need if largest is None else largest)
                        for name, (least, largest) in self.groups.items()]
                if sum(values) == need * self.U and all(l * self.U <= total <= h * self.U for total, l, h in sums):
                    yield row
        found = []
        for combination in itertools.product(*(list(rows(v)) for v in range(len(self.visits)))):
            loads = [sum(row.get(i, 0) for row in combination) for i in sorted(self.inspectors)]
            if all(l * self.U <= load <= h * self.U for l, load, h in zip(lo, loads, hi)):
                found.append({(v, i): x for v, row in enumerate(combination) for i, x in row.items()})
        return found


def some_instance(rng, visits=4, inspectors=5, grouped=True, **options):
    names = rng.choice([{}, {"lead": (1, None)}, {"lead": (0, 1)}, {"lead": (1, 1), "old": (1, None)}, {"x": (0, 1)},
                        {"lead": (0, 1), "x": (0, 1), "old": (1, 2)}]) if grouped else {}
    attributes = {i: {name for name in ("lead", "old") if rng.random() < .5} for i in range(inspectors)}
    for i in attributes:                                                 # lead within old, x beside both
        attributes[i] |= {"old"} if "lead" in attributes[i] else set()
        attributes[i] |= {"x"} if not attributes[i] and rng.random() < .7 else set()
    rows = []
    for _ in range(rng.randint(1, visits)):
        eligible = rng.sample(range(inspectors), rng.randint(1, inspectors))
        rows.append((rng.randint(1, min(3, len(eligible))), {i: attributes[i] for i in eligible}))
    bounds = {i: (0, None) for i in range(inspectors)}
    for i in bounds:
        if rng.random() < .25:
            hi = rng.randint(0, 3)
            bounds[i] = (rng.randint(0, min(1, hi)), hi)
    return Instance(rows, bounds, names, **options)


class AllAssignments(unittest.TestCase):
    def test_give_the_bounds_of_loads_the_fixed_pairs_and_contain_every_outcome(self):
        rng, solved = random.Random(5), Counter()
        for number in range(400):
            instance = some_instance(rng, balance=rng.choice(["range", "range", "cap"]), slack=rng.choice([0, 1, 2]),
                                     evenness=rng.choice(["0", "1/2", "3/4"]), W=rng.choice([1, 3, 20, 40]))
            found, s = instance.enumerate(), instance.solve()
            self.assertEqual(found is None, s is None)
            solved[s is None] += 1
            if s is None:
                continue
            F, H, lo, hi, all_of_them = found
            self.assertEqual((s.F, s.H, s.lo, s.hi), (F, H, lo, hi))
            taken = Counter((v, i) for teams in all_of_them for v, team in enumerate(teams) for i in team)
            for pair in s.chance:
                self.assertEqual(s.fixed[pair], taken[pair] in (0, len(all_of_them)))
                if s.fixed[pair]:
                    self.assertEqual(s.chance[pair], taken[pair] // len(all_of_them))
            for key in ("a", "b"):
                teams = tool.Rounding(s.a, s.x, instance.options["W"], sha(key + str(number))).teams()
                self.assertIn(tuple(map(tuple, teams)), all_of_them)
                for i, load in enumerate(instance.loads(teams)):
                    expected = sum(chance for (_, j), chance in s.chance.items() if j == i)
                    self.assertLess(abs(load - expected), 1)
        self.assertGreater(solved[True], 50)
        self.assertGreater(solved[False], 150)

    def test_in_quarters_give_the_fixed_pairs_where_a_pair_may_have_less_than_1(self):
        rng, seen = random.Random(6), Counter()
        while seen["solved"] < 60:
            instance = some_instance(rng, 3, 4, grouped=rng.random() < .5, W=2, C=rng.choice([2, 3, 3]),
                                     balance=rng.choice(["cap", "range"]), slack=rng.choice([0, 1]))
            if sum(len(pairs) for _, pairs in instance.visits) > 9:
                continue
            found = instance.enumerate()
            if found is None:
                self.assertIsNone(instance.solve())
                continue
            all_of_them, s = instance.fractional(found[2], found[3]), instance.solve()
            self.assertEqual(all_of_them == [], s is None)
            if s is None:
                seen["too small"] += 1
                continue
            seen["solved"] += 1
            for pair in s.chance:
                values = {fractional[pair] for fractional in all_of_them}
                seen["inside"] += len(values) == 1 and not values <= {0, instance.C}
                self.assertEqual(s.fixed[pair], len(values) == 1 and values <= {0, instance.C})
                if len(values) == 1:
                    self.assertEqual(values, {s.chance[pair] * 4})
            self.assertIn({pair: chance * 4 for pair, chance in s.chance.items()}, all_of_them)
        self.assertGreater(seen["too small"], 5)

    def test_are_none_where_groups_or_loads_leave_none(self):
        for visits, inspectors, groups in (
                ([(2, {0: set()})], {0: (0, None)}, {}),
                ([(1, {0: set()})], {0: (0, 0)}, {}),
                ([(1, {0: set(), 1: set()})], {0: (0, None), 1: (1, None), 2: (1, None)}, {}),
                ([(1, {0: set()})], {0: (2, None)}, {}),                 # more than there are visits
                ([(1, {0: set()})], {0: (0, None)}, {"lead": (1, None)}),
                ([(2, {0: {"a"}, 1: {"a"}})], {0: (0, None), 1: (0, None)}, {"a": (0, 1)}),
                ([(1, {0: {"a"}, 1: {"b"}})], {0: (0, None), 1: (0, None)}, {"a": (1, None), "b": (1, None)}),
                ([(2, {0: {"a", "b"}, 1: {"a", "b"}})], {0: (0, None), 1: (0, None)}, {"a": (2, 2), "b": (0, 1)})):
            self.assertIsNone(Instance(visits, inspectors, groups).solve())


# ---- Section 1: trees ----------------------------------------------------------------------------

def tree(need, inspectors, *groups):
    return tool.tree_of_visit(need, inspectors, [tool.Group(name, frozenset(members), least, largest)
                                                 for name, members, least, largest in groups])


class ATree(unittest.TestCase):
    def test_has_a_node_for_every_group_that_says_something(self):
        self.assertEqual(tree(2, [3, 1, 2]), [(None, [], 2, 2, [1, 2, 3])])
        self.assertEqual(tree(2, [1, 2, 3], ("a", {1}, 0, 1), ("b", {1, 2}, 0, 2), ("c", {1, 2, 3}, 0, None),
                              ("d", (), 0, 0)),
                         [(None, [], 2, 2, [1, 2, 3])])
        self.assertEqual(tree(2, [1, 2, 3], ("a", {1}, 0, 0), ("b", {2}, 1, 7)),
                         [(None, [], 2, 2, [3]), (0, ["a"], 0, 0, [1]), (0, ["b"], 1, 2, [2])])
        self.assertEqual(tree(1, [1, 2, 3], ("exclusion:x", {1, 2}, 0, 1)), [(None, [], 1, 1, [1, 2, 3])])

    def test_makes_one_node_of_groups_with_the_same_pairs(self):
        self.assertEqual(tree(3, [1, 2, 3, 4], ("z", {1, 2, 3}, 0, 1), ("a", {1, 2, 3}, 1, None), ("m", {1, 2, 3}, 0, 2)),
                         [(None, [], 3, 3, [4]), (0, ["a", "m", "z"], 1, 1, [1, 2, 3])])

    def test_is_numbered_in_preorder_children_by_their_least_inspector(self):
        self.assertEqual(
            tree(4, range(8), ("deep", {5}, 1, None), ("late", {6, 7}, 1, 1), ("mid", {1, 2, 5}, 1, None),
                 ("all", {1, 2, 3, 5}, 1, 3)),
            [(None, [], 4, 4, [0, 4]), (0, ["all"], 1, 3, [3]), (1, ["mid"], 1, 4, [1, 2]), (2, ["deep"], 1, 4, [5]),
             (0, ["late"], 1, 1, [6, 7])])

    def test_does_not_exist_where_two_groups_cross(self):
        with self.assertRaises(tool.Crossing):
            tree(3, [1, 2, 3, 4], ("a", {1, 2}, 0, 1), ("b", {2, 3}, 0, 1))
        with self.assertRaises(tool.Crossing):
            tree(3, range(9), ("a", {1, 2, 3, 4}, 0, 1), ("c", {3, 4}, 0, 1), ("b", {4, 5, 6}, 0, 1))
        tree(3, [1, 2, 3, 4], ("a", {1, 2}, 0, 1), ("b", {2, 3}, 0, None))          # says nothing


# ---- Sections 2 to 4: by hand --------------------------------------------------------------------

def even(*visits, **options):
    """Visits are strings of inspectors, every letter one; need 1."""
    letters = sorted(set("".join(visits)))
    return Instance([(1, {letters.index(i): set() for i in visit}) for visit in visits],
                    {i: (0, None) for i in range(len(letters))}, **options)


class Probabilities(unittest.TestCase):
    def test_on_a_cycle_of_visits_and_inspectors_are_all_a_half(self):
        for evenness in ("0", "1/2", "3/4"):
            for slack in (0, 1):
                s = even("ab", "bc", "cd", "da", evenness=evenness, slack=slack).solve()
                self.assertEqual(set(s.chance.values()), {Fraction(1, 2)})
                self.assertEqual((s.F, s.H, s.lo, any(s.fixed.values()), s.times, s.rounds), (1, 1, [0] * 4, False, 1, 0))

    def test_in_the_trap_are_0_and_1(self):
        """a is the only one for the first visit and can do no more: so he is never sent to the second."""
        s = Instance([(1, {0: set()}), (1, {0: set(), 1: set(), 2: set()})],
                     {0: (0, 1), 1: (0, None), 2: (0, None)}).solve()
        self.assertEqual(s.chance, {(0, 0): 1, (1, 0): 0, (1, 1): Fraction(1, 2), (1, 2): Fraction(1, 2)})
        self.assertEqual(s.fixed, {(0, 0): True, (1, 0): True, (1, 1): False, (1, 2): False})

    def test_are_shared_in_order_where_they_do_not_come_out_even(self):
        s = even("abc", W=4, evenness="0", slack=9).solve()
        self.assertEqual([chance * 16 for chance in s.chance.values()], [5, 5, 6])

    def test_of_equals_are_equal_whatever_the_evenness(self):
        for evenness in ("0", "1/2", "3/4"):
            s = Instance([(2, {i: set() for i in range(8)})] * 5, {i: (0, None) for i in range(8)}, evenness=evenness).solve()
            self.assertEqual(set(s.chance.values()), {Fraction(1, 4)})

    def test_level_the_loads_the_more_the_greater_the_evenness(self):
        """a can go everywhere, the others to one visit each."""
        loads = []
        for evenness in ("0", "1/2", "3/4"):
            s = even("ab", "ac", "ad", "ae", evenness=evenness, slack=9).solve()
            loads.append(sum(chance for (_, i), chance in s.chance.items() if i == 0))
        self.assertEqual(loads[0], 2)
        self.assertGreater(loads[0], loads[1])
        self.assertGreater(loads[1], loads[2])
        self.assertGreater(loads[2], Fraction(8, 10))

    def test_are_never_above_the_largest_of_a_pair(self):
        s = Instance([(2, {i: set() for i in range(4)})], {0: (1, 1), 1: (0, None), 2: (0, None), 3: (0, None)},
                     W=4, C=16).solve()
        self.assertEqual([chance * 16 for chance in s.chance.values()], [16, 5, 5, 6])
        rows = [(2, {0: set(), 1: set(), 2: set(), 3: set()})] * 2
        s = Instance(rows, {0: (0, None), 1: (0, None), 2: (0, None), 3: (0, 0)}, W=4, C=12).solve()
        self.assertEqual(max(s.chance.values()), Fraction(11, 16))
        self.assertIsNone(Instance(rows, {0: (0, None), 1: (0, None), 2: (0, None), 3: (0, 0)}, W=4, C=10).solve())

    def test_keep_every_sum_and_bound_in_random_instances(self):
        rng, repaired = random.Random(7), Counter()
        for _ in range(200):
            W = rng.choice([8, 20])
            instance = some_instance(rng, 30, 12, slack=rng.choice([0, 0, 1]), W=W, C=rng.choice([None, None, 2**W * 4 // 5]),
                                     evenness=rng.choice(["0", "1/2", "3/4"]))
            s = instance.solve()
            if s is None:
                continue
            repaired[s.rounds > 0] += 1
            for v, (need, pairs) in enumerate(instance.visits):
                self.assertEqual(sum(s.chance[v, i] for i in pairs), need)
                for name, (least, largest) in instance.groups.items():
                    self.assertTrue(least <= sum(s.chance[v, i] for i in pairs if name in pairs[i])
                                    <= (need if largest is None else largest))
            for i in instance.inspectors:
                self.assertTrue(s.lo[i] <= sum(chance for (_, j), chance in s.chance.items() if j == i) <= s.hi[i])
            self.assertTrue(all(0 <= chance <= Fraction(instance.C, instance.U) for chance in s.chance.values()))
        self.assertGreater(repaired[True], 20)
        self.assertGreater(repaired[False], 5)


    def test_a_group_whose_pairs_are_all_fixed_at_C_may_have_a_broken_number(self):
        lottery = Instance([(2, {0: {"b"}, 1: {"b"}, 2: {"b"}, 3: set()})], {i: (0, None) for i in range(4)},
                           {"b": (1, 3)}, W=1, C=1).solve()
        self.assertEqual(set(lottery.chance.values()), {Fraction(1, 2)})

class Sharing(unittest.TestCase):
    def test_is_by_weight_and_exact(self):
        self.assertEqual(tool.share(10, [1, 1, 1], [0] * 3, [10] * 3), [3, 3, 4])
        self.assertEqual(tool.share(10, [3, 1, 1], [0] * 3, [10] * 3), [6, 2, 2])

    def test_gives_those_over_their_bound_that_bound_and_the_rest_to_the_others(self):
        self.assertEqual(tool.share(10, [8, 1, 1], [0] * 3, [4] * 3), [4, 3, 3])
        self.assertEqual(tool.share(10, [80, 9, 1], [0] * 3, [4] * 3), [4, 4, 2])       # the second only after the first

    def test_gives_those_under_their_bound_that_bound(self):
        self.assertEqual(tool.share(10, [8, 1, 1], [0, 3, 0], [10] * 3), [6, 3, 1])

    def test_first_gives_the_bounds_to_the_side_that_is_farther_out(self):
        self.assertEqual(tool.share(100, [80, 10, 10], [0, 15, 0], [60, 100, 100]), [60, 20, 20])
        self.assertEqual(tool.share(100, [60, 10, 30], [0, 40, 0], [59, 100, 100]), [40, 40, 20])


# ---- Sections 5 to 7 -----------------------------------------------------------------------------

K = "0123456789abcdef" * 4


class RandomNumbers(unittest.TestCase):
    def test_are_the_words_of_hashes_in_turn(self):
        stream = b"".join(hashlib.sha256(("%s/team:%d" % (K, counter)).encode()).digest() for counter in range(3))
        source = tool.Source(K, "team")
        self.assertEqual([source.word() for _ in range(24)],
                         [int.from_bytes(stream[k:k + 4], "big") for k in range(0, 96, 4)])

    def test_of_a_lottery_have_the_key_of_its_label(self):
        self.assertEqual(tool.lottery_key(K, "检查/1"), sha(K + "/lottery/检查/1"))

    def test_below_m_are_remainders_of_words_that_are_not_too_large(self):
        source = tool.Source(K, "x")
        source.words = [7, 1234567, 2**32 - 7, 2**32 - 1, 2**32 - 5, 2**32 - 6]    # taken from the end; 2^32 mod 10 is 6
        self.assertEqual([source.number_below(10) for _ in range(3)], [9, 7, 7])
        source.words = [5]
        self.assertEqual(source.number_below(1), 0)
        self.assertEqual(source.words, [5])

    def test_shuffle_from_the_end(self):
        source, elements = tool.Source(K, "x"), list("abcd")
        source.words = [0, 1, 3]
        source.shuffle(elements)                 # j = 3, r = 3; j = 2, r = 1; j = 1, r = 0
        self.assertEqual("".join(elements), "cabd")


class Coins:
    """Stands for a Source: nothing is shuffled, and coins fall as told; after those, 0."""
    told, thrown = [], 0

    def __init__(self, K, name):
        Coins.thrown = 0

    def shuffle(self, elements):
        pass

    def number_below(self, m):
        assert m == 2
        Coins.thrown += 1
        return Coins.told[Coins.thrown - 1] if Coins.thrown <= len(Coins.told) else 0


def all_outcomes(s, W):
    """Teams -> their probability, over all coins."""
    outcomes, waiting, source = defaultdict(Fraction), [[]], tool.Source
    tool.Source = Coins
    try:
        while waiting:
            Coins.told = waiting.pop()
            teams = tuple(map(tuple, tool.Rounding(s.a, s.x, W, K).teams()))
            outcomes[teams] += Fraction(1, 2**Coins.thrown)
            known = len(Coins.told)
            waiting += [Coins.told + [0] * k + [1] for k in range(Coins.thrown - known)]
    finally:
        tool.Source = source
    return outcomes


class Teams(unittest.TestCase):
    def test_contain_every_pair_exactly_with_its_probability_over_all_coins(self):
        rng, coins = random.Random(8), 0
        for _ in range(150):
            W = rng.choice([1, 2, 3])
            instance = some_instance(rng, 4, 6, W=W, evenness=rng.choice(["0", "1/2"]), slack=rng.choice([0, 1]),
                                     C=rng.choice([None, None, 2**W - 1]))
            s = instance.solve()
            if s is None:
                continue
            outcomes = all_outcomes(s, W)
            coins = max(coins, len(outcomes))
            self.assertEqual(sum(outcomes.values()), 1)
            means = defaultdict(Fraction)
            for teams, probability in outcomes.items():
                for v, team in enumerate(teams):
                    self.assertTrue(instance.is_team(v, team))
                    for i in team:
                        means[v, i] += probability
            for pair, chance in s.chance.items():
                self.assertEqual(means[pair], chance)
        self.assertGreater(coins, 10)

    def test_contain_every_pair_as_often_as_they_should_over_many_keys(self):
        instance = Instance([(2, {i: {"lead"} if i < 2 else {"x"} if i < 4 else set() for i in range(v % 2, 6)})
                             for v in range(5)], {i: (0, None if i else 1) for i in range(6)}, {"lead": (1, None), "x": (0, 1)})
        s, count, keys = instance.solve(), Counter(), 2000
        for number in range(keys):
            teams = tool.Rounding(s.a, s.x, 20, sha(str(number))).teams()
            count.update((v, i) for v, team in enumerate(teams) for i in team)
        for pair, chance in s.chance.items():
            self.assertLess(abs(count[pair] - keys * float(chance)), 5 * (keys * float(chance * (1 - chance)))**.5 + 1e-9)

    def test_of_two_visits_and_two_inspectors_follow_one_coin(self):
        s = even("ab", "ab", slack=0).solve()
        self.assertEqual(set(s.chance.values()), {Fraction(1, 2)})
        self.assertEqual(all_outcomes(s, 20), {((0,), (1,)): Fraction(1, 2), ((1,), (0,)): Fraction(1, 2)})


class Substitutes(unittest.TestCase):
    def test_are_drawn_one_after_another(self):
        words = hashlib.sha256((K + "/substitute/12:0").encode()).digest()
        rest, drawn = list("abcdef"), []
        for k in range(4):                       # (none of these words is too large)
            j = int.from_bytes(words[4 * k:4 * k + 4], "big") % len(rest)
            drawn.append(rest[j])
            rest[j] = rest[0]                    # the exchange puts the first of the rest in its place
            del rest[0]
        self.assertEqual(tool.substitutes(12, "abcdef", 4, K), drawn)

    def test_are_as_many_as_there_are_and_as_are_wanted(self):
        for n, depth in ((0, 5), (3, 5), (5, 5), (6, 5), (6, 0)):
            drawn = tool.substitutes(0, range(n), depth, K)
            self.assertEqual((len(drawn), len(set(drawn))), (min(n, depth),) * 2)

    def test_come_in_every_order_equally_often(self):
        count = Counter(tuple(tool.substitutes(0, "abc", 5, sha(str(number)))) for number in range(1200))
        self.assertEqual(len(count), 6)
        self.assertTrue(all(abs(times - 200) < 65 for times in count.values()))


# ---- Section 8: candidates -----------------------------------------------------------------------

class Candidates(Case):
    """One inspector and one visit, everything at its default but what is named."""

    def reason(self, visit=None, recusals=((), ()), **inspector):
        default = dict(name="a", lo=0, hi=None, tags=set(), station=None, lead=None, senior=None, group=None,
                       first_day=None, last_day=None, on_duty=None)
        need = dict(need=2, day=None, scope="bureau", station="north", stations=[], tags=[], one_tags=[])
        return tool.excluded_by(tool.Inspector(**dict(default, **inspector)), "U-1", tool.Need(**dict(need, **visit or {})),
                                tuple(map(set, recusals)))

    def test_are_in_scope(self):
        for scope, expected in (("bureau", [None] * 3), ("bureau+station", [None, None, "scope"]),
                                ("station", ["scope", None, "scope"]), ("stations", ["scope", "scope", None]),
                                ("across", ["scope", "scope", None])):
            visit = {"scope": scope, "stations": ["east", "south"]}
            self.assertEqual([self.reason(visit, station=station) for station in (None, "north", "south")], expected)

    def test_have_every_tag_of_the_visit(self):
        self.assertIsNone(self.reason({"tags": ["gas", "lift"]}, tags={"lift", "gas", "food"}))
        self.assertEqual(self.reason({"tags": ["gas", "lift"]}, tags={"lift"}), "unqualified")
        self.assertIsNone(self.reason({"one_tags": ["gas"]}))

    def test_have_a_licence_on_the_first_and_on_the_last_day(self):
        for day, reason in (("2026-01-31", "licence"), ("2026-02-01", None), ("2026-02-28", None), ("2026-03-01", "licence")):
            self.assertEqual(self.reason({"day": day}, first_day="2026-02-01", last_day="2026-02-28"), reason)
        self.assertIsNone(self.reason({"day": "2030-01-01"}, first_day="2026-02-01"))
        self.assertIsNone(self.reason({"day": "2020-01-01"}, last_day="2026-02-01"))

    def test_are_on_duty(self):
        duty = [("2026-02-03", "2026-02-03"), ("2026-02-10", "2026-02-12")]
        for day, reason in (("2026-02-03", None), ("2026-02-04", "off_duty"), ("2026-02-12", None), ("2026-02-13", "off_duty")):
            self.assertEqual(self.reason({"day": day}, on_duty=duty), reason)

    def test_with_days_need_a_visit_with_a_day(self):
        for days in ({"first_day": "2026-02-01"}, {"last_day": "2026-02-01"}, {"on_duty": [("2026-02-03", "2026-02-03")]}):
            with self.assertRaises(tool.Differs):
                self.reason(**days)
            self.assertEqual(self.reason({"tags": ["gas"]}, **days), "unqualified")

    def test_have_a_load_and_no_recusal(self):
        self.assertEqual(self.reason(hi=0), "no_load")
        self.assertIsNone(self.reason(hi=1))
        self.assertEqual(self.reason(recusals=([("U-1", "a")], ())), "recused")
        self.assertEqual(self.reason(recusals=((), [("U-1", "x")]), group="x"), "recused")
        self.assertIsNone(self.reason(recusals=([("U-2", "a"), ("U-1", "b")], [("U-2", "x"), ("U-1", "y")]), group="x"))

    def test_are_excluded_by_the_first_reason_that_applies(self):
        visit = {"scope": "station", "tags": ["gas"], "day": "2026-01-01"}
        case = dict(last_day="2025-01-01", on_duty=[("2026-02-03", "2026-02-03")], hi=0)
        recusals = ([("U-1", "a")], ())
        for reason, change in (("scope", {"station": "north"}), ("unqualified", {"tags": {"gas"}}),
                               ("licence", {"last_day": None}), ("off_duty", {"on_duty": None}), ("no_load", {"hi": 1}), ("recused", {"name": "b"})):
            self.assertEqual(self.reason(visit, recusals, **case), reason)
            case.update(change)
        self.assertIsNone(self.reason(visit, recusals, **case))

    def test_take_the_most_specific_row_that_says_something(self):
        def need(**says):
            return tool.Need(*(says.get(field) for field in tool.Need._fields))
        rules = {(None, None, None): need(need=3, day="2026-01-01", tags=["all"]),
                 (None, None, "d"): need(need=4, scope="across"),
                 (None, "s", None): need(need=5, tags=["s"]), (None, "s", "d"): need(day="2026-01-02"),
                 ("u", None, None): need(tags=[]), ("u", "s", "d"): need(station="far"), ("w", None, "d"): need(need=9)}

        def of(uid, stratum, draw):
            return tool.need_of_visit(rules, draw, uid, stratum)
        self.assertEqual(of("u", "s", "d"), tool.Need(5, "2026-01-02", "across", "far", [], [], []))
        self.assertEqual(of("v", "s", "e"), tool.Need(5, "2026-01-01", "bureau", "s", [], ["s"], []))
        self.assertEqual(of("w", "t", "d"), tool.Need(9, "2026-01-01", "across", "t", [], ["all"], []))
        self.assertEqual(tool.need_of_visit({}, "d", "u", "s"), tool.Need(2, None, "bureau", "s", [], [], []))

    def test_have_groups(self):
        def groups(one_tags=(), **inspector):
            i = SimpleNamespace(**dict(dict(lead=None, senior=None, station=None, tags=set()), **inspector))
            return set(tool.groups_of_pair(i, SimpleNamespace(one_tags=list(one_tags))))
        self.assertEqual(groups(), {"bureau", "qualified"})
        self.assertEqual(groups(lead=True, senior=True, station="n"), {"lead", "senior", "station", "qualified"})
        self.assertEqual(groups(["a"], lead=False, senior=False), {"junior", "bureau"})
        self.assertEqual(groups(["a", "b"], tags={"a", "b", "c"}), {"bureau", "qualified"})
        self.assertEqual(groups(["a", "b"], tags={"a"}), {"bureau"})


# ---- A writer of bundles -------------------------------------------------------------------------

STAFF = """\
inspector max_load tags     station lead senior exclusion_group licence_from licence_to on_duty min_load note
A         \\N      gas,lift \\N     t    t      \\N             \\N          \\N        \\N     1        one
B         \\N      gas      \\N     t    f      fam             \\N          \\N        \\N     \\N      \\N
C         4        food     \\N     true t      fam             \\N          \\N        \\N     \\N      \\N
D         \\N      \\N      \\N     f    f      \\N             2026-01-01   2026-12-31 \\N     \\N      \\N
E         \\N      gas      north   t    \\N    \\N             \\N          \\N        \\N     0        \\N
F         3        gas      north   \\N  t      duo             \\N          \\N        2026-04-01..2026-04-03,2026-04-09 \\N \\N
G         \\N      gas      south   f    f      duo             \\N          2026-04-02 \\N     \\N      \\N
H         \\N      gas,lift south   t    t      \\N             \\N          \\N        \\N     \\N      \\N
I         0        gas      south   t    t      \\N             \\N          \\N        \\N     \\N      \\N
检        \\N      gas,lift \\N     t    t      \\N             \\N          \\N        \\N     \\N      \\N
"""
RULES = """\
draw stratum uid need day        scope          station stations    tags one_tags
\\N  \\N     \\N \\N  2026-04-02 \\N            \\N     \\N         \\N  lift
d/1  \\N     \\N 3    \\N        bureau+station \\N     \\N         \\N  \\N
d/1  south   \\N \\N  2026-04-09 \\N            \\N     \\N         gas  \\N
\\N  \\N     N-3 1    \\N        across         \\N     \\N         \\N  \\N
e/1  \\N     \\N \\N  \\N        stations       \\N     north,south \\N  \\N
"""
RECUSALS = """\
uid inspector exclusion_group reason
N-1 A         \\N             born_there
N-2 \\N       fam             family
"""
DRAWN = {"d/1": {"north": ["N-1", "N-2"], "south": ["S-1", "S-2"]}, "e/1": {"north": ["N-1", "N-3"]}}
PAIRS = {("d/1", "N-1"): "BCDEF检", ("d/1", "N-2"): "ADEF检", ("d/1", "S-1"): "ABH检", ("d/1", "S-2"): "ABH检",
         ("e/1", "N-1"): "EFGH", ("e/1", "N-3"): "GH"}
NEEDS = {("d/1", "N-1"): 3, ("d/1", "N-2"): 3, ("d/1", "S-1"): 3, ("d/1", "S-2"): 3, ("e/1", "N-1"): 2, ("e/1", "N-3"): 1}


def rows_of(table):
    return [[value.replace(",", " ") for value in line.split()] for line in table.splitlines()]


class Lottery:
    """A ceremony with the draw e/1, data and a lottery of the visits of e/1 and of d/1, a draw of the ceremony before.
    `edit` changes a text before anything is hashed: name -> (old, new), the old once in it."""

    def __init__(self, staff=STAFF, rules=RULES, recusals=RECUSALS, **options):
        self.data = {"people": staff, "plan-of-visits": rules, "recusals": recusals}
        self.options = dict({"precision": "20", "balance": "range 1", "evenness": "1/2", "pair": "1048576", "pool": "2",
                             "substitutes": "2", "group": ["lead\t1\t-", "qualified\t0\t2"]}, **options)
        self.edit, self.memory = {}, {}
        self.names = [row[0] for row in rows_of(staff)[1:]]
        self.others, self.pairs, self.needs, self.hidden = [], PAIRS, NEEDS, set()

    def text(self, name, lines):
        text = "".join(line + "\n" for line in lines)
        return replace_once(text, *self.edit[name]) if name in self.edit else text

    def data_text(self, name):
        columns, *rows = rows_of(self.data[name])
        return self.text(name, ["fairdraw/1 data", "data: " + name, "salt: " + sha(name)[:32],
                                "columns: " + "\t".join(columns), *sorted("\t".join(row) for row in rows)])

    def lottery(self):
        o = self.options
        return self.text("lottery", [
            "fairdraw/1 lottery", "lottery: who/1", *("draw: %s %s" % (sha("plan " + label), label) for label in DRAWN),
            "staff: people", "rules: plan-of-visits" if self.data["plan-of-visits"] else "rules: none",
            "recusals: recusals" if self.data["recusals"] else "recusals: none", *("%s: %s" % (key, o[key]) for key in (
                "precision", "balance", "evenness", "pair", "pool", "substitutes")),
            *("group: " + line for line in o["group"])])

    def ceremony(self):
        return self.text("ceremony", [
            "fairdraw/1 ceremony", "agency: Bureau", "serial: 2 " + sha("before"), "ceremony: c/2",
            "place: the gazette",
            "disclose: 2026-05-01", "secret: " + sha("5a" * 32),
            "entropy: drum public 41 2026-03-05T13:30:00Z ##-############## two and fourteen",
            "plan: %s e/1" % sha("plan e/1"),
            *("data: %s %d %s" % (name, len(rows_of(self.data[name])) - 1, sha(self.data_text(name)))
              for name in sorted(self.data) if self.data[name]),
            *sorted(["lottery: %s who/1" % sha(self.lottery())] + self.others, key=lambda line: line.split(" ")[2])])

    def seed(self):
        return self.text("seed", ["fairdraw/1 seed", "ceremony: " + sha(self.ceremony()), "drum: 12-34567890123456",
                                  "secret: " + "5a" * 32])

    def result(self, label):
        here = label == "e/1"
        lines = ["fairdraw/1 result", "plan: " + sha("plan " + label),
                 "ceremony: " + (sha(self.ceremony()) if here else sha("before")),
                 "seed: " + (sha(sha(self.seed())) if here else sha("seed before"))]
        lines += ["cutoff: %s\t1\t%d\t100\t1/2^1" % (stratum, len(uids) - 1) for stratum, uids in DRAWN[label].items()]
        for stratum, uids in DRAWN[label].items():
            lines += ["%s\t%s\t%d\t%s\t%s" % (stratum, role, rank, uid, sha(uid)) for rank, (role, uid) in enumerate(
                zip(["certain"] + ["drawn"] * (len(uids) - 1) + ["reserve"], uids + ["R-" + stratum]), 1)]
        return self.text(label, lines)

    def solve(self):
        """The tool's own arithmetic, on the pairs above; once."""
        groups = {}
        for line in self.options["group"]:
            name, least, largest = line.split("\t")
            groups[name] = int(least), None if largest == "-" else int(largest)
        columns, *rows = rows_of(self.data["people"])
        nothing = dict.fromkeys(("exclusion_group", "tags", "min_load", "max_load"), "\\N")
        staff = {row[0]: dict(nothing, **dict(zip(columns, row))) for row in rows}
        exclusion = sorted({row["exclusion_group"] for row in staff.values()} - {"\\N"})
        visits = []
        for visit, names in self.pairs.items():
            members = {self.names.index(name): set() for name in names}
            for name in names:
                here, row = members[self.names.index(name)], staff[name]
                here |= {"lead"} if row["lead"] in ("t", "true") else set()
                here |= {"qualified"} if not self.data["plan-of-visits"] or "lift" in row["tags"].split(" ") else set()
                if row["exclusion_group"] != "\\N" and (visit, row["exclusion_group"]) not in self.hidden:
                    here.add("exclusion:" + row["exclusion_group"])
            visits.append((self.needs[visit], members))
        loads = {i: (int(staff[name]["min_load"].replace("\\N", "0")),
                     None if staff[name]["max_load"] == "\\N" else int(staff[name]["max_load"]))
                 for i, name in enumerate(self.names)}
        balance = self.options["balance"].split()
        groups.update(("exclusion:" + name, (0, 1)) for name in exclusion)
        instance = Instance(visits, loads, groups, balance=balance[0],
                            slack=int(balance[-1]) if balance[1:] else None, evenness=self.options["evenness"],
                            W=int(self.options["precision"]), C=int(self.options["pair"]))
        return instance.solve()

    def solution(self):
        if "solution" not in self.memory:
            self.memory["solution"] = self.solve()
        return self.memory["solution"]

    def chances(self):
        s, a = self.solution(), self.solution().a
        lines = ["fairdraw/1 chances", "lottery: " + sha(self.lottery()),
                 *("result: %s %s" % (sha(self.result(label)), label) for label in DRAWN),
                 "unit: %d" % 2**int(self.options["precision"]), "range: " + ("none" if s.F is None else "%d %d" % (s.F, s.H))]
        lines += ["visit: %s\t%s\t%d" % (*visit, need) for visit, need in self.needs.items()]
        lines += ["inspector: %s\t%d\t%d" % row for row in zip(self.names, s.lo, s.hi)]
        visits = list(self.needs)
        for node, parent in enumerate(a.parent):
            if parent is not None:
                v = a.visit_of_node[node]
                numbers = (node - a.root[v], parent - a.root[v], a.least[node], a.largest[node])
                lines.append("group: " + "\t".join([*visits[v], *map(str, numbers), *a.names[node]]))
        for p, x in enumerate(s.x):
            v, i = a.visit[p], a.inspector[p]
            lines.append("pair: " + "\t".join([*visits[v], self.names[i], str(a.node[p] - a.root[v]), str(x),
                                               "fixed" if s.fixed[v, i] else "free"]))
        return self.text("chances", lines)

    def teams(self):
        s, K = self.solution(), sha(sha(self.seed()) + "/lottery/who/1")
        lines = ["fairdraw/1 teams", "lottery: " + sha(self.lottery()), "ceremony: " + sha(self.ceremony()),
                 "seed: " + sha(sha(self.seed())), "chances: " + sha(self.chances())]
        teams = tool.Rounding(s.a, s.x, int(self.options["precision"]), K).teams()
        for v, (visit, team) in enumerate(zip(self.needs, teams)):
            rest = [i for i, name in enumerate(self.names) if name in self.pairs[visit] and i not in team]
            lines += ["\t".join([*visit, "team", str(slot), self.names[i]]) for slot, i in enumerate(team, 1)]
            lines += ["\t".join([*visit, "substitute", str(rank), self.names[i]]) for rank, i in enumerate(
                tool.substitutes(v, rest, int(self.options["substitutes"]), K), 1)]
        return self.text("teams", lines)

    def texts(self, auditor=False, seed=True, results=2, chances=True, teams=True):
        return [("ceremony", self.ceremony()), ("lottery", self.lottery()),
                *((name, self.data_text(name)) for name in sorted(self.data) if auditor and self.data[name]),
                *([("seed", self.seed())] if seed else []), *((label, self.result(label)) for label in list(DRAWN)[:results]),
                *([("chances", self.chances())] if chances else []), *([("teams", self.teams())] if teams else [])]

    def bundle(self, **which):
        return "".join(text for _, text in self.texts(**which))


def edited(name, old, new, **options):
    lottery = Lottery(**options)
    lottery.edit[name] = old, new
    return lottery


# ---- Bundles of a lottery ------------------------------------------------------------------------

class ABundle(Case):
    def lines(self, run, *lines):
        for line in lines:
            self.assertRegex(run.out, "(?m)^" + line)

    def test_for_the_public_is_accepted(self):
        run = self.assert_accepted(Lottery().bundle())
        self.lines(run, "ok      lottery          who/1 over 2 draws, hash",
                   "-       selection        draw d/1: that its ceremony, %s, was executed before" % sha("before"),
                   "-       data             people: not in this file", "ok      seed",
                   "ok      result           draw d/1, 4 units drawn",
                   "-       selection        draw e/1: that these are its units, see its own bundle",
                   "ok      visits           6, the drawn units",
                   "ok      chances          10 inspectors, 25 pairs, every sum and bound",
                   "ok      probabilities    computed again", "-       pairs .* needs the auditor's bundle",
                   "ok      teams            15 inspectors for 6 visits",
                   "ok      draw             teams and substitutes drawn again")

    def test_for_the_auditor_is_accepted(self):
        run = self.assert_accepted(Lottery().bundle(auditor=True))
        self.lines(run, "ok      data             plan-of-visits, 5 rows",
                   "ok      pairs            needs, eligible pairs, groups and bounds of loads follow")
        self.assertNotIn("auditor", run.out)

    def test_before_disclosure_has_teams_that_keep_all_bounds(self):
        run = self.assert_accepted(Lottery().bundle(seed=False))
        self.lines(run, "ok      teams",
                   "-       draw             that the seed gives these teams and substitutes: it is not public yet")

    def test_before_execution_has_what_there_is(self):
        for which in (dict(results=0, chances=False), dict(results=1, chances=False), dict(chances=False), dict()):
            for auditor in (False, True):
                run = self.assert_accepted(Lottery().bundle(auditor=auditor, seed=False, teams=False, **which))
                self.lines(run, "-       (chances|teams)  +not in this file: not executed yet")

    def test_with_other_options_is_accepted(self):
        for options in (dict(balance="cap"), dict(balance="range 0"), dict(evenness="0"),
                        dict(evenness="3/4", precision="24", pair="16777216"),
                        dict(substitutes="0"), dict(substitutes="99"), dict(group=[]), dict(precision="3", pair="8"),
                        dict(group=["lead\t1\t9", "qualified\t0\t-"]), dict(group=["station\t0\t-"])):
            self.assert_accepted(Lottery(**options).bundle())
            self.assert_accepted(Lottery(**options).bundle(auditor=True))

    def test_without_rules_and_recusals_sends_two_from_the_bureau(self):
        staff = "inspector lead\n" + "".join("%s %s\n" % (name, "ft"[name in "ad"]) for name in "abcdef")
        lottery = Lottery(staff, "", "", group=["lead\t1\t1", "qualified\t1\t-"])
        lottery.pairs, lottery.needs = dict.fromkeys(PAIRS, "abcdef"), dict.fromkeys(PAIRS, 2)
        run = self.assert_accepted(lottery.bundle(auditor=True))
        self.lines(run, "ok      pairs")
        self.assert_accepted(lottery.bundle())
        lottery.needs["e/1", "N-3"], lottery.memory = 3, {}
        self.assert_accepted(lottery.bundle())
        self.assert_differs(lottery.bundle(auditor=True), "need of visit e/1 N-3")

    def test_tells_which_plans_data_and_lotteries_it_does_not_hold(self):
        lottery = Lottery()
        lottery.others = ["lottery: %s a/other" % sha("x"), "lottery: %s z/other" % sha("y")]
        run = self.assert_accepted(lottery.bundle())
        self.lines(run, "-       lottery          a/other: another lottery", "-       lottery          z/other: another lottery")
        plan = "plan: %s e/1\n" % sha("plan e/1")
        run = self.assert_accepted(edited("ceremony", plan, plan + "plan: %s f/1\n" % sha("f")).bundle())
        self.lines(run, "-       plan             f/1: a draw of the ceremony")
        other = edited("ceremony", "data: people ", "data: other 7 %s\ndata: people " % sha("o"))
        run = self.assert_accepted(other.bundle(auditor=True))
        self.lines(run, "-       data             other: not part of this lottery")

    def test_of_a_rehearsal_says_so(self):
        run = self.assert_accepted(edited("ceremony", "ceremony\nagency: Bureau\nserial: 2 " + sha("before"),
                                          "rehearsal\nagency: Bureau\nserial: 0 none").bundle())
        self.assertEqual(run.out.count("WARNING REHEARSAL"), 2)

    def test_agrees_with_published_hashes(self):
        lottery = Lottery()
        right = {"ceremony": lottery.ceremony(), "result": lottery.result("d/1"), "teams": lottery.teams()}
        run = self.assert_accepted(lottery.bundle(), *("--%s-hash=%s" % (what, sha(text)) for what, text in right.items()),
                                   "--plan-hash=" + sha("plan e/1"))
        self.assertEqual(run.out.count("has the hash that was published"), 4)
        for what in ("ceremony", "plan", "result", "teams"):
            self.assert_differs(lottery.bundle(), "", "--%s-hash=%s" % (what, sha("else")))
        self.assert_differs(lottery.bundle(teams=False), "no teams", "--teams-hash=" + sha("else"))
        self.assert_differs(lottery.bundle(teams=False, chances=False), "no teams", "--teams-hash=" + sha("else"))
        self.assert_differs(small().bundle(), "no teams", "--teams-hash=" + sha("else"))

    def test_has_no_line_that_can_be_changed_left_out_doubled_or_exchanged(self):
        """In the results without plans and tickets everything follows from their hash in the chances."""
        for auditor, seed in ((False, True), (True, True), (False, False)):
            texts = Lottery().texts(auditor=auditor, seed=seed)
            lines = [(name, line) for name, text in texts for line in text.splitlines(True)]
            whole, accepted = [line for _, line in lines], []
            for at, (name, line) in enumerate(lines):
                after = whole[at + 1:]
                others = [[], [line, line], after[:1] + [line] + after[1:]]      # (the last one with what comes after)
                for position in (at * 7 % (len(line) - 1), len(line) - 2):
                    others.append([line[:position] + "01"[line[position] == "0"] + line[position + 1:]])
                for k, other in enumerate(others):
                    other = whole[:at] + other + (after if k != 2 else [])
                    if other != whole and Run("".join(other)).code not in (1, 2):
                        accepted.append((name, line))
            if not seed:                                       # which substitutes, and in which order, only the seed tells
                accepted = [case for case in accepted if case[0] != "teams"]
            self.assertEqual(accepted, [])

    def test_has_no_character_that_can_be_changed(self):
        self.assert_all_refused(Lottery().bundle(auditor=True), 60)
        self.assert_all_refused(Lottery().bundle(), 60)

    def test_ends_only_where_a_text_ends(self):
        bundle = Lottery().bundle(auditor=True)
        ends = {m.end() for m in re.finditer("\n", bundle)} - {len(bundle)}
        accepted = {end for end in ends if Run(bundle[:end]).code == 0}
        accepted -= {m.start() for m in re.finditer("^.*\treserve\t", bundle, re.M)}     # how many there are, the plan has
        self.assertEqual(accepted, {bundle.index(text) for text in (
            "fairdraw/1 data\ndata: people", "fairdraw/1 seed", "fairdraw/1 result",
            "fairdraw/1 result\nplan: " + sha("plan e/1"),
            "fairdraw/1 chances", "fairdraw/1 teams")})
        self.assert_refused(bundle + "x\n", "expected the end of the file")


class AForgery(Case):
    """Whoever writes the bundle can make all hashes fit. What does not fit then?"""

    def test_of_the_lottery_is_seen(self):
        for old, new, message in (
                ("lottery: who/1\n", "lottery: who/2\n", "DIFFERS lottery .*no lottery line"),
                ("draw: %s e/1" % sha("plan e/1"), "draw: %s e/1" % sha("x"), "DIFFERS lottery .*plan hash of draw e/1"),
                ("draw: %s d/1\n" % sha("plan d/1"), "", "DIFFERS result .*has no draw line"),
                ("staff: people", "staff: nobody", "DIFFERS lottery .*nobody has no data line"),
                ("recusals: recusals", "recusals: none", "."), ("rules: plan-of-visits", "rules: none", "."),
                ("precision: 20", "precision: 21", "DIFFERS chances .*unit"),
                ("precision: 20", "precision: 0", "REFUSED"),
                ("precision: 20", "precision: 31", "REFUSED"), ("staff: people", "staff: none", "REFUSED"),
                ("balance: range 1", "balance: range", "REFUSED"),
                ("balance: range 1", "balance: cap 1", "REFUSED"),
                ("balance: range 1", "balance: cap", "DIFFERS chances .*range"),
                ("balance: range 1", "balance: cap ", "DIFFERS chances|REFUSED"),
                ("balance: range 1", "balance: range 0", "DIFFERS chances .*do not follow from F and H"),
                ("evenness: 1/2", "evenness: 1/4", "REFUSED"), ("evenness: 1/2", "evenness: 3/4", "DIFFERS chances"),
                ("pair: 1048576", "pair: 1048577", "REFUSED"), ("pair: 1048576", "pair: 0", "REFUSED"),
                ("pair: 1048576", "pair: 1048575", "REFUSED|DIFFERS chances"),
                ("pool: 2", "pool: 3", "DIFFERS pool .*2 eligible"),
                ("substitutes: 2", "substitutes: 1", "DIFFERS teams"), ("substitutes: 2", "substitutes: -1", "REFUSED"),
                ("group: lead\t1\t-", "group: lead\t2\t1", "REFUSED"),
                ("group: lead\t1\t-", "group: lead\t0\t-", "DIFFERS groups"),
                ("group: lead\t1\t-", "group: leads\t1\t-", "DIFFERS chances .*no group"),
                ("group: lead\t1\t-\n", "", "DIFFERS chances .*no group"),
                ("group: lead\t1\t-", "group: plan\t1\t-", "REFUSED"),
                ("group: lead\t1\t-", "group: z\t1\t-", "DIFFERS lottery .*must come after"),
                ("group: lead\t1\t-", "group: junior\t0\t0\ngroup: lead\t1\t-", "DIFFERS pairs|DIFFERS groups")):
            run = Run(edited("lottery", old, new).bundle(auditor=True))
            self.assertIn(run.code, (1, 2), (new, run.out))
            self.assertRegex(run.out.splitlines()[-1], message if message != "." else "DIFFERS|REFUSED")

    def test_of_a_result_is_seen(self):
        for label, old, new, message in (
                ("e/1", "north\tdrawn\t2\tN-3\t", "north\tdrawn\t2\tN-4\t", "DIFFERS chances .*visit"),
                ("e/1", "north\tdrawn\t2\tN-3\t%s\n" % sha("N-3"), "", "DIFFERS result .*rank"),
                ("e/1", "ceremony: ", "ceremony: " + "0" * 64 + "\nceremony: ", "REFUSED"),
                ("d/1", "cutoff: south", "cutoff: east", "DIFFERS result .*must come after"),
                ("d/1", "seed: ", "sead: ", "REFUSED"),
                ("d/1", "north\tdrawn\t2\tN-2\t", "north\treserve\t2\tN-2\t", "DIFFERS result"),
                ("d/1", "north\tdrawn\t2\tN-2\t", "north\tdrawn\t2\tN-1\t", "DIFFERS result .*twice"),
                ("d/1", "north\tdrawn\t2\tN-2\t", "north\tdrown\t2\tN-2\t", "REFUSED result .*role"),
                ("d/1", "south\tdrawn\t2\tS-2\t", "north\tdrawn\t4\tS-2\t", "DIFFERS result .*out of order"),
                ("d/1", "south\tcertain\t1\tS-1\t", "east\tcertain\t1\tS-1\t", "DIFFERS result .*no cutoff line")):
            run = Run(edited(label, old, new).bundle())
            self.assertRegex(run.out.splitlines()[-1], message)
        lottery = Lottery()
        self.assert_differs(lottery.bundle().replace(lottery.result("d/1"), ""), "not in the file")
        own = edited("d/1", "ceremony: " + sha("before"), "ceremony: " + sha(lottery.ceremony()))
        self.assert_differs(own.bundle(seed=False), "draw d/1 has no plan line in the ceremony")
        self.assert_differs(lottery.bundle().replace(lottery.result("d/1"), "").replace(
            lottery.result("e/1"), lottery.result("e/1") + lottery.result("d/1")), "must come before")

    def test_of_the_chances_is_seen_by_everybody(self):
        lottery = Lottery()
        lines = lottery.chances().splitlines(True)

        def first(start, contains=""):
            return next(line for line in lines if line.startswith(start) and contains in line)
        group, free = first("group: "), first("pair: d/1\tN-1\t", "\tfree")
        second = lines[lines.index(free) + 1]
        self.assertIn("N-1\tC", second)
        x, y = (line.split("\t")[4] for line in (free, second))
        for old, new, message in (
                (first("lottery"), "lottery: %s\n" % sha("x"), "lottery"), (first("result"), "", "draw of the result"),
                (first("result"), "result: %s d/1\n" % sha("x"), "hash of the result"),
                ("unit: 1048576", "unit: 1048577", "unit"),
                (first("range"), "range: none\n", "range"), (first("range"), "range: 9 8\n", "F is above H"),
                (first("range"), "range: 0 0\n", "do not follow from F and H"),
                ("visit: d/1\tN-1\t3\n", "", "visit"), ("visit: d/1\tN-1\t3", "visit: d/1\tN-1\t2", "not from|groups"),
                ("visit: d/1\tN-1\t3", "visit: d/1\tR-north\t3", "visit"),
                ("inspector: A\t1", "inspector: A\t2", "DIFFERS"),
                ("inspector: D\t0", "inspector: D\t7", "loads of inspector D"),
                ("inspector: D\t0\t", "inspector: D\t0\t1", "."), (group, "", "node|groups|no node"),
                (group, group + group, "node"),
                (group, group.replace("\t1\t0\t", "\t2\t0\t"), "node"),
                (group, group.replace("\t1\t0\t", "\t1\t1\t"), "parent"),
                (group, group[:-1] + "\tqualified\n", "names|twice|no group|groups"),
                (group, group.replace("lead", "lied"), "no group"),
                (free, free.replace("free", "fixed"), "chances"), (free, "", "."),
                (free + second, second + free, "out of order"),
                (free, free.replace("N-1\tB", "N-1\tA"), "DIFFERS"),
                (free, free.replace("N-1\tB", "N-1\tZ"), "not an inspector"),
                (free, free.replace("\t%s\t" % x, "\t%d\t" % (int(x) + 1)), "sum"),
                (free + second, free.replace("\t%s\t" % x, "\t%d\t" % (int(x) + 1)) +
                 second.replace("\t%s\t" % y, "\t%d\t" % (int(y) - 1)), "chances")):
            for which in (dict(auditor=False), dict(auditor=True), dict(seed=False)):
                forged = edited("chances", old, new)
                run = Run(forged.bundle(**which))
                self.assertIn(run.code, (1, 2), (old, new, run.out))
                self.assertRegex(run.out.splitlines()[-1], message)

    def test_of_the_teams_is_seen(self):
        lottery = Lottery()
        lines = lottery.teams().splitlines(True)
        at = next(k for k, line in enumerate(lines) if line.startswith("d/1\tN-1\tteam\t1"))
        team, substitutes = lines[at:at + 3], lines[at + 3:at + 5]
        self.assertRegex(substitutes[1], "^d/1\tN-1\tsubstitute\t2\t")

        def name(line):
            return line[:-1].split("\t")[-1]

        def put(line, who):
            return line[:line.rindex("\t") + 1] + who + "\n"
        exchanged = [put(line, name(other)) for line, other in zip(substitutes, substitutes[::-1])]
        for old, new, public in (
                (team[0], put(team[0], name(team[1])), True), (team[0], put(team[0], "A"), True),
                (team[0], put(team[0], "Z"), True),
                ("".join(team[:2]), put(team[0], name(team[1])) + put(team[1], name(team[0])), True),
                (team[2], "", True),
                (substitutes[1], "", True), (substitutes[0], put(substitutes[0], name(team[0])), True),
                (substitutes[0], put(substitutes[0], name(substitutes[1])), True),
                ("".join(substitutes), "".join(exchanged), False),
                (team[0], team[0].replace("team\t1", "team\t2"), True),
                (team[0], team[0].replace("team", "substitute"), True)):
            for seed in (True, False):
                run = Run(edited("teams", old, new).bundle(seed=seed))
                self.assertEqual(run.code in (1, 2), seed or public, (old, new, run.out))

    def test_of_a_team_is_seen_before_the_seed_is_public_where_it_breaks_what_holds_for_every_outcome(self):
        lottery, seen = Lottery(substitutes="0"), Counter()
        text = lottery.teams()
        for visit, names in PAIRS.items():
            rows = re.findall("^%s\tteam\t.*\n" % "\t".join(visit), text, re.M)
            for team in itertools.combinations(sorted(names), NEEDS[visit]):
                new = "".join("%s\tteam\t%d\t%s\n" % ("\t".join(visit), slot, name) for slot, name in enumerate(team, 1))
                lottery.edit["teams"] = "".join(rows), new
                if new != "".join(rows):
                    run = Run(lottery.bundle(seed=False))
                    self.assertEqual(Run(lottery.bundle()).code, 1)
                    seen[run.out.splitlines()[-1]] += 1
        for message in ("inspector B has the probability 1", "node 2: 2 on the team, not from 0 to 1",
                        "inspector . has . visits, expected are"):
            self.assertTrue(any(re.search(message, line) for line in seen), (message, seen))
        self.assertLess(seen["All that could be checked agrees."], sum(seen.values()) / 2)

    def test_of_the_staff_rules_or_recusals_is_seen_by_the_auditor_alone(self):
        for name, old, new, message in (
                ("people", "D\t\\N\t\\N\t\\N\tf", "D\t\\N\t\\N\tsouth\tf", "pairs"),
                ("people", "G\t\\N\tgas\tsouth", "G\t\\N\tgas\teast", "pairs"),
                ("people", "\t2026-04-02\t", "\t2026-04-01\t", "pairs"),
                ("people", "2026-04-01..2026-04-03 2026-04-09", "2026-04-09", "pairs"),
                ("people", "C\t4", "C\t0", "pairs"),
                ("people", "fam\t\\N\t\\N\t\\N\t\\N\t\\N\nC", "\\N\t\\N\t\\N\t\\N\t\\N\t\\N\nC", "pairs"),
                ("people", "A\t\\N\tgas lift\t\\N\tt", "A\t\\N\tgas lift\t\\N\tf", "pairs"),
                ("people", "F\t3", "F\t1", "loads|range"),
                
                ("plan-of-visits", "\tbureau+station\t", "\tbureau\t", "pairs"),
                ("plan-of-visits", "d/1\t\\N\t\\N\t3", "d/1\t\\N\t\\N\t2", "need"),
                ("plan-of-visits", "\tlift\n", "\t\\N\n", "groups|pairs"),
                ("plan-of-visits", "\t2026-04-02\t", "\t2026-04-05\t", "pairs"),
                ("plan-of-visits", "\tgas\t", "\t\\N\t", "pairs"), ("recusals", "N-1\tA", "N-1\tE", "pairs"),
                ("recusals", "N-2\t\\N\tfam", "N-2\t\\N\tduo", "pairs")):
            forged = edited(name, old, new)
            self.assert_differs(forged.bundle(auditor=True), message)
            self.assert_accepted(forged.bundle())

    def test_in_data_that_make_no_sense_is_refused(self):
        for name, old, new, message in (
                ("people", "E\t\\N\tgas\tnorth", "E\t\\N\tgas\t", "station"),
                ("people", "C\t4\t", "C\t-4\t", "max_load"),
                ("people", "A\t\\N\tgas lift\t\\N\tt", "A\t\\N\tgas lift\t\\N\tyes", "boolean"),
                ("people", "A\t\\N\tgas lift", "A\t\\N\tgas  lift", "list"),
                ("people", "2026-04-02", "2026-04-31", "no such date"),
                ("people", "2026-04-01..2026-04-03", "2026-04-03..2026-04-01", "before it begins"),
                ("people", "2026-04-01..2026-04-03", "2026-04-01...2026-04-03", "span"),
                ("people", "B\t\\N\tgas", "A\t\\N\tgas", "twice"),
                ("people", "columns: inspector", "columns: who", "without a name"),
                ("people", "licence_from\tlicence_to", "licence_to\tlicence_to", "twice"),
                ("people", "2026-04-09\t\\N", "2026-04-09\t4", "above max_load"),
                ("plan-of-visits", "\tneed\t", "\tnoed\t", "means nothing"),
                ("plan-of-visits", "\tacross\t", "\teverywhere\t", "not a scope"),
                ("plan-of-visits", "d/1\tsouth\t", "d/1\t\\N\t", "name the same"),
                ("plan-of-visits", "\t3\t", "\t0\t", "need"),
                ("recusals", "N-1\tA", "\\N\tA", "names a uid"), ("recusals", "N-1\tA\t\\N", "N-1\tA\tduo", "either"),
                ("recusals", "\treason", "\twhy", "means nothing")):
            lottery = Lottery()
            text = lottery.data_text(name)
            head, rows = text.split("columns: ")
            columns, *rows = replace_once("columns: " + rows, old, new).splitlines(True)
            lottery.edit[name] = text, head + columns + "".join(sorted(rows))
            self.assert_refused(lottery.bundle(auditor=True), message)
            self.assert_accepted(lottery.bundle())

    def test_with_a_visit_without_a_day_is_seen(self):
        forged = Lottery(rules=RULES.replace("2026-04-02", "\\N       "))
        self.assert_differs(forged.bundle(auditor=True), "has no day")

    def test_with_data_that_are_missing_or_too_many_is_seen(self):
        lottery = Lottery()
        people, rules = lottery.data_text("people"), lottery.data_text("plan-of-visits")
        bundle = lottery.bundle(auditor=True)
        self.assert_differs(bundle.replace(rules, ""), "the data of the lottery, ascending")
        self.assert_differs(bundle.replace(people, ""), "the data of the lottery, ascending")
        self.assert_refused(bundle.replace(lottery.data_text("recusals"), ""), "expected")
        self.assert_differs(bundle.replace(people, people + people), "people has no data line|ascending")

    def test_that_hides_a_member_of_an_exclusion_group_at_one_visit_is_seen_by_everybody(self):
        lottery = Lottery(recusals="")
        lottery.pairs = dict(PAIRS)
        for uid in ("N-1", "N-2"):
            lottery.pairs["d/1", uid] = "ABCDEF检"
        self.assert_accepted(lottery.bundle())
        self.assert_accepted(lottery.bundle(auditor=True))
        self.assertEqual(lottery.chances().count("exclusion:fam"), 2)
        lottery.memory, lottery.hidden = {}, {(("d/1", "N-2"), "fam")}
        self.assertEqual(lottery.chances().count("exclusion:fam"), 1)
        self.assert_differs(lottery.bundle(), "groups .*visit d/1 N-2")
        lottery.memory, lottery.hidden = {}, set()
        line = next(line for line in lottery.chances().splitlines() if "N-2" in line and "exclusion:fam" in line)
        lottery.edit["chances"] = line, line + "ily"
        self.assert_differs(lottery.bundle(), "inspector [BC] is in two exclusion groups")


if __name__ == "__main__":
    unittest.main()
