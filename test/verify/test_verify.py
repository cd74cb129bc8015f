#!/usr/bin/env python3
"""Tests of verify/fairdraw-verify. Run: python3 test/verify/test_verify.py

The draws that the tool must accept come from two sides: the vector of the protocol (data/), and `Draw` below, a
slow writer of bundles and proofs that works with fractions and recursion and uses nothing of the tool.
"""

import contextlib
import hashlib
import importlib.machinery
import importlib.util
import io
import itertools
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest
from collections import defaultdict
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
VECTOR = os.path.join(HERE, "..", "..", "doc", "vector")
TOOL = os.path.join(HERE, "..", "..", "verify", "fairdraw-verify")
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("fairdraw_verify", TOOL)
spec = importlib.util.spec_from_loader("fairdraw_verify", loader)
tool = importlib.util.module_from_spec(spec)
loader.exec_module(tool)


def data(name):
    with open(os.path.join(VECTOR, name), encoding="utf-8", newline="") as stream:
        return stream.read()


def sha(text):
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


class Run:
    """One run of the tool inside this process: exit code and output."""

    def __init__(self, content, *arguments):
        content = content if isinstance(content, bytes) else content.encode()
        stdin, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(content))
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output):
                self.code = tool.main(["-", *arguments])
        finally:
            sys.stdin = stdin
        self.out = output.getvalue()


class Case(unittest.TestCase):
    def assert_accepted(self, content, *arguments):
        run = Run(content, *arguments)
        self.assertEqual(run.code, 0, run.out)
        self.assertIn("All that could be checked agrees.", run.out)
        return run

    def assert_differs(self, content, message, *arguments):
        run = Run(content, *arguments)
        self.assertEqual(run.code, 1, run.out)
        self.assertRegex(run.out.splitlines()[-1], "^DIFFERS .*" + message)

    def assert_refused(self, content, message, *arguments):
        run = Run(content, *arguments)
        self.assertEqual(run.code, 2, run.out)
        self.assertRegex(run.out.splitlines()[-1], "^REFUSED .*" + message)

    def assert_all_refused(self, text, number, *arguments, except_at=frozenset()):
        """All `changes` of the text, except at places that say themselves why nobody can check them."""
        accepted = []
        for at, changed in changes(text, number):
            if at not in except_at and Run(changed, *arguments).code not in (1, 2):
                accepted.append((at, text[max(0, at - 30):at + 10], changed[max(0, at - 30):at + 10]))
        self.assertEqual(accepted, [])


def replace_once(text, old, new):
    assert text.count(old) == 1, "%r stands %d times" % (old, text.count(old))
    return text.replace(old, new)


# ---- An independent writer -----------------------------------------------------------------------

def tree_root(leaves):
    """RFC 9162, 2.1.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = max(2**i for i in range(64) if 2**i < len(leaves))
    return hashlib.sha256(b"\1" + tree_root(leaves[:k]) + tree_root(leaves[k:])).digest()


def tree_path(m, leaves):
    """RFC 9162, 2.1.3.1, word by word."""
    if len(leaves) == 1:
        return []
    k = max(2**i for i in range(64) if 2**i < len(leaves))
    if m < k:
        return tree_path(m, leaves[:k]) + [tree_root(leaves[k:])]
    return tree_path(m - k, leaves[k:]) + [tree_root(leaves[:k])]


class Draw:
    """A ceremony with one draw. Every attribute can be changed before texts are asked for."""

    def __init__(self, units, sizes, method="pareto", weights="sealed", rotation="0/1", exclusions=(("X-9", "moved"),)):
        self.units = sorted(units, key=lambda unit: unit[0].encode())          # (uid, stratum, micro)
        self.sizes, self.method, self.weights, self.rotation = sizes, method, weights, rotation
        self.exclusions = list(exclusions)
        self.label, self.stream, self.register = "d/1", "streams/1", len(units) + len(exclusions)
        self.heading, self.serial = "fairdraw/1 ceremony", "1 none"
        self.entropy = ["dice local 13 2026-03-05T06:00:00Z #### four dice",
                        "beacon public 64 2026-03-05T13:30:00Z @@@@@@@@@@@@@@@@ first 16 digits of the pulse",
                        "drum public 41 2026-03-05T13:30:00Z ##-############## two and fourteen"]
        self.values = ["dice: 0123", "beacon: 0123456789abcdef", "drum: 12-34567890123456"]
        self.secret = "5a" * 32
        self.more_plans, self.lotteries, self.data_rows = [], [], ["a\t\\N", "a\t\\N", "b\t"]
        self.edit = {}                                                         # text name -> (old, new)

    def edited(self, name, text):
        return replace_once(text, *self.edit[name]) if name in self.edit else text

    # -- texts

    def salt(self, uid):
        return sha("key\t" + uid)[:32]

    def line(self, unit):
        uid, stratum, micro = unit
        return "%s\t%s\t%s" % (uid, stratum, micro if self.weights == "open"
                               else "c" + sha("%s:%d" % (self.salt(uid), micro)))

    def leaves(self):
        return [self.line(unit).encode() for unit in self.units]

    def exclusion_lines(self):
        return "".join("%s\t%s\n" % e for e in self.exclusions)

    def plan(self):
        strata = "".join("stratum: %s\t%d\t%d\t%d\t%d\n" % (
            s, len(self.of(s)), sum(micro for _, _, micro in self.of(s)), n, r) for s, (n, r) in sorted(self.sizes.items()))
        return self.edited("plan", "fairdraw/1 plan\ndraw: %s\nmethod: %s\nregister: %s\nframe: %d %s\nexclusions: %d %s\n"
                           "%sstream: %s\nrotation: %s\nweights: %s\n" % (
                               self.label, self.method, self.register, len(self.units), tree_root(self.leaves()).hex(),
                               len(self.exclusions), sha(self.exclusion_lines()), strata, self.stream, self.rotation,
                               self.weights))

    def data_text(self):
        return self.edited("data", "fairdraw/1 data\ndata: staff\nsalt: %s\ncolumns: who\twhat\n%s" % (
            "12" * 16, "".join(row + "\n" for row in self.data_rows)))

    def ceremony(self):
        plans = sorted([(self.label, sha(self.plan()))] + self.more_plans)
        return self.edited("ceremony", "%s\nagency: Bureau\nserial: %s\nceremony: c/1\nplace: the gazette\n"
                           "disclose: 2026-05-01\nsecret: %s\n%s%sdata: staff %d %s\n%s" % (
                               self.heading, self.serial, sha(self.secret) if self.secret else "none",
                               "".join("entropy: %s\n" % e for e in self.entropy),
                               "".join("plan: %s %s\n" % (h, label) for label, h in plans),
                               len(self.data_rows), sha(self.data_text()), "".join(self.lotteries)))

    def frame(self, auditor):
        def more(unit):
            return "\t%s\t%d" % (self.salt(unit[0]), unit[2]) if auditor and self.weights == "sealed" else ""
        return self.edited("frame", "fairdraw/1 frame\ndraw: %s\nlines: %d\n%s" % (
            self.label, len(self.units), "".join(self.line(unit) + more(unit) + "\n" for unit in self.units)))

    def exclusions_text(self):
        return self.edited("exclusions", "fairdraw/1 exclusions\ndraw: %s\nlines: %d\n%s" % (
            self.label, len(self.exclusions), self.exclusion_lines()))

    def seed(self):
        return self.edited("seed", "fairdraw/1 seed\nceremony: %s\n%s%s" % (
            sha(self.ceremony()), "".join(v + "\n" for v in self.values),
            "secret: %s\n" % self.secret if self.secret else ""))

    def K(self):
        return sha(sha(self.seed()) + "/" + self.stream)

    def result(self):
        strata = sorted(self.sizes)
        return self.edited("result", "fairdraw/1 result\nplan: %s\nceremony: %s\nseed: %s\n%s%s" % (
            sha(self.plan()), sha(self.ceremony()), sha(sha(self.seed())),
            "".join("cutoff: %s\n" % self.cutoff_line(s) for s in strata),
            "".join("\t".join(map(str, row)) + "\n" for s in strata for row in self.rows(s))))

    def bundle(self, auditor=False, seed=True, result=True):
        return (self.ceremony() + self.plan() + self.frame(auditor) + self.exclusions_text()
                + (self.data_text() if auditor else "") + (self.seed() if seed else "") + (self.result() if result else ""))

    # -- selection, with fractions

    def of(self, stratum):
        return [unit for unit in self.units if unit[1] == stratum]

    def ticket(self, uid):
        return sha(self.K() + ":" + uid)

    def draw(self, stratum):
        if not hasattr(self, "memory"):
            self.memory = {}
        known = (self.seed(), stratum)
        if known not in self.memory:
            self.memory[known] = self.draw_afresh(stratum)
        return self.memory[known]

    def draw_afresh(self, stratum):
        """(certain, drawn, reserve, n, W, cutoff)"""
        n, r = self.sizes[stratum]
        K, rest, certain = self.K(), {uid: micro for uid, _, micro in self.of(stratum)}, []
        method = self.method if self.method != "auto" else "pivotal" if len(rest) <= 200 else "pareto"
        while n and rest and Fraction(n * max(rest.values()), sum(rest.values())) >= 1:
            certain.append(max(rest, key=rest.get))
            del rest[certain[-1]]
            n -= 1
        W = sum(rest.values())
        if n == 0:
            return sorted(certain), [], [], 0, W, "-"
        T = {uid: sha(K + ":" + uid) for uid in rest}
        j, m = map(int, self.rotation.split("/"))
        odds, lam = {}, {uid: Fraction(n * micro, W) for uid, micro in rest.items()}
        number = {uid: Fraction(((int(T[uid][:16], 16) + j * 2**64 // m) % 2**64) | 1, 2**64) for uid in rest}
        for uid in rest:
            odds[uid] = number[uid] / (1 - number[uid]) / (lam[uid] / (1 - lam[uid]))
        by_key = sorted(rest, key=lambda uid: (odds[uid], T[uid], uid))
        by_ticket = sorted(rest, key=lambda uid: (T[uid], uid))
        if method == "poisson":
            return sorted(certain), [u for u in by_ticket if number[u] < lam[u]], [], n, W, "-"
        if method == "pareto":
            drawn, cutoff = by_key[:n], shortest_between(odds[by_key[n - 1]], odds[by_key[n]])
        else:
            drawn, cutoff = self.duels(K, by_ticket, lam), "-"
        return sorted(certain), drawn, [u for u in by_key if u not in drawn][:r], n, W, cutoff

    def duels(self, K, order, lam):
        drawn, champion, mass = [], None, Fraction(0)
        for y in order:
            u = Fraction(int(sha(K + "/" + y)[:32], 16), 2**128)
            both = mass + lam[y]
            if champion is None:
                champion, mass = y, lam[y]
            elif both < 1:
                champion, mass = (champion if u < mass / both else y), both
            else:
                winner, loser = (champion, y) if u < (1 - lam[y]) / (2 - both) else (y, champion)
                drawn.append(winner)
                champion, mass = (loser, both - 1) if both > 1 else (None, Fraction(0))
        assert champion is None
        return [uid for uid in order if uid in drawn]

    def cutoff_line(self, stratum):
        certain, _, _, n, W, cutoff = self.draw(stratum)
        return "%s\t%d\t%d\t%d\t%s" % (stratum, len(certain), n, W, cutoff)

    def pareto_line(self, uid, stratum, micro):
        certain, _, _, n, W, _ = self.draw(stratum)
        method = self.method if self.method != "auto" else "pivotal" if len(self.of(stratum)) <= 200 else "pareto"
        if method != "pareto" or n == 0 or uid in certain:
            return []
        j, m = map(int, self.rotation.split("/"))
        a = ((int(self.ticket(uid)[:16], 16) + j * 2**64 // m) % 2**64) | 1
        return ["pareto: %d/%d" % (a * (W - n * micro), (2**64 - a) * n * micro)]

    def rows(self, stratum):
        certain, drawn, reserve, _, _, _ = self.draw(stratum)
        if self.weights == "sealed":
            drawn = sorted(drawn)
        roles = [("certain", u) for u in certain] + [("drawn", u) for u in drawn] + [("reserve", u) for u in reserve]
        return [(stratum, role, rank, uid, self.ticket(uid)) for rank, (role, uid) in enumerate(roles, 1)]

    # -- proof of one unit

    def proof(self, uid, executed=True, public=True):
        lines = ["fairdraw/1 proof", "draw: " + self.label, "uid: " + uid]
        uids = [unit[0] for unit in self.units]

        def shown(i):
            return ["unit: %d\t%s" % (i, self.line(self.units[i]))] + [
                "path: %d\t%s" % (i, node.hex()) for node in tree_path(i, self.leaves())]
        if uid in uids:
            unit = self.units[uids.index(uid)]
            lines += shown(uids.index(uid))
            lines += ["salt: " + self.salt(uid)] if self.weights == "sealed" else []
            lines += ["micro: %d" % unit[2]]
            lines += ["ticket: " + self.ticket(uid)] if executed else []
            if public:
                role = [(row[1], row[2]) for row in self.rows(unit[1]) if row[3] == uid]
                lines += ["key: " + self.K(), "cutoff: " + self.cutoff_line(unit[1])]
                lines += self.pareto_line(unit[0], unit[1], unit[2])
                lines += ["role: " + ("%s\t%d" % role[0] if role else "none")]
        elif uid in dict(self.exclusions):
            lines += ["exclusion: %s\t%s" % (uid, dict(self.exclusions)[uid])]
        else:
            at = sum(other < uid for other in uids)
            lines += (shown(at - 1) if at > 0 else []) + (shown(at) if at < len(uids) else [])
        return "".join(line + "\n" for line in lines) + self.ceremony() + self.plan() + (self.seed() if public else "")


def shortest_between(low, high):
    for k in itertools.count():
        p = -(-low.numerator * 2**k // low.denominator)
        if Fraction(p, 2**k) < high:
            return "%d/2^%d" % (p, k)


def small(**how):
    """Three strata: food with a certain unit, lifts, and one where everybody is taken."""
    units = [("F-%d" % i, "food", micro) for i, micro in enumerate((900, 40, 30, 20, 10, 10, 5))]
    units += [("L-%02d" % i, "lifts", 1000 + 100 * (i % 4)) for i in range(9)]
    units += [("全-%d" % i, "zoo", 7) for i in range(2)]
    return Draw(units, {"food": (3, 2), "lifts": (4, 20), "zoo": (2, 0)}, **how)


def no_reserve(draw):
    draw.sizes = {s: (n, 0) for s, (n, r) in draw.sizes.items()}
    return draw


# ---- The vector ----------------------------------------------------------------------------------

WEIGHTS = {"91110108551385082Q": 40, "914403001922038216": 25, "91110000101623741K": 20, "911101066976941872": 10,
           "91110000600037341L": 5, "BIG-1": 90, "BIG-2": 8, "BIG-3": 1, "BIG-4": 1, "LIFT-001": 1, "LIFT-002": 1,
           "LIFT-003": 1, "LIFT-004": 1.5, "电梯-005": 1, "\U00020bb7-1": 1, "\uff08-1": 2, "Ω-1": 2}
SIZES = {"food": (2, 1), "lifts": (2, 9), "plants": (2, 0), "unicode": (3, 1)}
PUBLIC, AUDITOR = data("bundle-public.txt"), data("bundle-auditor.txt")


class TheVectorOfTheProtocol(Case):
    @classmethod
    def setUpClass(cls):
        """Cuts vector.txt into its texts: what follows a `---` line or begins with `fairdraw/1`."""
        cls.texts, cls.said, title = defaultdict(list), [], None
        for line in data("vector.txt").splitlines(keepends=True):
            if line.startswith("--- "):
                cls.said.append(line[4:-1])
                title = line[4:-1]
            elif line.startswith("fairdraw/1 "):
                title = line[11:-1] + " " + str(sum(key.startswith(line[11:-1]) for key in cls.texts))
                cls.texts[title].append(line)
            else:
                cls.texts[title].append(line)
        cls.hashes = [said.split()[-1] for said in cls.said if said.startswith("its hash")]
        cls.S, cls.K = (next(s[2:] for s in cls.said if s.startswith(key)) for key in ("S ", "K "))
        cls.frame = [line[:-1].split("\t") for line in cls.texts["frame of 2026-03/targets"]]

    def text(self, title):
        return "".join(self.texts[title])

    def units(self, stratum):
        return [tool.Unit(uid, int(WEIGHTS[uid] * 10**6), tool.ticket(self.K, uid))
                for uid, s, _ in self.frame if s == stratum]

    def select(self, stratum, method, rotation=(0, 1)):
        return tool.select(self.units(stratum), *SIZES[stratum], method, self.K, rotation)

    def result_lines(self, method, open_weights):
        cutoffs, rows = [], []
        for stratum in SIZES:
            s = self.select(stratum, method)
            drawn = s.drawn if open_weights else sorted(s.drawn, key=lambda unit: unit.uid)
            cutoffs.append("cutoff: %s\t%d\t%d\t%d\t%s\n" % (stratum, len(s.certain), s.n, s.W, s.cutoff))
            roles = [("certain", u) for u in s.certain] + [("drawn", u) for u in drawn] + [("reserve", u) for u in s.reserve]
            rows += ["%s\t%s\t%d\t%s\t%s\n" % (stratum, role, rank, u.uid, u.ticket.hex())
                     for rank, (role, u) in enumerate(roles, 1)]
        return cutoffs + rows

    def check_without_reserve(self, title, method, rotation):
        """The short lists at the end of the vector: no reserve, and λ in place of the ticket."""
        cutoffs, rows = [], []
        for stratum in SIZES:
            s = self.select(stratum, method, rotation)
            cutoffs.append("cutoff: %s\t%d\t%d\t%d\t%s\n" % (stratum, len(s.certain), s.n, s.W, s.cutoff))
            for rank, unit in enumerate(s.certain + s.drawn, 1):
                chance = Fraction(1) if unit in s.certain else Fraction(s.n * unit.micro, s.W)
                role = "certain" if unit in s.certain else "drawn"
                rows.append("%s\t%s\t%d\t%s\t%s\n" % (stratum, role, rank, unit.uid, chance))
        self.assertEqual(cutoffs + rows, self.texts[title])

    def test_every_text_has_the_hash_that_stands_below_it(self):
        titles = ["plan 0", "plan 1", "data 0", "ceremony 0", "seed 0", "result 0", "result 1"]
        self.assertEqual([tool.hex_H(self.text(title)) for title in titles], self.hashes)

    def test_the_frame_has_the_root_of_the_plan(self):
        tree = tool.MerkleTree()
        for line in self.texts["frame of 2026-03/targets"]:
            tree.add(tool.leaf_hash(line[:-1]))
        self.assertIn("frame: 17 %s\n" % tree.root(), self.texts["plan 0"])

    def test_the_same_frame_with_open_weights_has_the_root_of_the_other_plan(self):
        tree = tool.MerkleTree()
        for uid, stratum, _ in self.frame:
            tree.add(tool.leaf_hash("%s\t%s\t%d" % (uid, stratum, WEIGHTS[uid] * 10**6)))
        self.assertIn("frame: 17 %s\n" % tree.root(), self.texts["plan 1"])

    def test_sealed_weights_are_the_hash_of_salt_and_micro(self):
        for uid, _, wfield in self.frame:
            salt = sha("0f" * 32 + "\t2026-03/targets\t" + uid)[:32]
            self.assertEqual(tool.commitment(salt, int(WEIGHTS[uid] * 10**6)), wfield)

    def test_S_and_K_follow_from_the_seed(self):
        self.assertEqual(tool.hex_H(self.text("seed 0")), self.S)
        self.assertEqual(tool.stream_key(self.S, "2026-03/targets"), self.K)

    def test_the_sealed_pareto_result_is_selected_again(self):
        self.assertEqual(self.result_lines("pareto", False), self.texts["result 0"][4:])

    def test_the_open_auto_result_is_selected_again_by_duels(self):
        self.assertEqual(self.result_lines("pivotal", True), self.texts["result 1"][4:])

    def test_poisson_on_the_same_tickets(self):
        self.check_without_reserve("the same tickets, poisson", "poisson", (0, 1))

    def test_pareto_rotated_by_a_half(self):
        self.check_without_reserve("the same tickets, pareto, rotation 1/2", "pareto", (1, 2))

    def test_pareto_in_the_order_of_the_keys(self):
        self.check_without_reserve("the same tickets, pareto in key order", "pareto", (0, 1))

    def test_the_open_draw_as_a_bundle_is_accepted(self):
        frame = "".join("%s\t%s\t%d\n" % (uid, s, WEIGHTS[uid] * 10**6) for uid, s, _ in self.frame)
        bundle = (self.text("ceremony 0") + self.text("plan 1") + "fairdraw/1 frame\ndraw: 2026-03/open\nlines: 17\n"
                  + frame + "fairdraw/1 exclusions\ndraw: 2026-03/open\nlines: 0\n" + self.text("seed 0") + self.text("result 1"))
        run = self.assert_accepted(bundle, "--result-hash", self.hashes[6])
        self.assertIn("every stratum drawn again", run.out)
        self.assertIn("the plan gives no number of units of the register", run.out)

    def test_the_writer_of_these_tests_writes_the_vector(self):
        """So the two agree before either is used to judge the other."""
        draw = Draw([(uid, s, int(WEIGHTS[uid] * 10**6)) for uid, s, _ in self.frame], SIZES)
        draw.K = lambda: self.K
        for stratum in SIZES:
            lines = ["\t".join(map(str, row)) + "\n" for row in draw.rows(stratum)]
            self.assertEqual(lines, [line for line in self.texts["result 0"] if line.startswith(stratum + "\t")])


# ---- Single characters ---------------------------------------------------------------------------

CLASSES = ["0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "\t", "\n", " ", ":/-.,+#\\", "市场监"]


def changes(text, number):
    """At `number` places spread evenly: the character replaced by one of its class and by one of every other class,
    deleted, doubled, and a strange one put before it. Gives (place, changed text)."""
    for i in range(number):
        at = i * len(text) // number + (i % 3 if len(text) > 3 * number else 0)
        others = [c[(c.find(text[at]) + 1 + i % 7) % len(c)] for c in CLASSES]
        new = {o for o in others if o != text[at]} | {"", text[at] * 2, CLASSES[i % 8][0] + text[at], "\r" + text[at]}
        if "a" <= text[at] <= "f" or text[at] in "0123456789":
            new.add("0123456789abcdef"[(int(text[at], 16) + 1) % 16])
        for put in sorted(new):
            changed = text[:at] + put + text[at + 1:]
            if changed != text:
                yield at, changed


def places(text, pattern):
    """The positions inside the groups of all matches."""
    found = set()
    for match in re.finditer(pattern, text, re.M):
        for group in range(1, match.re.groups + 1):
            found.update(range(match.start(group), match.end(group) + 1))
    return found


class ASingleChangedCharacter(Case):
    def test_in_the_auditors_bundle_is_refused_wherever_it_is(self):
        self.assert_all_refused(AUDITOR, 200)

    def test_in_the_public_bundle_is_refused_except_in_cutoffs_that_follow_from_sealed_weights(self):
        """p and k of a cutoff, and W of a stratum with certain units: only who knows the weights can compute them."""
        unknown = places(PUBLIC, r"^cutoff: .*\t([0-9]+/2\^[0-9]+)$") | places(PUBLIC, r"^cutoff: .*\t[1-9]\t1\t([0-9]+)\t")
        self.assertLess(len(unknown), 40)
        self.assert_all_refused(PUBLIC, 200, except_at=unknown)

    def test_in_the_public_bundle_is_refused_everywhere_against_the_published_result_hash(self):
        result_hash = sha(PUBLIC[PUBLIC.index("fairdraw/1 result"):])
        start = PUBLIC.index("cutoff: ")
        self.assert_all_refused(PUBLIC, 200, "--result-hash", result_hash)
        for at in range(start, PUBLIC.index("food\tdrawn")):
            self.assertNotEqual(Run(PUBLIC[:at] + "7" + PUBLIC[at:], "--result-hash", result_hash).code, 0)

    def test_in_a_bundle_before_execution_is_refused_against_the_published_ceremony_hash(self):
        draw = small()
        self.assert_all_refused(draw.bundle(seed=False, result=False), 200, "--ceremony-hash", sha(draw.ceremony()))


class AChangedByte(Case):
    def test_that_breaks_utf8_is_refused_with_its_line(self):
        self.assert_refused(AUDITOR.encode().replace(b"inspector", b"inspec\xffor"), "line 54: not UTF-8")
        self.assert_refused(AUDITOR.encode().replace("电".encode(), "电".encode()[:2], 1), "not UTF-8")

    def test_overlong_and_surrogate_utf8_is_refused(self):
        for bad in (b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"):
            self.assert_refused(AUDITOR.encode().replace(b"deregistered", b"dereg" + bad), "not UTF-8")

    def test_behind_the_last_line_is_refused(self):
        for more in ("\n", " ", "x", "\0", "fairdraw/1 result\n"):
            for bundle in (PUBLIC, AUDITOR):
                self.assertNotEqual(Run(bundle + more).code, 0)

    def test_missing_at_the_end_is_refused(self):
        self.assert_refused(PUBLIC[:-1], "without a line feed")
        self.assert_refused(PUBLIC[:PUBLIC.index("stratum: ")], "line 20: the file ends here, before its text is complete")
        self.assert_refused(PUBLIC.replace("\n", "\r\n"), "first line must be|expected")
        self.assert_refused("\ufeff" + PUBLIC, "first line must be")

    def test_every_cut_off_file_is_refused_except_where_a_whole_text_is_missing(self):
        """A bundle may end before its seed (before the draw is executed), or before its result."""
        whole = {AUDITOR.index("fairdraw/1 " + text) for text in ("data", "seed", "result")}
        lines = [m.end() for m in re.finditer("\n", AUDITOR)][:-1]
        accepted = {end for end in lines if Run(AUDITOR[:end]).code == 0}
        rows = {end for end in lines if end > AUDITOR.index("fairdraw/1 result")}
        self.assertEqual(accepted - rows, whole)
        self.assertEqual(accepted & rows, set())


# ---- Bundles -------------------------------------------------------------------------------------

class ABundle(Case):
    def test_of_the_vector_is_accepted_for_the_public(self):
        run = self.assert_accepted(PUBLIC)
        self.assertIn("17 units, in order, none twice, root f1f03ab5e714", run.out)
        self.assertRegex(run.out, "(?m)^-       selection +sealed weights: needs the auditor's bundle$")
        self.assertRegex(run.out, "(?m)^ok      tickets +13, K = 764591b0")

    def test_of_the_vector_is_accepted_for_the_auditor(self):
        run = self.assert_accepted(AUDITOR)
        self.assertIn("every stratum drawn again", run.out)
        self.assertRegex(run.out, "(?m)^ok      data +staff, 2 rows")

    def test_runs_as_a_program_on_a_file_and_on_standard_input(self):
        path = os.path.join(VECTOR, "bundle-auditor.txt")
        environment = dict(os.environ, LC_ALL="C", PYTHONUTF8="0", PYTHONDONTWRITEBYTECODE="1")
        run = subprocess.run([sys.executable, TOOL, path], env=environment, stdout=subprocess.PIPE)
        self.assertEqual((run.returncode, run.stdout.endswith(b"agrees.\n")), (0, True))
        for content, code in ((AUDITOR, 0), (AUDITOR.replace("I-07", "I-08"), 1), ("hello\n", 2), ("", 2)):
            run = subprocess.run([sys.executable, TOOL, "-"], input=content.encode(), env=environment, stdout=subprocess.PIPE)
            self.assertEqual(run.returncode, code, run.stdout)
        for missing in ("/nowhere/at/all", HERE):
            run = subprocess.run([sys.executable, TOOL, missing], stdout=subprocess.PIPE)
            self.assertEqual(run.returncode, 2)
            self.assertIn(b"REFUSED file", run.stdout)

    def test_is_executable_and_has_help(self):
        self.assertTrue(os.access(TOOL, os.X_OK))
        run = subprocess.run([TOOL, "--help"], stdout=subprocess.PIPE)
        self.assertEqual(run.returncode, 0)
        self.assertIn(b"--ceremony-hash", run.stdout)

    def test_of_every_method_weight_rotation_and_reader_is_accepted(self):
        for method, weights, rotation in itertools.product(
                ("auto", "pareto", "pivotal", "poisson"), ("sealed", "open"), ("0/1", "1/3", "4095/4096")):
            draw = small(method=method, weights=weights, rotation=rotation)
            draw = no_reserve(draw) if method == "poisson" else draw
            for auditor, seed in ((True, True), (False, True), (False, False)):
                with self.subTest(method=method, weights=weights, rotation=rotation, auditor=auditor, seed=seed):
                    run = self.assert_accepted(draw.bundle(auditor, seed))
                    self.assertEqual("drawn again" in run.out, seed and (auditor or weights == "open"))

    def test_of_random_draws_is_accepted_and_selected_again(self):
        rng = random.Random(1)
        for i in range(60):
            units, sizes = [], {}
            for s in range(rng.randint(1, 4)):
                number = rng.choice((1, 2, 3, 8, 20, 40))
                top = rng.choice((1, 3, 10**6, 2**63 // 64))
                units += [("%s%d" % (rng.choice("aB我\U00020bb7"), 10**9 * s + rng.randrange(10**9)), "s%d" % s,
                           rng.randint(1, top)) for _ in range(number)]
                sizes["s%d" % s] = (rng.randint(0, number), rng.randint(0, 5))
            method = rng.choice(("auto", "pareto", "pareto", "pivotal", "poisson"))
            draw = Draw(units, sizes, method, rng.choice(("sealed", "open")), rng.choice(("0/1", "1/2", "2/7")))
            draw = no_reserve(draw) if method == "poisson" else draw
            with self.subTest(i=i):
                self.assertIn("drawn again", self.assert_accepted(draw.bundle(True)).out)
                self.assert_accepted(draw.bundle(False))
                self.assert_accepted(draw.bundle(False, seed=False))

    def test_with_auto_duels_in_200_units_and_compares_keys_in_201(self):
        for number, cutoff in ((200, False), (201, True)):
            draw = Draw([("u%03d" % i, "s", 1 + i % 7) for i in range(number)], {"s": (20, 3)}, "auto", "open")
            self.assertEqual("/2^" in draw.cutoff_line("s"), cutoff)
            self.assert_accepted(draw.bundle())

    def test_with_auto_counts_the_certain_units_among_the_200(self):
        """201 units, one of them certain: pareto, although 200 are left to be drawn from."""
        draw = Draw([("u%03d" % i, "s", 10**6 if i == 0 else 1 + i % 7) for i in range(201)], {"s": (20, 3)}, "auto", "open")
        self.assertRegex(draw.cutoff_line("s"), r"^s\t1\t19\t[0-9]+\t[0-9]+/2\^")
        self.assert_accepted(draw.bundle())

    def test_before_execution_has_neither_seed_nor_result(self):
        run = self.assert_accepted(small().bundle(seed=False, result=False))
        self.assertIn("not executed yet", run.out)

    def test_of_the_auditor_before_execution_opens_all_weights(self):
        self.assertIn("opens with its salt", self.assert_accepted(small().bundle(True, seed=False, result=False)).out)

    def test_before_disclosure_has_tickets_that_cannot_be_checked(self):
        run = self.assert_accepted(small().bundle(seed=False))
        self.assertRegex(run.out, "(?m)^-       tickets +the seed is not public yet")

    def test_before_disclosure_still_has_well_formed_tickets(self):
        draw = small()
        T = draw.rows("lifts")[0][4]
        for bad in (T[:-1], T.upper(), T + "0"):
            self.assert_refused(replace_once(draw.bundle(seed=False), T, bad), "a ticket")

    def test_with_open_weights_before_disclosure_shows_certain_units_and_those_below_the_cutoff(self):
        draw = small(weights="open")
        good = draw.bundle(seed=False)
        run = self.assert_accepted(good)
        self.assertIn("and the units that were not drawn: needs the seed", run.out)
        self.assertNotIn("every stratum drawn again", run.out)
        self.assert_differs(replace_once(good, "food\t1\t2\t115\t", "food\t1\t2\t114\t"), "stratum food: certain units, n and W")
        light = next(uid for uid, s, _ in draw.units if s == "food" and uid not in [row[3] for row in draw.rows("food")])
        rows = ("\t%s\t%s\n" % (uid, draw.ticket(uid)) for uid in ("F-0", light))
        self.assert_differs(replace_once(good, *rows), "unit %s: says certain, computed not drawn" % light)
        self.assert_differs(re.sub("(cutoff: lifts.*)\t.*/2.*", r"\1\t1/2^90", good), "unit L-.*says drawn, computed not drawn")

    def test_of_a_rehearsal_says_so_loudly_and_twice(self):
        draw = small()
        draw.heading, draw.serial = "fairdraw/1 rehearsal", "0 none"
        run = self.assert_accepted(draw.bundle())
        self.assertEqual(run.out.count("WARNING REHEARSAL"), 2)
        self.assertNotIn("REHEARSAL", Run(small().bundle()).out)

    def test_of_a_ceremony_with_other_draws_and_lotteries_says_that_they_are_not_in_it(self):
        draw = small()
        draw.more_plans, draw.lotteries = [("a/0", "1" * 64), ("z/0", "2" * 64)], ["lottery: %s l/1\n" % ("3" * 64)]
        run = self.assert_accepted(draw.bundle())
        for line in ("plan             a/0: another draw", "plan             z/0: another draw", "lottery          l/1: not part"):
            self.assertIn("-       " + line, run.out)

    def test_without_a_secret_has_no_secret_in_its_seed(self):
        draw = small()
        draw.secret = None
        self.assert_accepted(draw.bundle(True))
        self.assertNotEqual(Run(draw.bundle().replace("drum: 12-34567890123456\n", "drum: 12-34567890123456\nsecret: %s\n" % ("5a" * 32))).code, 0)

    def test_with_a_public_value_that_never_came_about_is_accepted_while_40_bits_are_left(self):
        for i, accepted in ((0, False), (1, True), (2, True)):
            draw = small()
            draw.values[i] = draw.values[i].split(":")[0] + ": none"
            self.assertEqual(Run(draw.bundle()).code == 0, accepted)
        draw = small()
        draw.values[1:] = ["beacon: none", "drum: none"]
        self.assert_differs(draw.bundle(), "0 bits, fewer than 40")

    def test_with_exactly_40_public_bits_is_accepted(self):
        draw = small()
        draw.entropy[1:] = ["beacon public 40 2026-03-05T13:30:00Z @@@@@@@@@@@@@@@@ pulse"]
        draw.values[1:] = draw.values[1:2]
        self.assert_accepted(draw.bundle())

    def test_of_the_first_ceremony_has_no_chain_to_check(self):
        self.assertNotIn("chain", Run(small().bundle()).out)

    def test_with_a_stratum_without_units_is_accepted(self):
        draw = small()
        draw.sizes["void"] = (0, 0)
        self.assert_accepted(draw.bundle(True))

    def test_where_every_unit_has_the_least_weight_is_accepted(self):
        self.assert_accepted(Draw([(c, "s", 1) for c in "abcd"], {"s": (2, 1)}).bundle(True))

    def test_that_claims_more_bits_than_its_mask_has_room_for_gets_a_warning(self):
        draw = small()
        draw.entropy[1] = draw.entropy[1].replace("public 64", "public 65")
        self.assertIn("claims 65 bits", self.assert_accepted(draw.bundle()).out)
        self.assertNotIn("claims", Run(small().bundle()).out)


class PublishedHashes(Case):
    def test_that_are_the_files_own_are_confirmed(self):
        draw = small()
        run = self.assert_accepted(draw.bundle(), "--ceremony-hash", sha(draw.ceremony()), "--plan-hash", sha(draw.plan()),
                                   "--result-hash", sha(draw.result()))
        self.assertEqual(run.out.count("has the hash that was published"), 3)

    def test_that_are_not_the_files_own_differ(self):
        for what in ("ceremony", "plan", "result"):
            self.assert_differs(PUBLIC, "hash", "--%s-hash" % what, "0" * 64)

    def test_that_are_not_given_are_asked_for(self):
        self.assertRegex(Run(PUBLIC).out, "(?m)^-       publication +ceremony: compare its hash with the one published before 2026-03-05")

    def test_that_are_no_hashes_are_refused(self):
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as end:
            Run(PUBLIC, "--plan-hash", "abc")
        self.assertEqual(end.exception.code, 2)


class TheCeremonyBefore(Case):
    def setUp(self):
        self.before, self.after = small(), small()
        self.before.serial = "16 " + "9" * 64
        self.after.serial = "17 " + sha(self.before.ceremony())

    def check(self, before_text):
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="") as stream:
            stream.write(before_text)
            stream.flush()
            return Run(self.after.bundle(), "--previous", stream.name)

    def test_is_recognised_by_its_hash(self):
        run = self.check(self.before.ceremony())
        self.assertEqual(run.code, 0, run.out)
        self.assertIn("serial 17 follows serial 16", run.out)

    def test_that_was_changed_is_not_recognised(self):
        self.assertEqual(self.check(self.before.ceremony().replace("Bureau", "Bureaux")).code, 1)

    def test_with_another_serial_is_not_the_one_before(self):
        self.before.serial = "15 " + "9" * 64
        self.after.serial = "17 " + sha(self.before.ceremony())
        self.assertEqual(self.check(self.before.ceremony()).code, 1)

    def test_is_one_ceremony_and_nothing_else(self):
        self.assertEqual(self.check(self.before.ceremony() + "x\n").code, 2)

    def test_does_not_exist_for_the_first(self):
        before, self.after.serial = self.before.ceremony(), "1 none"
        self.assertEqual(self.check(before).code, 1)


# ---- Rules: everything is hashed anew, so only the rule itself can refuse -------------------------

class TheRules(Case):
    def refuse(self, change, message, auditor=True, **how):
        """`change` gets a good draw; its bundle must then be refused for that reason and no other."""
        draw = small(**how)
        self.assertEqual(Run(draw.bundle(auditor)).code, 0)
        change(draw)
        run = Run(draw.bundle(auditor))
        self.assertNotEqual(run.code, 0, run.out)
        self.assertRegex(run.out.splitlines()[-1], message)

    def edit(self, text, old, new, message, **how):
        self.refuse(lambda draw: draw.edit.update({text: (old, new)}), message, **how)

    def test_of_text_fields(self):
        bad = ["\u0001", "\u007f", "\u0085", "\u00ad", "\u200b", "\u202e", "\u2066", "\u3164", "\ufe0f", "\ufff9",
               "\ue000", "\ufdd0", "\ufffe", "\U0001ffff", "\U000e0001", "\U000f0000", "\u034f", "\u115f", "\u17b5"]
        for character in bad:
            self.edit("ceremony", "Bureau", "Bur%seau" % character, "agency .* not allowed")
        for space in (" ", "\u00a0", "\u3000", "\u202f", "\u2000"):
            self.edit("ceremony", "Bureau", space + "Bureau", "white space")
            self.edit("ceremony", "Bureau", "Bureau" + space, "white space")
        for good in ("Bu reau", "Bu\u3000reau", "\U00020bb7", "\ufffd", "A" * 255):
            draw = small()
            draw.edit["ceremony"] = ("Bureau", good)
            self.assert_accepted(draw.bundle())
        self.edit("ceremony", "Bureau", "A" * 256, "256 bytes")
        self.edit("ceremony", "Bureau", "我" * 86, "258 bytes")
        self.edit("ceremony", "agency: Bureau", "agency: ", "0 bytes")
        self.edit("ceremony", "the gazette", "g" * 1025, "1025 bytes")

    def test_of_serials(self):
        for serial in ("0 none", "2 none", "1 " + "0" * 64, "01 none", "1  none", "1", "-1 none", "1 None"):
            self.refuse(lambda draw: setattr(draw, "serial", serial), "line 3")
        for serial in ("1 none", "0 " + "0" * 64):
            def rehearse(draw):
                draw.heading, draw.serial = "fairdraw/1 rehearsal", serial
            self.refuse(rehearse, "the serial of a rehearsal")

    def test_of_dates(self):
        for date in ("2026-02-29", "2026-5-01", "26-05-01", "2026-05-01 ", "2026-05-01T00:00:00Z"):
            self.edit("ceremony", "2026-05-01", date, "line 6")
        for due in ("2026-03-05T24:00:00Z", "2026-03-05T06:00Z", "2026-03-05 06:00:00", "2026-13-05T06:00:00Z"):
            self.edit("ceremony", "2026-03-05T06:00:00Z", due, "line 8")

    def test_of_entropy(self):
        self.edit("ceremony", "dice local", "drum local", "drum stands twice")
        self.edit("ceremony", "beacon public", "Beacon public", "not a name")
        self.edit("ceremony", "beacon public", "secret public", "reserved word")
        self.edit("ceremony", "dice local", "dice Local", "neither local nor public")
        self.edit("ceremony", "2026-03-05T06", "2026-03-05T16", "is due before the one above")
        self.edit("ceremony", "drum public", "drum local", "local entropy drum stands after public")
        self.edit("ceremony", "#### four", "##é# four", "not a mask")
        self.edit("ceremony", "local 13", "local 013", "number of bits")

        def all_local(draw):
            draw.entropy = draw.entropy[:1]
        self.refuse(all_local, "last entropy line must be public")

        def few_bits(draw):
            draw.entropy[1:] = ["beacon public 39 2026-03-05T13:30:00Z @@@@@@@@@@@@@@@@ pulse"]
        self.refuse(few_bits, "fewer than 40 bits")

    def test_of_the_lists_in_a_ceremony(self):
        def twice(draw):
            draw.more_plans = [("d/1", "1" * 64)]
        self.refuse(twice, "plan .d/1. must come after")
        self.edit("ceremony", "data: staff", "data: data", "reserved word")
        self.edit("ceremony", "data: staff 3", "data: staff 03", "number of rows")

        def unsorted(draw):
            draw.lotteries = ["lottery: %s b\n" % ("1" * 64), "lottery: %s a\n" % ("1" * 64)]
        self.refuse(unsorted, "lottery .a. must come after .b.")

        def nothing(draw):
            draw.edit["ceremony"] = (draw.ceremony()[draw.ceremony().index("plan: "):], "")
        self.refuse(nothing, "at least one plan, data or lottery")

        def other_draw(draw):
            draw.edit["ceremony"] = (" d/1\n", " d/2\n")
        self.refuse(other_draw, "draw d/1 has no plan line")

    def test_of_plans(self):
        for old, new, message in (
                ("method: pareto", "method: Pareto", "not a method"),
                ("register: 19", "register: 20", "register = frame . exclusions: says 20, computed 19"),
                ("register: 19", "register: all", "register"),
                ("\t7\t1015\t3\t2", "\t8\t1015\t3\t2", "units of all strata: says 18, computed 19"),
                ("\t7\t1015\t3\t2", "\t7\t1015\t8\t2", "n is 8, but there are 7 units"),
                ("\t7\t1015\t3\t2", "\t7\t6\t3\t2", "7 units cannot weigh 6"),
                ("\t7\t1015\t3\t2", "\t7\t9223372036854775808\t3\t2", "sum of micro is"),
                ("\t7\t1015\t3\t2", "\t7\t1016\t3\t2", "sum of micro of stratum food"),
                ("\t7\t1015\t3\t2", "\t7\t1015\t3", "expected name, units"),
                ("stratum: food", "stratum: mud", "stratum .lifts. must come after .mud."),
                ("streams/1", "lottery/1", "no stream label begins"),
                ("rotation: 0/1", "rotation: 0/2", "lowest terms"), ("rotation: 0/1", "rotation: 2/4", "lowest terms"),
                ("rotation: 0/1", "rotation: 1/1", "lowest terms"), ("rotation: 0/1", "rotation: 1/4097", "rotation m"),
                ("rotation: 0/1", "rotation: 0/0", "rotation m"), ("weights: sealed", "weights: closed", "sealed or open")):
            self.edit("plan", old, new, message)
        self.edit("plan", "method: pareto", "method: poisson", "poisson has no reserve")

    def test_that_units_stand_in_the_frame_in_order_and_once(self):
        def swap(draw):
            draw.units[0], draw.units[1] = draw.units[1], draw.units[0]
        self.refuse(swap, "unit .F-0. must come after .F-1.")

        def twice(draw):
            draw.units.insert(1, draw.units[0])
            draw.register += 1
        self.refuse(twice, "unit .F-0. must come after .F-0.")

    def test_of_strata_of_the_frame(self):
        self.edit("plan", "food\t7", "food\t6", "units of all strata")

        def moved(draw):
            draw.edit["plan"] = ("lifts\t9\t", "lifts\t8\t")
            draw.sizes["zoo"] = (2, 0)
        self.refuse(moved, "units of all strata")

        def renamed(draw):
            draw.edit["plan"] = ("stratum: lifts", "stratum: lofts")
        self.refuse(renamed, "unit L-00: stratum lifts is not in the plan")

        def shifted(draw):
            plan = draw.plan()
            draw.edit["plan"] = (re.search("stratum: food(.|\n)*stratum: zoo.*\n", plan)[0],
                                 "stratum: food\t8\t1015\t3\t2\nstratum: lifts\t8\t10300\t4\t20\nstratum: zoo\t2\t14\t2\t0\n")
        self.refuse(shifted, "units of stratum food in the plan: says 8, computed 7")

    def test_that_a_sealed_weight_opens_with_its_salt(self):
        draw = small()
        for old, new in (("\t900\n", "\t901\n"), (draw.salt("F-0"), "0" * 32)):
            self.edit("frame", old, new, "line 28, sealed weight of unit F-0")
        self.edit("frame", "\t900\n", "\t0900\n", "weight")
        self.edit("frame", "\t900\n", "\n", "expected uid")

    def test_that_open_weights_are_positive_integers(self):
        for weight in ("0", "-1", "1.5", "01", "9223372036854775808", ""):
            def change(draw):
                line = draw.line
                draw.line = lambda unit: "F-0\tfood\t" + weight if unit[0] == "F-0" else line(unit)
            self.refuse(change, "unit|weight", weights="open")

    def test_that_sealed_weights_look_like_sealed_weights(self):
        for wfield in ("900", "c12", "d" + "0" * 64, "c" + "A" * 64, "c" + "0" * 65, ""):
            def change(draw):
                line = draw.line
                draw.line = lambda unit: "F-0\tfood\t" + wfield if unit[0] == "F-0" else line(unit)
            self.refuse(change, "is not a sealed weight", auditor=False)

    def test_of_exclusions(self):
        def in_both(draw):
            draw.exclusions = [("F-3", "moved")]
        self.refuse(in_both, "unit F-3 stands in the frame and in the exclusions")

        def unsorted(draw):
            draw.exclusions, draw.register = [("X-9", "moved"), ("X-8", "moved")], 20
        self.refuse(unsorted, "unit .X-8. must come after .X-9.")

        def no_reason(draw):
            draw.exclusions = [("X-9", "")]
        self.refuse(no_reason, "the reason has 0 bytes")
        self.edit("exclusions", "moved", "closed", "exclusions +hash in the plan")
        self.edit("exclusions", "lines: 1", "lines: 2", "lines: says 2, computed 1")

    def test_of_data(self):
        for rows, message in ((["b\tx", "a\tx"], "not in ascending order"), (["a"], "expected who, what"),
                              (["a\t\\n"], "not a value"), (["a\t\x0b"], "not a value"), (["a\tb\tc"], "expected who")):
            self.refuse(lambda draw: setattr(draw, "data_rows", rows), message)
        self.edit("data", "salt: 12", "salt: 123", "a salt")
        draw = small()
        draw.edit["data"] = ("who\twhat", "full name\twhat")
        self.assert_accepted(draw.bundle(True))
        for columns in ("who\t", "\twhat", "who\twh\x0bat"):
            self.edit("data", "who\twhat", columns, "a column has no name")

        def unknown(draw):
            draw.edit["ceremony"] = ("data: staff", "data: stuff")
        self.refuse(unknown, "staff has no data line in the ceremony")
        bundle = small().bundle(True)
        self.assert_differs(bundle.replace("b\t\n", "c\t\n"), "hash of staff")
        self.assert_refused(replace_once(bundle, "b\t\n", "b\t\nc\t\n"), "expected the line `fairdraw/1 result`")

    def test_that_a_data_row_may_look_like_the_beginning_of_a_text(self):
        draw = small()
        draw.data_rows = ["fairdraw/1 seed\tx", "x\t"]
        self.assert_accepted(draw.bundle(True))

    def test_of_seeds(self):
        for old, new, message in (
                ("dice: 0123", "dice: 012", "does not have the form ####"), ("dice: 0123", "dice: 012a", "form ####"),
                ("dice: 0123", "dice: 012٣", "form ####"), ("dice: 0123", "die: 0123", "expected `dice: "),
                ("0123456789abcdef", "0123456789abcdeF", "form @@@"), ("12-345", "12+345", "form ##-"),
                ("dice: 0123", "dice: none", "form ####"), ("secret: 5a", "secret: 5b", "hash of the secret")):
            self.edit("seed", old, new, message)
        for bundle in (PUBLIC, AUDITOR):
            self.assert_differs(replace_once(bundle, "01382438112797316654", "01382438112797316655"), "result +line .*, seed")


# ---- Results -------------------------------------------------------------------------------------

class AForgedResult(Case):
    """The result is not committed beforehand, so nothing but these checks stands against a forger."""

    def forge(self, forged, public_message, auditor_message=None):
        """`forged` changes the list of result lines (after the fourth)."""
        for bundle, message in ((PUBLIC, public_message), (AUDITOR, auditor_message or public_message)):
            start = bundle.index("cutoff: ")
            lines = bundle[start:].splitlines(keepends=True)
            forged(lines)
            text = bundle[:start] + "".join(lines)
            self.assert_differs(text, message) if message else self.assert_accepted(text)

    def ticket(self, uid):
        return tool.ticket("764591b0f9e71767b22d042cdee2cae4ba35dbdc91a94df1b78d85ec7a116302", uid).hex()

    def test_that_puts_another_unit_with_its_true_ticket_is_seen_by_the_auditor_alone(self):
        def forged(lines):
            lines[8] = "lifts\tdrawn\t2\tLIFT-003\t%s\n" % self.ticket("LIFT-003")
            lines[9] = "lifts\treserve\t3\tLIFT-002\t%s\n" % self.ticket("LIFT-002")
        self.forge(forged, None, "line 75, stratum lifts, rank 2: says drawn LIFT-003, computed drawn LIFT-002")

    def test_with_another_order_of_the_reserve_is_seen_by_the_auditor_alone(self):
        def forged(lines):
            a, b = lines[9].split("\t"), lines[10].split("\t")
            lines[9], lines[10] = "\t".join(a[:3] + b[3:]), "\t".join(b[:3] + a[3:])
        self.forge(forged, None, "rank 3: says reserve LIFT-004, computed reserve LIFT-003")

    def test_with_another_cutoff_is_seen_by_the_auditor_alone(self):
        def forged(lines):
            lines[0] = lines[0].replace("2/2^0", "3/2^0")
        self.forge(forged, None, "cutoff line")

    def test_with_a_false_ticket_is_seen_by_everybody(self):
        def forged(lines):
            lines[4] = lines[4][:-2] + ("1" if lines[4][-2] != "1" else "2") + "\n"
        self.forge(forged, "unit 91110000101623741K: says .* computed 74de650a")

    def test_with_a_unit_from_outside_the_frame_is_seen_by_everybody(self):
        def forged(lines):
            lines[7] = "lifts\tdrawn\t1\tLIFT-000\t%s\n" % self.ticket("LIFT-000")
        self.forge(forged, "unit LIFT-000 is not in the frame")

    def test_with_a_unit_of_another_stratum_is_seen_by_everybody(self):
        def forged(lines):
            lines[7] = "lifts\tdrawn\t1\tBIG-3\t%s\n" % self.ticket("BIG-3")
        self.forge(forged, "stratum of unit BIG-3: says lifts, computed plants")

    def test_with_missing_additional_or_exchanged_rows_is_seen_by_everybody(self):
        self.forge(lambda lines: lines.pop(6), "stratum food, rows with role reserve: says 0, computed 1")
        self.forge(lambda lines: lines.pop(11), "stratum lifts, rows with role reserve: says 2, computed 3")
        self.forge(lambda lines: lines.pop(5), "rank of unit 914403001922038216: says 3, computed 2")
        self.forge(lambda lines: lines.insert(7, lines[6].replace("\t3\t", "\t4\t")), "rows with role reserve|twice")
        self.forge(lambda lines: lines.insert(4, lines.pop(7)), "stratum food|out of order")
        self.forge(lambda lines: lines.insert(0, lines.pop(1)), "stratum of the cutoff line: says lifts, computed food")

        def exchange(lines):
            a, b = lines[4].split("\t"), lines[5].split("\t")
            lines[4], lines[5] = "\t".join(a[:3] + b[3:]), "\t".join(b[:3] + a[3:])
        self.forge(exchange, "unit 91110000101623741K, drawn, is out of order")

    def test_with_one_unit_twice_is_seen_by_everybody(self):
        def forged(lines):
            lines[10] = lines[9].replace("\t3\t", "\t4\t")
        self.forge(forged, "a unit stands there twice")

    def test_with_impossible_numbers_in_a_cutoff_line_is_seen_by_everybody(self):
        for i, old, new, message in (
                (0, "\t0\t2\t", "\t1\t2\t", "certain units . n: says 3, computed 2"),
                (0, "\t0\t2\t", "\t1\t1\t", "too light|units"),
                (0, "100000000", "100000001", "W without certain units"),
                (0, "2/2^0", "-", "a cutoff belongs to a pareto stratum"),
                (3, "-", "1/2^0", "a cutoff belongs to a pareto stratum"),
                (1, "1/2^1", "2/2^1", "not in its shortest form"),
                (1, "1/2^1", "=" + "0" * 64, "not the ticket of a drawn unit"),
                (2, "\t10000000\t", "\t60000000\t", "certain units that weigh 40000000 together are too light"),
                (2, "\t10000000\t", "\t2\t", "cannot be left"),
                (3, "\t0\t0\t", "\t0\t1\t", "units and W left when no n is left")):
            def forged(lines):
                lines[i] = replace_once(lines[i], old, new)
            self.forge(forged, message)

    def test_that_leaves_as_many_units_as_are_drawn_is_seen_by_everybody(self):
        """Where n is the number of units all are certain."""
        self.assert_differs(replace_once(small().bundle(), "zoo\t2\t0\t0\t-", "zoo\t0\t2\t14\t1/2^0"), "cannot be left")

    def test_with_a_reserve_where_no_n_remains_is_seen_by_everybody(self):
        draw = Draw([("a", "s", 5), ("b", "s", 5), ("c", "s", 5)], {"s": (0, 2)})
        self.assert_accepted(draw.bundle())
        row = "s\treserve\t1\ta\t%s\n" % draw.ticket("a")
        self.assert_differs(draw.bundle() + row, "rows with role reserve: says 1, computed 0")

    def test_of_a_poisson_draw_may_have_any_size_for_the_public_but_not_for_the_auditor(self):
        draw = no_reserve(small(method="poisson"))
        last = draw.rows("lifts")[-1]
        row = "\t".join(map(str, last)) + "\n"
        self.assert_accepted(replace_once(draw.bundle(), row, ""))
        self.assert_differs(replace_once(draw.bundle(True), row, ""), "stratum lifts, number of rows")


# ---- Selection -----------------------------------------------------------------------------------

def unit(uid, micro, first8=None):
    T = hashlib.sha256(uid.encode()).digest()
    return tool.Unit(uid, micro, T if first8 is None else first8.to_bytes(8, "big") + T[8:])


class Pareto(Case):
    def test_key_is_the_odds_of_the_random_number_over_the_odds_of_the_probability(self):
        for a, micro, n, W in ((1, 1, 1, 2), (2**64 - 1, 3, 2, 7), (12345678901234567891, 10**17, 5, 9 * 10**17)):
            number, chance = Fraction(a, 2**64), Fraction(n * micro, W)
            self.assertEqual(Fraction(*tool.pareto_key(a, micro, n, W)), number / (1 - number) / (chance / (1 - chance)))

    def test_random_number_is_odd_and_moves_along_the_circle(self):
        T = bytes.fromhex("fffffffffffffffe" + "00" * 24)
        self.assertEqual(tool.random_number(T, (0, 1)), 2**64 - 1)
        self.assertEqual(tool.random_number(T, (1, 2)), 2**63 - 1)
        self.assertEqual(tool.random_number(bytes(32), (0, 1)), 1)
        self.assertEqual(tool.random_number(bytes(32), (1, 3)), 2**64 // 3 | 1)

    def test_keys_that_differ_by_one_step_of_the_random_number_at_the_largest_weights_are_told_apart(self):
        """Floating point would call these equal."""
        big = 2**60
        units = [unit("x%d" % i, big, 2**63 + 2 * i) for i in (3, 1, 2, 0)]
        self.assertEqual([u.uid for u in tool.pareto_order(units, 1, 4 * big, (0, 1))], ["x0", "x1", "x2", "x3"])

    def test_order_is_that_of_exact_fractions(self):
        rng = random.Random(2)
        for _ in range(50):
            units = [unit("u%d" % i, rng.randint(2**61, 2**61 + 3), 2**63 + 2 * rng.randint(0, 5)) for i in range(3)]
            W = sum(u.micro for u in units)
            exact = sorted(units, key=lambda u: (Fraction(u.ticket[7] | 1 | 2**63, 2**63 - (u.ticket[7] | 1))
                                                 * Fraction(W - u.micro, u.micro), u.ticket, u.uid))
            self.assertEqual(tool.pareto_order(units, 1, W, (0, 1)), exact)

    def test_equal_keys_are_ordered_by_ticket_and_cut_off_with_it(self):
        units = [unit("x%d" % i, 5, 10) for i in range(4)]
        s = tool.select(units, 2, 1, "pareto", "", (0, 1))
        by_ticket = sorted(units, key=lambda u: u.ticket)
        self.assertEqual((s.drawn, s.reserve), (by_ticket[:2], by_ticket[2:3]))
        self.assertEqual(s.cutoff, "=" + by_ticket[1].ticket.hex())

    def test_cutoff_is_the_shortest_fraction_between_the_keys(self):
        """With two units of equal weight and n = 1 the key is a/b."""
        for first, second, cutoff in ((1, 2**64 - 1, "1/2^0"), (2**61 + 1, 2**63 - 1, "1/2^1"), (2**63 + 1, 2**63 + 3, None)):
            units = [unit("x", 1, first), unit("y", 1, second)]
            low, high = (Fraction(a, 2**64 - a) for a in (first, second))
            self.assertEqual(tool.select(units, 1, 0, "pareto", "", (0, 1)).cutoff, cutoff or shortest_between(low, high))

    def test_cutoff_is_below_the_smallest_key_not_drawn(self):
        """Keys just below 1/2, and exactly 1."""
        low, high = tool.Unit("x", 2, bytes(32)), tool.Unit("y", 1, bytes(32))
        self.assertEqual(tool.pareto_cutoff(low, high, 1, 2**64, (0, 1)), "1/2^1")

    def test_unit_whose_key_is_the_cutoff_is_drawn(self):
        cut = tool.Cutoff("s", 0, 1, 2**64, "1/2^0")
        self.assertEqual(tool.due_role("pareto", cut, bytes(32), 1, (0, 1)), "drawn")
        self.assertEqual(tool.due_role("pareto", cut._replace(cutoff="1/2^1"), bytes(32), 1, (0, 1)), "not drawn")

    def test_cutoff_may_equal_the_largest_drawn_key_but_not_the_smallest_other(self):
        """Keys 1 and 3 would both do; 1 = 1/2^0 is drawn."""
        units = [unit("x", 2**62 + 0, 2**62 + 1), unit("y", 2**62, 2**63 + 1)]
        n, W = 1, 2**63
        keys = [Fraction(*tool.pareto_key(tool.random_number(u.ticket, (0, 1)), u.micro, n, W)) for u in units]
        fraction = tool.pareto_cutoff(units[0], units[1], n, W, (0, 1))
        p, k = map(int, re.findall(r"^(\d+)/2\^(\d+)$", fraction)[0])
        self.assertTrue(keys[0] <= Fraction(p, 2**k) < keys[1])


class CertainUnits(Case):
    def test_are_those_whose_share_reaches_one_after_those_before_them(self):
        units = [unit("a", 90), unit("b", 8), unit("c", 1), unit("d", 1)]
        certain, rest, n, W = tool.take_certain(units, 2)
        self.assertEqual(([u.uid for u in certain], len(rest), n, W), (["a"], 3, 1, 10))
        certain, rest, n, W = tool.take_certain(units, 3)
        self.assertEqual(([u.uid for u in certain], n, W), (["a", "b"], 1, 2))

    def test_are_all_where_n_is_their_number(self):
        self.assertEqual([len(x) for x in tool.take_certain([unit(c, i + 1) for i, c in enumerate("abcd")], 4)[:2]], [4, 0])

    def test_are_none_where_n_is_zero(self):
        self.assertEqual(tool.take_certain([unit("a", 5)], 0)[2:], (0, 5))

    def test_share_that_reaches_one_exactly_is_certain(self):
        self.assertEqual(len(tool.take_certain([unit("a", 2), unit("b", 1), unit("c", 1)], 2)[0]), 1)
        self.assertEqual(len(tool.take_certain([unit("a", 3), unit("b", 2), unit("c", 2)], 2)[0]), 0)


class Pivotal(Case):
    def outcomes(self, units, n, W):
        """Every way in which the coins of the duels can fall: (probability, drawn)."""
        waiting = [()]
        while waiting:
            script, probability, tossed = waiting.pop(), [Fraction(1)], []

            def coin(y, numerator, denominator):
                heads = script[len(tossed)] if len(tossed) < len(script) else True
                if len(tossed) >= len(script):
                    waiting.append(tuple(tossed) + (False,))
                tossed.append(heads)
                chance = Fraction(numerator, denominator)
                self.assertTrue(0 <= chance <= 1)
                probability[0] *= chance if heads else 1 - chance
                return heads
            yield_ = tool.pivotal(units, n, W, coin)
            yield probability[0], yield_

    def test_gives_every_unit_exactly_its_probability_and_every_draw_its_size(self):
        for weights, n in (((1, 1), 1), ((1, 1, 1, 1), 2), ((3, 2, 2), 2), ((40, 25, 20, 10, 5), 2), ((2, 2, 2, 3), 3),
                           ((1, 2, 3, 4, 5, 6, 7), 3), ((5, 5, 5, 5, 1, 1, 1, 1), 4), ((10**6, 10**6, 1500000, 10**6, 10**6), 2)):
            units, W = [unit("u%d" % i, w) for i, w in enumerate(weights)], sum(weights)
            inclusion, total = defaultdict(Fraction), Fraction(0)
            for probability, drawn in self.outcomes(units, n, W):
                total += probability
                if probability:
                    self.assertEqual(len(drawn), n)
                for u in drawn:
                    inclusion[u.uid] += probability
            self.assertEqual(total, 1)
            self.assertEqual(dict(inclusion), {u.uid: Fraction(n * u.micro, W) for u in units})

    def test_coin_is_the_first_half_of_the_hash_of_key_and_arriving_unit(self):
        z = int(sha("abc/y")[:32], 16)
        coin = tool.duel_coin("abc")
        y = unit("y", 1)
        self.assertFalse(coin(y, z, 2**128))
        self.assertTrue(coin(y, z + 1, 2**128))


class Poisson(Case):
    def test_draws_below_the_probability_and_not_at_it(self):
        self.assertTrue(tool.poisson_draws(2**63 - 1, 1, 1, 2))
        self.assertFalse(tool.poisson_draws(2**63, 1, 1, 2))
        self.assertFalse(tool.poisson_draws(2**63 + 1, 1, 1, 2))


# ---- Merkle tree ---------------------------------------------------------------------------------

class MerkleTrees(Case):
    def root(self, leaves):
        tree = tool.MerkleTree()
        for leaf in leaves:
            tree.add(hashlib.sha256(b"\0" + leaf).digest())
        return tree.root()

    def test_of_rfc_9162_have_the_known_roots(self):
        leaves = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                                   "606162636465666768696a6b6c6d6e6f")]
        for size, root in ((0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                           (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
                           (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
                           (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")):
            self.assertEqual(self.root(leaves[:size]), root)

    def test_of_1_to_40_leaves_have_the_root_of_the_definition(self):
        for size in range(1, 41):
            leaves = [b"leaf %d" % i for i in range(size)]
            self.assertEqual(self.root(leaves), tree_root(leaves).hex())

    def test_paths_lead_to_the_root_at_their_own_index_only(self):
        for size in range(1, 41):
            leaves = [b"leaf %d" % i for i in range(size)]
            root = tree_root(leaves)
            for index in range(size):
                leaf, path = hashlib.sha256(b"\0" + leaves[index]).digest(), tree_path(index, leaves)
                self.assertEqual(tool.root_from_path(index, size, leaf, path), root)
                for wrong in set(range(-1, size + 2)) - {index}:
                    self.assertNotEqual(tool.root_from_path(wrong, size, leaf, path), root)

    def test_paths_that_are_too_long_too_short_changed_or_of_another_leaf_do_not(self):
        for size in range(1, 41):
            leaves = [b"leaf %d" % i for i in range(size)]
            root = tree_root(leaves)
            for index in range(size):
                leaf, path = hashlib.sha256(b"\0" + leaves[index]).digest(), tree_path(index, leaves)
                self.assertIsNone(tool.root_from_path(index, size, leaf, path + [bytes(32)]))
                self.assertNotEqual(tool.root_from_path(index, size, bytes(32), path), root)
                if path:
                    self.assertIsNone(tool.root_from_path(index, size, leaf, path[:-1]))
                    self.assertNotEqual(tool.root_from_path(index, size, leaf, [bytes(32)] + path[1:]), root)


# ---- Proof of one unit ---------------------------------------------------------------------------

class AProof(Case):
    def test_of_every_unit_is_accepted_at_every_stage_for_every_method(self):
        for method, weights in itertools.product(("auto", "pareto", "poisson"), ("sealed", "open")):
            draw = small(method=method, weights=weights, rotation="1/3")
            draw = no_reserve(draw) if method == "poisson" else draw
            for uid, _, _ in draw.units:
                for executed, public in ((False, False), (True, False), (True, True)):
                    run = self.assert_accepted(draw.proof(uid, executed, public))
                    self.assertRegex(run.out, "(?m)^ok      weight")
                    self.assertEqual("-       ticket" in run.out, executed and not public)

    def test_in_a_pareto_or_poisson_stratum_shows_that_the_role_was_due(self):
        for method in ("pareto", "poisson"):
            draw = no_reserve(small(method=method))
            for uid, _, _ in draw.units:
                self.assertRegex(Run(draw.proof(uid)).out, "(?m)^ok      role")

    def test_in_a_pivotal_stratum_says_that_one_unit_cannot_tell(self):
        self.assertRegex(Run(small(method="pivotal").proof("L-00")).out, "(?m)^-       role +.*pivotal")

    def test_that_lies_about_the_role_differs(self):
        for method in ("pareto", "poisson"):
            draw = no_reserve(small(method=method))
            seen = set()
            for uid, stratum, _ in draw.units:
                proof = draw.proof(uid)
                role = re.search("(?m)^role: (.*)$", proof)[1]
                seen.add(role.split("\t")[0])
                for lie in ("none", "drawn\t2", "certain\t1"):
                    if lie.split("\t")[0] != role.split("\t")[0]:
                        self.assert_differs(replace_once(proof, "role: " + role, "role: " + lie), "")
            self.assertEqual(seen, {"none", "drawn", "certain"})

    def test_with_an_unknown_role_is_refused_where_nothing_else_tells(self):
        proof = small(method="pivotal").proof("L-00")
        self.assert_refused(re.sub("(?m)^role: .*$", "role: picked\t1", proof), "is not a role")

    def test_with_equal_keys_at_the_cutoff_says_that_one_unit_cannot_tell(self):
        proof = small().proof("L-00")
        equal = re.sub(r"(?m)^(cutoff: .*\t).*$", r"\g<1>=" + "0" * 64, proof)
        self.assertIn("two keys are equal at the cutoff", self.assert_accepted(equal).out)
        self.assert_refused(equal.replace("=0", "=g"), "a ticket")

    def test_in_a_pivotal_stratum_still_shows_whether_the_unit_was_certain(self):
        draw = small(method="pivotal")
        self.assert_differs(re.sub("(?m)^role: .*$", "role: certain\t1", draw.proof("F-3")), "F-3, certain or not")
        self.assert_differs(re.sub("(?m)^role: .*$", "role: none", draw.proof("F-0")), "F-0, certain or not")

    def test_with_impossible_numbers_in_the_cutoff_line_differs(self):
        proof = small().proof("F-0")
        for old, new in (("food\t1\t2\t115\t", "food\t1\t3\t115\t"), ("food\t1\t2\t115\t", "food\t1\t2\t900\t"),
                         ("cutoff: food", "cutoff: lifts")):
            self.assert_differs(replace_once(proof, old, new), "line [0-9]+, str|line [0-9]+: str")

    def test_with_an_impossible_rank_differs(self):
        draw = small()
        for row in draw.rows("lifts") + draw.rows("food"):
            self.assert_differs(draw.proof(row[3]).replace("role: %s\t%d" % row[1:3], "role: %s\t10" % row[1]), "ranks from")

    def test_of_an_excluded_unit_gives_the_reason(self):
        run = self.assert_accepted(small().proof("X-9"))
        self.assertIn("unit X-9 was excluded: moved", run.out)
        self.assertRegex(run.out, "(?m)^-       exclusion +that this line is in the committed list")

    def test_of_an_absent_unit_shows_its_neighbours(self):
        draw = small()
        for uid, neighbours in (("G", "F-6, L-00"), ("A", "F-0"), ("龥", "全-1"), ("L-041", "L-04, L-05")):
            for public in (False, True):
                run = self.assert_accepted(draw.proof(uid, public, public))
                self.assertIn("unit %s is not in it; it would stand next to %s\n" % (uid, neighbours), run.out)

    def test_of_an_absent_unit_next_to_a_frame_of_one(self):
        draw = Draw([("m", "s", 5)], {"s": (1, 0)})
        for uid in ("a", "z", "m"):
            self.assert_accepted(draw.proof(uid))
        self.assertNotIn("path:", draw.proof("m"))

    def test_with_a_key_and_role_none_of_an_absent_unit_is_accepted(self):
        draw = small()
        more = "key: %s\nrole: none\nfairdraw/1 ceremony" % draw.K()
        self.assert_accepted(replace_once(draw.proof("G"), "fairdraw/1 ceremony", more))
        self.assert_differs(replace_once(draw.proof("G"), "fairdraw/1 ceremony", more.replace("none", "drawn\t1")), "has the role drawn")

    def test_that_hides_a_unit_differs(self):
        """Neighbours that are not next to each other, on the wrong side, alone, or the unit itself."""
        draw = small()

        def units(*indexes):
            return "".join("unit: %d\t%s\n" % (i, draw.line(draw.units[i])) + "".join(
                "path: %d\t%s\n" % (i, node.hex()) for node in tree_path(i, draw.leaves())) for i in indexes)
        head = "fairdraw/1 proof\ndraw: d/1\nuid: L-01\n"
        rest = draw.ceremony() + draw.plan()
        for indexes in ((7, 9), (9, 7), (0, 17), (9, 10), (6, 7), (17,), (0,), (7,), (9,), (7, 8), (8, 9), (7, 7)):
            self.assert_differs(head + units(*indexes) + rest, "not the neighbours of L-01")

    def test_is_refused_where_a_line_is_missing_or_too_much(self):
        draw = small()
        full = draw.proof("L-03")
        for key in ("salt", "micro", "ticket", "key", "cutoff", "role"):
            self.assert_refused(re.sub("(?m)^%s: .*\n" % key, "", full, count=1), "`%s:` is missing" % key)
        head, rest = full[:full.index("fairdraw/1 ceremony")], full[full.index("fairdraw/1 ceremony"):]
        before = rest[:rest.index("fairdraw/1 seed")]
        self.assert_refused(head + before, "`cutoff:` is not for this unit, or not yet")
        self.assert_refused(replace_once(small(weights="open").proof("L-03"), "micro: ", "salt: %s\nmicro: " % ("0" * 32)),
                            "`salt:` is not for this unit")
        self.assert_refused(replace_once(draw.proof("G"), "fairdraw/1 ceremony", "micro: 5\nfairdraw/1 ceremony"), "micro")
        self.assert_refused(full + "x\n", "expected the end")
        self.assert_refused(full + draw.result(), "expected the end")

    def test_with_another_weight_or_salt_differs(self):
        draw = small()
        proof = draw.proof("F-1")
        self.assert_differs(replace_once(proof, "micro: 40\n", "micro: 41\n"), "sealed weight of unit F-1")
        self.assert_differs(replace_once(proof, draw.salt("F-1"), "0" * 32), "sealed weight of unit F-1")
        self.assert_differs(replace_once(small(weights="open").proof("F-1"), "micro: 40\n", "micro: 41\n"), "unit F-1: says 40, computed 41")

    def test_of_a_weight_that_its_stratum_cannot_hold_differs(self):
        """The agency has sealed 900, but committed a sum of 905 for seven units."""
        draw = small()
        draw.edit["plan"] = ("food\t7\t1015\t", "food\t7\t905\t")
        self.assert_differs(draw.proof("F-0", False, False), "900 micro is more than stratum food can hold")

    def test_agrees_with_published_hashes(self):
        draw = small()
        self.assert_accepted(draw.proof("F-1"), "--ceremony-hash", sha(draw.ceremony()), "--plan-hash", sha(draw.plan()))
        self.assert_differs(draw.proof("F-1"), "hash", "--ceremony-hash", "0" * 64)

    def test_with_a_changed_character_is_refused_before_execution(self):
        """Of a sealed unit, against the published ceremony hash: everywhere."""
        draw = small()
        self.assert_all_refused(draw.proof("L-03", False, False), 150, "--ceremony-hash", sha(draw.ceremony()))

    def test_with_a_changed_character_is_refused_before_execution_without_published_hash_outside_the_ceremony(self):
        """Without that hash nobody can tell one ceremony from another: only its `plan:` line is bound."""
        draw = small()
        proof = draw.proof("L-03", False, False)
        start, end = proof.index("fairdraw/1 ceremony"), proof.index("fairdraw/1 plan\n")
        ceremony = set(range(start, end)) - places(proof, "^(plan: .*)$")
        self.assert_all_refused(proof, 150, except_at=ceremony)

    def test_with_a_changed_character_is_refused_before_disclosure_except_in_the_ticket(self):
        """The ticket follows from the seed, which is not public yet."""
        draw = small()
        proof = draw.proof("L-03", True, False)
        self.assert_all_refused(proof, 150, "--ceremony-hash", sha(draw.ceremony()),
                                except_at=places(proof, "^ticket: (.*)$"))

    def test_with_a_changed_character_is_refused_after_disclosure_except_in_cutoff_and_rank(self):
        """p and k, W after certain units, and the rank stand in the published result, which is not in a proof."""
        draw = small()
        for row in [draw.rows("food")[0], draw.rows("food")[1], draw.rows("lifts")[-1]]:
            proof = draw.proof(row[3])
            unknown = (places(proof, r"^cutoff: .*\t([0-9]+/2\^[0-9]+)$") | places(proof, r"^cutoff: .*\t[1-9]\t[0-9]\t([0-9]+)\t")
                       | places(proof, r"^role: .*\t([0-9]+)$"))
            self.assert_all_refused(proof, 120, except_at=unknown)

    def test_with_a_changed_character_is_refused_for_an_exclusion_except_in_the_reason(self):
        """The reason is bound by the exclusions text of the public bundle. The values of the seed are bound to nothing
        in this proof, as it has no ticket; so it is shown without the seed here, and with it below."""
        draw = small()
        proof = draw.proof("X-9", False, False)
        self.assert_all_refused(proof, 150, "--ceremony-hash", sha(draw.ceremony()),
                                except_at=places(proof, "^exclusion: X-9\t(.*)$"))

    def test_of_a_unit_outside_the_frame_binds_the_values_of_the_seed_only_where_it_shows_the_key(self):
        draw = small()
        for uid in ("X-9", "G"):
            proof = draw.proof(uid)
            other = replace_once(proof, "dice: 0123", "dice: 0124")
            self.assert_accepted(other)
            key = ("fairdraw/1 ceremony", "key: %s\nfairdraw/1 ceremony" % draw.K())
            self.assert_accepted(replace_once(proof, *key))
            self.assert_differs(replace_once(other, *key), "K of stream streams/1")

    def test_with_a_changed_character_is_refused_for_an_absent_unit_except_in_its_own_name(self):
        """Another name between the same neighbours is just as absent."""
        draw = small()
        for uid in ("G", "A", "龥"):
            proof = replace_once(draw.proof(uid), "fairdraw/1 ceremony", "key: %s\nfairdraw/1 ceremony" % draw.K())
            self.assert_all_refused(proof, 120, except_at=places(proof, "^uid: (.*)$"))


class TheScreen(Case):
    def test_shows_no_invisible_characters_and_no_endless_values(self):
        run = Run(replace_once(PUBLIC, "deregistered", "\x1b[31m\u202e" + "x" * 2000))
        self.assertEqual(run.code, 2)
        self.assertNotIn("\x1b", run.out)
        run = Run(replace_once(PUBLIC, "deregistered", "\x1b[31m\u202e" + "x" * 20))
        self.assertIn("<U+001B>[31m<U+202E>", run.out)
        self.assertNotIn("\u202e", run.out)


if __name__ == "__main__":
    unittest.main()
