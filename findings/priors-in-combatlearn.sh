#!/usr/bin/env bash
# combatlearn 2.3.0, ComBat with empirical Bayes (method johnson or fortin): the priors of a batch's locations and scales are taken over the
# batches of each feature (mean and variance along axis 0 of batches x features), not over the features of each batch.
#
# Expected: the numbers of neuroCombat and R's sva, as the method is the same; what a feature becomes depends on the other features, which is
# what the method borrows strength from. Seen: differences up to 0.45 standard deviations with three batches of 15; a feature becomes
# the same whether 4 or 39 others are beside it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check combatlearn==2.3.0 neuroCombat==0.2.12 numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1
"$work/venv/bin/python" - <<'PYTHON'
import contextlib, io, warnings
import numpy as np
import pandas as pd
from combatlearn.core import ComBatModel
from neuroCombat import neuroCombat

warnings.simplefilter("ignore")
rng = np.random.default_rng(1)
site = pd.Series(np.repeat(["a", "b", "c"], 15))
shift = {"a": 0.0, "b": 1.0, "c": -0.5}
x = pd.DataFrame(rng.normal(size=(45, 40)) + site.map(shift).values[:, None] + rng.normal(0, 0.3, (1, 40)))

with contextlib.redirect_stdout(io.StringIO()):
    reference = neuroCombat(x.values.T, pd.DataFrame({"site": site}), batch_col="site")["data"].T
for method in ("johnson", "fortin"):
    def harmonised(columns):
        return ComBatModel(method=method).fit(x[columns], batch=site).transform(x[columns], batch=site).values
    all_of_them, few = harmonised(list(range(40))), harmonised(list(range(5)))
    difference, influence = np.abs(all_of_them - reference).max(), np.abs(all_of_them[:, :5] - few).max()
    print(f"{method}: differs from neuroCombat by up to {difference:.2f}; other features change a feature by {influence:.1e}")
    assert difference > 0.1 and influence < 1e-6, "the behaviour has changed"
PYTHON
