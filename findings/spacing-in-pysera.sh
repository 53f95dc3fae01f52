#!/usr/bin/env bash
# pysera 2.1.5, Moran's I and Geary's C of a region: the distance of slices is laid along the first axis of the image, not along the third.
#
# Expected: distances between voxel centres in mm, as the header has them; a feature that describes the same patient whichever way its axes are
# stored. Seen: on an image of 1 x 1 x 3 mm the values are those of a grid of 3 x 1 x 1 mm, to all digits; volume and diameter are right.
# The intensity peaks change, moreover, when the first axis is stored in reverse with an affine that says so: the same voxels at the same places.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pysera==2.1.5 nibabel==5.4.2 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import contextlib, io, logging, warnings
import nibabel as nib
import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter
import pysera

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
shape = (24, 20, 12)
image = (gaussian_filter(np.random.default_rng(1).normal(size=shape), 1.2) * 60 + 100).astype(np.float32)
x, y, z = np.indices(shape)
mask = (((x - 12) / 7) ** 2 + ((y - 10) / 6) ** 2 + ((z - 6) / 4) ** 2 < 1).astype(np.uint8)


def measured(name, affine, image, mask):
    nib.save(nib.Nifti1Image(image, affine), f"{name}.nii.gz")
    nib.save(nib.Nifti1Image(mask, affine), f"{name}_mask.nii.gz")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        answer = pysera.process_batch(f"{name}.nii.gz", f"{name}_mask.nii.gz", output_path=name, num_workers="1", enable_parallelism=False,
                                      categories="all", dimensions="all", bin_size=25, report="none", apply_preprocessing=False)
    row = next(v for v in answer.values() if isinstance(v, pd.DataFrame)).iloc[0]
    return {k: float(row[k]) for k in ("morph_volume_count", "morph_moran_i", "morph_geary_c", "loc_peak_loc", "loc_peak_glob")}


def autocorrelation(spacing):
    places = np.argwhere(mask > 0) * np.array(spacing)
    v = image[mask > 0].astype(float)
    v = v - v.mean()
    distance = np.sqrt(((places[:, None] - places[None]) ** 2).sum(-1))
    w = np.divide(1.0, distance, out=np.zeros_like(distance), where=distance > 0)
    moran = len(v) / w.sum() * (w * np.outer(v, v)).sum() / (v**2).sum()
    geary = (len(v) - 1) / (2 * w.sum()) * (w * (v[:, None] - v[None]) ** 2).sum() / (v**2).sum()
    return moran, geary


affine = np.diag([1.0, 1.0, 3.0, 1.0])
reversed_affine = np.diag([-1.0, 1.0, 3.0, 1.0])
reversed_affine[0, 3] = shape[0] - 1
plain = measured("plain", affine, image, mask)
flipped = measured("flipped", reversed_affine, image[::-1].copy(), mask[::-1].copy())
right, exchanged = autocorrelation((1, 1, 3)), autocorrelation((3, 1, 1))
seen = plain["morph_moran_i"], plain["morph_geary_c"]
print("Moran's I, Geary's C: seen %.6f, %.6f; by hand %.6f, %.6f; with 3 mm along the first axis %.6f, %.6f" % (*seen, *right, *exchanged))
print("peaks %.3f, %.3f; first axis in reverse %.3f, %.3f" % (plain["loc_peak_loc"], plain["loc_peak_glob"], flipped["loc_peak_loc"], flipped["loc_peak_glob"]))
assert plain["morph_volume_count"] == 3.0 * mask.sum(), "the volume has changed"
assert np.allclose(seen, exchanged, rtol=1e-5) and not np.allclose(seen, right, rtol=1e-3), "the behaviour has changed"
assert abs(plain["loc_peak_loc"] - flipped["loc_peak_loc"]) > 0.1, "the behaviour has changed"
PYTHON
