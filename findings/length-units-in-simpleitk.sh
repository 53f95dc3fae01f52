#!/usr/bin/env bash
# SimpleITK 2.5.7 converts the length unit of a NIfTI header to millimetres, but ignores the unit of an NRRD ("space units")
# and of a MetaImage ("DistanceUnits") header, without a warning.
#
# Expected: the same image in micrometres, stored three ways, has one spacing, 0.5 mm. Seen: 0.5 by NIfTI, 500.0 by NRRD and
# MetaImage, so that a volume differs by 10^9 with the container. Origins likewise.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check SimpleITK==2.5.7 pynrrd==1.1.3 nibabel==5.4.2 numpy==2.4.6
cd "$work"
venv/bin/python - <<'PYTHON'
import nibabel, nrrd, numpy as np, SimpleITK as sitk

voxels = np.zeros((4, 4, 4), np.float32)
voxels[1:3, 1:3, 1:3] = 1
nrrd.write("cube.nrrd", voxels, {
    "space": "left-posterior-superior", "space directions": np.diag([500.0] * 3), "space origin": np.zeros(3),
    "space units": ["um"] * 3, "kinds": ["domain"] * 3})
image = nibabel.Nifti1Image(voxels, np.diag([500.0, 500.0, 500.0, 1.0]))
image.header.set_xyzt_units("micron")
nibabel.save(image, "cube.nii")
with open("cube.mha", "wb") as file:
    file.write(b"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
               b"TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 0 0 0\nElementSpacing = 500 500 500\n"
               b"DistanceUnits = um\nDimSize = 4 4 4\nElementType = MET_FLOAT\nElementDataFile = LOCAL\n")
    file.write(voxels.tobytes(order="F"))
seen = {name: sitk.ReadImage("cube." + name).GetSpacing()[0] for name in ("nii", "nrrd", "mha")}
print("spacing by SimpleITK", sitk.Version.VersionString(), seen)
assert np.isclose(seen["nii"], 0.5) and seen["nrrd"] == 500 and seen["mha"] == 500, "the behaviour has changed"
PYTHON
