#!/usr/bin/env python3
"""Writes r_steps.json: imputation and principal components by scikit-learn, of wdbc_sites.

    pip install scikit-learn==1.9.1 pandas; python make-steps.py

Rows 0 to 109 are for training. A cell is missing where (7 row + 13 column) mod 11 is 0, rows and columns of the case counted from 0.
"""
import json
import os

import numpy as np
import pandas as pd
import sklearn
from sklearn.decomposition import PCA
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer
from sklearn.linear_model import LinearRegression

HERE = os.path.dirname(os.path.abspath(__file__))
SITES = pd.read_csv(os.path.join(HERE, "data", "wdbc_sites.csv"))
NAMES = [name for name in SITES.columns if name not in ("site", "train", "y", "age")]
TRAIN = 110
TOOL = f"scikit-learn {sklearn.__version__}"


class RidgeInUnits(LinearRegression):
    """Least squares with 1e-5 added to variances, columns being in units already."""

    def fit(self, x, y):
        centers, center = x.mean(0), y.mean()
        products = (x - centers).T @ (x - centers) + 1e-5 * len(y) * np.eye(x.shape[1])
        self.coef_ = np.linalg.solve(products, (x - centers).T @ (y - center))
        self.intercept_ = center - self.coef_ @ centers
        self.n_features_in_ = x.shape[1]
        return self


def holed(names):
    x = SITES[names].to_numpy(float).copy()
    row, column = np.indices(x.shape)
    x[(7 * row + 13 * column) % 11 == 0] = np.nan
    return x


def entry(name, call, names, values, tolerance, **params):
    return {
        "id": name, "data": "wdbc_sites", "tool": TOOL, "call": call, "params": {"features": names, **params},
        "values": values, "rtol": tolerance, "atol": tolerance,
    }


def scaled(x, ddof=1):
    mean, sd = np.nanmean(x[:TRAIN], 0), np.nanstd(x[:TRAIN], 0, ddof=ddof)
    return (x - mean) / sd, mean, sd


def filled(imputer, names):
    x, mean, sd = scaled(holed(names))
    return np.vstack([imputer.fit_transform(x[:TRAIN]), imputer.transform(x[TRAIN:])]) * sd + mean


def imputations():
    names = NAMES[:12]
    for count in (1, 5):
        found = filled(KNNImputer(n_neighbors=count), names)
        yield entry(f"knn_{count}", f"KNNImputer(n_neighbors={count}), columns in units", names,
                    {"filled": found.tolist()}, 1e-12, neighbours=count)
    names = [NAMES[k] for k in (1, 4, 5, 8, 9, 11)]
    for label, estimator, ridge in (("least_squares", LinearRegression(), 0), ("ridge", RidgeInUnits(), 1e-5)):
        imputer = IterativeImputer(estimator=estimator, max_iter=1000, tol=1e-15, imputation_order="ascending")
        found = filled(imputer, names)
        yield entry(f"chained_{label}", f"IterativeImputer({label}, max_iter=1000, tol=1e-15), columns in units", names,
                    {"filled": found.tolist()}, 1e-9, ridge=ridge)


def components():
    for label, names, rows in (("tall", NAMES, TRAIN), ("wide", NAMES, 20)):
        x = SITES[names].to_numpy(float)
        mean, sd = x[:rows].mean(0), x[:rows].std(0, ddof=1)
        model = PCA(svd_solver="full").fit((x[:rows] - mean) / sd)
        count = 6
        loadings = model.components_[:count]
        signs = np.sign(loadings[np.arange(count), np.abs(loadings).argmax(1)])
        scores = model.transform((x - mean) / sd)[:, :count] * signs
        share = np.cumsum(model.explained_variance_ratio_)
        yield entry(f"pca_{label}", "PCA(svd_solver='full'), columns in units (n - 1), largest loading positive", names, {
            "loadings": (loadings.T * signs).tolist(), "scores": scores.tolist(),
            "variances": model.explained_variance_[:count].tolist(), "count_90": int(np.searchsorted(share, 0.9) + 1),
        }, 1e-10, rows=rows)


with open(os.path.join(HERE, "r_steps.json"), "w") as file:
    file.write(f'{{"area":"r_steps","python":"Python 3.11, {TOOL}, NumPy {np.__version__}","cases":[\n')
    cases = [*imputations(), *components()]
    file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]}\n")
