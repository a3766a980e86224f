"""The figure of a run with slow processes: from the minutes of an infusion to the months after it. Used by plot.py.

Signals are found by the model that writes them, as the resolved configuration in the file says, never by their names.
"""

from dataclasses import dataclass

import h5py
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import NullLocator

from plot_data import CannotPlot, edge_files, text

MINUTE, HOUR, DAY = 60e3, 3600e3, 86400e3  # ms

# Okabe & Ito 2008: told apart with any colour vision.
BLACK, BLUE, ORANGE, GREEN, RED, SKY, PINK = "#1a1a1a", "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7"
DOSE, GREY = "#b9cfe0", "#8a8f98"

# What panel C shows: model, output, label, colour, in the order of the cascade.
CASCADE = (("glutamate", "tone", "glutamate", ORANGE), ("bdnf", "level", "BDNF", GREEN), ("mtorc1", "activity", "mTORC1", BLUE),
           ("protein", "level", "protein", PINK), ("ampa_gain", "gain", "AMPA gain", RED))
GAINS = (("ampa_gain", "gain", "AMPA gain", RED), ("synaptic_scaling", "gain", "synaptic scaling", GREEN),
         ("homeostatic_gain", "gain", "homeostatic gain", BLUE))


def processes(run, model):
    """Names of the slow processes and structural rules of a model; one that is called like its model comes first."""
    items = run.config.get("slow", []) + run.config.get("structure", [])
    names = [item["name"] for item in items if item.get("model") == model]
    return sorted(names, key=lambda name: name != model)


def series(run, name):
    """(time ms, values) where finite; None when it was not recorded."""
    if name not in run.series:
        return None
    time, data = run.series[name]
    time, values = time[()], data[()]
    good = np.isfinite(values)
    return (time[good], values[good]) if good.any() else None


def signal(run, model, output):
    """The first recorded `output` of a process of this model."""
    found = (series(run, f"{name}.{output}") for name in processes(run, model))
    return next((item for item in found if item is not None), None)


def has_slow(run):
    """Does the run have slow processes or synapses that come and go, over more than an hour?"""
    return bool(run.config.get("slow") or run.config.get("structure")) and run.end > HOUR


def stress_of(run):
    """(time, 0 ... 1) of the stress a process writes, else of the load that the file gives; None without."""
    found = signal(run, "stress", "level")
    if found is not None:
        return found
    for item in run.config.get("slow", []):
        source = item.get("inputs", {}).get("load")
        if item.get("model") == "stress" and isinstance(source, str):
            return series(run, source)
    return None


def steps_of(run):
    """The log of bursts and leaps as a dictionary of columns; None for a run without."""
    group = run.file.get("run/series/multiscale")
    if group is None or "span" not in group:
        return None
    return {name: data[()] for name, data in group.items()}


@dataclass
class Moment:
    time: float  # ms
    name: str


def moments(run):
    """Up to three times at which the connections are looked at: before stress, before treatment, after it."""
    doses, stress = run.doses(), stress_of(run)
    start = run.discard
    if stress is not None:
        risen = np.flatnonzero(stress[1] > 0.02 * max(stress[1].max(), 1e-9))
        start = max(start, float(stress[0][max(risen[0] - 1, 0)])) if len(risen) else start
    before = Moment(start, "before stress" if stress is not None and stress[1].max() > 0 else "at the start")
    if doses:
        first, last = doses[0][0], doses[-1][1]
        density = density_of(run)
        after = run.end
        if density is not None:
            later = density[0] > last
            if later.any():
                after = float(density[0][later][np.argmax(density[1][later])])
        middle = [Moment(first, "before treatment")] if first > start + DAY else []
        return [before, *middle, Moment(after, "after treatment")]
    if stress is not None and stress[1].max() > 0:
        return [before, Moment(float(stress[0][np.argmax(stress[1])]), "under most stress"), Moment(run.end, "at the end")]
    return [before, Moment(run.end, "at the end")]


def density_of(run):
    """(time, synapses relative to the start) of the first structural rule, or of pools of spines."""
    for model in ("spine_turnover", "spine_pools"):
        found = signal(run, model, "density")
        if found is not None:
            return found
    for rule in run.config.get("structure", []):
        found = series(run, f"{rule['name']}.synapses")
        if found is not None:
            return found[0], found[1] / max(found[1][0], 1.0)
    return None


def classes_of(run):
    """[(label, time, percent of the synapses at the start, colour)] of new and lost synapses."""
    for model, scale_name, new, lost in (("spine_turnover", "mature", "new", "lost"), ("spine_pools", None, "fresh", "lost")):
        parts = {name: signal(run, model, name) for name in ("mature", new, lost)}
        if parts[new] is None:
            continue
        whole = (parts["mature"][1][0] + parts[new][1][0]) if scale_name else 1.0
        return [(label, parts[name][0], 100.0 * parts[name][1] / whole, colour)
                for label, name, colour in (("mature", "mature", GREEN), ("new", new, BLUE), ("lost sites", lost, RED))
                if parts[name] is not None]
    return []


# ---------------------------------------------------------------------------------------------------------------------
# Connections over time


@dataclass
class Edges:
    """Synapses of one projection: uid -> (source, target)."""
    pairs: dict
    sources: int
    targets: int
    name: str


def logged_projection(run):
    """Name and group of the first log of topology that has rows; (None, None) without."""
    for name, group in run.file.get("run/topology", {}).items():
        if len(group.get("time", ())) > 0:
            return name, group
    return None, None


def first_edges(run, projection):
    """Synapses at the earliest snapshot beside the result file, with its time; None when there is none."""
    spec = next((p for p in run.config.get("projections", []) if p.get("name") == projection), None)
    for time, path in edge_files(run.path.parent):
        with h5py.File(path, "r") as file:
            for name, group in file["edges"].items():
                if "uid" not in group["0"] or (spec and not matches(run, spec, name)):
                    continue
                source, target = name.split("__")[:2]
                uid = group["0/uid"][()]
                pairs = dict(zip(uid.tolist(), zip(group["source_node_id"][()].tolist(), group["target_node_id"][()].tolist())))
                return time, Edges(pairs, run.size(source), run.size(target), projection)
    return None


def matches(run, spec, group):
    """Is <source>__<target>__<receptor> the group of this projection?"""
    populations = [p["name"] for p in run.config.get("populations", [])]

    def name(side):
        value = spec.get(side)
        value = value.get("population", value.get("name")) if isinstance(value, dict) else value
        return populations[value] if isinstance(value, int) and value < len(populations) else str(value).split(".")[0]

    return group.startswith(f"{name('source')}__{name('target')}__")


def follow(log, start, edges, times):
    """The synapses at each of `times`, from a snapshot at `start` and the log; uids that are there at each time."""
    when, kind = log["time"][()], log["kind"][()]
    uid, source, target = (log[name][()].tolist() for name in ("uid", "source", "target"))
    alive, i, states = dict(edges.pairs), int(np.searchsorted(when, start, side="right")), []
    for time in sorted(times):
        while i < len(when) and when[i] <= time:
            if kind[i] == 0:
                alive[uid[i]] = (source[i], target[i])
            elif kind[i] == 1:
                alive.pop(uid[i], None)
            i += 1
        states.append(dict(alive))
    return states


def gains_per_target(log, targets, times):
    """Change of the number of synapses onto every neuron since the start, at each time."""
    when, kind, target = log["time"][()], log["kind"][()], log["target"][()].astype(np.int64)
    step = np.where(kind == 0, 1, np.where(kind == 1, -1, 0))
    return [np.bincount(target[when <= t], weights=step[when <= t], minlength=targets) for t in times]


# ---------------------------------------------------------------------------------------------------------------------
# Panels


def spread(axis, ends, gap=0.12):
    """Names at the right ends of lines, (y, name, colour), moved apart where they would touch, and kept inside."""
    if not ends:
        return
    low, high = axis.get_ylim()
    at = lambda y: (np.log(y / low) / np.log(high / low)) if axis.get_yscale() == "log" else (y - low) / (high - low)
    items = sorted((float(np.clip(at(y), 0.0, 1.0)), name, colour) for y, name, colour in ends)
    places = []
    for y, *_ in items:
        places.append(max(y, places[-1] + gap) if places else y)
    over = max(0.0, places[-1] - 1.0)
    for k in range(len(places) - 1, -1, -1):
        places[k] = min(places[k] - (over if k == len(places) - 1 else 0.0), places[k + 1] - gap if k + 1 < len(places) else 9.0)
    for place, (_, name, colour) in zip(places, items):
        axis.annotate(name, (1, place), xycoords="axes fraction", xytext=(5, 0), textcoords="offset points", va="center",
                      fontsize=8, color=colour, annotation_clip=False)


def window(time, values, start, stop):
    """The samples in [start, stop] and one on either side, so that lines reach the edges of the panel."""
    first, last = np.searchsorted(time, [start, stop])
    part = slice(max(first - 1, 0), last + 1)
    return time[part], values[part]


def draw_drug(axis, run, around):
    """Plasma and effect site around the first dose, in minutes after its start."""
    zero = run.doses()[0][0]
    time, level, drug = run.level()
    time, level = window(time, level, zero + around[0], zero + around[1])
    plasma = run.columns(unit=("ug/L", "ng/mL"), ending=".plasma_ng_ml")
    site = axis
    if plasma:
        at, values = window(*next(iter(plasma.values())), zero + around[0], zero + around[1])
        axis.plot((at - zero) / MINUTE, values, color=BLUE)
        axis.set_ylabel("plasma\n(ng/mL)", color=BLUE)
        axis.set_ylim(0, 1.12 * max(values.max(), 1e-9))
        site = axis.twinx()
        site.spines["right"].set_visible(True)
    site.plot((time - zero) / MINUTE, level, color=BLACK, ls=(0, (5, 1.5)))
    site.set_ylabel("effect site\n(µM)", color=BLACK)
    site.set_ylim(0, 1.12 * max(level.max(), 1e-9))
    axis.set_title(drug)


def draw_block(axis, run, around, order, colour_of):
    zero = run.doses()[0][0]
    ends = []
    for population in order:
        for name, (time, values) in run.columns(meaning="blocked").items():
            if name.split(".")[0] != population:
                continue
            time, values = window(time, values, zero + around[0], zero + around[1])
            if len(time) < 2:
                continue
            # Dashes in turn: curves that lie on each other stay visible.
            style = (0, (4, 3)) if len(ends) % 3 == 2 else "-"
            colour = colour_of(population)
            axis.plot((time - zero) / MINUTE, 100.0 * values, color=colour, lw=1.5, ls=style)
            ends.append((100.0 * np.interp(zero + around[1], time, values), run.label(population), colour))
    axis.set_ylabel("NMDA receptors\nblocked (%)")
    axis.set_ylim(bottom=0)
    spread(axis, ends, 0.15)


def draw_cascade(axis, run, zero, around):
    """What the drug sets off, relative to the baseline."""
    ends = []
    for model, output, label, colour in CASCADE:
        found = signal(run, model, output)
        if found is None:
            continue
        time, values = window(*found, zero + around[0], zero + around[1])
        axis.plot((time - zero) / HOUR, 100.0 * values, color=colour)
        ends.append((100.0 * np.interp(zero + around[1], time, values), label, colour))
    axis.axhline(100.0, color=GREY, lw=0.8, ls=(0, (5, 3)), zorder=0)
    axis.set_ylabel("level (% of baseline)")
    axis.set_xlabel("hours after the first dose")
    axis.set_xlim(around[0] / HOUR, around[1] / HOUR)
    spread(axis, ends, 0.07)


def shade_stress(axis, run):
    """Stress as a tint whose strength is its level."""
    found = stress_of(run)
    if found is None or found[1].max() <= 0.0:
        return
    time, level = found
    edges = np.linspace(0.0, run.end, 400)
    values = np.interp(0.5 * (edges[1:] + edges[:-1]), time, level)
    low, high = axis.get_ylim()
    tint = LinearSegmentedColormap.from_list("stress", ["#ffffff", "#f0d2b0"])
    axis.imshow(values[None, :], extent=(0.0, run.end / DAY, 0.0, 1.0), transform=axis.get_xaxis_transform(), aspect="auto",
                cmap=tint, vmin=0.0, vmax=max(1.0, level.max()), zorder=-5, interpolation="bilinear")
    axis.set_ylim(low, high)


def mark_doses(axis, run):
    for start, _ in run.doses():
        axis.axvline(start / DAY, color=BLUE, lw=0.8, alpha=0.55, zorder=-1)


def draw_spines(axis, run):
    density = density_of(run)
    axis.plot(density[0] / DAY, 100.0 * density[1], color=BLACK)
    axis.set_ylabel("spines\n(% of start)")
    axis.axhline(100.0, color=GREY, lw=0.8, ls=(0, (5, 3)), zorder=0)
    ends = [(100.0 * density[1][-1], "all", BLACK)]
    for label, time, values, colour in classes_of(run):
        if label == "mature":
            axis.plot(time / DAY, values, color=colour)
            ends.append((values[-1], label, colour))
    spread(axis, ends, 0.16)


def draw_turnover(axis, run):
    ends = []
    for label, time, values, colour in classes_of(run):
        if label == "mature":
            continue
        axis.plot(time / DAY, values, color=colour)
        ends.append((values[-1], label, colour))
    axis.set_ylim(bottom=0)
    axis.set_ylabel("turnover\n(% of start)")
    spread(axis, ends, 0.26)


def draw_gain(axis, run):
    ends, low, high = [], 0.98, 1.08
    for model, output, label, colour in GAINS:
        found = signal(run, model, output)
        if found is not None:
            axis.plot(found[0] / DAY, found[1], color=colour)
            ends.append((found[1][-1], label, colour))
            low, high = min(low, found[1].min()), max(high, found[1].max())
    # A change too small to matter should look like one.
    axis.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    axis.axhline(1.0, color=GREY, lw=0.8, ls=(0, (5, 3)), zorder=0)
    axis.set_ylabel("response\ngain")
    spread(axis, ends, 0.26)


def draw_mood(axis, run):
    time, points = signal(run, "mood", "severity")
    axis.plot(time / DAY, points, color=BLACK)
    axis.set_ylabel("severity\n(MADRS)")
    axis.set_ylim(0, max(1.1 * points.max(), 10.0))


def draw_steps(axis, run):
    """Length of every macro step; those with a doubt are marked."""
    steps = steps_of(run)
    leapt = steps["span"] > 1.001 * steps["burst"]
    axis.plot(steps["time"][leapt] / DAY, steps["span"][leapt], ls="none", marker=".", ms=2.2, color=BLACK, rasterized=True)
    axis.plot(steps["time"] / DAY, steps["burst"], ls="none", marker=".", ms=2.2, color=SKY, rasterized=True)
    doubtful = steps["doubt"].astype(np.int64) != 0
    axis.set_yscale("log")
    low, high = axis.get_ylim()
    ends = [(float(np.median(steps["span"][leapt])) if leapt.any() else high, "leap", BLACK),
            (float(np.median(steps["burst"])), "burst", SKY)]
    ticks = [(1e3, "1 s"), (MINUTE, "1 min"), (HOUR, "1 h"), (DAY, "1 d")]
    axis.set_yticks([t for t, _ in ticks if low <= t <= high], [name for t, name in ticks if low <= t <= high])
    axis.yaxis.set_minor_locator(NullLocator())
    if doubtful.any():
        axis.set_ylim(low, high * (high / low) ** 0.25)
        axis.plot(steps["time"][doubtful] / DAY, np.full(doubtful.sum(), 0.95), transform=axis.get_xaxis_transform(), ls="none",
                  marker="|", ms=6, mew=0.8, color=RED, clip_on=False)
        ends.append((axis.get_ylim()[1] * 0.8, "doubt", RED))
    axis.set_ylabel("step")
    spread(axis, ends, 0.26)


def draw_matrix(axis, state, first, moment, shown, edges):
    """Who is connected to whom among the first `shown` neurons: from the start, or made since."""
    def points(keep):
        pairs = [p for uid, p in state.items() if p[0] < shown and p[1] < shown and keep(uid)]
        return np.array(pairs, dtype=float).reshape(-1, 2)

    old, new = points(lambda uid: uid in first), points(lambda uid: uid not in first)
    gone = np.array([p for uid, p in first.items() if uid not in state and max(p) < shown], dtype=float).reshape(-1, 2)
    size = 150.0 / shown
    for dots, colour in ((gone, "#f4c7a8"), (old, "#9aa0a8"), (new, BLUE)):
        axis.plot(dots[:, 0], dots[:, 1], ls="none", marker="s", ms=size, mew=0, color=colour, rasterized=True)
    axis.set_xlim(-1, shown)
    axis.set_ylim(shown, -1)
    axis.set_aspect("equal")
    axis.set_xticks([0, shown])
    axis.set_yticks([0, shown])
    axis.tick_params(length=2)
    axis.set_title(f"{moment.name}, day {moment.time / DAY:.3g}", fontsize=8.5)
    return len(gone), len(old), len(new)


def draw_degrees(axis, counts, times, relative):
    """Distribution over neurons of the number of synapses onto them."""
    values = np.concatenate(counts)
    width = max(1.0, np.ceil((values.max() - values.min() + 1) / 28))
    edges = np.arange(np.floor(values.min()) - width - 0.5, values.max() + 2 * width + 0.5, width)
    inks = (RED, BLUE) if relative else (BLACK, RED, BLUE)
    for count, colour in zip(counts, inks):
        axis.hist(count, edges, histtype="step", color=colour, lw=1.3, density=True)
        axis.axvline(count.mean(), ymax=0.67, color=colour, lw=0.8, ls=(0, (2, 2)))
    axis.set_xlabel("change in synapses per neuron" if relative else "synapses onto a neuron")
    axis.set_ylabel("share of neurons")
    axis.set_xlim(edges[0], edges[-1])
    axis.set_ylim(0, 1.42 * axis.get_ylim()[1])
    for k, (count, moment, colour) in enumerate(zip(counts, times, inks)):
        mean = f"{count.mean():+.1f}".replace("-", "−") if relative else f"{count.mean():.1f}"
        axis.annotate(f"{moment.name}, day {moment.time / DAY:.3g}: mean {mean}", (0.02, 0.99 - 0.105 * k),
                      xycoords="axes fraction", va="top", fontsize=8, color=colour)


# ---------------------------------------------------------------------------------------------------------------------
# The figure


def day_panels(run):
    """The panels in days that this run has: [(relative height, draw)]."""
    panels = []
    if density_of(run) is not None:
        panels.append((1.25, draw_spines))
    if classes_of(run):
        panels.append((0.85, draw_turnover))
    if any(signal(run, model, output) is not None for model, output, *_ in GAINS):
        panels.append((0.85, draw_gain))
    if signal(run, "mood", "severity") is not None:
        panels.append((1.25, draw_mood))
    if steps_of(run) is not None:
        panels.append((0.85, draw_steps))
    return panels


def network_state(run):
    """What the bottom row shows: (edges at the start or None, log or None, moments)."""
    name, log = logged_projection(run)
    if log is None:
        return None, None, []
    return first_edges(run, name), log, moments(run)


def draw_network(run, part, letter):
    """Matrices of connections where a snapshot of the beginning was kept, and the distribution of synapses per neuron."""
    found, log, times = network_state(run)
    targets = run.size(text(log.attrs["target_population"])) if "target_population" in log.attrs else int(log["target"][()].max()) + 1
    if found is None:
        axis = part.subplots(1, 2)[0]
        part.axes[1].set_visible(False)
        draw_degrees(axis, gains_per_target(log, targets, [m.time for m in times[1:]]), times[1:], True)
        letter(axis)
        return
    start, edges = found
    times = [Moment(max(m.time, start), m.name) for m in times]
    states = follow(log, start, edges, [m.time for m in times])
    axes = part.subplots(1, len(times) + 1, width_ratios=[1.0] * len(times) + [1.35]) if len(times) else []
    shown = min(edges.targets, edges.sources, 60)
    for k, (axis, state, moment) in enumerate(zip(axes, states, times)):
        draw_matrix(axis, state, states[0], moment, shown, edges)
        axis.set_xlabel("source neuron", labelpad=-6)
        if k == 0:
            axis.set_ylabel("target neuron", labelpad=-8)
            letter(axis)
    words = (("from the start", "#7a8088"), ("made since", BLUE), ("gone", "#d9935f"))
    for k, (word, colour) in enumerate(words):
        axes[len(times) - 1].annotate(word, (1.03, 0.62 - 0.16 * k), xycoords="axes fraction", fontsize=8, color=colour, annotation_clip=False)
    counts = [np.bincount([t for _, t in state.values()], minlength=edges.targets) for state in states]
    draw_degrees(axes[-1], counts, times, False)
    letter(axes[-1])


def multiscale(plt, run, order, colour_of, letter):
    """Minutes, hours, days and the network, of one run, each on its own scale."""
    drug = run.level() is not None and bool(run.doses())
    block = drug and bool(run.columns(meaning="blocked"))
    hours = any(signal(run, model, output) is not None for model, output, *_ in CASCADE)
    days = day_panels(run)
    found, log, times = network_state(run)
    if not (drug or hours or days):
        raise CannotPlot(f"{run.path}: no slow signals in it; add [record.slow] with kind = \"signal\", variable = \"*\"")

    names = iter("ABCDEFGHIJKL")
    mark = lambda axis: letter(axis, next(names))
    heights = ([2.9] if drug or hours else []) + ([0.35 + 1.0 * sum(h for h, _ in days)] if days else []) + ([2.35] if log is not None else [])
    figure = plt.figure(figsize=(10.0, 0.35 + sum(heights)))
    figure.suptitle(run.title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    figure.get_layout_engine().set(h_pad=0.02, hspace=0.0)
    parts = iter(np.atleast_1d(figure.subfigures(len(heights), 1, height_ratios=heights)))

    if drug or hours:
        top = next(parts)
        columns = top.subfigures(1, 2, width_ratios=(1.0, 1.12)) if drug and hours else [top, top]
        if drug:
            around = (-20 * MINUTE, min(240 * MINUTE, run.end - run.doses()[0][0]))
            axes = np.atleast_1d(columns[0].subplots(2 if block else 1, 1, sharex=True))
            draw_drug(axes[0], run, around)
            if block:
                draw_block(axes[1], run, around, order, colour_of)
            start, stop = run.doses()[0]
            for axis in axes:
                axis.axvspan(0, max(stop - start, 0.004 * around[1]) / MINUTE, color=DOSE, alpha=0.5, lw=0, zorder=-3)
                mark(axis)
            axes[-1].set_xlabel("minutes after the first dose")
            axes[-1].set_xlim(around[0] / MINUTE, around[1] / MINUTE)
            columns[0].align_ylabels(list(axes))
        if hours:
            axis = columns[1].subplots()
            zero = run.doses()[0][0] if run.doses() else 0.0
            draw_cascade(axis, run, zero, (-2 * HOUR, min(24 * HOUR, run.end - zero)))
            mark(axis)

    if days:
        middle = next(parts)
        axes = middle.subplots(len(days), 1, sharex=True, height_ratios=[h for h, _ in days])
        for axis, (_, draw) in zip(np.atleast_1d(axes), days):
            draw(axis, run)
            mark_doses(axis, run)
            if draw is not draw_steps:
                shade_stress(axis, run)
            mark(axis)
        last = np.atleast_1d(axes)[-1]
        last.set_xlim(0, run.end / DAY)
        last.set_xlabel("days")
        notes = [("dose" if len(run.doses()) == 1 else "doses", BLUE)] if run.doses() else []
        stress = stress_of(run)
        notes += [("stress", "#c98f55")] if stress is not None and stress[1].max() > 0 else []
        first = np.atleast_1d(axes)[0]
        for k, (word, colour) in enumerate(notes):
            at = run.doses()[0][0] / DAY if word.startswith("dose") else float(stress[0][np.argmax(stress[1] > 0.5 * stress[1].max())]) / DAY
            first.annotate(word, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(3, 2), textcoords="offset points", va="bottom",
                           fontsize=8, color=colour, annotation_clip=False)
        middle.align_ylabels(list(np.atleast_1d(axes)))
    if log is not None:
        draw_network(run, next(parts), mark)
    return figure
