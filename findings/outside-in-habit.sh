#!/usr/bin/env bash
# HABIT 3.0.0 (habitat-analysis), features of the multiregional spatial interaction matrix: faces between two voxels that both lie outside the region
# are counted in the region's bounding box with one voxel around it.
#
# Expected: homogeneity, energy and correlation of a label map that is turned stay what they are. Seen: those of a rod along an axis and of the same
# number of voxels in the same neighbourhood along a staircase differ by what is empty in their boxes; contrast, whose weight is 0 there, does not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 scipy==1.17.1
"$work/venv/bin/pip" download -q --disable-pip-version-check --no-deps -d "$work" habitat-analysis==3.0.0
tar xzf "$work"/habitat_analysis-3.0.0.tar.gz -C "$work"
"$work/venv/bin/python" - "$work/habitat_analysis-3.0.0/habit/kernels/habitat_metrics.py" <<'PYTHON'
import importlib.util, sys
import numpy as np

spec = importlib.util.spec_from_file_location("habitat_metrics", sys.argv[1])
habit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(habit)


def features(labels):
    matrix = habit.spatial_interaction_matrix(labels, 3)
    return matrix, habit.msi_features_from_matrix(matrix)


# Fourteen voxels, each sharing a face with the next: straight, and in steps.
straight, steps = np.zeros((1, 1, 14), int), np.zeros((1, 8, 8), int)
for n in range(14):
    label = 1 if n < 7 else 2
    straight[0, 0, n] = label
    steps[0, (n + 1) // 2, n // 2] = label
(a, first), (b, second) = features(straight), features(steps)
print("straight", a.tolist(), "steps", b.tolist())
a[0, 0] = b[0, 0] = 0
assert (a == b).all(), "the same faces"
for name in ("contrast", "homogeneity", "energy", "correlation"):
    print(f"{name}: {first[name]:.4f} and {second[name]:.4f}")
assert first["contrast"] == second["contrast"]
assert all(abs(first[name] - second[name]) > 0.01 for name in ("homogeneity", "energy", "correlation")), "the behaviour has changed"
PYTHON
