#!/usr/bin/env python3
"""Rejection rates of every test in simulated designs: writes sizes.csv and the table of README.md.

    cargo build --release && python3 experiments/size-of-tests/make.py [--panels 75] [--draws 20] [--jobs 2]

Every design has many panels of 50 securities with one announcement each; every panel is drawn from a few
times. Few draws from many panels, since draws from one panel share its days. `permutation` moves the events of a
panel itself, which `simulate` does not do again for each of its draws: it is run on the announcements of panels of
its own number, --permuted 1500. Needs Python 3.9 and nothing else.
"""

import argparse
import csv
import json
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
EVENTS = 50

# Name, options of `synth`, options of `simulate`.
DESIGNS = [
    ("independent", "--season 60 --correlation 0", ""),
    ("one day", "--season 1 --correlation 0.05", ""),
    ("5 days", "--season 5 --correlation 0.05", ""),
    ("20 days", "--season 20 --correlation 0.05", ""),
    ("60 days", "--season 60 --correlation 0.05", ""),
    ("variance x 2", "--season 60 --correlation 0", "--variance 2"),
    ("t3 tails", "--season 60 --correlation 0 --tails 3", ""),
]
WINDOWS = [("0", "0"), ("-1", "1"), ("-5", "5")]


def panel(binary, design, seed, draws):
    """Rejections at 5 % on one panel: {(window, test): (draws, rejections)}."""
    _, synth, simulate = design
    with tempfile.TemporaryDirectory() as folder:
        synthesise(binary, synth, seed, folder)
        options = f"--draws {draws} --events {EVENTS} --effects 0 --threads 1 -q --set seed={seed}"
        study = ["simulate", str(HERE / "study.toml"), "--out", f"{folder}/out", *options.split()]
        run(binary, [*study, *simulate.split()], folder)
        with open(f"{folder}/out/rejections.csv", newline="") as file:
            rows = [row for row in csv.DictReader(file) if float(row["level"]) == 0.05]
        note = json.loads(Path(f"{folder}/out/manifest.json").read_text())["simulation"]
        assert note["passed_over"] == note["short_draws"] == sum(note["not_estimated"]) == 0, note
    return {((r["first"], r["last"]), r["test"]): (int(r["draws"]), int(r["rejections"])) for r in rows}


def permuted(binary, design, seed):
    """Whether `permutation` rejects at 5 % on the announcements of one panel, as `panel` has it."""
    _, synth, simulate = design
    if simulate:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        synthesise(binary, synth, seed, folder)
        settings = ["study.tests=[\"permutation\"]", "output.tables=[\"tests\"]", f"seed={seed}"]
        options = [part for setting in settings for part in ("--set", setting)]
        study = ["run", str(HERE / "study.toml"), "--out", f"{folder}/out", "--threads", "1", "-q"]
        run(binary, [*study, *options], folder)
        with open(f"{folder}/out/tests.csv", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["role"] == "declared" and row["p_value"]]
    return {((r["first"], r["last"]), r["test"]): (1, int(float(r["p_value"]) <= 0.05)) for r in rows}


def synthesise(binary, synth, seed, folder):
    data = f"--securities {EVENTS} --events {EVENTS} --days 440 --effect 0 --clustering 1 --seed {seed}"
    run(binary, ["synth", "--out", folder, *data.split(), *synth.split()], folder)


def run(binary, arguments, folder):
    environment = {**os.environ, "DAYZERO_PANEL": folder}
    done = subprocess.run([binary, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"dayzero {' '.join(arguments)}\n{done.stderr}")


def table(sizes, tests):
    names = [name for name, *_ in DESIGNS]
    lines = []
    for window in WINDOWS:
        days = int(window[1]) - int(window[0]) + 1
        lines += ["", f"Windows of {days} {'day' if days == 1 else 'days'}, [{window[0]}, {window[1]}]:", ""]
        lines += ["| test | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
        for test in tests:
            cells = []
            for name in names:
                defined, rejected = sizes[name, window, test]
                cells.append(f"{100 * rejected / defined:.1f}" if defined else "-")
            lines.append(f"| `{test}` | " + " | ".join(cells) + " |")
    return "\n".join(lines).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panels", type=int, default=75)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--permuted", type=int, default=1500)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--dayzero", default=str(HERE.parents[1] / "target" / "release" / "dayzero"))
    options = parser.parse_args()
    sizes, tests = {}, []
    with ThreadPoolExecutor(options.jobs) as pool:
        for design in DESIGNS:
            drawn = pool.map(
                lambda seed: panel(options.dayzero, design, seed, options.draws), range(1, options.panels + 1)
            )
            moved = pool.map(lambda seed: permuted(options.dayzero, design, seed), range(1, options.permuted + 1))
            for found in (*drawn, *moved):
                for (window, test), (defined, rejected) in found.items():
                    if test not in tests:
                        tests.append(test)
                    before = sizes.get((design[0], window, test), (0, 0))
                    sizes[design[0], window, test] = (before[0] + defined, before[1] + rejected)
            print(design[0], flush=True)
    with open(HERE / "sizes.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["design", "first", "last", "test", "draws", "rejections", "rate"])
        for (name, window, test), (defined, rejected) in sizes.items():
            writer.writerow([name, *window, test, defined, rejected, f"{rejected / defined:.4f}" if defined else ""])
    readme = (HERE / "README.md").read_text()
    before, rest = readme.split("<!-- sizes -->\n")
    _, after = rest.split("<!-- end -->\n")
    made = table(sizes, tests)
    (HERE / "README.md").write_text(f"{before}<!-- sizes -->\n{made}\n<!-- end -->\n{after}")


if __name__ == "__main__":
    main()
