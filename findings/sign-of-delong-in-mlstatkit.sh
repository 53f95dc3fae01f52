#!/usr/bin/env bash
# MLstatkit 0.1.91, Delong_test(y, a, b): z has the sign of AUC(b) - AUC(a), though a is named, and its area returned, first.
#
# Expected: z above 0 where the first marker's area is the larger (as R's pROC, whose Z is that of AUC1 - AUC2). Seen: areas
# 0.945 and 0.550, z -3.70; with the markers exchanged +3.70. P does not change; a one-sided reading of z is reversed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check MLstatkit==0.1.91 numpy==2.4.6
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from MLstatkit import Delong_test

y = np.repeat([0, 1], 10)
better = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 13.0, 8, 10, 11, 12, 14, 15, 16, 17, 18, 19])
worse = np.array([1, 3, 5, 7, 9, 11, 13, 15, 17, 19.0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20])

def area(marker):
    pairs = marker[y == 1][:, None] - marker[y == 0][None, :]
    return ((pairs > 0) + 0.5 * (pairs == 0)).mean()

for first, second in ((better, worse), (worse, better)):
    z = Delong_test(y, first, second)[0]
    print(f"areas {area(first):.3f} and {area(second):.3f}: z {z:+.4f}")
    assert np.sign(z) == -np.sign(area(first) - area(second)), "the behaviour has changed"
PYTHON
