"""Network C in Ciw and in SimPy: `python_c.py ciw|simpy HOURS RUNS`. Each run has a seed of its own and a warm-up of a
quarter of its hours (at least a quarter of an hour). Prints what the other engines print."""

import random
import statistics
import sys
import time


def simpy_run(seed, warm, end):
    import simpy

    from simpy_c import Network

    net = Network(seed)
    net.env.run(warm)
    net.needs = net.lost = net.events = 0
    start = time.process_time()
    net.env.run(end)
    return net.events, net.needs, net.lost, time.process_time() - start, "SimPy " + simpy.__version__


def ciw_run(seed, warm, end):
    import ciw

    dial, setup, pause, first = 1, 2, 3, 4
    counts = {"events": 0, "needs": 0, "lost": 0, "start": None}
    sessions = [0] * 6

    class Routing(ciw.routing.NetworkRouting):
        """A call holds its server from the dialling to the end: what Ciw has no word for, the routing keeps."""

        def __init__(self):
            pass

        def initialise(self, simulation):
            self.simulation = simulation

        def to(self, number):
            return self.simulation.nodes[number]

        def fail(self, ind):
            if ind.tries < 6 and random.random() < 0.8:
                return self.to(pause)
            counts["lost"] += 1
            return self.to(-1)

        def next_node(self, ind, node_id):
            if counts["start"] is None and self.simulation.current_time >= warm:
                counts.update(events=0, needs=0, lost=0, start=time.process_time())
            if node_id == dial:
                counts["events"] += 1
                if not hasattr(ind, "tries"):
                    ind.tries, ind.zone, ind.number = 0, random.randrange(20), random.randrange(4)
                    counts["needs"] += 1
                ind.tries += 1
                ind.server_of = next((s for s in (ind.zone % 6, (ind.zone + 1) % 6) if sessions[s] < 150), None)
                if ind.server_of is None:
                    return self.fail(ind)
                sessions[ind.server_of] += 1
                return self.to(setup)
            if node_id == setup:
                counts["events"] += 1
                own = first + ind.zone * 5
                for psap in (own + ind.number, own + 4):
                    if self.to(psap).number_of_individuals < 12:
                        return self.to(psap)
                sessions[ind.server_of] -= 1
                return self.fail(ind)
            if node_id == pause:
                return self.to(dial)
            counts["events"] += 1
            sessions[ind.server_of] -= 1
            return self.to(-1)

        def next_node_for_jockeying(self, ind, node_id):
            counts["events"] += 1
            sessions[ind.server_of] -= 1
            return self.fail(ind)

    exp, now = ciw.dists.Exponential, ciw.dists.Deterministic(0.0)
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[exp(6.0)] + [None] * 102,
        service_distributions=[now, exp(1 / 2), exp(1 / 15)] + [exp(1 / 120)] * 100,
        reneging_time_distributions=[None] * 3 + [exp(1 / 60)] * 100,
        number_of_servers=[float("inf")] * 3 + [8] * 100,
        routing=Routing(),
    )
    ciw.Simulation(network).simulate_until_max_time(end)
    spent = time.process_time() - counts["start"]
    return counts["events"], counts["needs"], counts["lost"], spent, "Ciw " + ciw.__version__


def main():
    engine, hours, runs = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    warm = max(hours / 4, 0.25) * 3600
    run = {"ciw": ciw_run, "simpy": simpy_run}[engine]
    rows = [run(seed, warm, warm + hours * 3600) for seed in range(1, runs + 1)]
    shares = [lost / needs for _, needs, lost, _, _ in rows]
    error = statistics.stdev(shares) / runs**0.5 if runs > 1 else float("nan")
    pace, needs = max(r[0] / r[3] for r in rows), max(r[1] / r[3] for r in rows)
    print(f"{rows[0][4]}\t{pace:.0f}\t{needs:.0f}\t{statistics.mean(shares):.6f}\t{error:.6f}")


if __name__ == "__main__":
    main()
