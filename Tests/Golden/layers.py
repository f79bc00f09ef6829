"""Cases for each layer: inputs of two members, and what PyTorch computes of them in double
precision, member by member."""

import torch
from torch.nn import functional as F

import philox

MEMBERS = 2


class Cases(dict):
    """Named tensors with the member axis; draws the inputs."""

    def __init__(self, seed):
        super().__init__()
        self.seed = seed
        self.stream = 0

    def draw(self, *shape, scale=1.0, shift=0.0):
        """Float32 values in double precision: `[member] + shape`."""
        drawn = philox.values(self.seed, self.stream, (MEMBERS, *shape))
        self.stream += 1
        return (torch.from_numpy(drawn).double() * scale + shift).float().double()

    def add(self, case, **tensors):
        for name, tensor in tensors.items():
            self[f"{case}/{name}"] = tensor.detach().float().contiguous()

    def compute(self, case, function, inputs, outputs, **further):
        """Applies `function` (dict to dict) to every member; stores inputs and outputs."""
        each = [function({name: value[m] for name, value in inputs.items()})
                for m in range(MEMBERS)]
        self.add(case, **inputs, **further,
                 **{name: torch.stack([one[name] for one in each]) for name in outputs})


def differentiate(output, gradient, **inputs):
    """Gradients of `output` weighted by `gradient`, named `<input>Gradient`."""
    found = torch.autograd.grad(output, list(inputs.values()), gradient)
    return {f"{name}Gradient": each for name, each in zip(inputs, found)}


def leaf(tensor):
    return tensor.clone().requires_grad_()


def window_tensor(kernel, stride, padding):
    return torch.tensor([*kernel, *stride, *padding])


def convolutions(cases):
    kinds = [
        ("3x3-1-31", (3, 3), (1, 1), (1, 1), 1, 31, (8, 7)),
        ("3x3-31-33", (3, 3), (1, 1), (1, 1), 31, 33, (5, 4)),
        ("3x3-33-3", (3, 3), (1, 1), (1, 1), 33, 3, (5, 7)),
        ("3x3-unpadded-3-3", (3, 3), (1, 1), (0, 0), 3, 3, (5, 3)),
        ("5x3-strided-3-31", (5, 3), (2, 1), (2, 1), 3, 31, (8, 5)),
        ("5x3-strided-31-1", (5, 3), (2, 1), (2, 1), 31, 1, (9, 5)),
        ("1x1-33-31", (1, 1), (1, 1), (0, 0), 33, 31, (4, 5)),
        ("1x1-3-33", (1, 1), (1, 1), (0, 0), 3, 33, (4, 4)),
    ]
    for name, kernel, stride, padding, channels, outputs, extent in kinds:
        bound = (channels * kernel[0] * kernel[1]) ** -0.5
        inputs = {
            "input": cases.draw(2, channels, *extent),
            "weight": cases.draw(outputs, channels, *kernel, scale=bound),
            "bias": cases.draw(outputs, scale=bound),
        }
        shape = F.conv2d(*(inputs[n][0] for n in inputs), stride, padding).shape
        inputs["outputGradient"] = cases.draw(*shape)

        def compute(x):
            input, weight, bias = (leaf(x[n]) for n in ("input", "weight", "bias"))
            output = F.conv2d(input, weight, bias, stride, padding)
            return {"output": output, **differentiate(
                output, x["outputGradient"], input=input, weight=weight, bias=bias)}

        cases.compute(
            f"convolution.{name}", compute, inputs,
            ["output", "inputGradient", "weightGradient", "biasGradient"],
            window=window_tensor(kernel, stride, padding))


def poolings(cases):
    kinds = [("2x2", 2, 2, 0, 33, (5, 6)), ("3x3-overlapping", 3, 2, 1, 31, (5, 6))]
    for name, kernel, stride, padding, channels, extent in kinds:
        inputs = {"input": cases.draw(2, channels, *extent)}
        shape = F.max_pool2d(inputs["input"][0], kernel, stride, padding).shape
        inputs["outputGradient"] = cases.draw(*shape)

        def compute(x):
            input = leaf(x["input"])
            output = F.max_pool2d(input, kernel, stride, padding)
            return {"output": output, **differentiate(output, x["outputGradient"], input=input)}

        cases.compute(
            f"maxPooling.{name}", compute, inputs, ["output", "inputGradient"],
            window=window_tensor((kernel,) * 2, (stride,) * 2, (padding,) * 2))
    for name, shape in [("7x7", (2, 33, 7, 7)), ("5x4", (2, 3, 5, 4))]:
        inputs = {"input": cases.draw(*shape), "outputGradient": cases.draw(*shape[:2])}

        def compute(x):
            input = leaf(x["input"])
            output = F.adaptive_avg_pool2d(input, 1).flatten(1)
            return {"output": output, **differentiate(output, x["outputGradient"], input=input)}

        cases.compute(
            f"globalAveragePooling.{name}", compute, inputs, ["output", "inputGradient"])


def batch_normalizations(cases):
    epsilon, momentum = 1e-5, 0.1
    for name, shape, shift in [("33", (3, 33, 3, 4), 0.5), ("far-3", (2, 3, 7, 7), 20.0)]:
        channels = shape[1]
        inputs = {
            "input": cases.draw(*shape, shift=shift),
            "scale": cases.draw(channels, shift=0.5),
            "shift": cases.draw(channels),
            "runningMean": cases.draw(channels, shift=shift),
            "runningVariance": cases.draw(channels, scale=0.5, shift=1.0),
            "outputGradient": cases.draw(*shape),
        }

        def compute(x):
            input, scale, shift = (leaf(x[n]) for n in ("input", "scale", "shift"))
            mean, variance = x["runningMean"].clone(), x["runningVariance"].clone()
            inference = F.batch_norm(input, mean, variance, scale, shift, False, momentum, epsilon)
            output = F.batch_norm(input, mean, variance, scale, shift, True, momentum, epsilon)
            return {
                "output": output, "inference": inference,
                "updatedMean": mean, "updatedVariance": variance,
                "mean": input.mean((0, 2, 3)),
                "inverseDeviation": (input.var((0, 2, 3), unbiased=False) + epsilon).rsqrt(),
                **differentiate(
                    output, x["outputGradient"], input=input, scale=scale, shift=shift),
            }

        cases.compute(f"batchNormalization.{name}", compute, inputs, [
            "output", "inference", "updatedMean", "updatedVariance", "mean", "inverseDeviation",
            "inputGradient", "scaleGradient", "shiftGradient"])


def linears(cases):
    for batch, inputs_count, outputs_count in [(5, 33, 31), (8, 64, 121), (33, 121, 10), (1, 1, 3)]:
        inputs = {
            "input": cases.draw(batch, inputs_count),
            "weight": cases.draw(outputs_count, inputs_count),
            "bias": cases.draw(outputs_count),
            "outputGradient": cases.draw(batch, outputs_count),
        }

        def compute(x):
            input, weight, bias = (leaf(x[n]) for n in ("input", "weight", "bias"))
            output = F.linear(input, weight, bias)
            return {"output": output, **differentiate(
                output, x["outputGradient"], input=input, weight=weight, bias=bias)}

        cases.compute(
            f"linear.{batch}-{inputs_count}-{outputs_count}", compute, inputs,
            ["output", "inputGradient", "weightGradient", "biasGradient"])


def pointwise(cases):
    inputs = {"input": cases.draw(5, 121), "outputGradient": cases.draw(5, 121)}
    inputs["input"][:, :, ::7] = 0

    def compute(x):
        input = leaf(x["input"])
        output = F.relu(input)
        return {"output": output, **differentiate(output, x["outputGradient"], input=input)}

    cases.compute("relu.121", compute, inputs, ["output", "inputGradient"])


def losses(cases):
    """`score`: sum of the losses, right predictions, images. The gradient is that of the sum
    divided by the batch size, counting the rows of target -1, which take no part."""
    for name, batch, classes, scale in [("10", 33, 10, 3.0), ("steep-7", 8, 7, 90.0)]:
        logits = cases.draw(batch, classes, scale=scale)
        targets = ((cases.draw(batch) + 1) / 2 * classes).floor()
        targets[:, ::5] = -1

        def compute(x):
            logits, targets = leaf(x["logits"]), x["targets"].long()
            loss = F.cross_entropy(logits, targets, ignore_index=-1, reduction="sum")
            counted = targets >= 0
            right = (logits.argmax(1) == targets)[counted].sum()
            gradient, = torch.autograd.grad(loss / batch, logits)
            return {"score": torch.stack([loss, right.double(), counted.sum().double()]),
                    "gradient": gradient}

        cases.compute(
            f"softmaxCrossEntropy.{name}", compute, {"logits": logits, "targets": targets},
            ["score", "gradient"])


def make(seed):
    cases = Cases(seed)
    for family in (convolutions, poolings, batch_normalizations, linears, pointwise, losses):
        family(cases)
    return cases


def make_optimizers(seed, steps=5, count=37):
    """Parameters before and after each of five steps with given gradients; the members' learning
    rates differ, and a few gradients are zero throughout."""
    cases = Cases(seed)
    rates = torch.tensor([[1e-3], [2e-2]], dtype=torch.float64)
    kinds = [
        ("adam", lambda p, rate: torch.optim.Adam(p, lr=rate)),
        ("adam-other-betas",
         lambda p, rate: torch.optim.Adam(p, lr=rate, betas=(0.7, 0.95), eps=1e-4)),
        ("sgd", lambda p, rate: torch.optim.SGD(p, lr=rate)),
        ("sgd-momentum", lambda p, rate: torch.optim.SGD(p, lr=rate, momentum=0.9)),
    ]
    for name, make_optimizer in kinds:
        inputs = {"parameters": cases.draw(count), "gradients": cases.draw(steps, count),
                  "rates": rates}
        inputs["gradients"][:, :, ::9] = 0
        inputs["gradients"][:, :, 1::9] *= 1e-6

        def compute(x):
            parameters = leaf(x["parameters"])
            optimizer = make_optimizer([parameters], x["rates"].item())
            trace = []
            for gradient in x["gradients"]:
                parameters.grad = gradient.clone()
                optimizer.step()
                trace.append(parameters.detach().clone())
            return {"trace": torch.stack(trace)}

        cases.compute(f"optimizer.{name}", compute, inputs, ["trace"])
    return cases
