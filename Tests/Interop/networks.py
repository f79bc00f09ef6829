"""The two networks of Truong and Hasson (arXiv 2508.00043) as PyTorch modules.

Attribute names give the names of the tensors in files: conv1, bn1, ..., fc1 (the sheet), fc2.
Widths, sheet and classes can be changed to make small fixtures; the defaults are the paper's.
"""

import torch
from torch import nn
from torch.nn import functional as F


class MNISTNetwork(nn.Module):
    def __init__(self, channels=1, widths=(32, 64), units=121, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, widths[0], 3, padding=1)
        self.conv2 = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.dropout = nn.Dropout(0.5)
        self.fc1 = nn.Linear(widths[1], units)
        self.fc2 = nn.Linear(units, classes)

    def forward(self, images):
        """Logits, and the sheet before its ReLU."""
        x = F.max_pool2d(F.relu(self.conv1(images)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        sheet = self.fc1(x.mean(dim=(2, 3)))
        return self.fc2(self.dropout(F.relu(sheet))), sheet


class CIFAR10Network(nn.Module):
    def __init__(self, channels=3, widths=(32, 64, 128, 256), units=121, classes=10):
        super().__init__()
        inputs = (channels, *widths[:-1])
        for index, (before, after) in enumerate(zip(inputs, widths), start=1):
            setattr(self, f"conv{index}", nn.Conv2d(before, after, 3, padding=1))
            setattr(self, f"bn{index}", nn.BatchNorm2d(after))
        self.dropout = nn.Dropout(0.5)
        self.fc1 = nn.Linear(widths[-1], units)
        self.fc2 = nn.Linear(units, classes)

    def forward(self, images):
        """Logits, and the sheet before its ReLU."""
        x = images
        for index in range(1, 5):
            convolution, normalization = getattr(self, f"conv{index}"), getattr(self, f"bn{index}")
            x = F.relu(normalization(convolution(x)))
            if index < 4:
                x = F.max_pool2d(x, 2)
        sheet = self.fc1(x.mean(dim=(2, 3)))
        return self.fc2(self.dropout(F.relu(sheet))), sheet


NETWORKS = {"mnist": MNISTNetwork, "cifar10": CIFAR10Network}


def network_for(architecture, tensors):
    """An untrained network with the sizes that `tensors` (a state_dict) has."""
    blocks = 2 if architecture == "mnist" else 4
    return NETWORKS[architecture](
        channels=tensors["conv1.weight"].shape[1],
        widths=tuple(tensors[f"conv{index}.weight"].shape[0] for index in range(1, blocks + 1)),
        units=tensors["fc1.weight"].shape[0],
        classes=tensors["fc2.weight"].shape[0],
    )
