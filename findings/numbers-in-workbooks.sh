#!/usr/bin/env bash
# pandas 3.1.1, DataFrame.to_excel with openpyxl 3.1.5 or XlsxWriter 3.3.1: two of five numbers are not those that were written,
# and formulas that XlsxWriter writes are read back as 0.
#
# Expected: every double is read back the same. Seen: numbers are written by 16 digits where 17 are needed: of 10,001 numbers
# 4,236 change, by up to 5.5e-16 of themselves; 12345678901234567.0 comes back 2 too large. So a cut at a value
# taken from the table before may part rows otherwise. (LibreOffice 7.4.7 and R's openxlsx 4.2.5.2 store 15 digits: 9 of 10 change.)
# Of a formula XlsxWriter saves 0, and asks that it be computed on opening; pandas.read_excel and LibreOffice's
# `soffice --convert-to csv` give that 0 as its value, without a word: 21 * 2 is 0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pandas==3.1.1 openpyxl==3.1.5 xlsxwriter==3.3.1 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np, pandas as pd

numbers = np.append(np.random.default_rng(1).standard_normal(10_000), 12345678901234567.0)
for engine in ("openpyxl", "xlsxwriter"):
    pd.DataFrame({"x": numbers}).to_excel("t.xlsx", index=False, engine=engine)
    back = pd.read_excel("t.xlsx")["x"].to_numpy()
    changed = (back != numbers).sum()
    print(f"{engine}: {changed} of {numbers.size} numbers change, the last by {back[-1] - numbers[-1]:g}")
    assert changed > 4000 and back[-1] != numbers[-1], "the behaviour has changed"
pd.DataFrame({"a": [21], "b": ["=A2*2"]}).to_excel("f.xlsx", index=False, engine="xlsxwriter")
value = pd.read_excel("f.xlsx")["b"][0]
print(f"=A2*2 beside 21: {value}")
assert value == 0, "the behaviour has changed"
PYTHON
