"""Times variants of a piece of work, interleaved, in one process or in several at once."""

import statistics
import time
from queue import Empty

import torch
from torch import multiprocessing


def rate(step, images, seconds, device):
    """Images per second of a step, over `seconds` or a little more."""
    if device == "cuda":
        torch.cuda.synchronize()
    count, start = 0, time.perf_counter()
    while True:
        step()
        count += 1
        if time.perf_counter() - start >= seconds:
            break
    if device == "cuda":
        torch.cuda.synchronize()
    return count * images / (time.perf_counter() - start)


def measure(build, arguments, options, barrier=None):
    """Images per second by variant and repeat. `build(*arguments)` gives for each variant's name
    a step and the images that it works on."""
    variants = build(*arguments)
    for step, _ in variants.values():
        for _ in range(3):
            step()
    rates = {name: [] for name in variants}
    for _ in range(options.repeats):
        for name, (step, images) in variants.items():
            if barrier is not None:
                barrier.wait(timeout=600)
            rates[name].append(rate(step, images, options.seconds, options.device))
    return rates


def _work(build, arguments, options, barrier, queue):
    torch.set_num_threads(1)
    choose_precision(options)
    queue.put(measure(build, arguments, options, barrier))


def _get(queue, workers):
    """A worker's result; an error when one of them died, which would leave the others waiting."""
    while True:
        try:
            return queue.get(timeout=5)
        except Empty:
            if any(worker.exitcode for worker in workers):
                for worker in workers:
                    worker.terminate()
                raise SystemExit("a PyTorch process died: too little memory for so many at once?")


def best_variant(build, arguments, options):
    """The fastest variant, by the median of its repeats. With `options.processes`, so many
    processes of one thread each work at the same time, and their rates add up: as one would train
    many networks at once in PyTorch."""
    if options.processes > 1:
        context = multiprocessing.get_context("spawn")
        barrier, queue = context.Barrier(options.processes), context.Queue()
        workers = [
            context.Process(target=_work, args=(build, arguments, options, barrier, queue))
            for _ in range(options.processes)]
        for worker in workers:
            worker.start()
        parts = [_get(queue, workers) for _ in workers]
        for worker in workers:
            worker.join()
        rates = {
            name: [sum(each) for each in zip(*(part[name] for part in parts))]
            for name in parts[0]}
    else:
        rates = measure(build, arguments, options)
    best = max(rates, key=lambda name: statistics.median(rates[name]))
    return {
        "peer": f"torch {torch.__version__}", "device": options.device,
        "threads": 1 if options.processes > 1 else torch.get_num_threads(),
        "processes": options.processes, "best": best,
        "images_per_second": round(statistics.median(rates[best]), 1),
        "lowest": round(min(rates[best]), 1), "highest": round(max(rates[best]), 1),
        "repeats": options.repeats,
        "variants": {name: round(statistics.median(each), 1) for name, each in rates.items()},
    }


def add_options(parser):
    parser.add_argument("--threads", type=int)
    parser.add_argument(
        "--processes", type=int, default=1, help="so many at once, of one thread each")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each repeat")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument(
        "--precision", choices=["float32", "tf32"],
        help="of products on a GPU; as PyTorch comes, convolutions use TF32 and the rest does not")


def choose_precision(options):
    """Makes convolutions and matrix products use TF32, or not."""
    if options.precision is not None:
        torch.backends.cudnn.allow_tf32 = options.precision == "tf32"
        torch.backends.cuda.matmul.allow_tf32 = options.precision == "tf32"
