#!/usr/bin/python3
"""Figures from a collated sweep. Reads sweep.h5 and analysis.json; needs numpy, h5py and matplotlib.

Usage: sweep_plot.py [--outputs NAME ...] [--dpi N] [--format png|pdf|svg] FOLDER

Writes FOLDER/figures/: marginals (every output against every axis), response (the two axes with the most
values, in grids), sensitivity (Sobol or Morris designs), and tornado (one-at-a-time designs).
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


def style():
    """pyplot without a screen, with text and lines of a size that journals take."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.6,
                         "xtick.major.width": 0.6, "ytick.major.width": 0.6, "pdf.fonttype": 42, "svg.fonttype": "none"})
    return plt


def letter(ax, number):
    """A, B, C ... left above a panel."""
    ax.set_title(chr(ord("A") + number % 26), loc="left", fontsize=9, fontweight="bold")


def mark_axis(ax, sweep, axis):
    """Scale and ticks of the horizontal axis."""
    if axis in sweep.choices:
        ax.set_xticks(range(len(sweep.choices[axis])), sweep.choices[axis])
        ax.set_xlim(-0.5, len(sweep.choices[axis]) - 0.5)
    elif sweep.logarithmic(axis):
        ax.set_xscale("log")


def plot_marginals(plt, sweep, outputs):
    """Runs, and their mean with its 95 % interval, against every axis; scatter about the mean comes from the other axes."""
    rows, columns = len(outputs), len(sweep.axes)
    size = (max(2.3 * columns + 0.6, 3.4), 1.8 * rows + 0.9)
    figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False, sharex="col", sharey="row", layout="constrained")
    for i, output in enumerate(outputs):
        marginals = sweep.analysis["outputs"][output]["marginals"]
        for j, axis in enumerate(sweep.axes):
            ax, bins = grid[i][j], [b for b in marginals[axis] if b["mean"] is not None]
            ax.plot(sweep.values[:, j], sweep.outputs[output], ".", color=PALE, ms=4, alpha=0.7, mew=0, zorder=1, label="runs")
            half = [1.96 * (b["sd"] or 0.0) / np.sqrt(b["count"]) for b in bins]
            ax.errorbar([b["x"] for b in bins], [b["mean"] for b in bins], yerr=half, fmt="o-", color=INK, ms=3, lw=1,
                        elinewidth=0.8, capsize=1.5, zorder=3, label="mean, 95 % interval")
            mark_axis(ax, sweep, axis)
            if i == rows - 1:
                ax.set_xlabel(sweep.label(axis))
            if j == 0:
                ax.set_ylabel(sweep.output_label(output))
            letter(ax, i * columns + j)
    grid[0][0].legend(frameon=False, fontsize=6)
    figure.suptitle(sweep.analysis["title"], fontsize=9)
    return figure


def panels(plt, count, width, height):
    """Up to three panels in a row; the ones that are used."""
    across = 2 if count == 4 else min(3, count)
    down = -(-count // across)
    size = (max(width * across + 0.3, 3.4), height * down + 0.3)
    figure, grid = plt.subplots(down, across, figsize=size, squeeze=False, layout="constrained")
    for ax in grid.flat[count:]:
        ax.set_visible(False)
    for number, ax in enumerate(grid.flat[:count]):
        letter(ax, number)
    return figure, list(grid.flat[:count])


def surface_of(values, x, y, xs, ys):
    """Mean of the values in every cell [len(ys), len(xs)]; NaN where there is none."""
    surface = np.full((len(ys), len(xs)), np.nan)
    for i, b in enumerate(ys):
        for j, a in enumerate(xs):
            here = values[(x == a) & (y == b)]
            if np.isfinite(here).any():
                surface[i, j] = np.nanmean(here)
    return surface


def draw_lines(ax, sweep, output, along, by):
    """Means along one axis, a line per word of the other. Zero has its place beside a logarithmic scale."""
    x, word = sweep.values[:, along], sweep.values[:, by]
    xs, words = np.unique(x), np.unique(word)
    surface = surface_of(sweep.outputs[output], x, word, xs, words)
    colours = [INK, ACCENT, "#2a9d8f", "#e9a820", PALE, "#7b2d8b"]
    for line, (row, value) in enumerate(zip(surface, words)):
        ax.plot(xs, row, "o-", color=colours[line % len(colours)], ms=3, lw=1, label=sweep.choices[sweep.axes[by]][int(value)])
    above = xs[xs > 0]
    if xs.min() >= 0 and len(above) > 2 and above[-1] / above[0] > 10:
        ax.set_xscale("log" if xs[0] > 0 else "symlog", **({} if xs[0] > 0 else {"linthresh": above[0], "linscale": 0.5}))
        ax.set_xticks(xs, [f"{v:g}" for v in xs], minor=False)
        ax.set_xticks([], minor=True)
    ax.set_ylim(bottom=min(0.0, np.nanmin(surface)))
    ax.set_xlabel(sweep.label(sweep.axes[along]))
    ax.set_ylabel(sweep.output_label(output))


def plot_response(plt, sweep, outputs):
    """Mean over everything else for the two axes with the most values; None unless they form a grid. A line per word where one
    of them holds words, else a surface."""
    counts = [len(np.unique(sweep.values[:, j])) for j in range(len(sweep.axes))]
    if len(counts) < 2:
        return None
    a, b = sorted(np.argsort(counts, kind="stable")[-2:])
    xs, ys = np.unique(sweep.values[:, a]), np.unique(sweep.values[:, b])
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > len(sweep.values):
        return None
    figure, spots = panels(plt, len(outputs), 2.9, 2.4)
    words = [k for k in (a, b) if sweep.axes[k] in sweep.choices]
    if len(words) == 1:
        k = words[0]
        for ax, output in zip(spots, outputs):
            draw_lines(ax, sweep, output, a + b - k, k)
        spots[-1].legend(frameon=False, fontsize=6.5, title=sweep.axes[k], title_fontsize=6.5)
        figure.suptitle(sweep.analysis["title"], fontsize=9)
        return figure
    for ax, output in zip(spots, outputs):
        surface = surface_of(sweep.outputs[output], sweep.values[:, a], sweep.values[:, b], xs, ys)
        # Cells of equal size: the ticks carry the values.
        image = ax.imshow(surface, origin="lower", aspect="auto", cmap="viridis", interpolation="nearest")
        ax.set_facecolor("#e5e5e5")  # cells without a value
        for set_ticks, values, axis in ((ax.set_xticks, xs, sweep.axes[a]), (ax.set_yticks, ys, sweep.axes[b])):
            every = max(1, -(-len(values) // 7))
            names = sweep.choices.get(axis)
            set_ticks(range(0, len(values), every), [names[int(v)] if names else f"{v:.3g}" for v in values[::every]])
        ax.set_xlabel(sweep.label(sweep.axes[a]))
        ax.set_ylabel(sweep.label(sweep.axes[b]))
        figure.colorbar(image, ax=ax, label=sweep.output_label(output))
    figure.suptitle(sweep.analysis["title"], fontsize=9)
    return figure


def numbers(indices, key):
    return np.array([np.nan if i[key] is None else i[key] for i in indices])


def draw_sobol(ax, sweep, entry):
    """First-order and total indices, the axis that matters most on top."""
    total = [entry["axes"][axis]["total"] for axis in sweep.axes]
    order = np.argsort(np.nan_to_num(numbers(total, "value")), kind="stable")
    for shift, key, colour, name in ((0.17, "first", INK, "first order"), (-0.17, "total", ACCENT, "total")):
        indices = [entry["axes"][sweep.axes[k]][key] for k in order]
        value = numbers(indices, "value")
        error = np.clip([value - numbers(indices, "low"), numbers(indices, "high") - value], 0, None)
        ax.barh(np.arange(len(order)) + shift, value, 0.32, color=colour, xerr=error, label=name,
                error_kw={"lw": 0.8, "capsize": 1.5})
    ax.set_yticks(range(len(order)), [sweep.axes[k] for k in order])
    ax.axvline(0, color="k", lw=0.6)
    ax.set_xlabel("share of the variance, 95 % interval")


def draw_morris(ax, sweep, entry, unit):
    """Importance against interaction; names beside the points."""
    indices = [entry["axes"][axis] for axis in sweep.axes]
    stars = [index["mu_star"] for index in indices]
    value = numbers(stars, "value")
    error = np.clip([value - numbers(stars, "low"), numbers(stars, "high") - value], 0, None)
    sigma = numbers(indices, "sigma")
    ax.errorbar(value, sigma, xerr=error, fmt="o", color=INK, ms=4, elinewidth=0.8, capsize=1.5)
    # What matters little is named together, right of its points, so that names can be read.
    reach_x, reach_y = np.nanmax(np.append(value, 0.0)), np.nanmax(np.append(sigma, 0.0))
    little = [k for k in range(len(value)) if value[k] < 0.1 * reach_x and sigma[k] < 0.12 * reach_y]
    if little:
        ax.annotate(", ".join(sweep.axes[k] for k in little), (max(value[k] for k in little), np.mean([sigma[k] for k in little])),
                    xytext=(9, 0), textcoords="offset points", fontsize=6, color="#5c6378", va="center")
    # Other names stand above their points, or below where the next point is close above.
    spread = max(np.ptp(sigma[np.isfinite(sigma)]) if np.isfinite(sigma).any() else 0.0, 1e-300)
    for k, (axis, x, y) in enumerate(zip(sweep.axes, value, sigma)):
        if k in little:
            continue
        gaps = np.delete(sigma, k) - y
        crowded = ((gaps >= 0) & (gaps < 0.15 * spread)).any()
        ax.annotate(axis, (x, y), xytext=(0, -4 if crowded else 4), textcoords="offset points", fontsize=7, ha="center",
                    va="top" if crowded else "bottom")
    reach = np.nanmax(np.append(sigma, 0.0))
    ax.plot([0, reach], [0, reach], ":", color=PALE, lw=1, zorder=0)
    ax.set_xlim(0, 1.1 * max(np.nanmax(np.append(value + error[1], 0.0)), 1e-300))
    ax.set_ylim(-0.03 * reach if reach > 0 else -1, 1.25 * reach if reach > 0 else 1)
    suffix = f" ({unit} per range)" if unit not in ("", "1") else " (per range)"
    ax.set_xlabel("mean absolute effect" + suffix)
    ax.set_ylabel("SD of the effect" + suffix)


def plot_sensitivity(plt, sweep, outputs):
    found = [o for o in outputs if {"sobol", "morris"} & sweep.analysis["outputs"][o].keys()]
    if not found:
        return None
    figure, spots = panels(plt, len(found), 2.9, max(2.2, 0.32 * len(sweep.axes) + 1.2))
    sobol = "sobol" in sweep.analysis["outputs"][found[0]]
    for ax, output in zip(spots, found):
        entry = sweep.analysis["outputs"][output]
        if sobol:
            draw_sobol(ax, sweep, entry["sobol"])
        else:
            draw_morris(ax, sweep, entry["morris"], sweep.output_units.get(output, ""))
        ax.set_title(output, fontsize=8)
    if sobol:
        spots[-1].legend(frameon=False, fontsize=6.5, loc="lower right")
    figure.suptitle(sweep.analysis["title"], fontsize=9)
    return figure


def names_apart(means, choices, gap):
    """(place, name) of every value; those that are closer than `gap` share one."""
    groups = []
    for x, mean in sorted(means.items(), key=lambda item: item[1]):
        name = choices[int(x)] if choices else f"{x:g}"
        if groups and mean - groups[-1][0][-1] < gap:
            groups[-1][0].append(mean)
            groups[-1][1].append(name)
        else:
            groups.append(([mean], [name]))
    return [(np.mean(places), ", ".join(names)) for places, names in groups]


def plot_tornado(plt, sweep, outputs):
    """One-at-a-time designs: how far each axis alone moves an output from where all are at their baseline, which is the first point."""
    if sweep.analysis.get("design") != "one_at_a_time":
        return None
    baseline = sweep.values[0]
    figure, spots = panels(plt, len(outputs), 2.9, max(1.6, 0.42 * len(sweep.axes) + 0.9))
    for ax, output in zip(spots, outputs):
        value = sweep.outputs[output]
        centre = np.nanmean(value[(sweep.values == baseline).all(axis=1)])
        for row, axis in enumerate(sweep.axes):
            alone = sweep.values[:, row] != baseline[row]
            means = {x: np.nanmean(value[alone & (sweep.values[:, row] == x)]) for x in np.unique(sweep.values[alone, row])}
            ends = [*means.values(), centre]
            ax.plot([min(ends), max(ends)], [row, row], "-", color=PALE, lw=5, solid_capstyle="butt", zorder=1)
            ax.plot(list(means.values()), [row] * len(means), "o", color=INK, ms=3, zorder=3)
            for place, name in names_apart(means, sweep.choices.get(axis), 0.09 * np.ptp(value[np.isfinite(value)])):
                ax.annotate(name, (place, row), xytext=(0, 5), textcoords="offset points", ha="center", fontsize=6.5)
        ax.axvline(centre, color=ACCENT, lw=0.8, zorder=2)
        ax.set_yticks(range(len(sweep.axes)), [axis_name(sweep, k) for k in range(len(sweep.axes))])
        ax.set_ylim(-0.5, len(sweep.axes) - 0.35)
        ax.margins(x=0.12)
        ax.set_xlabel(sweep.output_label(output))
    figure.suptitle(sweep.analysis["title"] + " (line: baseline)", fontsize=9)
    return figure


def axis_name(sweep, k):
    """Axis with its baseline, the first point of a one-at-a-time design."""
    axis, value = sweep.axes[k], sweep.values[0][k]
    return f"{axis}\n({sweep.choices[axis][int(value)] if axis in sweep.choices else f'{value:g}'})"


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
        plt = style()
        folder = arguments.folder / "figures"
        folder.mkdir(exist_ok=True)
        for plot in (plot_marginals, plot_response, plot_sensitivity, plot_tornado):
            figure = plot(plt, sweep, outputs)
            if figure is None:
                continue
            stamp(figure, sweep)
            path = folder / f"{plot.__name__.removeprefix('plot_')}.{arguments.format}"
            figure.savefig(path, dpi=arguments.dpi)
            print(path)
    except (CannotPlot, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
