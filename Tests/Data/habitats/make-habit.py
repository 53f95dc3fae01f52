#!/usr/bin/env python3
"""Writes habit.json: the spatial interaction matrix, its features and the ITH score of three label maps by HABIT 3.0.0 (Apache-2.0).

    pip install numpy scipy; pip download --no-deps habitat-analysis==3.0.0; tar xzf habitat_analysis-3.0.0.tar.gz
    python make-habit.py habitat_analysis-3.0.0

The maps: four quarters of a slab, one of them in the corner beside another by edges alone; a ball of shells with holes; sparse noise.
"""
import importlib.util
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("habitat_metrics", os.path.join(sys.argv[1], "habit/kernels/habitat_metrics.py"))
habit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(habit)


def maps():
    quarters = np.zeros((3, 6, 7), int)
    quarters[1, 1:3, 1:4], quarters[1, 3:5, 4:6], quarters[1, 1:3, 4:6], quarters[1, 3:5, 1:4] = 1, 1, 2, 3
    yield "quarters", quarters, 3
    z, y, x = np.indices((9, 11, 10)) - np.array([4, 5, 4.5]).reshape(3, 1, 1, 1)
    radius = np.sqrt(z**2 + y**2 + x**2)
    shells = np.where(radius < 2, 3, np.where(radius < 3.2, 1, np.where(radius < 4.3, 2, 0)))
    shells[(x > 0) & (y > 0) & (z > 0) & (shells == 2)] = 4
    yield "shells", shells, 4
    noise = np.random.default_rng(7).integers(0, 4, (6, 5, 8))
    yield "noise", noise, 4  # No voxel of label 4.


cases = []
for name, labels, count in maps():
    matrix = habit.spatial_interaction_matrix(labels, count + 1)
    features = habit.msi_features_from_matrix(matrix)
    denominator = float(np.tril(matrix)[1:].sum())
    cases.append({
        "id": name, "size": list(labels.shape[::-1]), "labels": labels.ravel().tolist(), "count": count,
        "matrix": matrix.tolist(), "denominator": denominator, "ith": habit.ith_score(labels),
        "regions": {str(k): list(v) for k, v in habit.habitat_region_stats(labels).items()},
        **{key: features[key] for key in ("contrast", "homogeneity", "energy", "correlation")},
    })
with open(os.path.join(HERE, "habit.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
