"""Times the job of study.toml against the floor under it and against polars and numpy, interleaved.

usage: python measure.py [ROUNDS]     from anywhere; needs cargo, polars and numpy

Makes the data once (about 20 s, 140 MB), builds once, and prints the fastest of ROUNDS (default 5) with
ratios, peak memory and the seconds of each phase. Only ratios within one table mean anything: machines
differ, and so do their neighbours.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DAYZERO = ROOT / "target/release/dayzero"
SWEEP = "sweep.estimation_window=[[-250, -11], [-230, -11], [-210, -11], [-190, -11], [-170, -11]]"
MODELS = 'sweep.model=["market", "market_adjusted", "ff3", "ff5"]'
TABLES = 'output.tables=["events", "estimates", "cars"]'


def run(command, cwd=HERE):
    """Wall seconds, CPU seconds and peak memory in MiB of a command, and what it printed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed


def job(out, *settings):
    command = [DAYZERO, "run", "study.toml", "--overwrite", "-q", "--out", out]
    return [str(part) for part in command + [part for setting in settings for part in ("--set", setting)]]


def prepare():
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    bench = ["cargo", "bench", "--workspace", "--bench", "floor", "--no-run", "--message-format=json"]
    built = subprocess.run(bench, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    floor = re.search(r'"executable":"([^"]*/floor-[^"]*)"', built).group(1)
    data = HERE / "data"
    if not data.exists():
        size = ["--securities", "5000", "--days", "5040", "--events", "350000", "--seed", "1"]
        subprocess.run([DAYZERO, "synth", *size, "--out", data], check=True)
    return floor


def measure(rounds):
    floor = prepare()
    few = 'events.filter={ column = "surprise_pct", from = 0.0, to = 0.00001 }'
    jobs = {
        "job": job("out"),
        "floor": [floor, "data/prices.parquet", "out"],
        "polars + numpy": [sys.executable, "baseline.py", "data", "data/baseline.parquet"],
        "job, five factors": job("out-ff5", 'study.model="ff5"'),
        "floor, five factors": [floor, "data/prices.parquet", "out-ff5"],
        "one specification, tables of events": job("out-one", TABLES),
        "twenty specifications, the same tables": job("out-sweep", TABLES, MODELS, SWEEP),
        "few events (a filter)": job("out-few", few),
    }
    best = {}
    for _ in range(rounds):
        for name, command in jobs.items():
            wall, cpu, memory, printed = run(command)
            if name.startswith("floor"):
                wall = float(printed.split()[1])
            if name not in best or wall < best[name][0]:
                best[name] = (wall, cpu, memory)
    report(best)


def report(best):
    wall = {name: figures[0] for name, figures in best.items()}
    print(f"{'':40} {'wall s':>8} {'CPU s':>8} {'MiB':>8}")
    for name, (seconds, cpu, memory) in best.items():
        print(f"{name:40} {seconds:8.2f} {cpu:8.2f} {memory:8.0f}")
    print()
    print(f"job / floor                     {wall['job'] / wall['floor']:.2f}")
    print(f"job / floor, five factors       {wall['job, five factors'] / wall['floor, five factors']:.2f}")
    print(f"polars + numpy / job            {wall['polars + numpy'] / wall['job']:.2f}")
    twenty = wall["twenty specifications, the same tables"]
    print(f"twenty specifications / one     {twenty / wall['one specification, tables of events']:.2f}")
    manifest = json.loads((HERE / "out/manifest.json").read_text())
    phases = {name: seconds for name, seconds in manifest["seconds"].items() if seconds > 0.005}
    print("phases of the job, seconds:", ", ".join(f"{name} {seconds:.2f}" for name, seconds in phases.items()))


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
