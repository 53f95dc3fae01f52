#!/usr/bin/env bash
# nyxus 0.11.0, arrays in memory: a floating-point image is moved to begin at 0 and cut to whole numbers before anything is measured,
# without a word.
#
# Uptake values from 0 to 9.9 in steps of 0.1: the mean is 4.73 for 5.22, the maximum 9 for 9.9. Values from -5 to 4.9: the mean
# is 4.73 for 0.22, the minimum 0 for -4.9. 'dynamic_range' changes nothing. Expected: statistics of the values given.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check nyxus==0.11.0 numpy==2.4.6 pandas==2.3.3
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from nyxus import Nyxus

whole = np.random.default_rng(1).integers(100, 200, (32, 32))
mask = np.zeros((32, 32), np.uint32)
mask[4:20, 6:25] = 1
for name, image in (("uptake", (whole - 100) / 10), ("with negative values", (whole - 150) / 10)):
    inside = image[mask > 0]
    row = Nyxus(["MEAN", "MIN", "MAX"]).featurize(image, mask).iloc[0]
    mean, least, most = (float(row[key]) for key in ("MEAN", "MIN", "MAX"))
    print(f"{name}: mean {mean:.4f} (right {inside.mean():.4f}), {least} to {most} (right {inside.min()} to {inside.max()})")
    shifted = np.floor(inside - image.min() + 1e-9)
    assert abs(mean - shifted.mean()) < 0.1 and most == int(most) and mean != inside.mean(), "the behaviour has changed"
PYTHON
