#!/usr/bin/env python3
"""Times the console beside other terminal programs, in one run, in a pseudo-terminal of 200x60.

    cargo build --release --bin vigie --example synthetic && python3 benches/console.py [--rounds 15] [--idle 30] [--entries 35000 1000000]

Standard library only; Linux only. Peers that are not installed are left out with a line. For each program:
  start   exec to the last byte of the first full screen (a marker that only the full screen has) [ms]
  idle    CPU of all its threads over the idle time, from schedstat [s], and bytes written per second
  key     key written to the first byte of the answer [ms], p50 and p99
Rounds are interleaved, so that a noisy neighbour hits all programs alike; read the ratios, not the figures.
"""
import argparse, fcntl, os, pty, select, shutil, signal, statistics, struct, subprocess, sys, tempfile, termios, time

COLS, ROWS = 200, 60


class Program:
    """One program in a pseudo-terminal."""

    def __init__(self, argv, env=None):
        self.t0 = time.monotonic_ns()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))
            os.environ.update({"TERM": "xterm-256color", "LINES": str(ROWS), "COLUMNS": str(COLS), **(env or {})})
            os.execvp(argv[0], argv)
        self.seen = b""
        self.bytes = 0

    def read(self, timeout):
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return b""
        self.bytes += len(data)
        self.seen = (self.seen + data)[-400_000:]
        return data

    def until(self, marker, timeout=20.0):
        """Time since exec [ms] at which the marker had been written and the burst was over."""
        end = time.monotonic() + timeout
        last = None
        while time.monotonic() < end:
            if self.read(0.02):
                last = time.monotonic_ns()
            elif last and marker in self.seen:
                return (last - self.t0) / 1e6
        raise SystemExit(f"never showed {marker!r}: {self.seen[-300:]!r}")

    def drain(self, quiet=0.15, most=3.0):
        """Reads until it is quiet, but not for ever: a clock ticks once a second."""
        end = time.monotonic() + most
        while time.monotonic() < end and self.read(quiet):
            pass

    def key(self, data):
        """Key to first byte of the answer [ms]."""
        t0 = time.monotonic_ns()
        os.write(self.fd, data)
        if not self.read(2.0):
            return None
        t1 = time.monotonic_ns()
        self.drain(0.01)
        return (t1 - t0) / 1e6

    def cpu(self):
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{task}/schedstat") as f:
                    total += int(f.read().split()[0])
            except OSError:
                pass
        return total / 1e9

    def rss_mb(self):
        with open(f"/proc/{self.pid}/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def idle(self, seconds):
        self.drain(0.5)
        cpu, count, end = self.cpu(), self.bytes, time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(max(0.0, min(1.0, end - time.monotonic())))
        return self.cpu() - cpu, (self.bytes - count) / seconds

    def end(self):
        try:
            os.kill(self.pid, signal.SIGTERM)
            for _ in range(100):
                self.read(0.01)
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    break
            else:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.fd)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--vigie", default="target/release/vigie")
    args.add_argument("--rounds", type=int, default=15)
    args.add_argument("--keys", type=int, default=200)
    args.add_argument("--idle", type=float, default=30.0)
    args.add_argument("--entries", type=int, nargs="*", default=[35_000, 1_000_000])
    args = args.parse_args()
    vigie = os.path.abspath(args.vigie)
    maker = os.path.join(os.path.dirname(vigie), "examples", "synthetic")
    home = tempfile.mkdtemp(prefix="vigie-bench-")
    env = {"VIGIE_DATA": home + "/data", "VIGIE_CONFIG": home + "/config", "VIGIE_STATE": home + "/state",
           "LANG": "C.UTF-8"}
    run_env = {**os.environ, **env}
    programs = []
    for count in args.entries:
        subprocess.run([maker, home, str(count)], env=run_env, check=True, stdout=subprocess.DEVNULL)
        folder = f"{home}/synthetic-{count}-1"
        log = next(os.path.join(folder, "chains", n) for n in sorted(os.listdir(folder + "/chains")))
        programs.append((f"vigie {count}", [vigie, "resume", folder, "--as", "bench/bench/log-keeper"], b"F10", b"x"))
        if shutil.which("less"):
            programs.append((f"less {count}", ["less", "-S", log], b"jsonl", b"j"))
        if shutil.which("lnav"):
            programs.append((f"lnav {count}", ["lnav", log], b"Press", b"k"))
    if shutil.which("htop"):
        programs.append(("htop", ["htop"], b"F10", b"\x1b[B"))
    for peer in ("less", "lnav", "htop"):
        if not shutil.which(peer):
            print(f"{peer} is not installed: left out", file=sys.stderr)

    starts = {name: [] for name, *_ in programs}
    for _ in range(args.rounds):
        for name, argv, marker, _ in programs:
            p = Program(argv, env)
            starts[name].append(p.until(marker))
            p.end()
    print(f"{'program':<16}{'start p50':>10}{'min':>8}{'max':>8}{'key p50':>9}{'p99':>8}{'idle CPU s':>12}{'B/s':>8}{'RSS MB':>8}")
    for name, argv, marker, key in programs:
        p = Program(argv, env)
        p.until(marker)
        p.drain(1.5)
        times = [t for t in (p.key(key) for _ in range(args.keys)) if t is not None]
        cpu, rate = p.idle(args.idle)
        s = starts[name]
        k50, k99 = (percentile(times, 0.5), percentile(times, 0.99)) if times else (float("nan"),) * 2
        print(f"{name:<16}{statistics.median(s):>10.1f}{min(s):>8.1f}{max(s):>8.1f}{k50:>9.2f}{k99:>8.2f}"
              f"{cpu:>12.4f}{rate:>8.0f}{p.rss_mb():>8.1f}", flush=True)
        p.end()
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
