#!/usr/bin/env bash
# seg-metrics 1.2.8: where one mask is empty and the other is not, Hausdorff distance, HD95 and mean surface distance are 0,
# which is the value of masks that agree perfectly. Expected: infinity, not a number, or an error.
# Seen (Python 3.11, NumPy 2.4.6, SimpleITK 2.5.7):
#   {'dice': [0.0], 'hd': [0.0], 'msd': [0.0], 'hd95': [0.0]}
# Consequence: a missed lesion improves a mean of distances. Ends with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install seg-metrics==1.2.8 numpy==2.4.6 SimpleITK==2.5.7
"$folder/venv/bin/python" - <<'PYTHON'
import logging, numpy as np
logging.disable(logging.CRITICAL)
from seg_metrics.seg_metrics import write_metrics
empty = np.zeros((6, 6, 6), np.uint8)
cube = empty.copy()
cube[2:4, 2:4, 2:4] = 1
found = write_metrics(labels=[1], gdth_img=cube, pred_img=empty, metrics=['dice', 'hd', 'hd95', 'msd'])[0]
found = {key: [float(value) for value in values] for key, values in found.items() if key != 'label'}
print(found)
raise SystemExit(0 if all(values == [0.0] for values in found.values()) else 'the behaviour has changed')
PYTHON
