#!/usr/bin/python3
"""Figure of a fit. Reads fit.json and fit.csv; needs numpy and matplotlib.

Usage: fit_plot.py [--dpi N] [--format png|pdf|svg] FOLDER

Writes FOLDER/figures/fit: the distance from the targets over the runs used, every axis over the runs with its final 95 % interval,
and the outputs that were reached beside their targets.
Exit codes: 0 done, 2 usage, 5 file missing or without what the figure shows.
"""

import argparse
import csv
import json
import sys
from pathlib import Path

import numpy as np
from sweep_plot import ACCENT, INK, PALE, CannotPlot, panels, style


def read(folder):
    """fit.json as it is, and the columns of fit.csv as arrays with NaN for empty cells."""
    try:
        fit = json.loads((folder / "fit.json").read_text())
        with open(folder / "fit.csv", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError) as error:
        raise CannotPlot(f"{folder}: {error}; run 'burgeon sweep fit' first") from error
    if not rows or fit.get("distance") is None:
        raise CannotPlot(f"{folder}: the fit has not ended")
    stage = np.array([row["stage"] for row in rows])
    columns = {name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0] if name != "stage"}
    return fit, stage, columns


def plot_distance(ax, fit, stage, columns):
    search = stage == "search"
    generation = columns["generation"][search].astype(int)
    runs = np.array([g["runs"] for g in fit["generations"]], float)
    distance = columns["distance"][search]
    ax.plot(runs[generation], distance, ".", ms=3, color=PALE, label="points", zorder=1)
    best = np.array([np.nan if g["best"] is None else g["best"] for g in fit["generations"]])
    ax.plot(runs, best, "-", lw=1.2, color=INK, label="best of a generation", zorder=2)
    ax.axhline(fit["distance"], color=ACCENT, lw=1, ls="--", zorder=3,
               label=f"confirmed with {fit['confirmed_with']} fresh seeds")
    if np.nanmin(distance) > 0:
        ax.set_yscale("log")
    ax.set_xlabel("runs")
    ax.set_ylabel("distance (tolerances)")
    ax.legend(fontsize=6.5, framealpha=0.8, edgecolor="none")


def plot_axis(ax, fit, name, stage, columns):
    axis = fit["axes"][name]
    number = list(fit["axes"]).index(name)
    low, high = axis["from"], axis["to"]
    search = stage == "search"
    generation = columns["generation"][search].astype(int)
    runs = np.array([g["runs"] for g in fit["generations"]], float)
    ax.plot(runs[generation], columns[name][search], ".", ms=3, color=PALE, zorder=1)

    def value(u):
        # Folded at the ends of the range, as the search does it.
        u = np.abs(np.mod(np.asarray(u) + 1, 2) - 1)
        return np.exp(np.log(low) + u * (np.log(high) - np.log(low))) if axis["log"] else low + u * (high - low)

    mean = np.array([g["mean"][number] for g in fit["generations"]])
    ax.plot(runs, value(mean), "-", lw=1.2, color=INK, zorder=2)
    # The final interval beside the search, where it belongs to no number of runs.
    end = runs[-1] * 1.08
    ax.plot([end, end], [axis["low_95"], axis["high_95"]], "-", lw=1.5, color=ACCENT, zorder=3, clip_on=False)
    ax.plot(end, axis["value"], "o", ms=4, color=ACCENT, zorder=4, clip_on=False)
    ax.set_ylim(low, high)
    if axis["log"]:
        ax.set_yscale("log")
        ax.set_ylim(low, high)
    ax.set_xlabel("runs")
    ax.set_ylabel(f"{name} ({axis['unit']})" if axis["unit"] else name)


def plot_targets(ax, fit):
    """Offsets in tolerances, so that outputs of any unit share an axis."""
    names = list(fit["targets"])
    ax.axvspan(-1, 1, color=PALE, alpha=0.25, lw=0)
    ax.axvline(0, color=PALE, lw=0.8)
    widest = 1.5
    for row, name in enumerate(reversed(names)):
        target = fit["targets"][name]
        off = (target["value"] - target["target"]) / target["tolerance"]
        error = 1.96 * (target["standard_error"] or 0.0) / target["tolerance"]
        ax.errorbar(off, row, xerr=error, fmt="o", ms=4, color=ACCENT, elinewidth=1.2)
        widest = max(widest, abs(off) + error)
    labels = []
    for name in reversed(names):
        unit = fit["targets"][name]["unit"]
        labels.append(f"{name} = {fit['targets'][name]['target']:g}{'' if unit in ('', '1') else ' ' + unit}")
    ax.set_yticks(range(len(names)), labels)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.set_xlim(-1.1 * widest, 1.1 * widest)
    ax.set_xlabel("reached - target (tolerances)")


def plot_fit(plt, fit, stage, columns):
    figure, spots = panels(plt, 2 + len(fit["axes"]), 2.7, 2.3)
    plot_distance(spots[0], fit, stage, columns)
    for ax, name in zip(spots[1:], fit["axes"]):
        plot_axis(ax, fit, name, stage, columns)
    plot_targets(spots[-1], fit)
    figure.suptitle(fit["title"], fontsize=9)
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--format", choices=("png", "pdf", "svg"), default="png")
    arguments = parser.parse_args()
    try:
        fit = read(arguments.folder)
        plt = style()
        figure = plot_fit(plt, *fit)
        folder = arguments.folder / "figures"
        folder.mkdir(exist_ok=True)
        path = folder / f"fit.{arguments.format}"
        figure.savefig(path, dpi=arguments.dpi)
        print(path)
    except (CannotPlot, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
