#!/usr/bin/env bash
# dcurves 1.1.7, decision curves: a patient whose predicted risk is missing stays in the denominators as one who is not treated.
#
# Expected: the patient is left out, named or refused, as R's dcurves leaves out incomplete rows. Seen: a missing risk is below every threshold:
# one patient with the event and no prediction takes 1/n from the net benefit of the model at each threshold, and nothing from "treat all",
# without a word. The risk of one missing of ten: 0.414 becomes 0.314, where nine complete patients have 0.349.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check dcurves==1.1.7 numpy==2.4.6 pandas==3.1.1
"$work/venv/bin/python" - <<'PYTHON'
import warnings
import numpy as np
import pandas as pd
from dcurves import dca

warnings.simplefilter("ignore")
patients = pd.DataFrame({"event": [0, 0, 0, 1, 1, 0, 1, 0, 1, 1], "risk": [0.1, 0.2, 0.35, 0.35, 0.4, 0.5, 0.6, 0.2, 0.5, 0.9]})


def net_benefit(rows, model="risk"):
    curve = dca(data=rows, outcome="event", modelnames=["risk"], thresholds=[0.3])
    return float(curve.loc[curve.model == model, "net_benefit"].iloc[0])


one_missing = patients.copy()
one_missing.loc[9, "risk"] = np.nan
complete = one_missing.dropna()
by_hand = 4 / 9 - 2 / 9 * 0.3 / 0.7
print(f"all known {net_benefit(patients):.3f}; one missing {net_benefit(one_missing):.3f}; the nine with a risk {net_benefit(complete):.3f} (by hand {by_hand:.3f})")
assert np.isclose(net_benefit(complete), by_hand), "the net benefit of complete rows has changed"
assert np.isclose(net_benefit(one_missing), net_benefit(patients) - 0.1), "the behaviour has changed"
assert net_benefit(one_missing, "all") == net_benefit(patients, "all"), "the behaviour has changed"
PYTHON
