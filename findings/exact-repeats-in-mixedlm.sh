#!/usr/bin/env bash
# statsmodels 0.15.0, MixedLM by REML: repeats that are exactly equal give less than half of the variance between subjects,
# and the fit says that it has converged.
#
# Six subjects, two readings each, both equal: the variance between subjects is that of the six values, 1.2507, the error's
# is 0. Seen: converged True, between 0.568, error 1.6e-10; with one reading missing 0.625. ICC is near 1 all the same, so
# that nothing looks wrong until the standard deviation is used.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check statsmodels==0.15.0 pandas==2.3.3 scipy==1.17.1 numpy==2.4.6
"$work/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np, pandas as pd, statsmodels.formula.api as smf

values = 0.1 * np.array([36.0, 41, 45, 52, 58, 66])
rows = pd.DataFrame([(s, v) for s, v in enumerate(values) for _ in range(2)], columns=["subject", "value"])
truth = values.var(ddof=1)
for name, table in (("complete", rows), ("one reading missing", rows.drop(index=3))):
    fit = smf.mixedlm("value ~ 1", table, groups="subject").fit(reml=True)
    between = float(fit.cov_re.iloc[0, 0])
    print(f"{name}: converged {fit.converged}, between {between:.4f} (right: {truth:.4f}), error {fit.scale:.2g}")
    assert fit.converged and between < 0.6 * truth, "the behaviour has changed"
PYTHON
