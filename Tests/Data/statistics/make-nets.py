#!/usr/bin/env python3
"""Writes p_nets.json: elastic nets by adelie, scikit-survival and scikit-learn, beside golden cases of glmnet.

    pip install adelie==1.1.52 scikit-survival==0.28.0 scikit-learn pandas; python make-nets.py

Columns are independent (gene_responses) or strongly correlated (wdbc_sites), put in units of their standard deviations over n.
"""
import json
import os
import sys

import adelie
import numpy
import pandas
import sklearn
import sksurv
from sklearn.linear_model import LogisticRegression
from sksurv.linear_model import CoxnetSurvivalAnalysis

HERE = os.path.dirname(os.path.abspath(__file__))


def table(name):
    return pandas.read_csv(os.path.join(HERE, "data", name + ".csv"))


def scaled(frame):
    x = frame.to_numpy(float)
    return numpy.asfortranarray((x - x.mean(0)) / x.std(0))


def entry(name, data, tool, call, params, penalties, coefficients, intercepts=None):
    values = {"lambda": list(map(float, penalties)), "coef_per_lambda": [list(map(float, row)) for row in coefficients]}
    if intercepts is not None:
        values["intercepts"] = list(map(float, intercepts))
    return {
        "id": name, "data": data, "tool": tool, "call": call, "params": params, "values": values, "rtol": 1e-6, "atol": 1e-6,
    }


def path(x, glm, alpha, ratio, **more):
    state = adelie.grpnet(
        x, glm, alpha=alpha, early_exit=False, progress_bar=False, min_ratio=ratio, lmda_path_size=8, tol=1e-15,
        max_iters=10**7, **more)
    return state.lmdas, state.betas.toarray(), state.intercepts


def main():
    genes, sites = table("gene_responses"), table("wdbc_sites")
    features = [name for name in sites.columns if name not in ("site", "train", "y", "age")]
    designs = {"independent": scaled(genes.drop(columns="g1")), "correlated": scaled(sites[features])}
    y, event = genes["g1"].to_numpy(float), sites["y"].to_numpy(float)
    ours, cases = f"adelie {adelie.__version__}", []
    for kind, x in designs.items():
        data = ["gene_responses", "wdbc_sites"]
        for alpha in (1.0, 0.5):
            params = {"design": kind, "alpha": alpha}
            found = path(x, adelie.glm.gaussian(y), alpha, 0.05)
            cases.append(entry(f"gaussian_{kind}_{alpha}", data, ours, "grpnet(gaussian)", params, *found))
            if alpha < 1 or kind == "independent":
                found = path(x, adelie.glm.binomial(event), alpha, 0.1, irls_tol=1e-14)
                cases.append(entry(f"binomial_{kind}_{alpha}", data, ours, "grpnet(binomial)", params, *found))
    # Penalties of scikit-learn: C = 1 / (n λ), with a constant that is not penalised.
    n, penalty = len(y), 0.05
    model = LogisticRegression(
        l1_ratio=0.5, penalty="elasticnet", solver="saga", C=1 / (n * penalty), tol=1e-12, max_iter=10**6)
    model.fit(designs["correlated"], event)
    cases.append(entry(
        "sklearn_logistic", ["wdbc_sites"], f"scikit-learn {sklearn.__version__}", "LogisticRegression(saga)",
        {"design": "correlated", "alpha": 0.5}, [penalty], model.coef_, model.intercept_))
    heart = table("heart")
    x = scaled(heart[["age", "year", "surgery", "transplant"]])
    for ties in ("efron", "breslow"):
        glm = adelie.glm.cox(
            start=heart["start"].to_numpy(float), stop=heart["stop"].to_numpy(float),
            status=heart["event"].to_numpy(float), tie_method=ties)
        lmdas, betas, _ = path(x, glm, 0.5, 0.02, irls_tol=1e-14)
        cases.append(entry(
            f"cox_late_entry_{ties}", ["heart"], ours, "grpnet(cox)", {"alpha": 0.5, "ties": ties}, lmdas, betas))
    # Events and censored rows at one time: the latter are still at risk (glmnet 4.1-6 takes some of them out, as its sort has them).
    lung = table("lung")[["time", "event", "age", "sex", "ecog", "karno", "wtloss"]].dropna()
    glm = adelie.glm.cox(
        start=numpy.zeros(len(lung)), stop=lung["time"].to_numpy(float), status=lung["event"].to_numpy(float),
        tie_method="breslow")
    lmdas, betas, _ = path(scaled(lung.drop(columns=["time", "event"])), glm, 1.0, 0.02, irls_tol=1e-14)
    cases.append(entry("cox_tied_breslow", ["lung"], ours, "grpnet(cox)", {"alpha": 1.0, "ties": "breslow"}, lmdas, betas))
    pbc = table("pbc_312")
    columns = ["age", "bili", "albumin", "protime", "edema"]
    whole = pbc[["time", "event"] + columns].dropna()
    outcome = numpy.array(
        list(zip(whole["event"] == 1, whole["time"])), dtype=[("event", bool), ("time", float)])
    net = CoxnetSurvivalAnalysis(
        l1_ratio=0.7, alphas=[0.2, 0.1, 0.05, 0.02, 0.005], tol=1e-14, max_iter=10**6).fit(scaled(whole[columns]), outcome)
    cases.append(entry(
        "cox_sksurv", ["pbc_312"], f"scikit-survival {sksurv.__version__}", "CoxnetSurvivalAnalysis",
        {"alpha": 0.7, "ties": "breslow", "columns": columns}, net.alphas_, net.coef_.T))
    lines = ",\n".join(json.dumps(case) for case in cases)
    with open(os.path.join(HERE, "p_nets.json"), "w") as file:
        file.write('{"area": "nets", "python": "%s", "cases": [\n%s\n]}\n' % (sys.version.split()[0], lines))


if __name__ == "__main__":
    main()
