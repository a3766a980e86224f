"""What figures are made of: result files, rates, spectra, dose-response points. Used by plot.py."""

import csv
import json
import re
from pathlib import Path

import h5py
import numpy as np


class CannotPlot(Exception):
    """The file is missing, damaged, or lacks what the figure shows."""


def text(value):
    """HDF5 string of any kind -> str."""
    value = value[()] if isinstance(value, h5py.Dataset) else value
    value = value.reshape(-1)[0] if isinstance(value, np.ndarray) else value
    return value.decode("utf-8", "replace").rstrip("\0") if isinstance(value, bytes) else str(value)


def edge_files(folder):
    """[(time in ms, path)] of the snapshots of synapses beside a result file, in order of time."""
    found = []
    for path in Path(folder).glob("edges_*.h5"):
        try:
            with h5py.File(path, "r") as file:
                found.append((float(file.attrs["time_ms"]), path))
        except (OSError, KeyError, ValueError):
            continue
    return sorted(found)


class Run:
    """One result file, read on demand. Times in ms."""

    def __init__(self, path):
        path = Path(path)
        if path.is_dir():
            found = path / "run.h5"
            if not found.exists():
                inside = sorted(path.glob("*/run.h5"), key=lambda p: p.stat().st_mtime)
                if not inside:
                    raise CannotPlot(f"{path}: no run.h5 in it; has the run finished?")
                found = inside[-1]
            path = found
        self.path = path
        try:
            self.file = h5py.File(path, "r")
        except OSError as error:
            raise CannotPlot(f"{path}: {error}") from error
        self.config = self._config()
        self.populations = list(self.file.get("spikes", {}))
        self.series = {}
        for group in self.file.get("run/series", {}).values():
            if isinstance(group, h5py.Group) and "time" in group:
                for name, data in group.items():
                    if name != "time":
                        self.series[name] = (group["time"], data)

    def _config(self):
        stored = self.file.get("run/provenance/config_resolved_json")
        try:
            return json.loads(text(stored)) if stored is not None else {}
        except ValueError:
            return {}

    def population(self, name):
        return next((item for item in self.config.get("populations", []) if item.get("name") == name), {})

    @property
    def title(self):
        source = self.file.get("run/provenance/config_source")
        found = re.search(r'^title\s*=\s*"([^"\n]*)"', text(source), re.MULTILINE) if source is not None else None
        return found.group(1) if found else self.path.resolve().parent.name

    def cell_class(self, population):
        return self.population(population).get("class") or population

    def alike(self, population):
        """Populations of the same class, the largest first."""
        names = {population, *self.populations, *(item["name"] for item in self.config.get("populations", []))}
        same = [name for name in names if self.cell_class(name) == self.cell_class(population)]
        return sorted(same, key=lambda name: (-self.size(name), name))

    def label(self, population):
        """Its class, and its name too where several populations share the class."""
        shared = len(self.alike(population)) > 1
        return f"{self.cell_class(population)} ({population})" if shared else self.cell_class(population)

    def size(self, population):
        if "n" in self.population(population):
            return int(self.population(population)["n"])
        node = self.file.get(f"nodes/{population}/node_type_id")
        if node is not None:
            return len(node)
        ids = self.spikes(population)[1]
        return int(ids.max()) + 1 if len(ids) else 1

    def spikes(self, population):
        group = self.file[f"spikes/{population}"]
        return group["timestamps"][()], group["node_ids"][()].astype(np.int64)

    def columns(self, unit=None, ending=None, meaning=None):
        """Series whose unit, name ending and long name fit: {name: (time, values)}."""
        found = {}
        for name, (time, data) in self.series.items():
            if unit is not None and text(data.attrs.get("units", "")) not in unit:
                continue
            if ending is not None and not name.endswith(ending):
                continue
            if meaning is not None and meaning not in text(data.attrs.get("long_name", "")):
                continue
            values = data[()]
            good = np.isfinite(values)
            if good.any():
                found[name] = (time[()][good], values[good])
        return found

    @property
    def end(self):
        """End of the run, from whatever was recorded."""
        last = [time[-1] for time, _ in self.series.values() if len(time)]
        for population in self.populations:
            times = self.file[f"spikes/{population}/timestamps"]
            last += [times[-1]] if len(times) else []
        if not last:
            raise CannotPlot(f"{self.path}: nothing was recorded")
        return float(max(last))

    @property
    def discard(self):
        return float(self.config.get("simulation", {}).get("discard") or 0.0)

    def level(self):
        """(time, uM, name) of the parent drug at the effect site; None without drug."""
        levels = self.columns(unit=("uM",), ending=".effect_site")
        levels = {name: item for name, item in levels.items() if item[1].max() > 0.0}
        if not levels:
            return None
        name = min(levels, key=lambda n: (n.count("."), -levels[n][1].max()))
        return (*levels[name], name.split(".")[0])

    def doses(self):
        """[(start, stop)] in which drug is given; stop == start for a bolus."""
        given = []
        for drug in self.config.get("drugs", []):
            for dose in drug.get("doses", []):
                given.append((dose["start"], dose["duration"]))
        # A duration without end is stored as null.
        spans = [(s, self.end if d is None else s + d) for s, d in given if s is not None]
        for item in self.config.get("interventions", []):
            if str(item.get("kind", "")).startswith("clamp") and "effect_site" in str(item.get("signal", "")):
                if item.get("value"):
                    spans.append((item["start"], item.get("stop") or self.end))
        if spans or self.level() is None:
            return sorted((s, min(e, self.end)) for s, e in spans if s < self.end)
        # Without a stored protocol: from when the drug is there.
        time, level, _ = self.level()
        return [(float(time[np.argmax(level > 1e-3 * level.max())]),) * 2]

    def windows(self):
        """(before, during): [start, stop] of the drug-free and of the highest-level stretch, equally long.

        `before` is None without a drug-free stretch, `during` without drug."""
        end, level = self.end, self.level()
        if level is None:
            return (self.discard, end), None
        doses = self.doses()
        onset = doses[0][0] if doses else end
        before = (self.discard, onset) if onset - self.discard >= 500.0 else None
        time, values, _ = level
        high = time[values >= 0.9 * values.max()]
        start, stop = float(high[0]), float(high[-1])
        length = onset - self.discard if before else stop - start
        # Centred on the stretch of highest level, inside the run and after the first dose.
        length = min(max(length, 1000.0), end - onset)
        middle = np.clip((start + stop) / 2, onset + length / 2, end - length / 2)
        return before, (middle - length / 2, middle + length / 2)


def binned_rate(times, neurons, start, stop, width):
    """Centres [ms] of bins of `width` ms, and the rate [Hz per neuron] in them."""
    bins = max(1, int((stop - start) / width))
    counts, edges = np.histogram(times, bins=bins, range=(start, start + bins * width))
    return (edges[:-1] + edges[1:]) / 2, counts / neurons / (width * 1e-3)


def smooth(values, sigma):
    """Gaussian smoothing over `sigma` samples; the ends see only what is there."""
    if sigma < 0.3:
        return values
    reach = np.arange(-int(4 * sigma) - 1, int(4 * sigma) + 2)
    kernel = np.exp(-0.5 * (reach / sigma) ** 2)
    weight = np.convolve(np.ones(len(values)), kernel, mode="full")
    total = np.convolve(values, kernel, mode="full")
    cut = slice(len(reach) // 2, len(reach) // 2 + len(values))
    return total[cut] / weight[cut]


def mean_rate(run, population, window):
    times, _ = run.spikes(population)
    inside = np.count_nonzero((times > window[0]) & (times <= window[1]))
    return inside / run.size(population) / ((window[1] - window[0]) * 1e-3)


def welch(rate, width):
    """One-sided density [Hz^2 / Hz] of a rate in bins of `width` ms: 1 s segments, half overlap, Hann, mean removed."""
    n = int(round(1000.0 / width))
    if len(rate) < n:
        return None
    window = np.hanning(n + 1)[:-1]
    starts = range(0, len(rate) - n + 1, n // 2)
    spectra = [np.abs(np.fft.rfft((rate[s:s + n] - rate[s:s + n].mean()) * window)) ** 2 for s in starts]
    density = 2.0 * width * 1e-3 / np.sum(window**2) * np.mean(spectra, axis=0)
    return np.fft.rfftfreq(n, width * 1e-3), density


def spectrum(run, population, window):
    if window is None or window[1] - window[0] < 1000.0:
        return None
    times, _ = run.spikes(population)
    return welch(binned_rate(times, run.size(population), *window, 1.0)[1], 1.0)


def band_power(result, low, high):
    frequency, density = result
    inside = (frequency >= low) & (frequency < high)
    return float(density[inside].sum() * (frequency[1] - frequency[0]))


def need_spikes(run):
    if not run.populations:
        raise CannotPlot(f"{run.path}: no spikes in it; add [record.spikes] with target = \"*\" to the model")


def points_of_runs(runs):
    """[(level uM, class, rate, baseline or None)] from result files."""
    points = []
    for run in runs:
        need_spikes(run)
        before, during = run.windows()
        level = run.level()
        window = during or before
        concentration = 0.0
        if level is not None:
            inside = (level[0] >= window[0]) & (level[0] <= window[1])
            concentration = float(np.mean(level[1][inside])) if inside.any() else float(level[1].max())
        for population in run.populations:
            base = mean_rate(run, population, before) if before and during else None
            points.append((concentration, run.cell_class(population), mean_rate(run, population, window), base))
    return points


def points_of_csv(path):
    """The same from a table, and the name of its column of levels."""
    points = []
    try:
        with open(path, newline="", encoding="utf-8") as source:
            rows = list(csv.DictReader(source))
    except OSError as error:
        raise CannotPlot(f"{path}: {error}") from error
    names = list(rows[0]) if rows else []
    level = next((n for n in names if n.split(" ")[0] in ("level", "dose", "concentration")), None)
    rates = [n for n in names if n.endswith(".rate")]
    if level is None or not rates:
        raise CannotPlot(f"{path}: needs a column 'level', 'dose' or 'concentration' and columns '<population>.rate'")
    for row in rows:
        points += [(float(row[level]), name.removesuffix(".rate"), float(row[name]), None) for name in rates if row[name]]
    return points, level


def student(n):
    """97.5 % quantile of Student's t with n - 1 degrees of freedom (tabulated)."""
    table = (12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
             2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045)
    return table[n - 2] if n - 2 < len(table) else 1.96
