#!/usr/bin/env python3
"""Compares the speed of this software with a plain C bound and with peers, on the same grey levels and features.

Everything is CPU seconds (user and system, all threads of a process) unless said otherwise, medians over runs in which
all programs take turns, so that noise and shared cores hit all alike. Needs nothing but Python 3.9; `make bench` builds
what it measures. See README.md."""
import argparse
import itertools
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TEXTURE = ["glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm"]
TEXTURE_BOUND = ["glcm", "glrlm", "ngtdm_ngldm", "glszm", "gldzm"]


class Program:
    """A program that has read a study and measures it once for each line of input."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env={**os.environ, **(environment or {})})

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def receive(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args[0]} ended: {' '.join(self.process.args)}")
        return json.loads(line)

    def ask(self, line):
        self.send(line)
        return self.receive()

    def ask_warm(self, line):
        """The second of two answers: the first brings back to the caches what others' turns have put out of them."""
        self.ask(line)
        return self.ask(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def alternate(runs, tasks):
    """Runs each of `tasks` (name: function without arguments) `runs` times, taking turns; name: list of results."""
    results = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for run in range(runs):
        names = list(tasks) if run % 2 == 0 else list(reversed(tasks))
        for name in names:
            results[name].append(tasks[name]())
    return results


def median(values):
    return statistics.median(values)


def steps_of(answers, names=None):
    """The median over answers of the sum of steps."""
    return median([sum(s for n, s in answer["steps"].items() if names is None or n in names) for answer in answers])


def once(command, cwd=None):
    """CPU seconds of a whole process."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime


class Bench:
    def __init__(self, options):
        self.options = options
        self.build = pathlib.Path(options.build).resolve()
        self.radiomics, self.harness = self.build / "radiomics", self.build / "radiomics-benchmark"
        self.cases = pathlib.Path(options.cases)
        self.bound = self.cases / "bound"
        self.rows = []
        self.peers = self.find_peers()
        self.make()

    def find_peers(self):
        """Peers that one of the given Pythons can import: name of the worker, Python."""
        found = {}
        for python, package in itertools.product(self.options.peer_python, ["pictologics", "radiomics"]):
            test = [python, "-c", f"import importlib.util as u, sys; sys.exit(u.find_spec('{package}') is None)"]
            worker = {"pictologics": "pictologics", "radiomics": "pyradiomics"}[package]
            if worker not in found and subprocess.run(test, capture_output=True, check=False).returncode == 0:
                found[worker] = python
        return found

    def make(self):
        self.cases.mkdir(parents=True, exist_ok=True)
        subprocess.run([self.harness, "make", self.cases], check=True)
        clang = pathlib.Path(os.path.realpath(self.options.clang or which("swift"))).with_name("clang")
        clang = self.options.clang or (clang if clang.exists() else "clang")
        subprocess.run([clang, "-O3", "-o", self.bound, HERE / "bound.c", "-lm"], check=True)

    def study(self, name):
        """Image and mask of a case; none if there is no such data."""
        data = pathlib.Path(self.options.data) if self.options.data else None
        paths = {
            "ct-phantom": ("data/ibsi_ct_radiomics_phantom/nifti/image/phantom.nii.gz",
                           "data/ibsi_ct_radiomics_phantom/nifti/mask/mask.nii.gz"),
            "brain1": ("brain1_image.nrrd", "brain1_label.nrrd"),
        }
        if name not in paths:
            return [self.cases / f"{name}_{part}.nii.gz" for part in ("image", "mask")]
        for folder in [data, data and data / "../reference/pyradiomics"]:
            found = [folder / path for path in paths[name]] if folder else []
            if found and all(path.exists() for path in found):
                return found
        return None

    def present(self, names):
        return [(name, self.study(name)) for name in names if self.study(name)]

    def say(self, what, case, value, unit, goal=None, note=""):
        self.rows.append({"what": what, "case": case, "value": value, "unit": unit, "goal": goal, "note": note})
        met = "" if goal is None else ("met" if value <= goal else "not met")
        text = f"{value:.3f}" if value < 10 else f"{value:.1f}"
        print(f"{what:46} {case:11} {text:>9} {unit:6} {'' if goal is None else f'<= {goal:g}':>8} {met:8} {note}",
              flush=True)

    # One case, warm

    def warm(self, name, study):
        levels = self.cases / f"{name}.levels"
        subprocess.run([self.harness, "levels", *study, levels], check=True)
        ours, bound = Program([self.harness, "measure", *study]), Program([self.bound, levels])
        voxels = ours.receive()["voxels"]
        peers = {}
        for peer, python in self.peers.items():
            # PyRadiomics needs minutes for a million voxels.
            if peer != "pyradiomics" or voxels < 200_000:
                peers[peer] = Program([python, HERE / "peers" / f"{peer}_worker.py", *study], {"OMP_NUM_THREADS": "1"})
        labels = {peer: program.receive()["name"] for peer, program in peers.items()}
        runs = alternate(self.options.runs, {
            "steps": lambda: ours.ask_warm("steps"), "bound": lambda: bound.ask_warm("x"), "whole": lambda: ours.ask_warm("whole"),
            **{peer: (lambda program=program: program.ask_warm("whole")) for peer, program in peers.items()}})
        whole = median([run["cpu"] for run in runs["whole"]])
        texture, texture_bound = steps_of(runs["steps"], TEXTURE), steps_of(runs["bound"], TEXTURE_BOUND)
        large = voxels >= 90_000
        self.say("texture kernels / C bound", name, texture / texture_bound, "x", 1.5 if large else None)
        self.say("whole set / C bound", name, whole / steps_of(runs["bound"]), "x", 2 if large else None)
        self.say("whole set", name, 1e3 * whole, "ms", 5 if 9_000 <= voxels <= 20_000 and name[:4] == "crop" else None,
                 f"{1e9 * whole / voxels:.0f} ns a voxel, {voxels} voxels")
        for peer in peers:
            theirs = median([run["cpu"] for run in runs[peer]])
            goal = None if peer != "pictologics" else 1 / 2 if voxels < 50_000 else 1 / 1.3
            self.say(f"whole set / {labels[peer]}", name, whole / theirs, "x", goal, f"theirs {1e3 * theirs:.1f} ms")
        if self.options.steps:
            for step in runs["steps"][0]["steps"]:
                self.say(f"  {step}", name, 1e3 * steps_of(runs["steps"], [step]), "ms")
            for step in runs["bound"][0]["steps"]:
                self.say(f"  C bound: {step}", name, 1e3 * steps_of(runs["bound"], [step]), "ms")
        for program in [ours, bound, *peers.values()]:
            program.close()
        return whole / voxels

    def agree(self, name, study):
        """How many features of a peer have our values to 1e-6; the others by name."""
        ours, theirs = Program([self.harness, "measure", *study, "--recipe", "default"]), Program(
            [self.peers["pictologics"], HERE / "peers" / "pictologics_worker.py", *study])
        ours.receive(), theirs.receive()
        mine, other = ours.ask("values"), theirs.ask("values")
        ours.close(), theirs.close()
        by_code = {code_of(feature): value for feature, value in other.items()}
        pairs = [(f["column"], f["value"], by_code[f["code"]]) for f in mine["values"] if f["code"] in by_code]
        off = [p for p in pairs if p[1] is None or abs(p[1] - p[2]) > 1e-6 * max(abs(p[1]), abs(p[2]), 1e-12)]
        print(f"{len(pairs)} of {len(mine['values'])} features found, {len(pairs) - len(off)} agree to 1e-6 on {name}")
        for column, value, peer in off:
            print(f"  {column}: ours {value!r}, pictologics {peer!r}")

    # Filters and maps

    def clinical(self, name, study):
        """The usual clinical run: the image and eleven filtered ones."""
        programs = {"ours": (Program([self.harness, "measure", *study, "--recipe", HERE / "clinical.yaml"]), "whole")}
        if "pictologics" in self.peers:
            worker = [self.peers["pictologics"], HERE / "peers/pictologics_worker.py", *study]
            programs["peer"] = (Program(worker, {"OMP_NUM_THREADS": "1"}), "clinical")
        names = {kind: program.receive().get("name") for kind, (program, _) in programs.items()}
        runs = alternate(self.options.runs, {
            kind: (lambda program=program, line=line: program.ask_warm(line)["cpu"])
            for kind, (program, line) in programs.items()})
        for program, _ in programs.values():
            program.close()
        ours = median(runs["ours"])
        self.say("clinical run, 1,767 values", name, ours, "CPU s")
        if "peer" in runs:
            theirs = median(runs["peer"])
            self.say(f"clinical run / {names['peer']}", name, ours / theirs, "x", 0.9, f"theirs {theirs:.3f} s")

    def maps(self, name, study):
        """Maps of the co-occurrence matrix at radius 1, all features."""
        programs = {"ours": Program([self.harness, "measure", *study, "--recipe", HERE / "maps.yaml"])}
        voxels = programs["ours"].receive()["voxels"]
        if "pyradiomics" in self.peers:
            worker = [self.peers["pyradiomics"], HERE / "peers/pyradiomics_worker.py", *study]
            programs["peer"] = Program(worker, {"OMP_NUM_THREADS": "1"})
            label = programs["peer"].receive()["name"]
        runs = alternate(3, {
            kind: (lambda program=program: program.ask("maps")["cpu"]) for kind, program in programs.items()})
        for program in programs.values():
            program.close()
        ours = median(runs["ours"])
        self.say("glcm maps, a voxel", name, 1e6 * ours / voxels, "us", 52, f"{voxels} voxels")
        if "peer" in runs:
            theirs = median(runs["peer"])
            self.say(f"glcm maps / {label}", name, ours / theirs, "x", 0.01, f"theirs {1e6 * theirs / voxels:.0f} us a voxel")

    # Whole processes

    def cold(self, name, study, goal):
        with tempfile.TemporaryDirectory() as folder:
            command = [self.radiomics, "extract", *[path.resolve() for path in study], "--recipe", "benchmark", "--quiet",
                       "--jobs", "1", "-o", "features.csv"]
            if b"--jobs" not in subprocess.run([self.radiomics, "extract", "--help"], capture_output=True).stdout:
                command = [part for part in command if part not in ("--jobs", "1")]
            runs = alternate(self.options.runs, {"cold": lambda: once(command, folder)})["cold"]
        self.say("cold process: start, read, measure, write", name, median(runs), "CPU s", goal)

    def script(self, name, study):
        """PyRadiomics' command line with its defaults, 107 features: whole processes."""
        with tempfile.TemporaryDirectory() as folder:
            files = [str(path.resolve()) for path in study] + ["-f", "csv", "-o"]
            commands = {"ours": [self.radiomics, "pyradiomics", *files, "ours.csv", "-v", "1"]}
            if "pyradiomics" in self.peers:
                peer = pathlib.Path(self.peers["pyradiomics"]).parent / "pyradiomics"
                commands["peer"] = ["env", "OMP_NUM_THREADS=1", peer, *files, "peer.csv", "-v", "1"]
            runs = alternate(3, {kind: (lambda command=command: once(command, folder)) for kind, command in commands.items()})
        ours = median(runs["ours"])
        self.say("PyRadiomics' script, 107 features", name, ours, "CPU s")
        if "peer" in runs:
            theirs = median(runs["peer"])
            self.say("PyRadiomics' script / PyRadiomics", name, ours / theirs, "x", 0.02 if name == "crop1e6" else None,
                     f"theirs {theirs:.2f} s, 1 / {theirs / ours:.0f}")

    def start_up(self):
        runs = [once([self.radiomics, "--version"]) for _ in range(20)]
        self.say("start-up: radiomics --version", "", 1e3 * median(runs), "ms", 30, "median of 20")

    def autocorrelation(self, name, study):
        """Moran's I and Geary's C: a recipe with them less the same without."""
        with tempfile.TemporaryDirectory() as folder:
            recipes = {}
            for kind in ("exact", "none"):
                recipes[kind] = pathlib.Path(folder) / f"{kind}.yaml"
                recipes[kind].write_text(f"layers: [{{families: [morphology: {{autocorrelation: {kind}}}]}}]\n")
            programs = {k: Program([self.harness, "measure", *study, "--recipe", path]) for k, path in recipes.items()}
            if "pictologics" in self.peers:
                programs["peer"] = Program([self.peers["pictologics"], HERE / "peers/pictologics_worker.py", *study])
            for program in programs.values():
                program.receive()
            runs = alternate(self.options.runs, {
                kind: (lambda kind=kind, program=program: program.ask("autocorrelation" if kind == "peer" else "whole")["cpu"])
                for kind, program in programs.items()})
            for program in programs.values():
                program.close()
        ours = median([a - b for a, b in zip(runs["exact"], runs["none"])])
        self.say("Moran's I and Geary's C", name, ours, "CPU s", 0.12)
        if "peer" in runs:
            theirs = median(runs["peer"])
            self.say("Moran's I and Geary's C / pictologics", name, ours / theirs, "x", 1, f"theirs {theirs:.3f} s")

    def lanes(self, name, study):
        """Clock time of two measurements by two processes of one thread at once, against two in turn by two lanes."""
        pair = [Program([self.harness, "measure", *study, "--jobs", "1"]) for _ in range(2)]
        both = Program([self.harness, "measure", *study, "--jobs", "2"])
        for program in [*pair, both]:
            program.receive()

        def at_once():
            start = time.monotonic()
            for program in pair:
                program.send("whole")
            for program in pair:
                program.receive()
            return time.monotonic() - start

        def in_turn():
            start = time.monotonic()
            both.ask("whole"), both.ask("whole")
            return time.monotonic() - start

        runs = alternate(max(self.options.runs, 15), {"pair": at_once, "lanes": in_turn})
        for program in [*pair, both]:
            program.close()
        ratios = [a / b for a, b in zip(runs["pair"], runs["lanes"])]
        value = median(ratios)
        # Said as its inverse, so that smaller is better as everywhere.
        self.say("two lanes / two processes, clock time", name, 1 / value, "x", 1 / 0.92, f"{value:.3f} of their speed-up")

    def growth(self, costs):
        sizes = [name for name in ("crop1e5", "crop1e6", "crop1e7") if name in costs]
        for small, large in zip(sizes, sizes[1:]):
            self.say("growth: time a voxel / at a tenth", large, costs[large] / costs[small], "x")

    def run(self):
        o = self.options
        cases = o.case or ["crop1e4", "crop1e5", "crop1e6", "crop1e7", "scan1e4", "scan1e6", "brain1", "ct-phantom"]
        print(f"{platform.machine()}, {processor()}, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}; "
              f"{o.runs} alternating runs; peers: {', '.join(self.peers) or 'none found'}\n", flush=True)
        if "agree" in o.only and "pictologics" in self.peers:
            for name, study in self.present([c for c in cases if c in ("brain1", "ct-phantom", "crop1e5")]):
                self.agree(name, study)
        if "start" in o.only:
            self.start_up()
        if "cold" in o.only:
            for name, study in self.present(["brain1", "ct-phantom"]):
                self.cold(name, study, {"brain1": 0.10, "ct-phantom": 0.183}[name])
        if "warm" in o.only:
            self.growth({name: self.warm(name, study) for name, study in self.present(cases)})
        if "autocorrelation" in o.only:
            for name, study in self.present(["ct-phantom"]):
                self.autocorrelation(name, study)
        if "clinical" in o.only:
            for name, study in self.present(["ct-phantom"]):
                self.clinical(name, study)
        if "script" in o.only:
            for name, study in self.present(["ct-phantom", "crop1e6"]):
                self.script(name, study)
        if "maps" in o.only:
            for name, study in self.present(["brain1"]):
                self.maps(name, study)
        if "lanes" in o.only:
            for name, study in self.present(["crop1e6"]):
                self.lanes(name, study)
        if o.json:
            pathlib.Path(o.json).write_text(json.dumps(self.rows, indent=1) + "\n")


def code_of(feature):
    """The IBSI code at the end of a name such as `volume_at_intensity_fraction_0.10_BC2M_10`, with the number after it."""
    parts = feature.split("_")
    code = "_".join(parts[-2:] if parts[-1] in ("10", "90") else parts[-1:])
    # Three codes of pictologics 0.9 are not those of the manual.
    return {"1PR": "GPMT", "GPMT": "OZ0C", "P001": "5QRC"}.get(code, code)


def which(name):
    return subprocess.run(["sh", "-c", f"command -v {name}"], capture_output=True, text=True, check=True).stdout.strip()


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=".build/release", help="where radiomics and radiomics-benchmark are")
    parser.add_argument("--cases", default=".build/bench", help="where synthetic studies are kept")
    parser.add_argument("--data", help="a folder with IBSI's data ('make reference-data'); its studies are added")
    parser.add_argument("--case", action="append", help="only this study; may be repeated")
    parser.add_argument("--only", default="start,cold,warm,autocorrelation,clinical,script,maps,lanes", type=lambda text: text.split(","),
                        help="start, cold, warm, autocorrelation, clinical, script, maps, lanes, agree; joined by commas")
    parser.add_argument("--runs", type=int, default=7, help="alternating runs of each")
    parser.add_argument("--peer-python", action="append", default=[sys.executable], help="a Python that has peers")
    parser.add_argument("--steps", action="store_true", help="also every family and kernel by itself")
    parser.add_argument("--clang", help="the C compiler; else that of the Swift toolchain")
    parser.add_argument("--json", help="write the figures here too")
    Bench(parser.parse_args()).run()
