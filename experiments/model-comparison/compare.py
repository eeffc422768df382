"""Compares return models on real announcements and on dates without any.

    DAYZERO_DATA=/path/to/data python compare.py [--dayzero PROGRAM] [--out DIR] [--reuse]

Needs polars and numpy. It runs `study.toml` on the announcements and on pseudo-events, dates
of the same securities away from their announcements, on which nothing happened and effects can be
planted. It writes `comparison.csv` and `chart.svg` beside itself. Every draw is seeded.
"""

import argparse
import os
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).resolve().parent
SEED = 20251121

# Pseudo-events: trading days from an announcement, the least distance from every other event of the
# security, and how many of them are run.
NEAR, FAR, APART = 32, 60, 21
PSEUDO_EVENTS = 6_000

# Power: samples of a size, each drawn without replacement, and what is added to each CAR.
SIZES, DRAWS = (20, 50), 4_000
EFFECTS = (0.005, 0.01, 0.02)
# Two-sided critical values at 1 % of the t-distribution with N - 1 degrees of freedom.
CRITICAL = {20: 2.8609346065, 50: 2.6799519736}

# Models that are run again with an estimation window up to day -2, as TOML.
LATE = {"market": '"market"', "garch": '"garch"', "garch, t errors": '{ name = "garch", errors = "t" }'}

WINDOWS = ((0, 1), (2, 10))
# Years whose estimation windows and events are all inside the data.
YEARS = range(2014, 2026)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dayzero", default="dayzero", help="the program (default: on the path)")
    parser.add_argument("--out", type=Path, default=HERE / "../../out/model-comparison", help="directory of the runs")
    parser.add_argument("--reuse", action="store_true", help="take the tables of earlier runs")
    options = parser.parse_args()
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    real, pseudo, late = out / "announcements", out / "pseudo", out / "pseudo_late"
    events = out / "pseudo_events.csv"

    def run(into, *settings):
        if options.reuse and (into / "manifest.json").exists():
            return
        settings = [argument for setting in settings for argument in ("--set", setting)]
        command = [options.dayzero, "run", HERE / "study.toml", "--out", into, "--overwrite", "--quiet", *settings]
        subprocess.run(command, check=True)

    run(real)
    write_pseudo_events(real, events)
    planted = (f"events.path={events}", 'events.filter={column="kind", in=["pseudo"]}')
    run(pseudo, *planted)
    # Once more with forecasts of the variance made just before the event, not ten days before its window.
    windows = ("study.estimation_window=[-250, -2]", "study.event_window=[-1, 10]")
    run(late, *planted, *windows, f"sweep.model=[{', '.join(LATE.values())}]")

    names = model_names()
    runs = Runs(real, len(names)), Runs(pseudo, len(names)), Runs(late, len(LATE))
    table = pl.DataFrame(compare(names, *runs), infer_schema_length=None)
    numbers = [name for name, kind in table.schema.items() if kind == pl.Float64]
    table = table.with_columns(pl.col(numbers).round(6))
    table.write_csv(HERE / "comparison.csv")
    (HERE / "chart.svg").write_text(chart(table), encoding="utf-8")


def model_names():
    """The models of the study in the order of its specifications, with what sets them apart."""
    study = tomllib.loads((HERE / "study.toml").read_text(encoding="utf-8"))
    models = [{"name": m} if isinstance(m, str) else m for m in study["sweep"]["model"]]
    return [m["name"] + (f", {m['errors']} errors" if "errors" in m else "") for m in models]


def write_pseudo_events(real, path):
    """One pseudo-event for each announcement where there is room for it, a sample of these, and all
    announcements: those are filtered out, but mask estimation days as they do in the other run."""
    data = Path(os.environ["DAYZERO_DATA"]) / "us_large_caps"
    dates = pl.read_parquet(data / "prices.parquet").filter(pl.col("ticker") == "SPY")["date"].sort()
    place = {date: index for index, date in enumerate(dates)}
    aligned = pl.read_parquet(real / "events.parquet").filter(pl.col("day0").is_not_null()).sort("event_id")
    rng = np.random.default_rng(SEED)
    offsets = np.concatenate([np.arange(NEAR, FAR + 1), -np.arange(NEAR, FAR + 1)])
    found = []
    for (security,), group in sorted(aligned.group_by("security"), key=lambda pair: str(pair[0][0])):
        days = sorted(place[day] for day in group["day0"])
        taken = list(days)
        for day in days:
            for candidate in day + rng.permutation(offsets):
                inside = 0 <= candidate < len(dates)
                if inside and min(abs(candidate - other) for other in taken) >= APART:
                    taken.append(candidate)
                    found.append((str(security), dates[int(candidate)]))
                    break
    chosen = np.sort(rng.choice(len(found), PSEUDO_EVENTS, replace=False))
    made = pl.DataFrame([found[i] for i in chosen], schema=["ticker", "announced_on"], orient="row")
    made = made.with_columns(session=pl.lit("bmo"), kind=pl.lit("pseudo"))
    known = pl.read_parquet(data / "events.parquet").select(
        pl.col("ticker", "session").cast(pl.String), "announced_on", kind=pl.lit("announcement")
    )
    pl.concat([made, known.select(made.columns)]).write_csv(path)
    print(f"{len(found):,} pseudo-events for {aligned.height:,} announcements, {PSEUDO_EVENTS:,} of them run")


class Runs:
    """The tables of a finished run: arrays by specification and event."""

    def __init__(self, directory, specifications):
        cars = pl.read_parquet(directory / "cars.parquet")
        events = pl.read_parquet(directory / "events.parquet", columns=["event_id", "day0"]).sort("event_id")
        self.tests = pl.read_parquet(directory / "tests.parquet")
        self.years = events["day0"].dt.year().fill_null(0).to_numpy()
        shape = (specifications, len(WINDOWS), events.height)
        self.car, self.scar, self.p = (np.full(shape, np.nan) for _ in range(3))
        for index, (first, last) in enumerate(WINDOWS):
            rows = cars.filter((pl.col("first") == first) & (pl.col("last") == last) & pl.col("scar").is_not_null())
            at = (rows["spec_id"].to_numpy(), index, rows["event_id"].to_numpy())
            for values, column in ((self.car, "car"), (self.scar, "scar"), (self.p, "p_value")):
                values[at] = rows[column].to_numpy()
        estimates = pl.read_parquet(directory / "estimates.parquet", columns=["spec_id", "event_id", "sigma"])
        self.sigma = np.full((specifications, events.height), np.nan)
        self.sigma[estimates["spec_id"], estimates["event_id"]] = estimates["sigma"]
        # What every model could use, over both windows.
        usable = np.isfinite(self.scar) & (self.car != 0)
        self.common = np.flatnonzero(usable.all(axis=(0, 1)))

    def test(self, specification, name):
        chosen = (pl.col("spec_id") == specification) & (pl.col("group") == "all") & (pl.col("test") == name)
        window = (pl.col("first") == 0) & (pl.col("last") == 1)
        return self.tests.filter(chosen & window).row(0, named=True)


def compare(names, real, pseudo, late):
    """A row per model; where events are common, all models see the same ones."""
    common, quiet = real.common, np.intersect1d(pseudo.common, late.common)
    print(f"{len(common):,} announcements and {len(quiet):,} pseudo-events are usable under every model")
    rng = np.random.default_rng(SEED + 1)

    def draw(events, size):
        return np.array([rng.choice(len(events), size, replace=False) for _ in range(DRAWS)])

    samples = {size: draw(quiet, size) for size in SIZES}
    announcements = draw(common, SIZES[-1])
    for index, name in enumerate(names):
        row = {"model": name, "last_estimation_day": -11}
        yield row | on_announcements(real, index, common, announcements) | on_nothing(pseudo, index, quiet, samples)
    for index, name in enumerate(LATE):
        yield {"model": name, "last_estimation_day": -2} | on_nothing(late, index, quiet, samples)


def on_announcements(runs, index, common, samples):
    kp, bmp = runs.test(index, "bmp_kp"), runs.test(index, "bmp")
    (car, later), scar = runs.car[index][:, common], runs.scar[index, 0, common]
    row = {
        "events": kp["events"],
        "mean_car_0_1": kp["mean_car"],
        "bmp_0_1": bmp["statistic"],
        "bmp_kp_0_1": kp["statistic"],
        "common_events": len(common),
        "common_sigma": runs.sigma[index, common].mean(),
        "common_mean_car_0_1": car.mean(),
        "common_sd_car_0_1": car.std(ddof=1),
        "common_mean_car_2_10": later.mean(),
        "common_sd_car_2_10": later.std(ddof=1),
    }
    # The mean reaction is taken off, so that what is planted is all there is.
    deviation = car / scar
    centred = scar - scar.mean()
    for effect in EFFECTS:
        share = rejections(centred, deviation, effect, samples)
        row[f"common_power_n{samples.shape[1]}_{basis_points(effect)}"] = share
    return row


def on_nothing(runs, index, quiet, samples):
    (car, later), scar = runs.car[index][:, quiet], runs.scar[index, 0, quiet]
    yearly = [scar[runs.years[quiet] == year].std(ddof=1) for year in YEARS]
    row = {
        "pseudo_events": len(quiet),
        "pseudo_sigma": runs.sigma[index, quiet].mean(),
        "pseudo_sd_car_0_1": car.std(ddof=1),
        "pseudo_sd_car_2_10": later.std(ddof=1),
        "pseudo_sd_scar_0_1": scar.std(ddof=1),
        "pseudo_sd_scar_0_1_lowest_year": min(yearly),
        "pseudo_sd_scar_0_1_highest_year": max(yearly),
        "pseudo_single_event_size": (runs.p[index, 0, quiet] < 0.01).mean(),
    }
    deviation = car / scar
    for size, drawn in samples.items():
        row[f"size_n{size}"] = rejections(scar, deviation, 0.0, drawn)
        for effect in EFFECTS:
            row[f"power_n{size}_{basis_points(effect)}"] = rejections(scar, deviation, effect, drawn)
    return row


def basis_points(effect):
    return f"{10_000 * effect:g}bp"


def rejections(scar, deviation, effect, samples):
    """The share of samples in which bmp rejects at 1 % when `effect` is added to every CAR. `deviation` is
    the forecast standard deviation of the CAR, which is CAR/SCAR and does not depend on the effect."""
    planted = (scar + effect / deviation)[samples]
    size = samples.shape[1]
    t = planted.mean(axis=1) / (planted.std(axis=1, ddof=1) / np.sqrt(size))
    return float((np.abs(t) > CRITICAL[size]).mean())


INK, PALE, GRID, BLUE, RED = "#1f2933", "#5f6b76", "#e3e7eb", "#2f6fb0", "#c2410c"
WIDTH, LEFT, TOP, ROW = 960, 176, 104, 25


def chart(table):
    """A row per model, sorted by power; a panel per number, the market model as reference line."""
    table = table.filter(pl.col("last_estimation_day") == -11)
    rows = table.sort("power_n50_100bp", "model", descending=[True, False]).to_dicts()
    panels = [
        # title, what it shows, column, step of the axis, decimals
        ("Power, %", "1 % planted, samples of 50 events", "power_n50_100bp", 10, 0),
        ("sd of CAR [0, 1], %", "dates without announcement", "pseudo_sd_car_0_1", 0.5, 2),
        ("sd of CAR [0, 1], %", "announcements", "common_sd_car_0_1", 0.2, 2),
    ]
    gap, bottom = 32, TOP + ROW * len(rows)
    width = (WIDTH - LEFT - 24 - gap * (len(panels) - 1)) / len(panels)
    height = bottom + 52
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}" role="img">',
        "<title>Power and noise of the return models</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        text(16, 28, "Return models on earnings announcements of large US companies", size=17, weight="bold"),
    ]
    for index, row in enumerate(rows):
        middle = TOP + ROW * (index + 0.5)
        if index % 2 == 0:
            parts.append(f'<rect x="8" y="{middle - ROW / 2:g}" width="{WIDTH - 16}" height="{ROW}" fill="#f6f8fa"/>')
        weight, colour = ("bold", RED) if row["model"] == "market" else ("normal", INK)
        parts.append(text(LEFT - 14, middle + 4, row["model"], anchor="end", weight=weight, fill=colour))
    for index, (title, subtitle, column, step, decimals) in enumerate(panels):
        left = LEFT + index * (width + gap)
        values = [100 * row[column] for row in rows]
        market = next(value for value, row in zip(values, rows) if row["model"] == "market")
        # Room for a label at either end.
        margin = 0.22 * (max(values) - min(values))
        low, high = min(values) - margin, max(values) + margin

        def x(value):
            return left + (value - low) / (high - low) * width

        parts.append(text(left, TOP - 32, title, size=13, weight="bold"))
        parts.append(text(left, TOP - 15, subtitle, fill=PALE))
        parts.append(line(left, bottom, left + width, bottom, PALE))
        for tick in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step:
            parts.append(line(x(tick), TOP, x(tick), bottom, GRID))
            parts.append(text(x(tick), bottom + 16, f"{tick:.{0 if step >= 1 else 1}f}", anchor="middle", fill=PALE))
        parts.append(line(x(market), TOP, x(market), bottom, RED, dashes=True))
        for place, (value, row) in enumerate(zip(values, rows)):
            middle = TOP + ROW * (place + 0.5)
            colour = RED if row["model"] == "market" else BLUE
            parts.append(f'<circle cx="{x(value):.1f}" cy="{middle:g}" r="4.5" fill="{colour}"/>')
            # Away from the line, so that the label does not cross it.
            offset, anchor = (9, "start") if round(value, decimals) >= round(market, decimals) else (-9, "end")
            parts.append(text(x(value) + offset, middle + 4, f"{value:.{decimals}f}", anchor=anchor, size=11))
    note = "Test bmp at 1 %, two-sided. Dashed: the market model. The axes differ and do not start at zero."
    parts.append(text(LEFT, bottom + 40, note, size=11, fill=PALE))
    return "\n".join([*parts, "</svg>"]) + "\n"


def text(x, y, content, anchor="start", size=12, weight="normal", fill=INK):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}">{content}</text>'
    )


def line(x1, y1, x2, y2, colour, dashes=False):
    dash = ' stroke-dasharray="4 3"' if dashes else ""
    return f'<line x1="{x1:.1f}" y1="{y1:g}" x2="{x2:.1f}" y2="{y2:g}" stroke="{colour}"{dash}/>'


if __name__ == "__main__":
    main()
