"""Network C in SimPy: a process for each caller, a deque for each centre. Driven by `python_c.py`."""

import random
from collections import deque

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
