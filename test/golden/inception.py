"""Makes inception.json: what each layer of the FID network gives, by PyTorch in float64, on random weights.

    python3 test/golden/inception.py > test/golden/inception.json

The network is that of pytorch-fid (T. Unterthiner, M. Seitzer): Inception-v3 with the changes of
TensorFlow's graph of 2015-12-05. Weights and images follow a rule (`uniform`) that
test/inception.ts shares, so that none are kept. Wants python3-torch and python3-numpy.
"""

import json
import math

import numpy as np
import torch
import torch.nn.functional as F

ENTRIES = 5
IMAGES = (1, 40, 32, 3)


def uniform(name, size):
    """`size` numbers from 0 to 1 that depend on a name alone."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = (seed ^ byte) * 0x01000193 & 0xFFFFFFFF  # FNV-1a
    x = np.uint32(seed) + np.arange(size, dtype=np.uint32) * np.uint32(0x9E3779B9)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)  # the mixing of C. Wellons's lowbias32
    return (x ^ (x >> np.uint32(16))).astype(np.float64) / 2**32


def made(name, shape, low, high):
    """A tensor of numbers from `low` to `high`, rounded to float32 as a file would hold them."""
    values = low + (high - low) * uniform(name, math.prod(shape))
    return torch.tensor(values.astype(np.float32).astype(np.float64)).reshape(shape)


layers = {}


def keep(name, x):
    """Summarises what a layer gives, as [B, H, W, C] or [B, C]."""
    flat = (x.permute(0, 2, 3, 1) if x.dim() == 4 else x).contiguous()
    values = flat.reshape(-1)
    places = [int(values.numel() * (2 * j + 1) / (2 * ENTRIES)) for j in range(ENTRIES)]
    signs = torch.tensor(2 * uniform("probe", values.numel()) - 1)
    layers[name] = {
        "shape": list(flat.shape),
        "mean": float(values.mean()),
        "rms": float(values.square().mean().sqrt()),
        "probe": float((values * signs).sum() / math.sqrt(values.numel())),
        "entries": [float(values[i]) for i in places],
    }
    return x


def conv(name, x, out, size, stride=1, padding=0):
    """Convolution without bias, batch normalisation with eps 0.001, rectifier."""
    kh, kw = (size, size) if isinstance(size, int) else size
    fan = x.shape[1] * kh * kw
    limit = math.sqrt(6 / fan)
    w = made(f"{name}.conv.weight", (out, x.shape[1], kh, kw), -limit, limit)
    y = F.batch_norm(
        F.conv2d(x, w, stride=stride, padding=padding),
        made(f"{name}.bn.running_mean", (out,), -0.2, 0.2),
        made(f"{name}.bn.running_var", (out,), 0.5, 1.5),
        made(f"{name}.bn.weight", (out,), 0.75, 1.25),
        made(f"{name}.bn.bias", (out,), -0.2, 0.2),
        eps=0.001,
    )
    return keep(name, F.relu(y))


def average(x):
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def block_a(name, x, pool):
    one = conv(f"{name}.branch1x1", x, 64, 1)
    five = conv(f"{name}.branch5x5_1", x, 48, 1)
    five = conv(f"{name}.branch5x5_2", five, 64, 5, padding=2)
    three = conv(f"{name}.branch3x3dbl_1", x, 64, 1)
    three = conv(f"{name}.branch3x3dbl_2", three, 96, 3, padding=1)
    three = conv(f"{name}.branch3x3dbl_3", three, 96, 3, padding=1)
    pooled = conv(f"{name}.branch_pool", average(x), pool, 1)
    return keep(name, torch.cat([one, five, three, pooled], 1))


def block_b(name, x):
    three = conv(f"{name}.branch3x3", x, 384, 3, stride=2)
    double = conv(f"{name}.branch3x3dbl_1", x, 64, 1)
    double = conv(f"{name}.branch3x3dbl_2", double, 96, 3, padding=1)
    double = conv(f"{name}.branch3x3dbl_3", double, 96, 3, stride=2)
    return keep(name, torch.cat([three, double, F.max_pool2d(x, 3, stride=2)], 1))


def block_c(name, x, c):
    row, column = dict(size=(1, 7), padding=(0, 3)), dict(size=(7, 1), padding=(3, 0))
    one = conv(f"{name}.branch1x1", x, 192, 1)
    seven = conv(f"{name}.branch7x7_1", x, c, 1)
    seven = conv(f"{name}.branch7x7_2", seven, c, **row)
    seven = conv(f"{name}.branch7x7_3", seven, 192, **column)
    double = conv(f"{name}.branch7x7dbl_1", x, c, 1)
    double = conv(f"{name}.branch7x7dbl_2", double, c, **column)
    double = conv(f"{name}.branch7x7dbl_3", double, c, **row)
    double = conv(f"{name}.branch7x7dbl_4", double, c, **column)
    double = conv(f"{name}.branch7x7dbl_5", double, 192, **row)
    pooled = conv(f"{name}.branch_pool", average(x), 192, 1)
    return keep(name, torch.cat([one, seven, double, pooled], 1))


def block_d(name, x):
    three = conv(f"{name}.branch3x3_1", x, 192, 1)
    three = conv(f"{name}.branch3x3_2", three, 320, 3, stride=2)
    seven = conv(f"{name}.branch7x7x3_1", x, 192, 1)
    seven = conv(f"{name}.branch7x7x3_2", seven, 192, (1, 7), padding=(0, 3))
    seven = conv(f"{name}.branch7x7x3_3", seven, 192, (7, 1), padding=(3, 0))
    seven = conv(f"{name}.branch7x7x3_4", seven, 192, 3, stride=2)
    return keep(name, torch.cat([three, seven, F.max_pool2d(x, 3, stride=2)], 1))


def block_e(name, x, pool):
    one = conv(f"{name}.branch1x1", x, 320, 1)
    three = conv(f"{name}.branch3x3_1", x, 384, 1)
    across = conv(f"{name}.branch3x3_2a", three, 384, (1, 3), padding=(0, 1))
    down = conv(f"{name}.branch3x3_2b", three, 384, (3, 1), padding=(1, 0))
    double = conv(f"{name}.branch3x3dbl_1", x, 448, 1)
    double = conv(f"{name}.branch3x3dbl_2", double, 384, 3, padding=1)
    across2 = conv(f"{name}.branch3x3dbl_3a", double, 384, (1, 3), padding=(0, 1))
    down2 = conv(f"{name}.branch3x3dbl_3b", double, 384, (3, 1), padding=(1, 0))
    pooled = conv(f"{name}.branch_pool", pool(x), 192, 1)
    return keep(name, torch.cat([one, across, down, across2, down2, pooled], 1))


def network(images):
    """Keeps all layers of images [B, 3, H, W] of 0..1."""
    x = F.interpolate(images, size=(299, 299), mode="bilinear", align_corners=False)
    x = keep("input", 2 * x - 1)
    x = conv("Conv2d_1a_3x3", x, 32, 3, stride=2)
    x = conv("Conv2d_2a_3x3", x, 32, 3)
    x = conv("Conv2d_2b_3x3", x, 64, 3, padding=1)
    x = F.max_pool2d(x, 3, stride=2)
    x = conv("Conv2d_3b_1x1", x, 80, 1)
    x = conv("Conv2d_4a_3x3", x, 192, 3)
    x = F.max_pool2d(x, 3, stride=2)
    x = block_a("Mixed_5b", x, 32)
    x = block_a("Mixed_5c", x, 64)
    x = block_a("Mixed_5d", x, 64)
    x = block_b("Mixed_6a", x)
    x = block_c("Mixed_6b", x, 128)
    x = block_c("Mixed_6c", x, 160)
    x = block_c("Mixed_6d", x, 160)
    x = block_c("Mixed_6e", x, 192)
    x = block_d("Mixed_7a", x)
    x = block_e("Mixed_7b", x, average)
    x = block_e("Mixed_7c", x, lambda x: F.max_pool2d(x, 3, stride=1, padding=1))
    x = keep("features", x.mean((2, 3)))
    limit = math.sqrt(6 / 2048)
    w = made("fc.weight", (1008, 2048), -limit, limit)
    keep("logits", F.linear(x, w, made("fc.bias", (1008,), -0.2, 0.2)))


if __name__ == "__main__":
    images = made("images", IMAGES, 0, 1).permute(0, 3, 1, 2)
    network(images)
    print(json.dumps({"images": IMAGES, "layers": layers}))
