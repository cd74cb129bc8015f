#!/usr/bin/env python3
"""The vector of the lottery, doc/assignment.md section 12, step by step. Run: python3 test/verify/test_lottery_vector.py

doc/vector/lottery.txt is read as data; verify/fairdraw-verify computes it again from its first lines, but for the single
steps of the scaling and the coins.
"""

import sys
import unittest
from collections import defaultdict

sys.dont_write_bytecode = True
from test_verify import Case, data, tool


class Trace(tool.Rounding):
    """Writes down the links of each bit."""

    def links(self, bit):
        links = super().links(bit)
        self.all_links = getattr(self, "all_links", [])
        self.all_links += [(bit, number, link) for number, link in enumerate(links)]
        return links


class LotteryVector(Case):
    def setUp(self):
        self.lines = defaultdict(list)
        for line in data("lottery.txt").splitlines():
            key, *fields = line.split("\t")
            self.lines[key].append(fields)
        self.visits = [uid for _, uid, _ in self.lines["visit"]]
        self.ids = [inspector for inspector, *_ in self.lines["inspector"]]
        self.assertEqual(self.visits, sorted(self.visits))
        self.assertEqual(self.ids, sorted(self.ids))
        self.a = tool.Assignment([self.tree(v, int(need)) for v, (_, _, need) in enumerate(self.lines["visit"])],
                                 [int(lo) for _, lo, _, _ in self.lines["inspector"]],
                                 [int(hi) for _, _, hi, _ in self.lines["inspector"]])

    def tree(self, v, need):
        family = {inspector: group for inspector, _, _, group in self.lines["inspector"]}
        groups = {i: groups.split(",") for _, uid, i, groups in self.lines["eligible"] if uid == self.visits[v]}
        number = self.ids.index
        return tool.tree_of_visit(need, {number(i) for i in groups},
                                  [tool.Group("lead", frozenset(number(i) for i in groups if "lead" in groups[i]), 1, None),
                                   tool.Group("exclusion:王家", frozenset(number(i) for i in groups if family[i] == "王家"), 0, 1)])

    def names(self, pairs):
        return ",".join(self.ids[self.a.inspector[p]] for p in pairs) or "-"

    def pair(self, p):
        return [self.visits[self.a.visit[p]], self.ids[self.a.inspector[p]]]

    def test_bundles(self):
        for audience in ("public", "auditor"):
            run = self.assert_accepted(data("lottery-%s.txt" % audience))
            self.assertIn(self.lines["K"][0][0], run.out)

    def test_every_step(self):
        a, U = self.a, 256
        self.assertEqual(self.lines["node"], [
            ["2026-04/shops", self.visits[v], str(n - a.root[v]), "-" if a.parent[n] is None else str(a.parent[n] - a.root[v]),
             str(a.least[n]), str(a.largest[n]), self.names(a.own[n]), *(a.names[n] or ["-"])]
            for n, v in enumerate(a.visit_of_node)])
        F, H, lo, hi = tool.bounds_of_loads(a, "range", 1)
        self.assertEqual(self.lines["range"], [[str(F), str(H)]])
        self.assertEqual(self.lines["bounds"], [[i, str(lo[n]), str(hi[n])] for n, i in enumerate(self.ids)])
        x, fixed, times, rounds = tool.probabilities(a, U, U, lo, hi, "1/2")
        self.assertEqual([self.lines["scaling ends"], self.lines["repair rounds"]], [[[str(times)]], [[str(rounds)]]])
        self.assertEqual([fields[1:] for fields in self.lines["fixed"]],
                         [self.pair(p) + [str(x[p])] for p in range(len(x)) if fixed[p]])
        self.assertEqual([fields[1:] for fields in self.lines["pair"]],
                         [self.pair(p) + [str(a.node[p] - a.root[a.visit[p]]), str(x[p]), "fixed" if fixed[p] else "free"]
                          for p in range(len(x))])

        K = tool.lottery_key(self.lines["S"][0][0], "2026-04/teams")
        self.assertEqual(self.lines["K"], [[K]])
        for source in ("team", "substitute/0", "substitute/1", "substitute/2", "substitute/3"):
            words, = self.lines["words of " + source]
            numbers = tool.Source(K, source)
            self.assertEqual(words, [str(numbers.word()) for _ in words])
        rounding = Trace(a, list(x), 8, K)
        self.assertEqual([fields[1:] for fields in self.lines["order"]],
                         [[self.visits[v], str(n - a.root[v]), self.names(rounding.own[n])]
                          for n, v in enumerate(a.visit_of_node) if rounding.own[n]] +
                         [[",".join(self.ids[rounding.inspector[end]] for end in rounding.at_hub)]])
        self.assertEqual(self.lines["link"], [
            [str(bit), str(number), self.visits[a.visit[left]] if left < len(x) else "hub"] +
            [self.ids[rounding.inspector[end]] for end in (left, right)]
            for bit, number, (left, right) in rounding.all_links])
        teams = rounding.teams()
        self.assertEqual([fields[1:] for fields in self.lines["team"]],
                         [[self.visits[v], str(slot), self.ids[i]] for v, team in enumerate(teams)
                          for slot, i in enumerate(team, 1)])
        rest = [[i for i, v2 in zip(a.inspector, a.visit) if v2 == v and i not in team] for v, team in enumerate(teams)]
        self.assertEqual([fields[1:] for fields in self.lines["substitute"]],
                         [[self.visits[v], str(rank), self.ids[i]] for v in range(len(teams))
                          for rank, i in enumerate(tool.substitutes(v, rest[v], 2, K), 1)])


if __name__ == "__main__":
    unittest.main()
