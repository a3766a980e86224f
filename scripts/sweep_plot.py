#!/usr/bin/env python3
"""Figures from a collated sweep. Reads sweep.h5 and analysis.json; needs numpy, h5py and matplotlib.

Usage: sweep_plot.py [--outputs NAME ...] [--dpi N] [--format png|pdf|svg] FOLDER

Writes FOLDER/figures/: marginals (every output against every axis), response (two axes, the first output; grids of two or more
axes), and sensitivity (Sobol or Morris designs).
Exit codes: 0 done, 2 usage, 5 file missing or without what the figures need.
"""

import argparse
import json
import sys
from pathlib import Path

import h5py
import numpy as np

INK, ACCENT, PALE = "#16213e", "#c1121f", "#8d99ae"
MOST_OUTPUTS = 6


class CannotPlot(Exception):
    """The folder lacks what a figure shows."""


def texts(dataset):
    return [value.decode("utf-8", "replace").rstrip("\0") for value in dataset[()]]


class Sweep:
    """sweep.h5 and analysis.json of a folder."""

    def __init__(self, folder):
        self.folder = folder
        try:
            with h5py.File(folder / "sweep.h5", "r") as file:
                self.axes = texts(file["design/name"])
                self.units = texts(file["design/units"])
                self.values = file["design/values"][()]
                self.choices = {name: texts(data) for name, data in file.get("design/choices", {}).items()}
                self.outputs = {name: data[()] for name, data in file["summary"].items()}
                self.output_units = {
                    name: str(data.attrs.get("units", b"").decode() if isinstance(data.attrs.get("units", b""), bytes)
                              else data.attrs["units"])
                    for name, data in file["summary"].items()
                }
                self.coverage = (int(file.attrs["done"]), int(file.attrs["planned"]))
            self.analysis = json.loads((folder / "analysis.json").read_text())
        except (OSError, KeyError, ValueError) as error:
            raise CannotPlot(f"{folder}: {error}; run 'burgeon sweep analyse' first") from error

    def label(self, axis):
        unit = self.units[self.axes.index(axis)]
        return f"{axis} ({unit})" if unit else axis

    def output_label(self, name):
        unit = self.output_units.get(name, "")
        return f"{name} ({unit})" if unit not in ("", "1") else name

    def logarithmic(self, axis):
        """Values over more than a decade and a half are easier to see on a logarithmic scale."""
        x = self.values[:, self.axes.index(axis)]
        return axis not in self.choices and x.min() > 0 and x.max() / x.min() > 30


def stamp(figure, sweep):
    done, planned = sweep.coverage
    if done < planned:
        figure.text(0.99, 0.01, f"{done} of {planned} runs", ha="right", va="bottom", color=ACCENT, fontsize=8)


def plot_marginals(plt, sweep, outputs):
    rows, columns = len(outputs), len(sweep.axes)
    figure, grid = plt.subplots(rows, columns, figsize=(2.6 * columns + 0.8, 2.0 * rows + 0.6), squeeze=False, sharey="row")
    for i, output in enumerate(outputs):
        marginals = sweep.analysis["outputs"][output]["marginals"]
        for j, axis in enumerate(sweep.axes):
            ax, bins = grid[i][j], [b for b in marginals[axis] if b["mean"] is not None]
            runs = sweep.values[:, j], sweep.outputs[output]
            ax.plot(*runs, ".", color=PALE, ms=2, alpha=0.5, zorder=1)
            x, mean = [b["x"] for b in bins], np.array([b["mean"] for b in bins])
            sd = np.array([b["sd"] or 0.0 for b in bins])
            ax.plot(x, mean, "o-", color=INK, ms=3, lw=1.2, zorder=3)
            ax.fill_between(x, mean - sd, mean + sd, color=INK, alpha=0.15, lw=0, zorder=2)
            if sweep.logarithmic(axis):
                ax.set_xscale("log")
            if axis in sweep.choices:
                ax.set_xticks(range(len(sweep.choices[axis])), sweep.choices[axis])
            if i == rows - 1:
                ax.set_xlabel(sweep.label(axis))
            if j == 0:
                ax.set_ylabel(sweep.output_label(output))
    figure.suptitle(sweep.analysis["title"], fontsize=9)
    return figure


def plot_response(plt, sweep, outputs):
    """Mean over everything else for the two axes with the most values; None unless they form a grid."""
    counts = [len(np.unique(sweep.values[:, j])) for j in range(len(sweep.axes))]
    if len(counts) < 2:
        return None
    a, b = sorted(np.argsort(counts)[-2:])
    xs, ys = np.unique(sweep.values[:, a]), np.unique(sweep.values[:, b])
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > len(sweep.values):
        return None
    figure, grid = plt.subplots(1, len(outputs), figsize=(3.2 * len(outputs) + 0.5, 2.8), squeeze=False)
    for ax, output in zip(grid[0], outputs):
        surface = np.full((len(ys), len(xs)), np.nan)
        for i, y in enumerate(ys):
            for j, x in enumerate(xs):
                here = sweep.outputs[output][(sweep.values[:, a] == x) & (sweep.values[:, b] == y)]
                if np.isfinite(here).any():
                    surface[i, j] = np.nanmean(here)
        # Cells of equal size: the ticks carry the values.
        image = ax.imshow(surface, origin="lower", aspect="auto", cmap="viridis")
        for set_ticks, values, axis in ((ax.set_xticks, xs, sweep.axes[a]), (ax.set_yticks, ys, sweep.axes[b])):
            every = max(1, len(values) // 6)
            names = sweep.choices.get(axis)
            set_ticks(range(0, len(values), every), [names[int(v)] if names else f"{v:.3g}" for v in values[::every]])
        ax.set_xlabel(sweep.label(sweep.axes[a]))
        ax.set_ylabel(sweep.label(sweep.axes[b]))
        figure.colorbar(image, ax=ax, label=sweep.output_label(output))
    return figure


def plot_sensitivity(plt, sweep, outputs):
    found = [o for o in outputs if {"sobol", "morris"} & sweep.analysis["outputs"][o].keys()]
    if not found:
        return None
    figure, grid = plt.subplots(1, len(found), figsize=(3.0 * len(found) + 0.5, 2.8), squeeze=False)
    for ax, output in zip(grid[0], found):
        entry = sweep.analysis["outputs"][output]
        if "sobol" in entry:
            for k, (key, colour) in enumerate((("first", INK), ("total", ACCENT))):
                index = [entry["sobol"]["axes"][axis][key] for axis in sweep.axes]
                value = np.array([i["value"] if i["value"] is not None else np.nan for i in index])
                low = np.array([i["low"] if i["low"] is not None else np.nan for i in index])
                high = np.array([i["high"] if i["high"] is not None else np.nan for i in index])
                error = np.clip([value - low, high - value], 0, None)
                ax.bar(np.arange(len(index)) + 0.4 * k - 0.2, value, 0.38, yerr=error, color=colour,
                       error_kw={"lw": 0.8}, label="first order" if k == 0 else "total")
            ax.set_xticks(range(len(sweep.axes)), sweep.axes, rotation=30, ha="right")
            ax.set_ylabel("share of the variance")
            ax.legend(frameon=False)
        else:
            for axis in sweep.axes:
                index = entry["morris"]["axes"][axis]
                ax.plot(index["mu_star"]["value"], index["sigma"], "o", color=INK, ms=4)
                ax.annotate(axis, (index["mu_star"]["value"], index["sigma"]), xytext=(4, 3), textcoords="offset points")
            ax.set_xlabel("mean absolute effect")
            ax.set_ylabel("SD of the effect")
        ax.set_title(output, fontsize=9)
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--outputs", nargs="+", help=f"default: the first {MOST_OUTPUTS} with values")
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--format", choices=("png", "pdf", "svg"), default="png")
    arguments = parser.parse_args()
    try:
        sweep = Sweep(arguments.folder)
        outputs = arguments.outputs or [n for n, v in sweep.outputs.items() if np.isfinite(v).any()][:MOST_OUTPUTS]
        unknown = [name for name in outputs if name not in sweep.outputs]
        if unknown or not outputs:
            raise CannotPlot(f"no output {', '.join(unknown)}" if unknown else "no output has a value")
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        plt.rcParams.update({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False})
        folder = arguments.folder / "figures"
        folder.mkdir(exist_ok=True)
        for plot in (plot_marginals, plot_response, plot_sensitivity):
            figure = plot(plt, sweep, outputs)
            if figure is None:
                continue
            stamp(figure, sweep)
            figure.tight_layout()
            path = folder / f"{plot.__name__.removeprefix('plot_')}.{arguments.format}"
            figure.savefig(path, dpi=arguments.dpi)
            print(path)
    except (CannotPlot, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
