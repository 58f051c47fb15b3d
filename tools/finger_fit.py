# SPDX-License-Identifier: Apache-2.0
"""What tools/fit-finger is made of: features files, model, calibration, what they measure."""
import array
import math
import operator
import random
import struct

RIDGE = 1e-3
IMPOSTOR_WEIGHT = 5.0
HARD, REST = 4000, 6000   # impostors of a set: the hardest, and others at random
BOUND = 0.95              # the tail is as long as this upper bound of its mean excess
REPLICATES = 1000
SEED = 20020101
HEAD = 4                  # floats of a row before its features: genuine, raw, two identities
EMPIRICAL_TO = 20.0       # score up to which the calibration follows the counts of impostors


class Set:
    def __init__(self, path):
        with open(path, 'rb') as f:
            magic, self.k, n = struct.unpack('<8sII', f.read(16))
            if magic != b'BFFEAT02':
                raise SystemExit(f'fit-finger: {path}: not a features file')
            values = array.array('f')
            values.frombytes(f.read())
        width = self.k + HEAD
        if len(values) != width * n:
            raise SystemExit(f'fit-finger: {path}: cut short')
        self.name = path.split('/')[-1].split('.')[0]
        rows = [values[i * width:(i + 1) * width] for i in range(n)]
        self.fingers = 1 + int(max(max(r[2], r[3]) for r in rows))
        self.genuine = [r for r in rows if r[0] > 0]
        self.impostor = [r for r in rows if r[0] <= 0]
        self.impostor.sort(key=lambda r: -r[1])

    def scores(self, model):
        if model is None:
            return [r[1] for r in self.genuine], [r[1] for r in self.impostor]
        w, bias = model
        def raw(r):
            return bias + sum(map(operator.mul, w, r[HEAD:]))
        return [raw(r) for r in self.genuine], [raw(r) for r in self.impostor]

    def sample(self, seed, weight):
        """(features, genuine, weight) of the rows that take part in a fit."""
        hard, rest = self.impostor[:HARD], self.impostor[HARD:]
        share = 1.0
        if len(rest) > REST:
            share = len(rest) / REST
            rest = random.Random(seed).sample(rest, REST)
        g, i = weight / len(self.genuine), weight * IMPOSTOR_WEIGHT / len(self.impostor)
        return ([(r[HEAD:], 1, g) for r in self.genuine] + [(r[HEAD:], 0, i) for r in hard] +
                [(r[HEAD:], 0, i * share) for r in rest])


def solve(a, b):
    n = len(b)
    m = [row[:] + [b[i]] for i, row in enumerate(a)]
    for i in range(n):
        p = max(range(i, n), key=lambda r: abs(m[r][i]))
        m[i], m[p] = m[p], m[i]
        for r in range(i + 1, n):
            f = m[r][i] / m[i][i]
            if f:
                m[r] = [x - f * y for x, y in zip(m[r], m[i])]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (m[i][n] - sum(m[i][j] * x[j] for j in range(i + 1, n))) / m[i][i]
    return x


def fit(sets, double, penalty=RIDGE):
    rows = [r for k, s in enumerate(sets) for r in s.sample(k, 2.0 if s.name in double else 1.0)]
    total = sum(r[2] for r in rows)
    weight = [r[2] / total for r in rows]
    truth = [r[1] for r in rows]
    k = sets[0].k
    columns, mean, dev = [], [], []
    for j in range(k):
        c = [r[0][j] for r in rows]
        m = math.fsum(c) / len(c)
        d = math.sqrt(math.fsum((x - m) ** 2 for x in c) / len(c)) + 1e-9
        columns.append([(x - m) / d for x in c])
        mean.append(m)
        dev.append(d)
    columns.append([1.0] * len(rows))
    ridge = [penalty] * k + [1e-9]
    b = [0.0] * (k + 1)
    for _ in range(25):
        z = [0.0] * len(rows)
        for c, bj in zip(columns, b):
            if bj:
                z = [x + bj * y for x, y in zip(z, c)]
        p = [1 / (1 + math.exp(-max(-40.0, min(40.0, x)))) for x in z]
        e = [w * (q - t) for w, q, t in zip(weight, p, truth)]
        h = [w * q * (1 - q) for w, q in zip(weight, p)]
        grad = [sum(map(operator.mul, c, e)) + (r * x if r > 1e-6 else 0.0)
                for c, r, x in zip(columns, ridge, b)]
        hess = [[0.0] * (k + 1) for _ in range(k + 1)]
        for i, c in enumerate(columns):
            weighted = list(map(operator.mul, c, h))
            for j in range(i, k + 1):
                hess[i][j] = hess[j][i] = sum(map(operator.mul, weighted, columns[j]))
            hess[i][i] += ridge[i]
        step = solve(hess, grad)
        b = [x - s for x, s in zip(b, step)]
        if max(map(abs, step)) < 1e-6:
            break
    w = [x / d for x, d in zip(b, dev)]
    return w, b[k] - sum(x * m for x, m in zip(w, mean))


def rates(genuine, impostor):
    """EER and FNMR at 1e-2, 1e-3, 1e-4 in %; definitions of docs/EVALUATION.md."""
    marks = sorted([(-x, 1) for x in genuine] + [(-x, 0) for x in impostor])
    g = i = at = 0
    eer, fnmr = None, {1e-2: 1.0, 1e-3: 1.0, 1e-4: 1.0}
    while at < len(marks):
        value = marks[at][0]
        while at < len(marks) and marks[at][0] == value:
            g += marks[at][1]
            i += 1 - marks[at][1]
            at += 1
        fmr, miss = i / len(impostor), 1 - g / len(genuine)
        for x in fnmr:
            if fmr <= x:
                fnmr[x] = min(fnmr[x], miss)
        if eer is None and fmr >= miss:
            eer = (fmr + miss) / 2
    return [100 * eer] + [100 * fnmr[x] for x in sorted(fnmr, reverse=True)]


class Tail:
    """Impostor pairs above the start of the exponential tail: how long it is, and how sure that is.

    Each set weighs the same, whatever is drawn of it.
    """

    def __init__(self, sets, impostors, start):
        self.parts = []
        for s, v in zip(sets, impostors):
            above = [(x - start, int(r[2]), int(r[3])) for x, r in zip(v, s.impostor) if x > start]
            self.parts.append((1 / len(v), s.fingers, above))
        self.mean_excess = self.mean([(p, None) for p in self.parts])

    @staticmethod
    def mean(chosen):
        excess = mass = 0.0
        for (weight, _, above), drawn in chosen:
            for x, a, b in above:
                w = weight * (drawn[a] * drawn[b] if drawn else 1)
                excess += w * x
                mass += w
        return excess / mass if mass else 0.0

    def bound(self):
        """Upper bound of the mean excess by bootstrap over sets, and over fingers within a set."""
        draw = random.Random(SEED)
        means = sorted(self.mean([(p, multiplicities(draw, p[1]))
                                  for p in draw.choices(self.parts, k=len(self.parts))])
                       for _ in range(REPLICATES))
        return quantile(means, BOUND)


class Calibration:
    """Counts of impostors up to EMPIRICAL_TO, an exponential tail beyond; sets weigh the same."""

    def __init__(self, sets, impostors, bounded=True):
        pooled = sorted(((x, 1 / len(impostors) / len(v)) for v in impostors for x in v),
                        reverse=True)
        wanted = [20, 17.5, 15, 12.5, 10, 7.5, 5, 3, 2, 1, 0.5]
        points, mass = {}, 0.0
        targets = sorted(((10 ** (-s / 10), s) for s in wanted))
        for x, w in pooled:
            mass += w
            while targets and mass >= targets[0][0]:
                points[targets.pop(0)[1]] = x
        self.start = points[EMPIRICAL_TO]
        tail = Tail(sets, impostors, self.start)
        self.mean_excess = tail.mean_excess
        self.bound = tail.bound() if bounded else tail.mean_excess
        self.per_raw = 10 / math.log(10) / self.bound
        self.points = [(r, s) for s, r in sorted(points.items())]

    def raw(self, score):
        """The raw similarity of a score; between points as the program has it."""
        if score > EMPIRICAL_TO:
            return self.start + (score - EMPIRICAL_TO) / self.per_raw
        for (r0, s0), (r1, s1) in zip(self.points, self.points[1:]):
            if score <= s1:
                return r0 + (r1 - r0) * (score - s0) / (s1 - s0)
        return self.start

    def score(self, raw):
        """What the program makes of a raw similarity."""
        at = self.all_points()
        for (r0, s0), (r1, s1) in zip(at, at[1:]):
            if raw <= r1:
                return max(s0 + (s1 - s0) * (raw - r0) / (r1 - r0), 0.0)
        return at[-1][1]

    def all_points(self):
        first = self.points[0]
        return [(first[0] - 2, 0.0)] + self.points + [(self.raw(120.0), 120.0)]


class Measured:
    """FMR of some sets at some thresholds of raw similarity, with an interval over fingers."""

    def __init__(self, parts, levels):
        """parts: (set, its impostors' raw similarities, threshold of each level)"""
        self.levels = levels
        self.pairs = sum(len(v) for _, v, _ in parts)
        self.count = [sum(x >= t[k] for _, v, t in parts for x in v) for k in range(len(levels))]
        self.fmr = [c / self.pairs for c in self.count]
        self.interval = self.bootstrap(parts)

    def bootstrap(self, parts):
        draw = random.Random(SEED)
        lists = []
        for s, v, t in parts:
            cells = {}
            for r in s.impostor:
                key = (int(r[2]), int(r[3]))
                cells[key] = cells.get(key, 0) + 1
            above = [[(int(r[2]), int(r[3])) for x, r in zip(v, s.impostor) if x >= limit]
                     for limit in t]
            lists.append((s.fingers, cells, above))
        found = [[] for _ in self.levels]
        for _ in range(REPLICATES):
            total, hits = 0, [0] * len(self.levels)
            for fingers, cells, above in lists:
                w = multiplicities(draw, fingers)
                total += sum(n * w[a] * w[b] for (a, b), n in cells.items())
                for k, pairs in enumerate(above):
                    hits[k] += sum(w[a] * w[b] for a, b in pairs)
            if total:
                for k, h in enumerate(hits):
                    found[k].append(h / total)
        return [(quantile(sorted(f), 0.025), quantile(sorted(f), 0.975)) for f in found]


def multiplicities(draw, n):
    w = [0] * n
    for i in draw.choices(range(n), k=n):
        w[i] += 1
    return w


def quantile(v, p):
    at = p * (len(v) - 1)
    i = int(at)
    return v[-1] if i + 1 >= len(v) else v[i] + (at - i) * (v[i + 1] - v[i])
