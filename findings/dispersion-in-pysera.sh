#!/usr/bin/env bash
# pysera 2.1.5, quartile coefficient of dispersion (stat_qcod): the quartiles are cut to whole numbers first.
#
# Expected: (p75 - p25) / (p75 + p25) of the intensities; without unit, so the same for an image in mm2/s and in 1e-3 mm2/s, as the coefficient of
# variation beside it is. Seen: 9/195 where the quartiles are 93.8 and 102.9, and 1.0 for the same image divided by 100, as SUV or ADC
# are: its quartiles are 0.94 and 1.03, so 0 and 1. Every other statistic of intensities keeps its digits.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pysera==2.1.5 nibabel==5.4.2 numpy==2.4.6 pandas==3.1.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import contextlib, io, logging, warnings
import nibabel as nib
import numpy as np
import pandas as pd
import pysera

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
shape = (20, 20, 10)
image = np.random.default_rng(2).normal(98.4, 6.7, shape)
mask = np.zeros(shape, np.uint8)
mask[4:16, 4:16, 2:8] = 1


def measured(name, image):
    nib.save(nib.Nifti1Image(image.astype(np.float32), np.eye(4)), f"{name}.nii.gz")
    nib.save(nib.Nifti1Image(mask, np.eye(4)), f"{name}_mask.nii.gz")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        answer = pysera.process_batch(f"{name}.nii.gz", f"{name}_mask.nii.gz", output_path=name, num_workers="1", enable_parallelism=False,
                                      categories="all", dimensions="all", bin_size=25, report="none", apply_preprocessing=False)
    row = next(v for v in answer.values() if isinstance(v, pd.DataFrame)).iloc[0]
    return float(row["stat_qcod"]), float(row["stat_cov"])


def by_hand(image, whole=False):
    low, high = np.percentile(image[mask > 0], [25, 75])
    if whole:
        low, high = int(low), int(high)
    return (high - low) / (high + low)


for name, divided in ("as it is", 1), ("divided by 100", 100):
    values = image / divided
    dispersion, variation = measured(name.replace(" ", "_"), values)
    print(f"{name}: dispersion {dispersion:.4f}, by hand {by_hand(values):.4f}, of whole quartiles {by_hand(values, True):.4f}; variation {variation:.4f}")
    assert np.isclose(dispersion, by_hand(values, True)) and not np.isclose(dispersion, by_hand(values), rtol=1e-3), "the behaviour has changed"
    assert np.isclose(variation, values[mask > 0].std() / values[mask > 0].mean(), rtol=1e-3), "the coefficient of variation has changed"
PYTHON
