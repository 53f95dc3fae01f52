#!/usr/bin/env bash
# pingouin 0.7.0, intraclass_corr: two readers who agree exactly get F < 0 and P = 1, as if nothing were reliable.
#
# The error's sum of squares is a difference of sums, so that rounding leaves -1e-13 where it is 0; F is a quotient by it.
# Expected: ICC 1, F infinite, P 0. Seen (values 36 41 45 52 58 66 by both readers): ICC 1.0, F -6.6e15, P 1.0 for ICC(1,1).
# A column that is constant gets an ICC too: ICC(C,1) is -1.67, 1.67, 1 or infinite for twelve times 0.37, 3.7, 0.1 or 0.3.
# Which value shows it depends on rounding, so several are tried.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pingouin==0.7.0 pandas==2.3.3 scipy==1.17.1 numpy==2.4.6
"$work/venv/bin/python" -W ignore - <<'PYTHON'
import pandas as pd, pingouin as pg

def table(values):
    return pd.DataFrame([(s, r, v) for s, v in enumerate(values) for r in "AB"], columns=["subject", "reader", "value"])

def icc(values):
    return pg.intraclass_corr(table(values), "subject", "reader", "value").set_index("Type")

reversed_tests = 0
for scale in (1, 0.1, 0.3, 0.7, 1.1, 10.1, 1e-3):
    row = icc([scale * v for v in (36, 41, 45, 52, 58, 66)]).loc["ICC(1,1)"]
    print(f"exact repeats, times {scale}: ICC {row['ICC']:.6g}, F {row['F']:.3g}, P {row['pval']:.3g}")
    reversed_tests += row["F"] < 0 and row["pval"] == 1
outside = 0
for value in (0.37, 3.7, 0.1, 0.3, 1.1, 2.9):
    estimate = icc([value] * 6).loc["ICC(C,1)", "ICC"]
    print(f"constant {value}: ICC(C,1) {estimate:.6g}")
    outside += estimate == estimate and abs(estimate) > 0
assert reversed_tests >= 1 and outside >= 1, "the behaviour has changed"
PYTHON
