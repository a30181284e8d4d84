#!/usr/bin/env python3
"""Times the forecast fan of the console on the evening of 2 June 2021 at 17:30, in a pseudo-terminal.

    cargo build --release --bin vigie && python3 benches/fan.py [--rounds 3] [--asks 10]

Standard library only; Linux only. The question is the one the form offers: publish substitutes now, in 30 minutes,
nothing. Each round starts an exercise of its own, jumps to 17:30 and asks `--asks` times:
  30 min / 120 min  Enter on the question to the last byte of the fan [ms], median and worst
  key               key to the first byte of the answer [ms], p50 and p99: before (idle card) and while futures run
  stop              Tab on a running question to the end of its threads [ms]
"""
import argparse, os, shutil, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from console import Program, percentile


# A card that is redrawn is larger than this, a letter or a clock smaller [bytes].
LARGE = 600


def threads(pid):
    """Threads at work on futures: the console has others, for its log and for what is being typed."""
    count = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/comm") as comm:
                count += comm.read().startswith("futures")
        except OSError:
            pass
    return count


def ask(p):
    """Opens the form, goes up to its button; not yet Enter."""
    p.write(b"\x06")
    p.drain(0.05)
    p.write(b"\x1b[A")
    p.drain(0.05)


class Console(Program):
    def write(self, data):
        os.write(self.fd, data)

    def letter(self):
        """Another letter each time: the same ones in a full line change nothing on the screen."""
        self.typed = getattr(self, "typed", 0) + 1
        return b"abcdefghijklmnopqrstuvwxy"[self.typed % 25 :][:1]

    def prefer(self):
        """With --alone: puts threads that were not there before ahead of other programs."""
        if self.calm is None:
            return
        for task in os.listdir(f"/proc/{self.pid}/task"):
            if task not in self.calm:
                try:
                    os.setpriority(os.PRIO_PROCESS, int(task), -4)
                except OSError:
                    pass

    def bursts(self, until, timeout=30.0, keys=None):
        """Large bursts of output (a card redrawn, not a clock or a letter): yields the end of each [ns] until `until`
        says that nothing more comes. While waiting it types a letter and keeps its latency in `keys` [ms]."""
        end, size, last = time.monotonic() + timeout, 0, 0
        while time.monotonic() < end:
            self.prefer()
            data = self.read(0.003)
            if data:
                size, last = size + len(data), time.monotonic_ns()
                continue
            if size > LARGE:
                yield last
            size = 0
            if until():
                return
            if keys is not None:
                t0 = time.monotonic_ns()
                self.write(self.letter())
                data = self.read(1.0)
                if data and len(data) < LARGE:
                    keys.append((time.monotonic_ns() - t0) / 1e6)
                size, last = size + len(data), time.monotonic_ns()
        raise SystemExit("the futures do not end")


def one(args, home, rows):
    env = {"VIGIE_DATA": home + "/data", "VIGIE_CONFIG": home + "/config", "VIGIE_STATE": home + "/state",
           "LANG": "C.UTF-8"}
    argv = [os.path.abspath(args.vigie), "exercise", "france-2021-06-02", "--lang", "en",
            "--as", "bench/bench/anticipation"]
    p = Console(argv, env)
    p.calm = None
    if args.alone:
        os.setpriority(os.PRIO_PROCESS, p.pid, -20)
    p.until(b"F10")
    p.drain(0.5)
    p.write(b":jump 17:30\r")
    # The jump is worked off frame by frame: quiet is when only the clock ticks.
    end = time.monotonic() + 30
    while time.monotonic() < end:
        p.seen = b""
        p.drain(0.4, 1.2)
        if len(p.seen) < 2_000:
            break
    first, whole, busy, idle, stops = [], [], [], [], []
    for _ in range(args.asks):
        ask(p)
        calm = threads(p.pid)
        if args.alone:
            p.calm = set(os.listdir(f"/proc/{p.pid}/task"))
        t0 = time.monotonic_ns()
        p.write(b"\r")
        # The empty card, the first answer, the whole one, and the card once more when the entry is on disk.
        ends, begun = [], [False]

        def over():
            begun[0] |= threads(p.pid) > calm
            return begun[0] and threads(p.pid) <= calm and len(ends) > 2

        for at in p.bursts(over, keys=busy):
            ends.append((at - t0) / 1e6)
        first.append(ends[1])
        whole.append(ends[2])
        p.drain(0.1)
        for _ in range(20):
            t = p.key(p.letter())
            if t is not None:
                idle.append(t)
        p.write(b"\x15")
        p.drain(0.05)
        p.write(b"\x1b")
        p.drain(0.1)
        p.write(b"\x1b")
        p.drain(0.1)
        ask(p)
        p.write(b"\r")
        for _ in range(6):
            time.sleep(0.005)
            p.prefer()
        p.read(0.0)
        t0 = time.monotonic_ns()
        # Tab leaves the card; a bare Esc would wait to see whether more of a key follows.
        p.write(b"\t")
        while threads(p.pid) > calm and time.monotonic_ns() - t0 < 5e9:
            time.sleep(0.0002)
        stops.append((time.monotonic_ns() - t0) / 1e6)
        p.drain(0.2)
        p.write(b"\x1b")
        p.drain(0.1)
    p.end()
    rows.append((first, whole, busy, idle, stops))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--vigie", default="target/release/vigie")
    args.add_argument("--rounds", type=int, default=3)
    args.add_argument("--asks", type=int, default=10)
    args.add_argument("--alone", action="store_true", help="on a busy machine (root): the console at -20 and its "
                      "futures at -4 before all others; nearer to each other than 0 and 19, so keys are not favoured")
    args = args.parse_args()
    rows = []
    print(f"{'round':<6}{'30 min p50':>11}{'worst':>8}{'120 min p50':>13}{'worst':>8}{'key p50':>9}{'p99':>7}"
          f"{'busy p50':>10}{'p99':>7}{'(keys)':>8}{'stop p50':>10}{'worst':>8}   [ms]")
    for i in range(args.rounds):
        home = tempfile.mkdtemp(prefix="vigie-fan-")
        one(args, home, rows)
        shutil.rmtree(home)
        f, w, b, k, s = rows[-1]
        nan = float("nan")
        print(f"{i + 1:<6}{percentile(f, .5):>11.0f}{max(f):>8.0f}{percentile(w, .5):>13.0f}{max(w):>8.0f}"
              f"{percentile(k, .5):>9.2f}{percentile(k, .99):>7.2f}"
              f"{percentile(b, .5) if b else nan:>10.2f}{percentile(b, .99) if b else nan:>7.2f}{len(b):>8}"
              f"{percentile(s, .5):>10.1f}{max(s):>8.1f}", flush=True)


if __name__ == "__main__":
    main()
