#!/usr/bin/env bash
# miseval 1.3.0: of two empty masks the Dice coefficient is 1 and the Jaccard index (IoU) 0, although each is a function of the
# other, J = D / (2 - D), which keeps 1 and 0.
# Seen (Python 3.11, NumPy 2.4.6): DSC 1.0, IoU 0.0
# Consequence: means over cases without a lesion go up by Dice and down by IoU. Ends with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install miseval==1.3.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from miseval import evaluate
empty = np.zeros((6, 6, 6), np.uint8)
dice, jaccard = (float(evaluate(empty, empty, metric=name)) for name in ('DSC', 'IoU'))
print('DSC', dice, 'IoU', jaccard)
raise SystemExit(0 if (dice, jaccard) == (1.0, 0.0) else 'the behaviour has changed')
PYTHON
