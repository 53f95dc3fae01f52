#!/usr/bin/env python3
"""Writes s_trees.json: boosted trees by the Python package of XGBoost.

    pip install xgboost==1.7.4 'numpy<2' pandas; python make-trees.py

Log odds, log hazards or numbers of all rows, of trees that are grown of the training rows with the exact method on one thread.
"""
import json
import os

import numpy as np
import pandas as pd
import xgboost as xgb

HERE = os.path.dirname(os.path.abspath(__file__))


def table(name):
    return pd.read_csv(os.path.join(HERE, "data", name + ".csv"))


def case(name, data, features, x, label, train, objective, base, **settings):
    parameters = {
        "objective": objective, "base_score": base, "tree_method": "exact", "nthread": 1, "seed": 5, "verbosity": 0,
        "max_depth": settings["depth"], "eta": settings["rate"], "min_child_weight": settings["child_weight"],
        "lambda": settings["lambda"], "subsample": settings["rows"], "colsample_bytree": settings["columns"],
    }
    x = x.astype(np.float32)
    booster = xgb.train(parameters, xgb.DMatrix(x[train], label=label[train], nthread=1), settings["rounds"])
    margins = booster.predict(xgb.DMatrix(x, nthread=1), output_margin=True)
    used = sorted({int(name[1:]) for name in booster.get_score(importance_type="weight")})
    return {
        "id": name, "data": data, "tool": f"xgboost {xgb.__version__}", "call": f"xgb.train({objective}), output_margin",
        "params": {"features": features, "training": len(train), "seed": 5, **settings},
        "values": {"margins": [float(value) for value in margins], "used": used}, "rtol": 1e-6, "atol": 1e-6,
    }


sites, genes, lung = table("wdbc_sites"), table("gene_responses"), table("lung")
names = [name for name in sites.columns if name not in ("site", "train", "y", "age")]
first, clinical = names[:12], ["age", "sex", "ecog", "karno", "wtloss"]
lung = lung[lung[clinical].notna().all(axis=1)]
train = np.arange(110)
plain = {"rounds": 40, "depth": 3, "rate": 0.1, "child_weight": 1.0, "lambda": 1.0, "rows": 1.0, "columns": 1.0}
y = sites["y"].to_numpy(float)
times = np.where(lung["event"] == 1, lung["time"], -lung["time"]).astype(float)
cases = [
    case("binary", "wdbc_sites", first, sites[first].to_numpy(), y, train, "binary:logistic", y[train].mean(), **plain),
    case("binary_drawn", "wdbc_sites", first, sites[first].to_numpy(), y, train, "binary:logistic", y[train].mean(),
         **{**plain, "rows": 0.7, "columns": 0.5, "depth": 2}),
    case("number", "gene_responses", names, sites[names].to_numpy(), genes["g1"].to_numpy(), train, "reg:squarederror",
         genes["g1"].to_numpy()[train].mean(), **plain),
    case("cox", "lung", clinical, lung[clinical].to_numpy(float), times, train, "survival:cox", 1.0,
         **{**plain, "child_weight": 2.0, "lambda": 0.5}),
]
with open(os.path.join(HERE, "s_trees.json"), "w") as file:
    file.write(f'{{"area":"s_trees","python":"Python 3.11, xgboost {xgb.__version__}","cases":[\n')
    file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]}\n")
