#!/usr/bin/env python3
"""The mini network C (tests/theory/network-c.toml) in SimPy, beside vigie, in one run.

    benches/peers/run            # installs SimPy in a virtual environment, builds vigie, runs both
    simpy_c.py HOURS [VIGIE]     # SimPy alone, or beside a binary

Events are what the core counts: arrivals and the ends of set-ups, patiences, talks and redial delays; what was
cancelled is not counted. Prints needs and events per processor second and the share of needs lost, which must agree.
"""
import json
import random
import subprocess
import sys
import time
from collections import deque
from resource import RUSAGE_CHILDREN, getrusage

import simpy

SERVERS, SESSIONS, TRUNKS, AGENTS = 6, 150, 12, 8


class Network:
    def __init__(self, seed):
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.sessions = [0] * SERVERS
        self.trunks = [0] * 100
        self.busy = [0] * 100
        self.queues = [deque() for _ in range(100)]
        self.needs = self.lost = self.events = 0
        self.env.process(self.arrivals())

    def arrivals(self):
        while True:
            yield self.env.timeout(self.random.expovariate(6.0))
            self.events += 1
            self.needs += 1
            self.env.process(self.caller(self.random.randrange(20), self.random.randrange(4)))

    def caller(self, zone, number):
        draw = self.random.expovariate
        for attempt in range(6):
            if attempt:
                if self.random.random() >= 0.8:
                    break
                yield self.env.timeout(draw(1 / 15))
                self.events += 1
            server = next((s for s in (zone % SERVERS, (zone + 1) % SERVERS) if self.sessions[s] < SESSIONS), None)
            if server is None:
                continue
            self.sessions[server] += 1
            yield self.env.timeout(draw(1 / 2))
            self.events += 1
            psap = next((p for p in (zone * 5 + number, zone * 5 + 4) if self.trunks[p] < TRUNKS), None)
            if psap is None:
                self.sessions[server] -= 1
                continue
            self.trunks[psap] += 1
            answered = True
            if self.busy[psap] < AGENTS:
                self.busy[psap] += 1
            else:
                turn = self.env.event()
                self.queues[psap].append(turn)
                patience = self.env.timeout(draw(1 / 60))
                yield turn | patience
                if not turn.triggered:
                    self.queues[psap].remove(turn)
                    self.events += 1
                    answered = False
            if answered:
                yield self.env.timeout(draw(1 / 120))
                self.events += 1
                if self.queues[psap]:
                    self.queues[psap].popleft().succeed()
                else:
                    self.busy[psap] -= 1
            self.trunks[psap] -= 1
            self.sessions[server] -= 1
            if answered:
                return
        self.lost += 1


def simpy_run(hours, seed=1):
    net = Network(seed)
    net.env.run(3600)
    net.needs = net.lost = net.events = 0
    start = time.process_time()
    net.env.run(3600 * (hours + 1))
    return net.needs, net.events, net.lost, time.process_time() - start


def vigie_run(binary, case):
    before = getrusage(RUSAGE_CHILDREN).ru_utime
    out = subprocess.run([binary, "simulate", case, "--json"], capture_output=True, check=False).stdout
    cpu = getrusage(RUSAGE_CHILDREN).ru_utime - before
    report = json.loads(out)
    rows = {row["counter"]: row for row in report["counters"]["rows"]}
    needs = rows["lost"]["denominator"] * 42 / 40
    return needs, report["events"], rows["lost"]["value"], rows["lost"]["se"], cpu


def main():
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 4
    rows = [simpy_run(hours, seed) for seed in (1, 2, 3)]
    best = min(rows, key=lambda r: r[3] / r[1])
    share = sum(r[2] for r in rows) / sum(r[0] for r in rows)
    print(f"SimPy {simpy.__version__}: {best[1] / best[3] / 1e3:.0f} k events/s, "
          f"{best[0] / best[3] / 1e3:.1f} k needs/s (best of 3), lost {share:.4f} of needs")
    if len(sys.argv) > 2:
        runs = [vigie_run(sys.argv[2], sys.argv[3]) for _ in range(3)]
        needs, events, lost, se, cpu = min(runs, key=lambda r: r[4])
        print(f"vigie: {events / cpu / 1e6:.1f} M events/s, {needs / cpu / 1e6:.2f} M needs/s "
              f"(best of 3, reading the file included), lost {lost:.4f} ± {se:.4f} of needs")
        print(f"ratio: {events / cpu / (best[1] / best[3]):.0f} times the events of SimPy")


if __name__ == "__main__":
    main()
