"""Golden cases of nested ComBat and CovBat (p_harmonisation.json, data/scanners.csv) and of Nyúl's landmarks (q_landmarks.json), in this folder.

combatlearn 2.3.0 (MIT) with two corrections, without which its numbers are not those of the published methods:
  1. priors are taken over the features of a batch (Johnson et al. 2007; R's sva, neuroCombat), not over the batches of a feature;
  2. scores of CovBat are standardised before their effects are taken out and brought back after it (Chen et al. 2022), so that components
     keep their variance; no priors there. Components are those of standardised residuals.
Empirical Bayes is iterated to a relative change of 1e-14.

Landmarks are computed by NumPy in double precision as intensity-normalization 3.0.1 does it in single precision.

    pip install combatlearn==2.3.0 numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1
    python3 make-harmonisation.py
"""

import json

import numpy as np
import pandas as pd
from combatlearn._nested import fit_nested_sequence, transform_nested_sequence
from combatlearn.core import ComBatModel


class Corrected(ComBatModel):
    def _shrink_eb(self, gamma_hat, delta_hat, n_per_batch, batch_names):
        n = np.array([n_per_batch[b] for b in n_per_batch] if isinstance(n_per_batch, dict) else n_per_batch)
        if hasattr(self, "_covbat_n_pc"):
            pooled = ((n - 1)[:, None] * delta_hat).sum(0) / n.sum()
            return gamma_hat, delta_hat / pooled
        gamma, delta = gamma_hat.copy(), delta_hat.copy()
        for i in range(len(n)):
            g_bar, t2 = gamma_hat[i].mean(), gamma_hat[i].var(ddof=1)
            m, s2 = delta_hat[i].mean(), delta_hat[i].var(ddof=1)
            a, b = (2 * s2 + m**2) / s2, (m * s2 + m**3) / s2
            for _ in range(10000):
                g = (t2 * n[i] * gamma_hat[i] + delta[i] * g_bar) / (t2 * n[i] + delta[i])
                sum2 = (n[i] - 1) * delta_hat[i] + n[i] * (gamma_hat[i] - g) ** 2
                d = (0.5 * sum2 + b) / (n[i] / 2 + a - 1)
                change = max(np.abs(g - gamma[i]).max(), np.abs(d - delta[i]).max())
                gamma[i], delta[i] = g, d
                if change < 1e-14:
                    break
        return gamma, delta


def data():
    rng = np.random.default_rng(20)
    n, p = 150, 10
    frame = pd.DataFrame({
        "site": np.repeat(["north", "south", "west"], [60, 50, 40]),
        "kernel": rng.choice(["soft", "sharp"], n, p=[0.6, 0.4]),
        "train": (rng.random(n) < 0.7).astype(int),
        "age": rng.normal(62, 9, n).round(1),
        "sex": rng.choice(["f", "m"], n),
    })
    common = rng.normal(size=(n, 3)) @ rng.normal(size=(3, p))
    x = 20 + common + rng.normal(size=(n, p)) + 0.05 * (frame.age.values - 62)[:, None] * rng.normal(size=p)
    x += (frame.sex == "m").values[:, None] * rng.normal(0, 0.8, p)
    for column, size in (("site", 1.2), ("kernel", 0.8)):
        for level in sorted(frame[column].unique()):
            rows = (frame[column] == level).values
            x[rows] += rng.normal(0.3, size, p)
            x[rows] = x[rows].mean(0) + (x[rows] - x[rows].mean(0)) * rng.gamma(20, 1 / 20, p)
    for j in range(p):
        frame[f"f{j + 1}"] = x[:, j].round(4)
    frame.to_csv("data/scanners.csv", index=False)
    return frame


def covbat(train, test, names, covariates):
    """Of training and test rows."""
    def design(rows):
        return np.column_stack([pd.get_dummies(rows.site).values.astype(float)] + covariates(rows))
    x, d = train[names].values, design(train)
    beta = np.linalg.lstsq(d, x, rcond=None)[0]
    sd = np.sqrt(((x - d @ beta) ** 2).mean(0))
    share = d[:, :3].mean(0)
    def expected(rows):
        return share @ beta[:3] + design(rows)[:, 3:] @ beta[3:]
    def standard(rows):
        return pd.DataFrame((rows[names].values - expected(rows)) / sd, columns=names)
    model = Corrected(method="chen", covbat_cov_thresh=0.95, eps=0.0)
    model.fit(standard(train), batch=train.site.values)
    back = [model.transform(standard(rows), batch=rows.site.values).values * sd + expected(rows) for rows in (train, test)]
    return back, model._covbat_n_pc


def case(name, call, back, frame, **more):
    order = np.concatenate([np.flatnonzero(frame.train == 1), np.flatnonzero(frame.train == 0)])
    harmonised = np.empty((len(frame), back[0].shape[1]))
    harmonised[order] = np.vstack(back)
    return {
        "id": name, "data": "scanners", "tool": "combatlearn 2.3.0, corrected (make-harmonisation.py)", "call": call,
        "values": {"harmonised": harmonised.tolist(), **more}, "rtol": 1e-8, "atol": 1e-8,
    }


frame = data()
names = [f"f{j + 1}" for j in range(10)]
train, test = (frame[frame.train == flag].reset_index(drop=True) for flag in (1, 0))
none = lambda rows: []
both = lambda rows: [rows.age.values, (rows.sex == "m").values.astype(float)]
cases = []
for label, covariates in (("nocov", none), ("cov", both)):
    back, count = covbat(train, test, names, covariates)
    cases.append(case(f"covbat_{label}", "method='chen', covbat_cov_thresh=0.95", back, frame, components=count))
for label, order in (("site_kernel", ["site", "kernel"]), ("kernel_site", ["kernel", "site"])):
    for suffix, has in (("nocov", False), ("cov", True)):
        def parts(rows):
            return (rows[["sex"]], rows[["age"]]) if has else (None, None)
        def batches(rows):
            return {name: pd.Series(rows[name].values, index=rows.index) for name in order}
        models, first = fit_nested_sequence(
            order, train[names], batches(train), *parts(train), lambda _: Corrected(method="fortin", eps=0.0))
        second = transform_nested_sequence(models, test[names], batches(test), *parts(test))
        cases.append(case(f"nested_{label}_{suffix}", f"fit_nested_sequence({order}), method='fortin'", [first.values, second.values], frame))
with open("p_harmonisation.json", "w") as file:
    file.write('{"area":"p_harmonisation","python":"Python 3.11, combatlearn 2.3.0","cases":[\n')
    file.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]}\n")


def landmarks():
    """Scale of the images 0 to 2, foreground above 0, and image 3 on it."""
    images = pd.read_csv("data/nyul_images.csv").values.T
    percentages = [1.0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99]
    def found(image):
        return np.percentile(image[image > 0], percentages)
    scale = np.zeros(11)
    for image in images[:3]:
        marks = found(image)
        scale += (1 + (marks - marks[0]) * 99 / (marks[-1] - marks[0])) / 3
    marks, image = found(images[3]), images[3]
    segment = np.clip(np.searchsorted(marks, image) - 1, 0, 9)
    mapped = scale[segment] + (image - marks[segment]) * (np.diff(scale) / np.diff(marks))[segment]
    return {
        "id": "landmarks", "data": "nyul_images", "tool": "NumPy 2.4.6", "call": "numpy.percentile, linear between landmarks",
        "values": {"percentages": percentages, "standard_scale": scale.tolist(), "mapped": mapped.tolist()}, "rtol": 1e-12, "atol": 1e-12,
    }


with open("q_landmarks.json", "w") as file:
    file.write('{"area":"q_landmarks","python":"Python 3.11, NumPy 2.4.6","cases":[\n')
    file.write(json.dumps(landmarks(), separators=(",", ":")) + "\n]}\n")
