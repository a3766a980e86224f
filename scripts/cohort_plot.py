#!/usr/bin/python3
"""Figure of a trial. Reads cohort.json; needs numpy and matplotlib.

Usage: cohort_plot.py [--dpi N] [--format png|pdf|svg] FOLDER

Writes FOLDER/figures/cohort: the mean course of every arm with its 95 % interval and the range of the middle 80 % of subjects,
response and remission at the endpoint, and, where responders were followed, the part that has not relapsed.
Exit codes: 0 done, 2 usage, 5 file missing or without what the figure shows.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from sweep_plot import ACCENT, INK, PALE, CannotPlot, letter, style

COLOURS = [ACCENT, INK, "#2a9d8f", "#e9a03b", "#7b2cbf", "#0077b6"]


def read(folder):
    try:
        cohort = json.loads((folder / "cohort.json").read_text())
    except (OSError, ValueError) as error:
        raise CannotPlot(f"{folder}: {error}; run 'burgeon sweep cohort' first") from error
    if not cohort.get("arms"):
        raise CannotPlot(f"{folder}: no arm in cohort.json")
    # The control arm is grey and last, whatever it is called.
    arms = sorted(cohort["arms"], key=lambda arm: arm["name"] == cohort["control"])
    for number, arm in enumerate(arms):
        arm["colour"] = PALE if arm["name"] == cohort["control"] else COLOURS[number % len(COLOURS)]
    return cohort, arms


def number(value):
    return np.nan if value is None else value


def column(rows, *keys):
    values = []
    for row in rows:
        for key in keys:
            row = row[key]
        values.append(number(row))
    return np.array(values, float)


def plot_courses(ax, cohort, arms):
    last = max(arm["visits"][-1]["day"] for arm in arms)
    for arm in arms:
        visits = arm["visits"]
        day = column(visits, "day")
        ax.fill_between(day, column(visits, "p10"), column(visits, "p90"), color=arm["colour"], alpha=0.12, lw=0)
        ax.fill_between(day, column(visits, "score", "low"), column(visits, "score", "high"), color=arm["colour"], alpha=0.5, lw=0)
        ax.plot(day, column(visits, "score", "value"), "o-", ms=2.5, lw=1.2, color=arm["colour"],
                label=f"{arm['name']} (n = {arm['enrolled']})")
    ax.axhline(cohort["remission"], color="0.6", lw=0.6, ls=":")
    ax.text(last, cohort["remission"], "remission", ha="right", va="bottom", fontsize=6, color="0.4")
    ax.set_xlabel("days after the first treatment")
    ax.set_ylabel("rating (points)")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, fontsize=6.5, loc="upper right")


def plot_rates(ax, cohort, arms):
    end = [min(arm["visits"], key=lambda v: abs(v["day"] - cohort["endpoint_d"])) for arm in arms]
    for offset, key, hatch in ((-0.19, "response", None), (0.19, "remission", "////")):
        for k, (arm, visit) in enumerate(zip(arms, end)):
            value, low, high = (100 * number(visit[key][part]) for part in ("value", "low", "high"))
            ax.bar(k + offset, value, 0.34, color=arm["colour"] if hatch is None else "white", edgecolor=arm["colour"], hatch=hatch, lw=0.8)
            ax.errorbar(k + offset, value, yerr=[[value - low], [high - value]], color="black", lw=0.8, capsize=2)
            ax.text(k + offset, high + 1.5, f"{value:.0f}", ha="center", fontsize=6)
    ax.set_xticks(range(len(arms)), [arm["name"] for arm in arms], rotation=20 if len(arms) > 3 else 0)
    ax.set_ylabel(f"% at day {cohort['endpoint_d']:g}")
    ax.set_ylim(0, 105)
    ax.bar(0, 0, color="0.4", label="response")
    ax.bar(0, 0, color="white", edgecolor="0.4", hatch="////", label="remission")
    ax.legend(frameon=False, fontsize=6.5, loc="upper right")


def plot_relapse(ax, cohort, arms):
    for arm in arms:
        relapse = arm["relapse"]
        if relapse["followed"] == 0 or not relapse.get("free"):
            continue
        day = np.concatenate(([0.0], column(relapse["free"], "day")))
        share = {part: np.concatenate(([1.0], column(relapse["free"], "share", part))) for part in ("value", "low", "high")}
        median = relapse["median_d"]["value"]
        label = f"{arm['name']} (n = {relapse['followed']}, median {'not reached' if median is None else f'{median:.0f} d'})"
        ax.step(day, share["value"], where="post", color=arm["colour"], lw=1.3, label=label)
        ax.fill_between(day, share["low"], share["high"], step="post", color=arm["colour"], alpha=0.25, lw=0)
    ax.axhline(0.5, color="0.6", lw=0.6, ls=":")
    ax.set_ylim(0, 1.02)
    ax.set_xlim(left=0)
    ax.set_xlabel(f"days after day {cohort['follow_d']:g}")
    ax.set_ylabel("responders without relapse")
    ax.legend(frameon=False, fontsize=6.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--format", choices=("png", "pdf", "svg"), default="png")
    options = parser.parse_args()
    try:
        cohort, arms = read(options.folder)
        plt = style()
        followed = "follow_d" in cohort
        figure, axes = plt.subplots(1, 3 if followed else 2, figsize=(9.6 if followed else 6.6, 2.9), layout="constrained",
                                    width_ratios=[1.4, 0.9, 1.2][: 3 if followed else 2])
        plot_courses(axes[0], cohort, arms)
        plot_rates(axes[1], cohort, arms)
        if followed:
            plot_relapse(axes[2], cohort, arms)
        for k, ax in enumerate(axes):
            letter(ax, k)
        done = "" if cohort["done"] == cohort["planned"] else f" ({cohort['done']} of {cohort['planned']} runs)"
        figure.suptitle(cohort["title"] + done, fontsize=9)
        (options.folder / "figures").mkdir(exist_ok=True)
        target = options.folder / "figures" / f"cohort.{options.format}"
        figure.savefig(target, dpi=options.dpi)
        print(target)
    except CannotPlot as error:
        print(f"cohort_plot: {error}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
