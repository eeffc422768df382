"""How the cost of a run grows with rows, events, factors, specifications and tests.

usage: python curves.py [ROUNDS]     after measure.py, whose data and binary it uses

Every line changes one thing of study.toml; seconds are the fastest of ROUNDS (default 3), and the last column says
how many times those of the line's first point they are.
"""

import subprocess
import sys

from measure import DAYZERO, HERE, MODELS, SWEEP, TABLES, job, run

TESTS = ["t_cross_sectional", "patell", "bmp", "bmp_kp", "grank_t", "rank_corrado", "sign_generalized", "t_clustered"]


def panel(days, events):
    """A smaller panel beside the large one: 5,000 securities."""
    data = HERE / f"data-{days}-{events}"
    if not data.exists():
        size = ["--securities", "5000", "--days", str(days), "--events", str(events), "--seed", "1"]
        subprocess.run([DAYZERO, "synth", *size, "--out", data], check=True, stdout=subprocess.DEVNULL)
    files = [f"prices.path={data.name}/prices.parquet", f"events.path={data.name}/events.parquet"]
    return files + [f"factors.path={data.name}/factors.parquet"]


def quoted(*settings):
    """Settings whose values are paths become TOML strings."""
    return [setting if '"' in setting else setting.replace("=", '="', 1) + '"' for setting in settings]


def lines():
    windows = [f"[-{250 - 20 * i}, -11]" for i in range(5)]
    sweep = [(1, []), (5, [f"sweep.estimation_window=[{', '.join(windows)}]"]), (20, [MODELS, SWEEP])]
    tested = 'output.tables=["events", "estimates", "tests"]'
    yield "price rows, million", [
        (f"{5000 * days / 1e6:.1f}", quoted(*panel(days, 50_000))) for days in (1260, 2520, 5040)
    ]
    yield "events, thousand", [(f"{events // 1000}", quoted(*panel(5040, events))) for events in (1_000, 50_000, 350_000)]
    yield "factors", [(name, [f'study.model="{name}"']) for name in ("market", "ff3", "ff5", "ff6")]
    yield "specifications", [(f"{count}", [TABLES, *settings]) for count, settings in sweep]
    yield "tests", [
        (f"{count}", [tested, f"study.tests={TESTS[:count]}".replace("'", '"')]) for count in (0, 1, 4, len(TESTS))
    ]


def main(rounds):
    print(f"{'what':24} {'how much':>10} {'wall s':>8} {'CPU s':>8} {'MiB':>8} {'times':>6}")
    for what, points in lines():
        first = None
        for name, settings in points:
            best = min(run(job("out-curve", *settings))[:3] for _ in range(rounds))
            first = first or best[0]
            print(f"{what:24} {name:>10} {best[0]:8.2f} {best[1]:8.2f} {best[2]:8.0f} {best[0] / first:6.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
