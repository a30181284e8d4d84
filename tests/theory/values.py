#!/usr/bin/env python3
"""Truths and standard errors of the theory cases, by an independent method: the chain itself, no closed formula.

Every case is a birth-death chain, or one with an orbit of redialling callers, solved numerically. The standard error
of a long run of the estimator (reward) / (arrivals) comes from the Poisson equation of the chain with rewards on
states and jumps (Glynn 1984; Asmussen, Applied Probability and Queues, 2003, I.7), so correlated output is no excuse.
Prints `figure value se-per-run` for the run lengths used in the files beside it. Standard library only.
"""
from math import sqrt, exp


def solve(a, b):
    """Gaussian elimination with partial pivoting, banded rows kept sparse."""
    n = len(b)
    a = [dict(r) for r in a]
    b = list(b)
    for i in range(n):
        p = max((r for r in range(i, n) if a[r].get(i)), key=lambda r: abs(a[r][i]))
        a[i], a[p], b[i], b[p] = a[p], a[i], b[p], b[i]
        for r in range(i + 1, n):
            f = a[r].pop(i, 0.0)
            if f:
                f /= a[i][i]
                for j, v in a[i].items():
                    if j > i:
                        a[r][j] = a[r].get(j, 0.0) - f * v
                b[r] -= f * b[i]
    x = [0.0] * n
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - sum(v * x[j] for j, v in a[i].items() if j > i)) / a[i][i]
    return x


def stationary(n, jumps):
    """jumps: list of (from, to, rate, ...)."""
    rows = [dict() for _ in range(n)]
    for i, j, q, *_ in jumps:
        if i != j:
            rows[j][i] = rows[j].get(i, 0.0) + q
            rows[i][i] = rows[i].get(i, 0.0) - q
    rows[0] = {i: 1.0 for i in range(n)}
    return solve(rows, [1.0] + [0.0] * (n - 1))


def ratio(n, jumps, num, den, seconds, state=None):
    """num, den: per-jump rewards (index into the tuple); state: reward rate of the numerator. Value and se of a run."""
    pi = stationary(n, jumps)
    state = state or [0.0] * n
    top = sum(pi[i] * q * r[num] for i, j, q, r in jumps) + sum(p * s for p, s in zip(pi, state))
    bottom = sum(pi[i] * q * r[den] for i, j, q, r in jumps)
    value = top / bottom
    rows = [dict() for _ in range(n)]
    rhs = [0.0] * n
    for i, j, q, r in jumps:
        rhs[i] -= q * (r[num] - value * r[den])
        if i != j:
            rows[i][j] = rows[i].get(j, 0.0) + q
            rows[i][i] = rows[i].get(i, 0.0) - q
    for i in range(n):
        rhs[i] -= state[i]
    rows[0] = {0: 1.0}
    rhs[0] = 0.0
    h = solve(rows, rhs)
    variance = sum(pi[i] * q * (r[num] - value * r[den] + h[j] - h[i]) ** 2 for i, j, q, r in jumps)
    return value, sqrt(variance / seconds) / bottom


def queue(lam, mu, theta, c, k, seconds, name):
    """M/M/c/K+M: k places in all. Rewards: arrival, accepted, blocked, waits, abandons, answered."""
    jumps = []
    for i in range(k + 1):
        if i < k:
            jumps.append((i, i + 1, lam, (1, 1, 0, int(i >= c), 0)))
        else:
            jumps.append((i, i, lam, (1, 0, 1, 0, 0)))
        if i:
            jumps.append((i, i - 1, mu * min(i, c), (0, 0, 0, 0, 0)))
        if i > c and theta:
            jumps.append((i, i - 1, theta * (i - c), (0, 0, 0, 0, 1)))
    n = k + 1
    print(f"# {name}: lam={lam} mu={mu} theta={theta} c={c} K={k} run={seconds} s")
    if k < 2000 and any(j[3][2] for j in jumps):
        print("blocking %.10f se %.3e" % ratio(n, jumps, 2, 0, seconds))
    if k > c:
        print("wait_probability %.10f se %.3e" % ratio(n, jumps, 3, 1, seconds))
        print("mean_wait_s %.10f se %.3e" % ratio(n, jumps, 4 if False else 2, 1, seconds, [max(0, i - c) for i in range(n)])
              if not any(j[3][2] for j in jumps) else
              "mean_wait_s %.10f se %.3e" % ratio(n, [(i, j, q, (r[1], 0)) for i, j, q, r in jumps], 1, 0, seconds,
                                                  [max(0, i - c) for i in range(n)]))
        if theta:
            print("abandon %.10f se %.3e" % ratio(n, jumps, 4, 1, seconds))


def target(lam, mu, theta, c, k, t):
    """Share of received calls answered within t: uniformisation of the wait seen by an arrival."""
    jumps = [(i, i + 1, lam) for i in range(k)] + [
        (i, i - 1, mu * min(i, c) + theta * max(0, i - c)) for i in range(1, k + 1)]
    pi = stationary(k + 1, jumps)
    seen = pi[:k]  # an arrival that is received finds fewer than k
    total = sum(seen)
    top = sum(seen[:c])
    # A caller who finds n >= c waits behind m = n - c others: those ahead leave at c mu + theta m', he himself at theta.
    longest = k - c
    rate = c * mu + theta * (longest + 1)
    at = [seen[c + m] for m in range(longest)]  # m ahead of him
    done = 0.0
    weight, steps, result = exp(-rate * t), 0, 0.0
    acc = 0.0
    current, answered = at, 0.0
    # P(answered by t) = sum over steps of Poisson(rate t) x answered after that many jumps.
    while acc < 1 - 1e-14 and steps < 100000:
        result += weight * answered
        acc += weight
        nxt = [0.0] * longest
        for m, p in enumerate(current):
            if p:
                forward = c * mu + theta * m
                leave = theta
                stay = rate - forward - leave
                nxt[m] += p * stay / rate
                if m:
                    nxt[m - 1] += p * forward / rate
                else:
                    answered += p * forward / rate
        current = nxt
        steps += 1
        weight *= rate * t / steps
    return (top + result) / total


def retrial(lam, mu, nu, p, c, orbit, seconds, name):
    """M/M/c/c; a blocked caller tries again with probability p after Exp(nu), without limit."""
    jumps = []
    at = lambda i, o: o * (c + 1) + i
    for o in range(orbit + 1):
        for i in range(c + 1):
            s = at(i, o)
            if i < c:
                jumps.append((s, at(i + 1, o), lam, (1, 1, 0, 0)))
            else:
                jumps.append((s, s, lam * (1 - p), (1, 1, 1, 1)))
                jumps.append((s, at(i, min(o + 1, orbit)), lam * p, (1, 1, 1, 0)))
            if i:
                jumps.append((s, at(i - 1, o), mu * i, (0, 0, 0, 0)))
            if o:
                if i < c:
                    jumps.append((s, at(i + 1, o - 1), nu * o, (0, 1, 0, 0)))
                else:
                    jumps.append((s, at(i, o - 1), nu * o * (1 - p), (0, 1, 1, 1)))
                    jumps.append((s, s, nu * o * p, (0, 1, 1, 0)))
    n = (c + 1) * (orbit + 1)
    print(f"# {name}: lam={lam} mu={mu} nu={nu} p={p} c={c} orbit<={orbit} run={seconds} s")
    print("blocking %.10f se %.3e" % ratio(n, jumps, 2, 1, seconds))
    print("attempts_per_need %.10f se %.3e" % ratio(n, jumps, 1, 0, seconds))
    print("lost %.10f se %.3e" % ratio(n, jumps, 3, 0, seconds))


def two_groups(lam1, lam2, mu, c1, c2, s, seconds, name):
    """Calls for psap 1 and 2 through one server of s sessions and trunk groups of c1 and c2 circuits."""
    states = {(i, j): 0 for i in range(c1 + 1) for j in range(c2 + 1) if i + j <= s}
    for n, k in enumerate(states):
        states[k] = n
    jumps = []
    for (i, j), a in states.items():
        for lam, to, full in ((lam1, (i + 1, j), i == c1), (lam2, (i, j + 1), j == c2)):
            if full or i + j == s:
                jumps.append((a, a, lam, (1, 1)))
            else:
                jumps.append((a, states[to], lam, (1, 0)))
        if i:
            jumps.append((a, states[i - 1, j], mu * i, (0, 0)))
        if j:
            jumps.append((a, states[i, j - 1], mu * j, (0, 0)))
    print(f"# {name}")
    print("refused %.10f se %.3e" % ratio(len(states), jumps, 1, 0, seconds))


def shares(n, jumps, pairs, seconds):
    """Ratios of jump rewards: {name: (num, den)}."""
    for name, (num, den) in pairs.items():
        print(f"{name} %.10f se %.3e" % ratio(n, jumps, num, den, seconds))


def engset(sources, alpha, mu, c, seconds):
    """Finite callers: call congestion, and time congestion (share of time all circuits are held)."""
    jumps = []
    for i in range(c + 1):
        lam = alpha * (sources - i)
        jumps.append((i, min(i + 1, c), lam, (1, int(i == c))))
        if i:
            jumps.append((i, i - 1, mu * i, (0, 0)))
    print(f"# engset: {sources} callers, alpha={alpha} mu={mu} c={c}")
    shares(c + 1, jumps, {"blocking": (1, 0)}, seconds)
    print("time_congestion %.10f" % stationary(c + 1, jumps)[c])


def kaufman_roberts(c, classes, mu):
    """classes: (erlangs, circuits per call). Recursion of Kaufman (1981) and Roberts (1981)."""
    q = [1.0] + [0.0] * c
    for j in range(1, c + 1):
        q[j] = sum(a * b * q[j - b] for a, b in classes if j >= b) / j
    total = sum(q)
    print(f"# kaufman-roberts: c={c} {classes}")
    for a, b in classes:
        print(f"blocking of the class with {b} circuits %.10f" % (sum(q[c - b + 1:]) / total))


def walk(start, moves):
    """States reachable from `start`; moves(state) yields (next, rate, rewards)."""
    index, queue, jumps = {start: 0}, [start], []
    while queue:
        s = queue.pop()
        for nxt, rate, rewards in moves(s):
            if nxt not in index:
                index[nxt] = len(index)
                queue.append(nxt)
            jumps.append((index[s], index[nxt], rate, rewards))
    return index, jumps


def common_third(lam, mu, c, third):
    """Two centres of c circuits overflow to a third, which has no calls of its own."""
    def moves(s):
        i, j, k = s
        for at in (0, 1):
            n = list(s)
            if s[at] < c:
                n[at] += 1
                yield tuple(n), lam[at], (1, 0)
            elif k < third:
                n[2] += 1
                yield tuple(n), lam[at], (1, 0)
            else:
                yield s, lam[at], (1, 1)
        for at in range(3):
            if s[at]:
                n = list(s)
                n[at] -= 1
                yield tuple(n), mu * s[at], (0, 0)
    index, jumps = walk((0, 0, 0), moves)
    pi = stationary(len(index), jumps)
    print(f"# common third: lam={lam} mu={mu} c={c} third={third}")
    print("blocking %.10f" % ratio(len(index), jumps, 1, 0, 1)[0])
    mean = sum(pi[n] * s[2] for s, n in index.items())
    square = sum(pi[n] * s[2] ** 2 for s, n in index.items())
    print("busy.third %.10f  busy_square.third %.10f" % (mean, square))


def overflow_moments(a, c, mu, big):
    """One group of c circuits overflows to a large one: mean and mean square of what is carried there."""
    def moves(s):
        i, k = s
        yield ((i + 1, k) if i < c else (i, min(k + 1, big))), a * mu, (1, 0)
        if i:
            yield (i - 1, k), mu * i, (0, 0)
        if k:
            yield (i, k - 1), mu * k, (0, 0)
    index, jumps = walk((0, 0), moves)
    pi = stationary(len(index), jumps)
    mean = sum(pi[n] * s[1] for s, n in index.items())
    square = sum(pi[n] * s[1] ** 2 for s, n in index.items())
    print(f"# overflow of {a} erlangs on {c}: busy.second %.10f busy_square.second %.10f peakedness %.6f"
          % (mean, square, (square - mean * mean) / mean))


def mutual(lam, mu, c, kept):
    """Two centres overflow to each other; the last `kept` circuits are for a centre's own calls."""
    def moves(s):
        for at in (0, 1):
            n = list(s)
            if s[at] < c:
                n[at] += 1
                yield tuple(n), lam[at], (1, 0)
            elif s[1 - at] < c - kept:
                n[1 - at] += 1
                yield tuple(n), lam[at], (1, 0)
            else:
                yield s, lam[at], (1, 1)
            if s[at]:
                n = list(s)
                n[at] -= 1
                yield tuple(n), mu * s[at], (0, 0)
    index, jumps = walk((0, 0), moves)
    print(f"# mutual overflow: lam={lam} mu={mu} c={c} kept={kept}")
    print("blocking %.10f" % ratio(len(index), jumps, 1, 0, 1)[0])


def detour(lam, mu, c, kept, units):
    """Two trunk groups; a call that finds its own full takes `units` circuits of the other."""
    def used(s, at):
        return s[2 * at] + units * s[2 * at + 1]
    def moves(s):
        for at in (0, 1):
            n = list(s)
            if used(s, at) < c:
                n[2 * at] += 1
                yield tuple(n), lam[at], (1, 0)
            elif used(s, 1 - at) + units + kept <= c:
                n[2 * (1 - at) + 1] += 1
                yield tuple(n), lam[at], (1, 0)
            else:
                yield s, lam[at], (1, 1)
        for k in range(4):
            if s[k]:
                n = list(s)
                n[k] -= 1
                yield tuple(n), mu * s[k], (0, 0)
    index, jumps = walk((0, 0, 0, 0), moves)
    print(f"# detour: lam={lam} mu={mu} c={c} kept={kept} units={units}, {len(index)} states")
    print("refused %.10f" % ratio(len(index), jumps, 1, 0, 1)[0])


def one_redial(lam, mu, nu, p, c, orbit):
    """M/M/c/c; blocked callers try once more with probability p after Exp(nu)."""
    def moves(s):
        i, o = s
        if i < c:
            yield (i + 1, o), lam, (1, 1, 0, 0)
        else:
            yield (i, o), lam * (1 - p), (1, 1, 1, 1)
            yield (i, min(o + 1, orbit)), lam * p, (1, 1, 1, 0)
        if i:
            yield (i - 1, o), mu * i, (0, 0, 0, 0)
        if o:
            if i < c:
                yield (i + 1, o - 1), nu * o, (0, 1, 0, 0)
            else:
                yield (i, o - 1), nu * o, (0, 1, 1, 1)
    index, jumps = walk((0, 0), moves)
    n = len(index)
    print(f"# one redial: lam={lam} mu={mu} nu={nu} p={p} c={c}")
    for name, pair in (("blocking", (2, 1)), ("attempts_per_need", (1, 0)), ("lost", (3, 0))):
        print(f"{name} %.10f" % ratio(n, jumps, *pair, 1)[0])


def erlang_b(c, a):
    b = 1.0
    for n in range(1, c + 1):
        b = a * b / (n + a * b)
    return b


def cohen(c, a, p):
    """Slow redials with persistence p: the redials are Poisson too (Cohen 1957)."""
    x = a
    for _ in range(10_000):
        x = a + x * p * erlang_b(c, x)
    print(f"# Cohen's limit: c={c} a={a} p={p}: blocking %.10f attempts_per_need %.10f" % (erlang_b(c, x), x / a))


def bucket(lam, period, tolerance, refusal=0.0, top=40.0, n=400):
    """Work in hand of a limiter under Poisson arrivals: an accepted set-up (work <= tolerance) adds a period, a
    refused one `refusal` periods. Density by integration on a grid of `n` points per period."""
    h = period / n
    last = int(top * n)
    tol, own, ref = int(tolerance / period * n), n, int(refusal * n)
    mass = [0.0] * (last + 1)  # of the cell (k-1, k] of work; cell 0 is idle
    # Level crossing: density(x) = lam * P(work in (x - jump, x]) with each jump's own source region.
    below, v = [1.0], [0.0]
    for k in range(1, last + 1):
        # density at x = k h, unnormalised with P0 = 1
        def part(lo, hi):
            lo, hi = max(lo, -1), min(hi, k - 1)
            if hi < lo:
                return 0.0
            return below[hi] - (below[lo - 1] if lo > 0 else 0.0)
        taken = part(max(k - own, 0), min(k - 1, tol))
        refused = part(max(k - ref, tol + 1), k - 1) if ref else 0.0
        density = lam * (taken + refused)
        # implicit half step: the cell itself feeds the level
        add = density * h
        add /= 1 - lam * h / 2 if (k <= tol or ref) else 1
        v.append(add)
        below.append(below[-1] + add)
    total = below[-1]
    return 1 - below[tol] / total


def time_of_day():
    """Mt/M/inf, mean 1 call a second shaped by two points (00:00 at 0.4, 12:00 at 1.6), half an hour each: the mean
    obeys m' = rate - m / 1800; rates are constant over five minutes, as in the core."""
    m = 0.0
    step = exp(-1 / 1800)
    for t in range(3 * 86400):
        hour = ((t // 300) * 300 + 150) / 3600 % 24
        rate = 0.4 + 1.2 * hour / 12 if hour < 12 else 1.6 - 1.2 * (hour - 12) / 12
        m = m * step + rate * 1800 * (1 - step)
        if t >= 2 * 86400 and (t + 1) % 86400 in (0, 21600, 43200, 46800):
            print("busy at %5d s of the day %.4f" % ((t + 1) % 86400, m))


if __name__ == "__main__":
    run = lambda hours: hours * 3600 * 40 / 42  # two batches of forty-two are dropped
    queue(1.0, 0.1, 0, 10, 10, run(400), "erlang-b-10-10")
    queue(1.0, 1.0, 0, 3, 3, run(700), "erlang-b-3-1")
    queue(25.0, 1.0, 0, 30, 30, run(40), "erlang-b-30-25")
    queue(90.0, 1.0, 0, 100, 100, run(15), "erlang-b-100-90")
    queue(0.8, 0.1, 0, 10, 700, run(1500), "erlang-c-10-8")
    print("answered_in_target(15 s)", target(0.8, 0.1, 0, 10, 700, 15.0))
    queue(105.0, 1.0, 0.5, 100, 700, run(10), "erlang-a-100-105")
    queue(1.0, 0.1, 0.05, 9, 200, run(500), "erlang-a-9-10")
    print("answered_in_target(5 s)", target(1.0, 0.1, 0.05, 9, 200, 5.0))
    queue(1.0, 0.1, 0.025, 9, 14, run(500), "trunks-and-takers")
    print("answered_in_target(5 s)", target(1.0, 0.1, 0.025, 9, 14, 5.0))
    queue(1.0, 0.1, 0, 10, 14, run(500), "places")
    retrial(0.8, 0.1, 1 / 15, 0.8, 10, 60, run(1000), "redial")
    two_groups(0.5, 0.3, 0.1, 6, 4, 8, run(500), "server-and-groups")
    engset(20, 0.05, 0.1, 8, 3600 * 400)
    kaufman_roberts(20, [(6.0, 1), (2.0, 4)], 0.1)
    common_third((0.5, 0.4), 0.1, 4, 3)
    overflow_moments(8.0, 6, 0.1, 40)
    mutual((0.6, 0.3), 0.1, 6, 0)
    mutual((0.6, 0.3), 0.1, 6, 2)
    detour((0.5, 0.4), 0.1, 6, 0, 2)
    detour((0.5, 0.4), 0.1, 6, 2, 2)
    one_redial(0.8, 0.1, 1 / 15, 0.8, 10, 60)
    cohen(10, 8.0, 0.8)
    for lam, refusal in ((0.9, 0.0), (1.2, 0.0), (1.6, 0.4), (1.6, 0.0)):
        # The error of the grid is linear in its step: two grids give it away.
        print(f"limiter at {lam}, refusing costs {refusal}: refused %.5f"
              % (2 * bucket(lam, 1.0, 4.0, refusal, n=800) - bucket(lam, 1.0, 4.0, refusal, n=400)))
    time_of_day()
