"""Common corruptions by the libraries that the published sets were made with: NumPy, SciPy,
scikit-image, OpenCV, Pillow and ImageMagick (`convert` of version 6 with 16 bits), from
Toposheet's own draws.

    pip install numpy scipy scikit-image opencv-python-headless pillow
    python corruptions.py            # writes corruptions-*.npy and frost/*

One made-up image in color and one in gray, at every severity of every corruption. They are
image 3 of their sets, under seed 7 and draw 1, so positions in the random streams count, too."""

import pathlib
import subprocess
import tempfile

import cv2
import numpy as np
from PIL import Image
from scipy import ndimage, stats
from skimage import color as skcolor
from skimage.filters import gaussian

import philox

HERE = pathlib.Path(__file__).resolve().parent
SEED, DRAW, IMAGE = 7, 1, 3
PURPOSE = 12
KINDS = [
    "gaussian-noise", "shot-noise", "impulse-noise", "defocus-blur", "glass-blur", "motion-blur",
    "zoom-blur", "snow", "frost", "fog", "brightness", "contrast", "elastic-transform", "pixelate",
    "jpeg-compression", "speckle-noise", "gaussian-blur", "spatter", "saturate",
]


class Draws:
    """The random numbers of one image."""

    def __init__(self, kind, mnist, severity):
        place = KINDS.index(kind) + (64 if mnist else 0)
        key = philox.block((severity, place, DRAW, PURPOSE), (SEED, 0))
        self.key = (int(key[0]), int(key[1]))

    def words(self, count, field=0, start=0):
        low = (field << 28) + np.arange(start // 4, (start + count + 3) // 4, dtype=np.uint64)
        counter = (low, np.full_like(low, IMAGE), np.zeros_like(low), np.full_like(low, PURPOSE))
        return philox.block(counter, self.key).reshape(-1)[start % 4:][:count].astype(np.int64)

    def normal(self, *shape, field=0):
        count = int(np.prod(shape))
        words = self.words(count + count % 2, field).reshape(-1, 2)
        radius = np.sqrt(-2 * np.log(((words[:, 0] >> 8) + 1) * 2.0 ** -24))
        angle = 2 * np.pi * words[:, 1] * 2.0 ** -32
        pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1)
        return pairs.reshape(-1)[:count].reshape(shape)

    def signed(self, *shape, field=0):
        return ((self.words(int(np.prod(shape)), field) - 2 ** 31) * 2.0 ** -31).reshape(shape)

    def below(self, bound, word):
        return (word * bound) >> 32


def choose(severity, mnist, common_table, mnist_table):
    return (mnist_table if mnist else common_table)[severity - 1]


def rows_last(image):
    """[channel, row, column] to [row, column, channel]."""
    return np.ascontiguousarray(np.moveaxis(image, 0, -1))


def smooth(x, sigma, mnist=False):
    """The filter of images: MNIST-C's runs along the first axis only."""
    axes = (sigma, 0, 0) if mnist else (sigma, sigma, 0)
    return ndimage.gaussian_filter(x, axes, mode="nearest", truncate=4)


def gaussian_noise(x, s, mnist, draws):
    c = choose(s, mnist, [.04, .06, .08, .09, .10], [.08, .12, .18, .26, .38])
    noise = np.moveaxis(draws.normal(*np.moveaxis(x, -1, 0).shape), 0, -1)
    return np.clip(x / 255. + c * noise, 0, 1) * 255


def speckle_noise(x, s, mnist, draws):
    c = choose(s, mnist, [.06, .1, .12, .16, .2], [.15, .2, .35, .45, .6])
    noise = np.moveaxis(draws.normal(*np.moveaxis(x, -1, 0).shape), 0, -1)
    return np.clip(x / 255. + x / 255. * (c * noise), 0, 1) * 255


def shot_noise(x, s, mnist, draws):
    c = choose(s, mnist, [500, 250, 100, 75, 50], [60, 25, 12, 5, 3])
    plane = np.moveaxis(x, -1, 0)
    words = draws.words(2 * x.size).reshape(-1, 2)
    uniform = words[:, 0] * 2.0 ** -32 + words[:, 1] * 2.0 ** -64
    counts = stats.poisson.ppf(uniform, plane.reshape(-1) / 255. * c)
    counts = np.where(plane.reshape(-1) == 0, 0, counts).reshape(plane.shape)
    return np.moveaxis(np.clip(counts / c, 0, 1) * 255, 0, -1)


def impulse_noise(x, s, mnist, draws):
    c = choose(s, mnist, [.01, .02, .03, .05, .07], [.03, .06, .09, .17, .27])
    words = draws.words(x.size).reshape(np.moveaxis(x, -1, 0).shape)
    hit = (words >> 8).astype(np.float32) * np.float32(2.0 ** -24) < np.float32(c)
    out = np.where(hit, np.where(words & 1 == 1, 255, 0), np.moveaxis(x, -1, 0))
    return np.moveaxis(out, 0, -1).astype(float)


def gaussian_blur(x, s, mnist, draws):
    c = choose(s, mnist, [.4, .6, .7, .8, 1], [1, 2, 3, 4, 6])
    return np.clip(smooth(x / 255., c, mnist), 0, 1) * 255


def glass_blur(x, s, mnist, draws):
    sigma, delta, iterations = choose(
        s, mnist, [(.05, 1, 1), (.25, 1, 1), (.4, 1, 1), (.25, 1, 2), (.4, 1, 2)],
        [(.7, 1, 2), (.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)])
    y = np.uint8(smooth(x / 255., sigma, mnist) * 255)
    rows, columns = y.shape[:2]
    words = draws.words(4 * iterations * rows * columns).reshape(iterations, rows, columns, 4)
    for i in range(iterations):
        for h in range(rows - delta, delta, -1):
            for w in range(columns - delta, delta, -1):
                dx = int(draws.below(2 * delta, words[i, h, w, 0])) - delta
                dy = int(draws.below(2 * delta, words[i, h, w, 1])) - delta
                if mnist:
                    if words[i, h, w, 2] >> 31:
                        y[h, w, 0], y[h + dy, w + dx, 0] = y[h + dy, w + dx, 0], y[h, w, 0]
                else:
                    # As it stands in the published code, views and all.
                    y[h, w], y[h + dy, w + dx] = y[h + dy, w + dx], y[h, w]
    return np.clip(smooth(y / 255., sigma, mnist), 0, 1) * 255


def defocus_blur(x, s, mnist, draws):
    radius, soft = choose(
        s, mnist, [(.3, .4), (.4, .5), (.5, .6), (1, .2), (1.5, .1)],
        [(3, .1), (4, .5), (6, .5), (8, .5), (10, .5)])
    half, size = (8, (3, 3)) if radius <= 8 else (radius, (5, 5))
    across, down = np.meshgrid(np.arange(-half, half + 1), np.arange(-half, half + 1))
    disk = np.array(across ** 2 + down ** 2 <= radius ** 2, dtype=np.float32)
    kernel = cv2.GaussianBlur(disk / disk.sum(), ksize=size, sigmaX=soft)
    planes = [cv2.filter2D(np.ascontiguousarray(x[..., d] / 255.), -1, kernel)
              for d in range(x.shape[-1])]
    return np.clip(np.stack(planes, -1), 0, 1) * 255


def magick_motion(plane, radius, sigma, angle):
    """ImageMagick itself, on a gray plane."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = f"{folder}/before.png", f"{folder}/after.png"
        Image.fromarray(plane).save(before)
        subprocess.run(
            ["/usr/bin/convert", before, "-motion-blur", f"{radius}x{sigma}{angle:+.12f}", "-depth",
             "8", f"png:{after}"], check=True)
        return np.array(Image.open(after).convert("L"))


def motion_blur(x, s, mnist, draws):
    radius, sigma = choose(
        s, mnist, [(6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)],
        [(10, 3), (15, 5), (15, 8), (15, 12), (20, 15)])
    angle = (int(draws.words(1)[0]) - 2 ** 31) * 45 / 2 ** 31
    return np.stack([magick_motion(np.ascontiguousarray(x[..., d]), radius, sigma, angle)
                     for d in range(x.shape[-1])], -1)


def clipped_zoom(x, factor):
    n = x.shape[0]
    crop = int(np.ceil(n / factor))
    top = (n - crop) // 2
    y = ndimage.zoom(x[top:top + crop, top:top + crop], (factor, factor, 1), order=1)
    trim = (y.shape[0] - n) // 2
    return y[trim:trim + n, trim:trim + n]


def zoom_blur(x, s, mnist, draws):
    last, step = choose(
        s, mnist, [(1.06, .01), (1.11, .01), (1.16, .01), (1.21, .01), (1.26, .01)],
        [(1.11, .01), (1.16, .01), (1.21, .02), (1.26, .02), (1.31, .03)])
    factors = np.arange(1, last, step)
    y = (x / 255.).astype(np.float32)
    out = np.zeros_like(y)
    for factor in factors:
        out += clipped_zoom(y, factor)
    return np.clip((y + out) / (len(factors) + 1), 0, 1) * 255


def snow(x, s, mnist, draws):
    c = choose(
        s, mnist,
        [(.1, .2, 1, .6, 8, 3, .95), (.1, .2, 1, .5, 10, 4, .9), (.15, .3, 1.75, .55, 10, 4, .9),
         (.25, .3, 2.25, .6, 12, 6, .85), (.3, .3, 1.25, .65, 14, 12, .8)],
        [(.1, .3, 3, .5, 10, 4, .8), (.2, .3, 2, .5, 12, 4, .7), (.55, .3, 4, .9, 12, 8, .7),
         (.55, .3, 4.5, .85, 12, 8, .65), (.55, .3, 2.5, .85, 12, 12, .55)])
    y = np.array(x, dtype=np.float32) / 255.
    layer = c[0] + c[1] * draws.normal(*x.shape[:2])
    layer = clipped_zoom(layer[..., None], c[2])[..., 0]
    layer[layer < c[3]] = 0
    layer = (np.clip(layer, 0, 1) * 255).astype(np.uint8)
    angle = (int(draws.words(1, field=1)[0]) - 2 ** 31) * 45 / 2 ** 31 - 90
    layer = (magick_motion(layer, c[4], c[5], angle) / 255.)[..., None]
    gray = y if y.shape[-1] == 1 else cv2.cvtColor(y, cv2.COLOR_RGB2GRAY)[..., None]
    y = c[6] * y + (1 - c[6]) * np.maximum(y, gray * 1.5 + .5)
    return np.clip(y + layer + np.rot90(layer, k=2), 0, 1) * 255


def frost(x, s, mnist, draws):
    c = choose(
        s, mnist, [(1, .2), (1, .3), (.9, .4), (.85, .4), (.75, .45)],
        [(1, .4), (.8, .6), (.7, .7), (.65, .7), (.6, .75)])
    files = sorted((HERE / "frost").iterdir())
    words = draws.words(3)
    picture = np.array(Image.open(files[int(draws.below(len(files), words[0]))]).convert("RGB"))
    if not mnist:
        picture = cv2.resize(picture, (0, 0), fx=.2, fy=.2)
    if x.shape[-1] == 1:
        weights = np.array([.299, .587, .114])
        picture = np.floor(picture @ weights + .5).astype(np.uint8)[..., None]
    top = int(draws.below(picture.shape[0] - x.shape[0] + 1, words[1]))
    left = int(draws.below(picture.shape[1] - x.shape[1] + 1, words[2]))
    piece = picture[top:top + x.shape[0], left:left + x.shape[1]]
    return np.clip(c[0] * x.astype(float) + c[1] * piece, 0, 255)


def plasma(size, decay, draws):
    words = draws.words(size * size // 2)
    halves = np.stack([words & 0xFFFF, words >> 16], -1).reshape(-1)
    uniform = ((halves + .5) * 2.0 ** -15 - 1).reshape(size, size)
    m = np.zeros((size, size))
    step, wibble = size, 100.

    def shaken(total, down, across):
        return total / 4 + wibble * wibble * uniform[down::step, across::step]

    while step >= 2:
        half = step // 2
        corners = m[::step, ::step]
        sums = corners + np.roll(corners, -1, axis=0)
        m[half::step, half::step] = shaken(sums + np.roll(sums, -1, axis=1), half, half)
        middles = m[half::step, half::step]
        left_right = middles + np.roll(middles, 1, axis=0) + corners + np.roll(corners, -1, axis=1)
        m[::step, half::step] = shaken(left_right, 0, half)
        up_down = middles + np.roll(middles, 1, axis=1) + corners + np.roll(corners, -1, axis=0)
        m[half::step, ::step] = shaken(up_down, half, 0)
        step //= 2
        wibble /= decay
    m -= m.min()
    return m / m.max()


def fog(x, s, mnist, draws):
    c = choose(
        s, mnist, [(.2, 3), (.5, 3), (.75, 2.5), (1, 2), (1.5, 1.75)],
        [(1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)])
    y = x / 255.
    largest = y.max()
    cloud = plasma(256 if mnist else 32, c[1], draws)[:x.shape[0], :x.shape[1], None]
    return np.clip((y + c[0] * cloud) * largest / (largest + c[0]), 0, 1) * 255


def in_hsv(x, change):
    """Gray images are taken for color ones, and the luminance of the result is kept."""
    y = x / 255.
    gray = y.shape[-1] == 1
    hsv = skcolor.rgb2hsv(skcolor.gray2rgb(y[..., 0]) if gray else y)
    out = skcolor.hsv2rgb(change(hsv))
    if gray:
        # Weights sum to less than 1 by rounding; gray stays as it is.
        flat = np.ptp(out, axis=-1) == 0
        out = np.where(flat, out[..., 0], skcolor.rgb2gray(out))[..., None]
    return np.clip(out, 0, 1) * 255


def brightness(x, s, mnist, draws):
    c = choose(s, mnist, [.05, .1, .15, .2, .3], [.1, .2, .3, .4, .5])

    def change(hsv):
        hsv[..., 2] = np.clip(hsv[..., 2] + c, 0, 1)
        return hsv

    return in_hsv(x, change)


def saturate(x, s, mnist, draws):
    c = choose(
        s, mnist, [(.3, 0), (.1, 0), (1.5, 0), (2, .1), (2.5, .2)],
        [(.3, 0), (.1, 0), (2, 0), (5, .1), (20, .2)])

    def change(hsv):
        if mnist:
            return np.clip(hsv * c[0] + c[1], 0, 1)
        hsv[..., 1] = np.clip(hsv[..., 1] * c[0] + c[1], 0, 1)
        return hsv

    return in_hsv(x, change)


def contrast(x, s, mnist, draws):
    c = choose(s, mnist, [.75, .5, .4, .3, .15], [.4, .3, .2, .1, .05])
    y = x / 255.
    means = np.mean(y, axis=(0, 1), keepdims=True)
    return np.clip((y - means) * c + means, 0, 1) * 255


def pillow(x):
    return Image.fromarray(x[..., 0] if x.shape[-1] == 1 else x)


def pixelate(x, s, mnist, draws):
    c = choose(s, mnist, [.95, .9, .85, .75, .65], [.6, .5, .4, .3, .25])
    n = x.shape[0]
    small = pillow(x).resize((int(n * c), int(n * c)), Image.BOX)
    return np.array(small.resize((n, n), Image.BOX)).reshape(x.shape)


def jpeg_compression(x, s, mnist, draws):
    c = choose(s, mnist, [80, 65, 58, 50, 40], [25, 18, 15, 10, 7])
    with tempfile.TemporaryFile() as file:
        pillow(x).save(file, "JPEG", quality=c)
        return np.array(Image.open(file)).reshape(x.shape)


def elastic_transform(x, s, mnist, draws):
    n = x.shape[0]
    alpha, sigma, jitter = n * np.array(choose(
        s, mnist, [(0, 0, .08), (.05, .2, .07), (.08, .06, .06), (.1, .04, .05), (.1, .03, .03)],
        [(2, .7, .1), (2, .08, .2), (.05, .01, .02), (.07, .01, .02), (.12, .01, .02)]))
    y = np.array(x, dtype=np.float32) / 255.
    center, side = n // 2, n // 3
    before = np.float32([[center + side, center + side], [center + side, center - side],
                         [center - side, center - side]])
    after = before + (draws.signed(6).reshape(3, 2) * jitter).astype(np.float32)
    back = cv2.getAffineTransform(after, before)
    down, across = np.mgrid[:n, :n]
    # OpenCV's warpAffine rounds places to 1/32 of a pixel; this does not.
    places = [back[1, 0] * across + back[1, 1] * down + back[1, 2],
              back[0, 0] * across + back[0, 1] * down + back[0, 2]]
    if mnist:
        # Black from one pixel beyond the border on, and interpolated in between.
        framed = np.pad(y, ((1, 1), (1, 1), (0, 0)))
        warp = lambda plane: ndimage.map_coordinates(
            plane, [p + 1 for p in places], order=1, mode="constant")
        y = np.stack([warp(framed[..., d]) for d in range(y.shape[-1])], -1)
    else:
        y = np.stack([ndimage.map_coordinates(y[..., d], places, order=1, mode="mirror")
                      for d in range(y.shape[-1])], -1)
    move = [ndimage.gaussian_filter(draws.signed(n, n, field=f), sigma, mode="reflect", truncate=3)
            * alpha for f in (1, 2)]
    places = [down + move[1].astype(np.float32), across + move[0].astype(np.float32)]
    y = np.stack([ndimage.map_coordinates(
        y[..., d], places, order=1, mode="constant" if mnist else "reflect")
        for d in range(y.shape[-1])], -1)
    return np.clip(y, 0, 1) * 255


def spatter(x, s, mnist, draws):
    c = choose(
        s, mnist,
        [(.62, .1, .7, .7, .5, 0), (.65, .1, .8, .7, .5, 0), (.65, .3, 1, .69, .5, 0),
         (.65, .1, .7, .69, .6, 1), (.65, .1, .5, .68, .6, 1)],
        [(.65, .3, 4, .69, .6, 1), (.65, .3, 3, .68, .6, 1), (.65, .3, 2, .68, .5, 1),
         (.65, .3, 1, .65, 1.5, 1), (.67, .4, 1, .65, 1.5, 1)])
    y = np.array(x, dtype=np.float32) / 255.
    liquid = gaussian(c[0] + c[1] * draws.normal(*x.shape[:2]), sigma=c[2])
    liquid[liquid < c[3]] = 0
    tones = np.array([63, 42, 20] if c[5] else [175, 238, 238]) / 255.
    if x.shape[-1] == 1:
        tones = tones[:1] if mnist else np.array([tones @ [.299, .587, .114]])
    if c[5]:
        mask = gaussian(np.where(liquid > c[3], 1, 0).astype(np.float32), sigma=c[4])
        mask[mask < .8] = 0
        return np.clip(y * (1 - mask[..., None]) + tones * mask[..., None], 0, 1) * 255
    liquid = (liquid * 255).astype(np.uint8)
    light = cv2.distanceTransform(255 - cv2.Canny(liquid, 50, 150), cv2.DIST_L2, 5)
    _, light = cv2.threshold(light, 20, 20, cv2.THRESH_TRUNC)
    light = cv2.equalizeHist(cv2.blur(light, (3, 3)).astype(np.uint8))
    light = cv2.filter2D(light, cv2.CV_8U, np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]))
    mass = liquid * cv2.blur(light, (3, 3)).astype(np.float32)
    mass = (mass / mass.max() * c[4])[..., None]
    return np.clip(y + mass * tones.astype(np.float32), 0, 1) * 255


def made_up(channels, n):
    """Gradients, a disk, bars, and some noise; on gray, much black."""
    down, across = np.mgrid[:n, :n] / (n - 1)
    planes = []
    for channel in range(channels):
        plane = 90 + 80 * np.sin(5 * across + channel) * np.cos(4 * down - channel)
        plane[(across - .4) ** 2 + (down - .5) ** 2 < .06] = [230, 60, 20][channel]
        plane[:, n // 2:n // 2 + 3] = [250, 250, 40][channel]
        plane[-n // 4:, ::3] += 60
        plane += 20 * philox.values(SEED, channel, (n, n))
        if channels == 1:
            plane[(across < .2) | (across > .85) | (down < .1)] = 0
        planes.append(plane)
    return np.clip(np.stack(planes), 0, 255).astype(np.uint8)


def make_frost():
    folder = HERE / "frost"
    folder.mkdir(exist_ok=True)
    for index, (rows, columns) in enumerate([(171, 183), (190, 177), (165, 202)]):
        down, across = np.mgrid[:rows, :columns]
        picture = np.stack([
            128 + 100 * np.sin(across / (7 + index) + channel) * np.sin(down / 11 - channel)
            for channel in range(3)], -1).astype(np.uint8)
        if index < 2:
            Image.fromarray(picture).save(folder / f"frost{index}.png", optimize=True)
        else:
            Image.fromarray(picture).save(folder / f"frost{index}.jpg", quality=60)


FUNCTIONS = {
    kind: globals()[kind.replace("-", "_")] for kind in KINDS
}


def main():
    make_frost()
    for name, channels, n, mnist in [
            ("color", 3, 32, False), ("gray", 1, 28, False), ("mnist", 1, 28, True)]:
        image = made_up(channels, n)
        out = np.zeros((1 + 5 * len(KINDS), channels, n, n), np.uint8)
        out[0] = image
        for k, kind in enumerate(KINDS):
            for severity in range(1, 6):
                draws = Draws(kind, mnist, severity)
                result = FUNCTIONS[kind](rows_last(image), severity, mnist, draws)
                # MNIST-C's results pass through float32.
                result = np.float32(result) if mnist else result
                out[1 + 5 * k + severity - 1] = np.moveaxis(np.uint8(result), -1, 0)
        path = HERE / f"corruptions-{name}.npy"
        np.save(path, out)
        print(path.name, out.shape, path.stat().st_size)


if __name__ == "__main__":
    main()
