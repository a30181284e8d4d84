#!/usr/bin/env python3
"""Times seeking in a long replay, in a pseudo-terminal of 200x60: from Enter on `:saut` to the whole frame.

    cargo build --release --bin vigie --example synthetic && python3 benches/seek.py [--entries 35000] [--hours 72] [--seeks 60] [--repeats 3]

Standard library only; Linux only. Beside it, in the same run: a letter taken back in the palette, which only repaints.
"""
import argparse, os, random, shutil, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from console import Program, percentile


def answered(program, data, quiet=0.06):
    """From the key to the last byte of its answer [ms]; the frame is over when nothing comes for a while."""
    t0 = last = time.monotonic_ns()
    os.write(program.fd, data)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if program.read(quiet):
            last = time.monotonic_ns()
        elif last != t0:
            break
    return (last - t0) / 1e6


def once(vigie, folder, env, hours, count):
    """One replay: every jump [ms], every letter taken back [ms], start [ms] and memory [MB]."""
    program = Program([vigie, "replay", folder, "--lang", "fr", "--as", "bench/bench/log-keeper"], env)
    started = program.until(b"F10", 60)
    os.write(program.fd, b":pause\r")
    # The boards to start from are made behind the first frame.
    program.drain(3.0, 25.0)
    at = 0
    draw = random.Random(1)
    seeks, plain = [], []
    for _ in range(count):
        to = draw.randrange(0, hours * 60 - 120)
        hours_off, minutes = divmod(abs(to - at), 60)
        days, hours_off = divmod(hours_off, 24)
        os.write(program.fd, f":saut {'-' if to < at else '+'}{days}j{hours_off}h{minutes:02d}".encode())
        program.drain(0.1)
        seeks.append(answered(program, b"\r"))
        at = to
        os.write(program.fd, b":")
        program.drain(0.1)
        os.write(program.fd, b"x")
        program.drain(0.1)
        plain.append(answered(program, b"\x7f"))
        os.write(program.fd, b"\x1b")
        program.drain(0.1)
    memory = program.rss_mb()
    program.end()
    return seeks, plain, started, memory


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--vigie", default="target/release/vigie")
    args.add_argument("--maker", default="", help="the example `synthetic` [default: beside vigie]")
    args.add_argument("--entries", type=int, default=35_000)
    args.add_argument("--hours", type=int, default=72)
    args.add_argument("--seeks", type=int, default=60)
    args.add_argument("--repeats", type=int, default=3, help="replays that make the same jumps")
    args = args.parse_args()
    vigie = os.path.abspath(args.vigie)
    maker = args.maker or os.path.join(os.path.dirname(vigie), "examples", "synthetic")
    home = tempfile.mkdtemp(prefix="vigie-seek-")
    env = {"VIGIE_DATA": home + "/data", "VIGIE_CONFIG": home + "/config", "VIGIE_STATE": home + "/state",
           "LANG": "C.UTF-8"}
    subprocess.run([maker, home, str(args.entries), "1", "tape", str(args.hours)], env={**os.environ, **env}, check=True)
    folder = f"{home}/taped-{args.entries}-{args.hours}"
    runs = [once(vigie, folder, env, args.hours, args.seeks) for _ in range(args.repeats)]
    print(f"start {min(run[2] for run in runs):.0f} ms, memory {max(run[3] for run in runs):.0f} MB")
    for name, which in (("seek", 0), ("a letter taken back", 1)):
        told = [(f"run {i + 1}", run[which]) for i, run in enumerate(runs)]
        # What another program takes from one run it does not take from all: the least of the same jump is vigie's own.
        told.append(("least of each", [min(times) for times in zip(*(run[which] for run in runs))]))
        for run, times in told:
            print(f"{name:<20} {run:<14} p50 {percentile(times, 0.5):6.1f} ms  p90 {percentile(times, 0.9):6.1f}  "
                  f"max {max(times):6.1f}")
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
