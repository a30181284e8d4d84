#!/usr/bin/env python3
"""Times seeking in a long replay, in a pseudo-terminal of 200x60: from Enter on `:saut` to the whole frame.

    cargo build --release --bin vigie --example synthetic && python3 benches/seek.py [--entries 35000] [--hours 72] [--seeks 60]

Standard library only; Linux only. Beside it, in the same run: a letter taken back in the palette, which only repaints.
"""
import argparse, os, random, subprocess, sys, tempfile, time

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


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--vigie", default="target/release/vigie")
    args.add_argument("--entries", type=int, default=35_000)
    args.add_argument("--hours", type=int, default=72)
    args.add_argument("--seeks", type=int, default=60)
    args = args.parse_args()
    vigie = os.path.abspath(args.vigie)
    maker = os.path.join(os.path.dirname(vigie), "examples", "synthetic")
    home = tempfile.mkdtemp(prefix="vigie-seek-")
    env = {"VIGIE_DATA": home + "/data", "VIGIE_CONFIG": home + "/config", "VIGIE_STATE": home + "/state",
           "LANG": "C.UTF-8"}
    run_env = {**os.environ, **env}
    subprocess.run([maker, home, str(args.entries), "1", "tape", str(args.hours)], env=run_env, check=True)
    folder = f"{home}/taped-{args.entries}-{args.hours}"
    program = Program([vigie, "replay", folder, "--lang", "fr", "--as", "bench/bench/log-keeper"], env)
    started = program.until(b"F10", 60)
    os.write(program.fd, b":pause\r")
    # The boards to start from are made behind the first frame.
    program.drain(3.0, 25.0)
    at = 0
    draw = random.Random(1)
    seeks, plain = [], []
    for _ in range(args.seeks):
        to = draw.randrange(0, args.hours * 60 - 120)
        hours, minutes = divmod(abs(to - at), 60)
        days, hours = divmod(hours, 24)
        os.write(program.fd, f":saut {'-' if to < at else '+'}{days}j{hours}h{minutes:02d}".encode())
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
    print(f"start {started:.0f} ms, memory {program.rss_mb():.0f} MB")
    for name, values in (("seek", seeks), ("a letter taken back", plain)):
        print(f"{name:<18} p50 {percentile(values, 0.5):6.1f} ms  p90 {percentile(values, 0.9):6.1f}  max {max(values):6.1f}")
    program.end()


if __name__ == "__main__":
    main()
