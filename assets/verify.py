#!/usr/bin/env python3
"""Checks the folder of a vigie incident with nothing but Python: verify.py FOLDER (see docs/log-format.md)."""
import glob, hashlib, json, os, re, sys
root, bad = sys.argv[1], []
def sha(b): return hashlib.sha256(b).hexdigest()
raw = open(f"{root}/incident.json", "rb").read()
segments, ends = {}, {}
for path in glob.glob(f"{root}/chains/*.jsonl"):
    if m := re.fullmatch(r"([0-9a-f]{8})(?:\.([1-9]\d*))?\.jsonl", os.path.basename(path)):
        lines = open(path, "rb").read().split(b"\n")[:-1]  # what follows the last newline is what a crash left
        segments.setdefault(m[1], {})[int(m[2] or 0)] = (os.path.basename(path), lines)
try:
    inc = json.loads(raw)["inc"]
except (ValueError, KeyError) as e:
    inc = bad.append(f"incident.json: {e}")
for chain, files in sorted(segments.items()):
    prev, seq = sha(raw), 0
    for number, (name, lines) in sorted(files.items()):
        later = [json.loads(f[0])["seq"] for n, (_, f) in files.items() if n > number and f]
        end, ends[name] = 0, {}
        for at, line in enumerate(lines, 1):
            if later and seq >= min(later): break  # taken up by a later segment
            try:
                e = json.loads(line)
                if (e["v"], e["inc"], e["chain"], e["seq"]) != (1, inc, chain, seq): bad.append(f"{name}:{at}: wrong v, inc, chain or seq")
                if e["prev"] != prev: bad.append(f"{name}:{at}: does not follow from the line before (that line or this one was changed)")
            except (ValueError, KeyError, TypeError) as e: bad.append(f"{name}:{at}: {e}")
            prev, seq, end = sha(line), seq + 1, end + len(line) + 1
            ends[name][end] = (at, prev)
for path in sorted(glob.glob(f"{root}/checkpoints/*.txt")):
    rows = open(path, encoding="utf-8", errors="replace").read()
    if not rows.endswith("\n"): bad.append(f"{os.path.basename(path)}: cut short")
    for row in rows.splitlines():
        try:
            name, count, size, head = row.split(" ")
            if ends.get(name, {}).get(int(size)) != (int(count), head): bad.append(f"{os.path.basename(path)}: does not agree with {name} at line {count}")
        except ValueError: bad.append(f"{os.path.basename(path)}: not 'file entries bytes sha256'")
print("\n".join(bad) if bad else f"ok: {sum(len(e) for e in ends.values())} lines")
sys.exit(3 if bad else 0)
