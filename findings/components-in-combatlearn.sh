#!/usr/bin/env bash
# combatlearn 2.3.0, CovBat (method chen): the scores of each component are divided by their own standard deviation in the batch and never
# brought back to their common one, so that every component that is kept leaves with a variance of 1.
#
# Expected: what is harmonised has about the variance of what went in (Chen et al. 2022: scores are harmonised as ComBat does it, which
# keeps their overall variance). Seen: ten features that share one strong factor, no effect of the batch at all: total variance 85
# becomes 10, and the first component's share falls from 0.89 to 0.10.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check combatlearn==2.3.0 numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1
"$work/venv/bin/python" - <<'PYTHON'
import warnings
import numpy as np
import pandas as pd
from combatlearn.core import ComBatModel

warnings.simplefilter("ignore")
rng = np.random.default_rng(1)
site = pd.Series(np.repeat(["a", "b"], 200))
x = pd.DataFrame(3 * rng.normal(size=(400, 1)) + rng.normal(size=(400, 10)))
y = ComBatModel(method="chen", covbat_cov_thresh=0.999).fit(x, batch=site).transform(x, batch=site).values
def summary(values):
    eigen = np.linalg.eigvalsh(np.cov(values.T))[::-1]
    return eigen.sum(), eigen[0] / eigen.sum()
(before, share), (after, later) = summary(x.values), summary(y)
print(f"total variance {before:.1f} becomes {after:.1f}; the first component's share {share:.2f} becomes {later:.2f}")
assert after < 0.5 * before and later < 0.75 * share, "the behaviour has changed"
PYTHON
