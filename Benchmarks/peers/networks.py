"""The paper's two networks, with the attribute names that their state dicts use.

`forward` returns the logits and the sheet: the topographic layer's values before ReLU.
`dropout` is an attribute, so that a test may put masks of its own in its place.
"""

import torch
from torch import nn
from torch.nn import functional as F

UNITS = 121
CLASSES = 10


class MNISTNetwork(nn.Module):
    """conv 1-32, ReLU, pool, conv 32-64, ReLU, pool, mean, fc1 64-121, ReLU, dropout, fc2."""

    image_shape = (1, 28, 28)

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.fc1 = nn.Linear(64, UNITS)
        self.fc2 = nn.Linear(UNITS, CLASSES)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        sheet = self.fc1(x.mean((2, 3)))
        return self.fc2(self.dropout(F.relu(sheet))), sheet


class CIFARNetwork(nn.Module):
    """Four times conv, batch norm, ReLU (pool after the first three); then as `MNISTNetwork`."""

    image_shape = (3, 32, 32)

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(64)
        self.conv3 = nn.Conv2d(64, 128, 3, padding=1)
        self.bn3 = nn.BatchNorm2d(128)
        self.conv4 = nn.Conv2d(128, 256, 3, padding=1)
        self.bn4 = nn.BatchNorm2d(256)
        self.fc1 = nn.Linear(256, UNITS)
        self.fc2 = nn.Linear(UNITS, CLASSES)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        x = F.max_pool2d(F.relu(self.bn3(self.conv3(x))), 2)
        x = F.relu(self.bn4(self.conv4(x)))
        sheet = self.fc1(x.mean((2, 3)))
        return self.fc2(self.dropout(F.relu(sheet))), sheet


NETWORKS = {"mnist": MNISTNetwork, "cifar10": CIFARNetwork}

# Mean and standard deviation of the training images, per channel, on the [0, 1] scale.
CONSTANTS = {
    "mnist": ([0.1307], [0.3081]),
    "cifar10": ([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]),
}


def normalize(images, architecture):
    """`uint8 [n, channel, row, column]` to normalized values of torch's default type."""
    mean, standard_deviation = (
        torch.tensor(values).view(1, -1, 1, 1) for values in CONSTANTS[architecture])
    return (images.to(torch.get_default_dtype()) / 255 - mean) / standard_deviation
