#!/usr/bin/env python3
"""Writes u_clusters.json: k-means, Gaussian mixtures and their agreement by scikit-learn and SciPy, of wdbc_sites.

    pip install scikit-learn==1.9.1 pandas scipy; python make-clusters.py

Points are the rows of four columns. Starts are rows that the case names; mixtures start with equal weights, the points' variances as
covariances, and have 1e-6 added to variances in each round.
"""
import json
import os
import warnings

import numpy as np
import pandas as pd
import sklearn
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
SITES = pd.read_csv(os.path.join(HERE, "data", "wdbc_sites.csv"))
NAMES = [name for name in SITES.columns if name not in ("site", "train", "y", "age")][:4]
X = SITES[NAMES].to_numpy(float)
TOOL = f"scikit-learn {sklearn.__version__}"
cases, labels = [], {}


def entry(name, call, values, tolerance, **params):
    cases.append({
        "id": name, "data": "wdbc_sites", "tool": TOOL, "call": call, "params": {"features": NAMES, **params},
        "values": values, "rtol": tolerance, "atol": tolerance,
    })


for k in (2, 3, 6):
    rows = [(17 * j + 3) % len(X) for j in range(k)]
    fit = KMeans(k, init=X[rows], n_init=1, max_iter=300, tol=0, algorithm="lloyd").fit(X)
    labels[k] = fit.labels_
    entry(f"kmeans_{k}", "KMeans(init=rows, n_init=1, tol=0, algorithm='lloyd')",
          {"inertia": fit.inertia_, "centres": fit.cluster_centers_.tolist(), "labels": fit.labels_.tolist()}, 1e-9,
          rows=rows)
for shape, word in (("full", "full"), ("diagonal", "diag")):
    k, rows, variances = 3, [3, 20, 37], X.var(0)
    precisions = np.array([np.diag(1 / variances)] * k) if word == "full" else np.array([1 / variances] * k)
    for rounds in (1, 25):
        fit = GaussianMixture(k, covariance_type=word, weights_init=np.ones(k) / k, means_init=X[rows],
                              precisions_init=precisions, max_iter=rounds, tol=0).fit(X)
        full = fit.covariances_ if word == "full" else np.array([np.diag(v) for v in fit.covariances_])
        density = fit.score(X)
        entry(f"mixture_{shape}_{rounds}", "GaussianMixture(max_iter=rounds, tol=0)",
              {"weights": fit.weights_.tolist(), "means": fit.means_.tolist(), "covariances": full.tolist(),
               "lower_bound": fit.lower_bound_, "labels": fit.predict(X).tolist(),
               "bic_per_row": fit.bic(X) / len(X)}, 1e-8, rows=rows, shape=shape, rounds=rounds)
for a, b in ((2, 3), (3, 6)):
    entry(f"rand_{a}_{b}", "adjusted_rand_score", {"rand": adjusted_rand_score(labels[a], labels[b])}, 1e-12,
          first=labels[a].tolist(), second=labels[b].tolist())
costs = np.random.default_rng(5).uniform(0, 1, (7, 9))
rows, columns = linear_sum_assignment(costs)
entry("assignment", "scipy.optimize.linear_sum_assignment", {"columns": columns.tolist(), "sum": costs[rows, columns].sum()},
      1e-12, costs=costs.tolist())
with open(os.path.join(HERE, "u_clusters.json"), "w") as file:
    file.write(f'{{"area":"u_clusters","python":"Python 3.11, {TOOL}, NumPy {np.__version__}","cases":[\n')
    file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]}\n")
