"""Runs Toposheet and PyTorch in alternation, and prints the ratios of their speeds.

Each round runs every workload on one side and right after on the other, in turns; a ratio is that
of one round, so that a machine that slows down does it to both. Printed are the median ratio of the
rounds and the lowest and highest, as Markdown. PyTorch's side of a population of several is the
faster of one network at a time with all cores, and of one process of one thread on each core.
"""

import argparse
import json
import platform
import signal
import statistics
import subprocess
import sys
from pathlib import Path

import torch

HERE = Path(__file__).parent
# Of the paper's two training scripts.
PUBLISHED_METRIC = {"mnist": "correlation", "cifar10": "cosine"}


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"bench-peers: {' '.join(map(str, command))} failed:\n{result.stderr.strip()}")
    return result.stdout


def ours(options, part, architecture, members, condition=None):
    command = [
        options.toposheet, "bench", "--only", part, "--architecture", architecture,
        "--members", str(members), "--device", options.device, "--seconds",
        str(options.seconds), "--json", "-"]
    if condition is not None:
        command += ["--condition", condition]
    if options.device == "cpu":
        command += ["--threads", str(options.threads)]
    if options.precision is not None:
        command += ["--precision", options.precision]
    report = json.loads(run(command))
    return {**report["workloads"][0], "machine": report["device"]}


def theirs(options, script, architecture, *more, processes=1):
    command = [
        sys.executable, HERE / script, "--architecture", architecture, *more,
        "--seconds", str(options.seconds / 4), "--repeats", "3", "--device",
        "cuda" if options.cuda else "cpu", "--processes", str(processes)]
    if processes == 1:
        command += ["--threads", str(options.threads)]
    if options.precision is not None:
        command += ["--precision", options.precision]
    return json.loads(run(command))


def workloads(options):
    """Each row of the table: its name, our side, and PyTorch's sides, of which the best counts."""
    rows = []
    population = options.members

    def several(script, architecture, *more):
        sides = [lambda: theirs(options, script, architecture, *more)]
        if not options.cuda and options.threads > 1:
            sides.append(
                lambda: theirs(
                    options, script, architecture, *more, processes=options.threads))
        return sides

    for architecture in options.architecture:
        for condition in options.condition:
            def train(members, architecture=architecture, condition=condition):
                return lambda: ours(options, "training", architecture, members, condition)

            step = ("step.py", architecture, "--penalty", condition)
            rows.append((
                f"{architecture}, {condition}, 1 member", train(1), several(*step)[:1]))
            rows.append((
                f"{architecture}, {condition}, {population} members", train(population),
                several(*step)))
            # Pair by pair, with the metric of the network's published script.
            if condition != "control":
                metric = PUBLISHED_METRIC[architecture]
                looped = (
                    "step.py", architecture, "--penalty", f"{condition}-loop", "--metric", metric)
                rows.append((
                    f"{architecture}, {condition}, {metric}, 1 member; PyTorch pair by pair",
                    train(1, condition=f"{condition}-{metric}"), several(*looped)[:1]))
        for members in (1, population):
            shown = several("inference.py", architecture)
            rows.append((
                f"{architecture}, inference, {members} member{'s' if members > 1 else ''}",
                lambda members=members, architecture=architecture: ours(
                    options, "inference", architecture, members),
                shown[:1] if members == 1 else shown))
    return rows


def report(options, results, machine):
    version = run([options.toposheet, "--version"]).strip()
    print(
        f"{machine['name']}, {options.threads} threads, {platform.system()}; toposheet {version} "
        f"on {machine['identifier']} ({machine['driver']}); torch {torch.__version__}, "
        f"Python {platform.python_version()}"
        + (f", {torch.cuda.get_device_name()}" if options.cuda else "")
        + (f"; both in {options.precision}" if options.precision else "")
        + f"; {max(map(len, results.values()))} rounds. Images per second: medians.\n")
    print("| workload | Toposheet | % of peak | PyTorch | its best variant | ratio (lowest to highest) |")
    print("| --- | --: | --: | --: | --- | --: |")
    for name, rounds in results.items():
        ratios = [mine["imagesPerSecond"] / peer["images_per_second"] for mine, peer in rounds]
        shares = [mine["shareOfPeak"] for mine, _ in rounds if mine.get("shareOfPeak")]
        share = f"{100 * statistics.median(shares):.0f}" if shares else "-"
        peer = rounds[-1][1]
        variant = peer["best"]
        if peer["processes"] > 1:
            variant += f", {peer['processes']} processes"
        print(
            f"| {name} | {statistics.median(m['imagesPerSecond'] for m, _ in rounds):,.0f} "
            f"| {share} | {statistics.median(p['images_per_second'] for _, p in rounds):,.0f} "
            f"| {variant} | {statistics.median(ratios):.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f}) |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("toposheet", help="the binary")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--members", type=int, default=8, help="of the larger population")
    parser.add_argument("--device", default="cpu", help="ours; cpu, opencl, opencl:N")
    parser.add_argument("--cuda", action="store_true", help="PyTorch on its GPU")
    parser.add_argument(
        "--precision", choices=["float32", "tf32"],
        help="of both sides; without it ours is float32, and PyTorch's convolutions on a GPU TF32")
    parser.add_argument("--architecture", nargs="+", default=["mnist", "cifar10"])
    parser.add_argument(
        "--condition", nargs="+", default=["control", "ws", "as"],
        choices=["control", "ws", "as"])
    parser.add_argument("--json", help="write every round's figures to this file")
    options = parser.parse_args()
    if min(options.rounds, options.threads, options.members) < 1 or options.seconds <= 0:
        parser.error("rounds, threads, members and seconds are positive")
    if options.cuda and not torch.cuda.is_available():
        sys.exit("bench-peers: this PyTorch sees no GPU; leave --cuda out")
    rows = workloads(options)
    results = {name: [] for name, _, _ in rows}
    # Half an hour of measuring is not lost to an interruption: what is measured is reported.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for number in range(options.rounds):
            for name, mine, peers in rows:
                print(f"round {number + 1}/{options.rounds}: {name}", file=sys.stderr, flush=True)
                own = mine() if number % 2 == 0 else None
                peer = max((side() for side in peers), key=lambda each: each["images_per_second"])
                results[name].append((own or mine(), peer))
    except KeyboardInterrupt:
        print("bench-peers: interrupted", file=sys.stderr)
        results = {name: rounds for name, rounds in results.items() if rounds}
        if not results:
            sys.exit(1)
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1))
    report(options, results, next(iter(results.values()))[0][0]["machine"])


if __name__ == "__main__":
    main()
