"""Runs one benchmark and says on which machine. Called by scripts/bench."""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

# Cores kept busy by other programs above which the figures are not to be trusted.
BUSY = 0.1


def say(text):
    print(f"\033[1m==>\033[0m {text}", file=sys.stderr, flush=True)


def die(text):
    print(f"\033[31merror:\033[0m {text}", file=sys.stderr, flush=True)
    sys.exit(1)


def first(path, key):
    """The value behind a key of a /proc file of `key : value` lines."""
    for line in pathlib.Path(path).read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return None


def machine():
    """What the figures depend on."""
    return {
        "cpu": first("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memoryBytes": int(first("/proc/meminfo", "MemTotal").split()[0]) * 1024,
        "kernel": platform.release(),
    }


def busy():
    """Seconds of processor time spent so far: by everything on this machine, and by what this program ran to its end."""
    ticks = [int(field) for field in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    user, nice, system, _idle, _waiting, interrupts, soft, stolen = ticks
    own = os.times()
    by_all = (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")
    return by_all, own.user + own.system + own.children_user + own.children_system


def run(command, environment=None, output=None):
    """Runs a command to its end; returns what it printed if `output` is a pipe."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, text=True, env=environment)
    if done.returncode != 0:
        die(f"{' '.join(map(str, command))} ended with status {done.returncode}")
    return done.stdout


def maths(options):
    """Runs criterion's bench of the market maker and reads the estimates it writes."""
    with tempfile.TemporaryDirectory(prefix="hanzo-bench-") as home:
        # A home of its own: no earlier run is compared with, or read instead.
        environment = dict(os.environ, CRITERION_HOME=home)
        bench = ["cargo", "bench", "--quiet", "--locked", "--workspace", "--bench", "maths", "--bench", "routing"]
        bench += ["--bench", "routes"]
        bench += ["--", "--noplot"]
        run(bench + options, environment, sys.stderr)
        swaps = [estimate(path.parent) for path in pathlib.Path(home).glob("*/*/new/estimates.json")]
    if not swaps:
        die(f"criterion measured nothing: no benchmark is called {' '.join(options)}")
    return {"unit": "ns", "swaps": sorted(swaps, key=lambda swap: (swap["pool"], swap["swap"]))}


def estimate(directory):
    """Criterion's own choice: the slope over growing numbers of iterations, or the mean where there is none."""
    names = json.loads((directory / "benchmark.json").read_text())
    estimates = json.loads((directory / "estimates.json").read_text())
    chosen = estimates["slope"] or estimates["mean"]
    interval = chosen["confidence_interval"]
    return {
        "pool": names["group_id"],
        "swap": names["function_id"],
        "nanoseconds": chosen["point_estimate"],
        "low": interval["lower_bound"],
        "high": interval["upper_bound"],
        "confidence": interval["confidence_level"],
    }


def print_maths(report):
    print(f"{'pool':<16}{'swap':<16}{'ns':>12}    interval of {report['swaps'][0]['confidence']:.0%}")
    for swap in report["swaps"]:
        low, high = swap["low"], swap["high"]
        print(f"{swap['pool']:<16}{swap['swap']:<16}{swap['nanoseconds']:>12.1f}    {low:.1f} to {high:.1f}")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("what", choices=["maths", "quote", "route", "decode", "jobs"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--binaries", required=True)
    parser.add_argument("options", nargs="*")
    arguments = parser.parse_args()

    here = machine()
    memory = here["memoryBytes"] / 2**30
    say(f"{here['cpu']}, {here['cores']} cores, {memory:.1f} GiB")
    program, *words = {
        "maths": [None],
        "quote": ["hanzo-bench", "quote"],
        "route": ["hanzo-bench", "route"],
        "jobs": ["hanzo-bench", "jobs"],
        "decode": ["hanzo-worker", "bench", "decode"],
    }[arguments.what]
    command = program and [os.path.join(arguments.binaries, program), *words, *arguments.options]
    start, before = time.monotonic(), busy()
    if program is None:
        report = maths(arguments.options)
    elif arguments.json:
        report = json.loads(run(command + ["--json"], output=subprocess.PIPE))
    else:
        run(command)
    seconds, after = time.monotonic() - start, busy()
    others = max(0.0, (after[0] - before[0]) - (after[1] - before[1])) / seconds
    say(f"took {seconds:.0f} s; other programs kept {others:.2f} cores busy meanwhile")
    if others > BUSY:
        say("that is too much: run it again when the machine is idle")

    if arguments.json:
        meanwhile = {"seconds": seconds, "coresBusyWithOthers": others}
        print(json.dumps({"benchmark": arguments.what, "machine": here, "run": meanwhile, **report}), flush=True)
    elif program is None:
        print_maths(report)


if __name__ == "__main__":
    main()
