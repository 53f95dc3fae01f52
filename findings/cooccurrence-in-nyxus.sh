#!/usr/bin/env bash
# nyxus 0.11.0, arrays in memory: grey level co-occurrence pairs each pixel with itself, by default and with ibsi=True.
#
# White noise of 64 levels has contrast 0, correlation 1 and entropies below -700 in all four directions (the contrast of
# pixels side by side is about 700, an entropy is never below 0). No parameter of the constructor sets the distance: 'glcm_offset' is
# "unexpected" and ignored with a printed line.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check nyxus==0.11.0 numpy==2.4.6 pandas==2.3.3
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from nyxus import Nyxus

image = np.random.default_rng(1).integers(1, 65, (32, 32)).astype(np.uint32)
mask = np.zeros((32, 32), np.uint32)
mask[4:20, 6:25] = 1
region = image[4:20, 6:25].astype(int)
print(f"contrast of pixels side by side: {(np.diff(region, axis=1) ** 2).mean():.1f}")
for ibsi in (False, True):
    row = Nyxus(["GLCM_CONTRAST", "GLCM_CORRELATION", "GLCM_ENTROPY"], ibsi=ibsi).featurize(image, mask).iloc[0]
    for angle in (0, 45, 90, 135):
        contrast, entropy = float(row[f"GLCM_CONTRAST_{angle}"]), float(row[f"GLCM_ENTROPY_{angle}"])
        print(f"ibsi={ibsi}, {angle} degrees: contrast {contrast}, entropy {entropy:.1f}")
        assert contrast == 0 and entropy < 0, "the behaviour has changed"
PYTHON
