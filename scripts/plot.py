#!/usr/bin/python3
"""Figures from burgeon result files. Reads HDF5 only; needs numpy, h5py and matplotlib.

Usage: plot.py [--kind KIND] [--out IMAGE] [--dpi N] RUN [RUN ...]

KIND   overview       drug level, NMDA block, rates, rasters and spectra before and during (default); of a run with slow
                      processes the same as multiscale
       multiscale     drug in minutes, signalling in hours, spines, gain and mood in days, connections before and after
       raster         spikes of every population, whole run
       spectrum       power spectra before and during, per cell class
       drug           plasma, effect site, metabolites, block
       dose_response  rates against drug level, from several runs (or one CSV file with a column 'level', 'dose'
                      or 'concentration', an optional 'seed', and columns '<population>.rate')
RUN    result file, or its folder
Exit codes: 0 done, 2 usage, 5 file missing or without what the figure needs.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

import plot_slow
from plot_data import (CannotPlot, Run, band_power, binned_rate, mean_rate, need_spikes, points_of_csv, points_of_runs,
                       smooth, spectrum, student)

# One colour per cell class in every figure.
CLASSES = {
    "pyramidal": ("#16213e", ("pyramidal", "pyr", "excitatory", "exc", "e")),
    "PV": ("#c1121f", ("pv", "pvalb", "basket", "fs", "inhibitory", "inh", "i")),
    "SST": ("#e57c04", ("sst", "som", "martinotti")),
    "VIP": ("#2a8a4a", ("vip",)),
}
OTHERS = ("#6a4c93", "#1982c4", "#7f5539", "#5c677d")
DOSE, BEFORE = "#e9e4d4", "#8d99ae"
UNITS = ((86400e3, 3, "d"), (3600e3, 3, "h"), (60e3, 3, "min"), (1e3, 1, "s"), (1.0, 0, "ms"))


def colour_of(cell_class, taken={}):
    word = cell_class.lower()
    for colour, words in CLASSES.values():
        if word in words:
            return colour
    return taken.setdefault(word, OTHERS[len(taken) % len(OTHERS)])


def shade_of(run, population):
    """Colour of its class; paler for smaller populations of the same class."""
    import matplotlib.colors
    colour = np.array(matplotlib.colors.to_rgb(colour_of(run.cell_class(population))))
    return matplotlib.colors.to_hex(1.0 - (1.0 - colour) * 0.5 ** run.alike(population).index(population))


def rank(cell_class):
    """Place in the order of the legend: pyramidal, PV, SST, VIP, others."""
    order = [words for _, words in CLASSES.values()]
    return next((i for i, words in enumerate(order) if cell_class.lower() in words), len(order))


def rank_of(run):
    return sorted(run.populations, key=lambda name: (rank(run.cell_class(name)), -run.size(name), name))


# ---------------------------------------------------------------------------------------------------------------------
# Panels


def setup():
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({
        "font.size": 9, "font.family": "sans-serif", "axes.spines.top": False, "axes.spines.right": False,
        "axes.linewidth": 0.8, "axes.titlesize": 9.5, "axes.titleweight": "regular", "axes.titlelocation": "left",
        "axes.labelsize": 9, "legend.frameon": False, "legend.fontsize": 8, "xtick.labelsize": 8,
        "ytick.labelsize": 8, "lines.linewidth": 1.5, "figure.constrained_layout.use": True, "savefig.facecolor": "white",
        "svg.fonttype": "none", "pdf.fonttype": 42,
    })
    return plt


def time_unit(length):
    """Size [ms] and name of the unit in which `length` ms reads well."""
    return next(((size, name) for size, most, name in UNITS if length >= most * size), UNITS[-1][::2])


def letter(axis, name):
    axis.annotate(name, (0, 1), xycoords="axes fraction", xytext=(-34, 7), textcoords="offset points", fontsize=12,
                  fontweight="bold", annotation_clip=False)


def end_labels(axis, ends):
    """Names at the right ends of lines, (y, name, colour), moved apart where they would touch."""
    low, high = axis.get_ylim()
    gap = 0.09 * (high - low)
    last = -np.inf
    for y, name, colour in sorted(ends):
        at = max(y, last + gap)
        axis.annotate(name, (1, at), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
                      va="center", fontsize=8, color=colour, annotation_clip=False)
        last = at


def shade_doses(axis, run, unit, label=False):
    for start, stop in run.doses():
        if stop - start > 0.002 * run.end:
            axis.axvspan(start / unit, stop / unit, color=DOSE, lw=0, zorder=0)
        else:
            axis.axvline(start / unit, color="#a89f7d", lw=1.2, ls=(0, (4, 2)), zorder=0)
    if label and run.doses():
        start, stop = run.doses()[0]
        axis.annotate("drug given" if stop > start else "bolus", (start / unit, 1), xycoords=("data", "axes fraction"),
                      xytext=(4, -3), textcoords="offset points", va="top", fontsize=8, color="#7d7455")


def draw_level(axis, run, unit):
    """Plasma on the left axis, effect site on the right one."""
    plasma = run.columns(unit=("ug/L", "ng/mL"), ending=".plasma_ng_ml")
    time, level, drug = run.level()
    if plasma:
        _, (plasma_time, values) = next(iter(plasma.items()))
        axis.fill_between(plasma_time / unit, values, color=BEFORE, alpha=0.3, lw=0)
        axis.plot(plasma_time / unit, values, color=BEFORE, lw=1.0)
        axis.set_ylabel(f"{drug} in plasma (ng/mL)", color="#66728a")
        site = axis.twinx()
        site.spines["right"].set_visible(True)
    else:
        site = axis
    site.plot(time / unit, level, color="#3a0ca3")
    site.set_ylabel("effect site (µM)" if plasma else f"{drug} at effect site (µM)", color="#3a0ca3")
    site.set_ylim(0, 1.18 * level.max())
    if plasma:
        axis.set_ylim(0, 1.18 * max(values.max(), 1e-9))


def draw_block(axis, run, unit):
    ends = []
    for population in rank_of(run):
        for name, (time, values) in run.columns(meaning="blocked").items():
            if name.split(".")[0] != population:
                continue
            colour = shade_of(run, population)
            axis.plot(time / unit, 100.0 * values, color=colour)
            ends.append((100.0 * values[-1], run.label(population), colour))
    axis.set_ylabel("NMDA receptors\nblocked (%)")
    axis.set_ylim(bottom=0)
    end_labels(axis, ends)
    return bool(ends)


def draw_rates(axis, run, unit):
    """Smoothed rates as percent of baseline (Hz when there is no baseline)."""
    before, _ = run.windows()
    relative = before is not None and run.level() is not None
    width = max(5.0, run.end / 1000.0)
    if relative:
        axis.axhline(100.0, color="#555555", lw=0.8, ls=(0, (5, 3)), zorder=1)
    ends = []
    for population in rank_of(run):
        centre, rate = binned_rate(run.spikes(population)[0], run.size(population), run.discard, run.end, width)
        base = mean_rate(run, population, before) if relative else 1.0
        colour = shade_of(run, population)
        if base <= 0.0:
            continue
        curve = smooth(rate, 12.0) * (100.0 / base if relative else 1.0)
        axis.plot(centre / unit, curve, color=colour, lw=1.4)
        name = run.label(population)
        ends.append((curve[-1], f"{name} {base:.2g} Hz" if relative else name, colour))
    axis.set_ylabel("firing rate\n(% of baseline)" if relative else "firing rate (Hz)")
    axis.set_ylim(bottom=0)
    end_labels(axis, ends)


def draw_raster(axis, run, window, most, labels=True):
    """Spikes of a few neurons of every population, grouped by class. `window` in ms; time from its start."""
    unit, unit_name = time_unit(window[1] - window[0]) if window[1] - window[0] > 3000.0 else (1.0, "ms")
    total = sum(run.size(p) for p in run.populations)
    base = 0
    for population in reversed(rank_of(run)):
        shown = min(run.size(population), max(12, int(most * run.size(population) / total)))
        times, ids = run.spikes(population)
        inside = (times >= window[0]) & (times < window[1]) & (ids < shown)
        colour = shade_of(run, population)
        axis.plot((times[inside] - window[0]) / unit, base + ids[inside], ls="none", marker="|", ms=2.6, mew=0.7, color=colour,
                  rasterized=True)
        if labels:
            axis.annotate(run.label(population), (0, base + shown / 2), xycoords=("axes fraction", "data"), xytext=(-5, 0),
                          textcoords="offset points", ha="right", va="center", fontsize=8, color=colour)
        base += shown + 4
    axis.set_ylim(-2, base - 2)
    axis.set_xlim(0, (window[1] - window[0]) / unit)
    if unit == 1.0:
        axis.set_xticks([0, (window[1] - window[0]) / 2])
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.set_xlabel(f"time ({unit_name})")


def draw_spectrum(axis, run, population, label=True):
    before, during = run.windows()
    colour = shade_of(run, population)
    curves = [(spectrum(run, population, before), BEFORE, "baseline" if during else "whole run"),
              (spectrum(run, population, during), colour, "during drug")]
    curves = [item for item in curves if item[0] is not None]
    for (frequency, density), ink, name in curves:
        shown = (frequency >= 1.0) & (frequency <= 100.0)
        axis.semilogy(frequency[shown], smooth(density, 0.8)[shown], color=ink, label=name)
    axis.axvspan(30, 80, color="#f3f3f3", lw=0, zorder=0)
    note = "30–80 Hz"
    if len(curves) == 2:
        ratio = band_power(curves[1][0], 30, 80) / max(band_power(curves[0][0], 30, 80), 1e-300)
        note += f"\npower × {ratio:.2f}"
    axis.annotate(note, (55, 0.97), xycoords=("data", "axes fraction"), ha="center", va="top", fontsize=8, color="#555555")
    axis.set_xlim(1, 100)
    axis.set_xlabel("frequency (Hz)")
    axis.set_ylabel(f"{run.label(population)} rate power\n(Hz²/Hz)")
    # Room above the curves for the words.
    low, high = axis.get_ylim()
    axis.set_ylim(low, high * (high / low) ** 0.25)
    if label and curves:
        axis.legend(loc="upper left", borderaxespad=0.0, handlelength=1.0, handletextpad=0.5)
    return bool(curves)


# ---------------------------------------------------------------------------------------------------------------------
# Figures


def need_drug(run):
    if run.level() is None:
        raise CannotPlot(f"{run.path}: no drug level in it; add [record.drug] with kind = \"signal\", variable = \"*\"")


def multiscale(plt, runs):
    run = runs[0]
    order = rank_of(run) or [item["name"] for item in run.config.get("populations", [])]
    return plot_slow.multiscale(plt, run, order, lambda population: shade_of(run, population), letter)


def overview(plt, runs):
    run = runs[0]
    if plot_slow.has_slow(run):
        return multiscale(plt, runs)
    need_spikes(run)
    unit, unit_name = time_unit(run.end)
    before, during = run.windows()
    has_drug = run.level() is not None
    has_block = has_drug and bool(run.columns(meaning="blocked"))
    rows = (["level"] if has_drug else []) + (["block"] if has_block else []) + ["rates"]

    figure = plt.figure(figsize=(12.0, 2.1 + 1.75 * len(rows)))
    figure.suptitle(run.title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    left, right = figure.subfigures(1, 2, width_ratios=(1.15, 1.0), wspace=0.04)
    axes = dict(zip(rows, np.atleast_1d(left.subplots(len(rows), 1, sharex=True))))
    for name, draw in (("level", draw_level), ("block", draw_block), ("rates", draw_rates)):
        if name in axes:
            draw(axes[name], run, unit)
            shade_doses(axes[name], run, unit, label=name == rows[0])
    axes["rates"].set_xlabel(f"time ({unit_name})")
    axes["rates"].set_xlim(0, run.end / unit)

    # Rasters: the last second before the first dose, and the second in the middle of the highest level.
    shapes = (1.45, 1.0) if len(rows) > 1 else (1.0, 1.0)
    upper, lower = right.subfigures(2, 1, height_ratios=shapes)
    seconds = []
    if before:
        seconds.append((max(before[1] - 1000.0, before[0]), before[1], "baseline" if during else "last second"))
    if during:
        middle = (during[0] + during[1]) / 2
        seconds.append((middle - 500.0, middle + 500.0, "during drug"))
    rasters = np.atleast_1d(upper.subplots(1, len(seconds)))
    for i, (axis, (start, stop, name)) in enumerate(zip(rasters, seconds)):
        draw_raster(axis, run, (start, stop), 130, labels=i == 0)
        axis.set_title(f"{name} ({start / unit:.3g} {unit_name})")
    power = lower.subplots()
    draw_spectrum(power, run, rank_of(run)[0])
    for name, axis in zip("ABCDEFG", [axes[row] for row in rows] + [rasters[0], power]):
        letter(axis, name)
    left.align_ylabels(list(axes.values()))
    return figure


def raster(plt, runs):
    run = runs[0]
    need_spikes(run)
    figure, axis = plt.subplots(figsize=(10.0, 5.0))
    draw_raster(axis, run, (0.0, run.end), 240)
    unit, _ = time_unit(run.end) if run.end > 3000.0 else (1.0, "ms")
    shade_doses(axis, run, unit, label=True)
    axis.set_title(run.title)
    return figure


def spectra(plt, runs):
    run = runs[0]
    need_spikes(run)
    names = rank_of(run)
    figure, axes = plt.subplots(1, len(names), figsize=(3.3 * len(names) + 0.5, 3.2), squeeze=False)
    drawn = [draw_spectrum(axis, run, name, label=i == 0) for i, (axis, name) in enumerate(zip(axes[0], names))]
    if not any(drawn):
        raise CannotPlot(f"{run.path}: too short for a spectrum, which needs at least 1 s")
    for axis, name in zip(axes[0], names):
        axis.set_title(run.label(name))
    figure.suptitle(run.title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return figure


def drug(plt, runs):
    run = runs[0]
    need_drug(run)
    unit, unit_name = time_unit(run.end)
    block = bool(run.columns(meaning="blocked"))
    figure, axes = plt.subplots(3 if block else 2, 1, figsize=(8.0, 7.5 if block else 5.2), sharex=True)
    draw_level(axes[0], run, unit)
    ends = []
    for i, (name, (time, values)) in enumerate(sorted(run.columns(unit=("uM",), ending="effect_site").items())):
        colour = "#3a0ca3" if name.count(".") == 1 else OTHERS[i % len(OTHERS)]
        if values.max() > 0.0:
            axes[1].plot(time / unit, values, color=colour)
            ends.append((values[-1], name.removesuffix(".effect_site").split(".")[-1], colour))
    axes[1].set_ylabel("free, at effect site (µM)")
    axes[1].set_ylim(bottom=0)
    end_labels(axes[1], ends)
    if block:
        draw_block(axes[2], run, unit)
    for i, axis in enumerate(axes):
        shade_doses(axis, run, unit, label=i == 0)
        letter(axis, "ABC"[i])
    axes[-1].set_xlabel(f"time ({unit_name})")
    axes[-1].set_xlim(0, run.end / unit)
    figure.suptitle(run.title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    figure.align_ylabels(list(axes))
    return figure


def dose_response(plt, runs):
    """Rate against level, percent of the drug-free rate: one dot per seed, mean, 95 % interval of the mean."""
    label = "effect-site concentration (µM)"
    if isinstance(runs, Path):
        points, column = points_of_csv(runs)
        label = label if column == "level" else column
    else:
        points = points_of_runs(runs)
    classes = sorted(dict.fromkeys(name for _, name, _, _ in points), key=rank)
    # A run without a drug-free stretch is compared with the mean of the runs at level 0.
    drug_free = {c: np.mean([r for x, n, r, b in points if n == c and x == 0.0 and b is None] or [np.nan]) for c in classes}
    if any(b is None for *_, b in points) and not all(np.isfinite(v) and v > 0 for v in drug_free.values()):
        raise CannotPlot("dose_response needs runs at level 0, or runs with a drug-free stretch before the first dose")

    figure, axis = plt.subplots(figsize=(6.2, 4.2))
    axis.axhline(100.0, color="#555555", lw=0.8, ls=(0, (5, 3)), zorder=1)
    ends = []
    for name in classes:
        colour = colour_of(name)
        own = [(float(f"{x:.2g}"), 100.0 * r / (b or drug_free[name])) for x, n, r, b in points if n == name and x > 0.0]
        levels = sorted({x for x, _ in own})
        if not levels:
            raise CannotPlot("dose_response needs at least one run with drug")
        groups = [np.array([y for x, y in own if x == at]) for at in levels]
        mean = np.array([group.mean() for group in groups])
        half = np.array([student(len(g)) * g.std(ddof=1) / np.sqrt(len(g)) if len(g) > 1 else 0.0 for g in groups])
        axis.plot([x for x, _ in own], [y for _, y in own], ls="none", marker="o", ms=3, mew=0, alpha=0.35, color=colour)
        axis.plot(levels, mean, color=colour, marker="o", ms=4.5)
        axis.fill_between(levels, mean - half, mean + half, color=colour, alpha=0.13, lw=0)
        ends.append((mean[-1], name, colour))
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(plt.FuncFormatter(lambda x, _: f"{x:g}"))
    axis.set_xlabel(label)
    axis.set_ylabel("firing rate (% of drug-free)")
    axis.set_ylim(bottom=0)
    end_labels(axis, ends)
    seeds = max(len([1 for x, n, *_ in points if n == classes[0] and x == at]) for at in {p[0] for p in points})
    axis.set_title(f"dots: runs ({seeds} seed{'s' if seeds != 1 else ''}), line: mean, band: 95 % interval of the mean", fontsize=8,
                   color="#555555")
    return figure


KINDS = {"overview": overview, "multiscale": multiscale, "raster": raster, "spectrum": spectra, "drug": drug, "dose_response": dose_response}


def main(words=None):
    parser = argparse.ArgumentParser(description="Figures from burgeon result files.")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("--kind", choices=KINDS, default="overview")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--dpi", type=int, default=150)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args(words)
    try:
        table = arguments.runs[0] if arguments.runs[0].suffix == ".csv" else None
        if len(arguments.runs) > 1 and (arguments.kind != "dose_response" or table):
            parser.error("several files make sense for --kind dose_response only (and one CSV file at a time)")
        if table and arguments.kind != "dose_response":
            parser.error("a CSV file makes sense for --kind dose_response only")
        runs = table or [Run(path) for path in arguments.runs]
        out = arguments.out or (table.parent if table else runs[0].path.parent) / f"{arguments.kind}.png"
        figure = KINDS[arguments.kind](setup(), runs)
        out.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(out, dpi=arguments.dpi)
        # A figure of months goes into papers: beside the image the same with lines as lines.
        if not arguments.out and not table and (arguments.kind == "multiscale" or plot_slow.has_slow(runs[0])):
            figure.savefig(out.with_suffix(".pdf"), dpi=2 * arguments.dpi)
    except (CannotPlot, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 5
    print(json.dumps({"figure": str(out)}) if arguments.json else f"figure  {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
