"""Twenty training steps of the paper's networks from weights, images, order and dropout masks
that Philox gives: four epochs of 38 images in batches of 8, the last one of 6."""

import numpy as np
import torch
from torch.nn import functional as F

import networks
import philox
from reference_penalty import penalty

EPOCHS, BATCH, POOL = 4, 8, 38
POOL_SEED = 2026
HEAD = 32
# Condition, penalty, metric, lambda, member seed.
CONDITIONS = [
    ("control", None, None, 0.0, 11),
    ("ws-euclidean-1", "ws", "euclidean", 1.0, 12),
    ("as-correlation-0.3", "as", "correlation", 0.3, (7 << 32) + 13),
]


def pool(shape):
    """Images of 10 classes: random bytes, each spread over 1 to 4 rows and 1 to 4 columns, and
    the brighter the higher the class; so that images differ in texture and the network in what it
    sees of them."""
    _, rows, columns = shape
    count = POOL * int(np.prod(shape))
    words = philox.words(POOL_SEED, philox.TEST, 0, (count + 3) // 4)
    noise = words.astype("<u4").view(np.uint8)[:count].reshape(POOL, *shape).astype(np.int64)
    labels = np.arange(POOL) % 10
    for n in range(POOL):
        down, right = 1 + n % 4, 1 + n // 4 % 4
        spread = noise[n][:, np.arange(rows) // down][:, :, np.arange(columns) // right]
        noise[n] = spread * (labels[n] + 1) // 10
    return noise, labels


def batches(seed):
    """The images of each step: every epoch has its own order of the member's training split,
    which here are all images."""
    split = philox.permutation(seed, philox.SPLIT, 0, POOL)
    for epoch in range(EPOCHS):
        order = torch.from_numpy(split[philox.permutation(seed, philox.ORDER, epoch, POOL)])
        yield list(order.split(BATCH))


def initialize(network, seed):
    """Tensor t in state-dict order (`num_batches_tracked` not counted) draws stream t."""
    state = network.state_dict()
    names = [name for name in state if not name.endswith("num_batches_tracked")]
    for t, name in enumerate(names):
        layer, kind = name.split(".")
        if layer.startswith("bn"):
            state[name].fill_(1.0 if kind in ("weight", "running_var") else 0.0)
        else:
            fan_in = state[f"{layer}.weight"][0].numel()
            drawn = philox.initial(seed, t, state[name].shape, fan_in)
            state[name].copy_(torch.from_numpy(drawn))


class GivenDropout(torch.nn.Module):
    """Dropout whose masks are Toposheet's."""

    def __init__(self, seed, rate=0.5):
        super().__init__()
        self.seed, self.rate, self.step = seed, rate, 0

    def forward(self, x):
        keeps = philox.dropout_keeps(self.seed, 0, self.step, x.numel(), self.rate)
        self.step += 1
        return x * torch.from_numpy(keeps).view(x.shape) / (1 - self.rate)


def describe(network):
    """Of every tensor of the state dict, `<name>/head`: its first 32 values, and
    `<name>/moments`: sum and Euclidean norm."""
    described = {}
    for name, tensor in network.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            values = tensor.double().flatten()
            described[f"{name}/head"] = values[:HEAD].float()
            described[f"{name}/moments"] = torch.stack([values.sum(), values.norm()]).float()
    return described


def train(architecture, kind, metric, weight, seed):
    """The cross-entropy and penalty of each step, and the state after the first epoch and the
    last."""
    network = networks.NETWORKS[architecture]()
    initialize(network, seed)
    network.dropout = GivenDropout(seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    bytes, classes = pool(network.image_shape)
    images = networks.normalize(torch.from_numpy(bytes), architecture)
    labels = torch.from_numpy(classes)
    cross_entropies, values, states = [], [], {}
    for epoch, epoch_batches in enumerate(batches(seed), start=1):
        for chosen in epoch_batches:
            logits, sheet = network(images[chosen])
            loss = cross_entropy = F.cross_entropy(logits, labels[chosen])
            value = torch.zeros(())
            if kind:
                value = penalty(network.fc1.weight if kind == "ws" else sheet.T, metric)
                loss = loss + weight * value
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            cross_entropies.append(cross_entropy.item())
            values.append(value.item())
        if epoch in (1, EPOCHS):
            states.update({f"epoch-{epoch}/{k}": v for k, v in describe(network).items()})
    return {"cross-entropy": torch.tensor(cross_entropies).float(),
            "penalty": torch.tensor(values).float(), **states}


def make(architecture):
    """For each condition: `cross-entropy` and `penalty` of each step (without lambda), and
    `epoch-1/...` and `epoch-4/...`: the state after the fifth step and the last."""
    return {f"{condition}/{name}": tensor for condition, *arguments in CONDITIONS
            for name, tensor in train(architecture, *arguments).items()}
