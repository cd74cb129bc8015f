"""Sections 5 and 6 of the protocol, read literally: whole frames in lists,
exact integers, one order after another.  Nothing here is fast or shared with
the extension, so that the two can be held against each other.

A unit is (uid, micro), both as the protocol has them, uid as UTF-8 bytes.
"""
import hashlib
from functools import cmp_to_key


def H(text):
    return hashlib.sha256(text)


def stream_key(seed, stream):
    s = H(seed.encode()).hexdigest()
    return H(f"{s}/{stream}".encode()).hexdigest()


def ticket(key, uid):
    return H(key.encode() + b":" + uid).digest()


def position(t, rotation):
    j, m = rotation
    return (int.from_bytes(t[:8], "big") + j * 2**64 // m) % 2**64 | 1


def coin(key, uid):
    return int.from_bytes(H(key.encode() + b"/" + uid).digest()[:16], "big")


def take_certain(units, n):
    """The certain units, the others, and what remains of n and W."""
    certain, rest = [], sorted(units, key=lambda u: -u[1])
    w = sum(micro for _, micro in units)
    while n > 0 and n * rest[0][1] >= w:
        n, w = n - 1, w - rest[0][1]
        certain.append(rest.pop(0))
    return certain, rest, n, w


def by_ticket(units, key):
    return sorted(units, key=lambda u: (ticket(key, u[0]), u[0]))


def by_pareto_key(units, key, rotation, n, w):
    def fraction(unit):
        a = position(ticket(key, unit[0]), rotation)
        return a * (w - n * unit[1]), (2**64 - a) * n * unit[1]

    def compare(left, right):
        (p, q), (r, s) = fraction(left), fraction(right)
        return (p * s > r * q) - (p * s < r * q)

    return sorted(by_ticket(units, key), key=cmp_to_key(compare))


def duels(units, key, n, w):
    """The drawn out of a stratum without certain units, in order of tickets."""
    drawn, champion, p = set(), None, 0
    for y in by_ticket(units, key):
        q = n * y[1]
        if champion is None:
            champion, p = y, q
            continue
        z = coin(key, y[0])
        if p + q < w:
            if not z * (p + q) < p * 2**128:
                champion = y
            p = p + q
        else:
            if z * (2 * w - p - q) < (w - q) * 2**128:
                drawn.add(champion)
                champion = y
            else:
                drawn.add(y)
            p = p + q - w
            if p == 0:
                champion = None
    if champion is not None:
        assert p == w
        drawn.add(champion)
    return [u for u in by_ticket(units, key) if u in drawn]


def select(units, n, reserve, method, key, rotation=(0, 1)):
    """Rows (role, rank, uid, ticket, micro, n, W) of one stratum, in order."""
    if n > len(units):
        raise ValueError("more are wanted than there are")
    if method == "auto":
        method = "pivotal" if len(units) <= 200 else "pareto"
    certain, rest, n, w = take_certain(units, n)
    drawn, spare = [], []
    if n > 0:
        if method == "pareto":
            drawn = by_pareto_key(rest, key, rotation, n, w)[:n]
        elif method == "pivotal":
            drawn = duels(rest, key, n, w)
        elif method == "poisson":
            drawn = [u for u in by_ticket(rest, key)
                     if position(ticket(key, u[0]), rotation) * w < n * u[1] * 2**64]
        if method != "poisson":
            taken = set(drawn)
            spare = by_pareto_key([u for u in rest if u not in taken],
                                  key, rotation, n, w)[:reserve]
    rows = [("certain", u) for u in sorted(certain)]
    rows += [("drawn", u) for u in drawn]
    rows += [("reserve", u) for u in spare]
    return [(role, rank, u[0], ticket(key, u[0]), u[1], n, w)
            for rank, (role, u) in enumerate(rows, 1)]
