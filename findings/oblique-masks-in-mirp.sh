#!/usr/bin/env bash
# MIRP 2.7.0: a NIfTI mask on the very grid of an oblique DICOM image is measured somewhere else.
#
# Expected: image and mask of one grid, one as DICOM and one as NIfTI (as most segmentation tools write it), give what both as
# NIfTI give. Seen for a grid turned by 20 degrees about the z axis: mean 256.9 where the region's voxels have 218.0 and no word;
# approximate volume 2064 instead of 2056 mm3. Unturned grids agree. The direction matrix of DICOM files has the axes as columns, that of
# files read by ITK has them as rows, so one of the two is turned the other way and the mask is resampled there. Two NIfTI files share the
# mistake, so that it cancels.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check mirp==2.7.0 numpy==2.4.6 pydicom==3.0.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PYTHON' 2>/dev/null
import os
import itk, numpy as np
from mirp import extract_features
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

size, spacing, origin = 24, 2.0, np.array([-40.0, -40.0, 10.0])
z, y, x = np.mgrid[:size, :size, :size]
image = 100 + 10 * x + 3 * y + z
mask = (x - 7) ** 2 + (y - 12) ** 2 + (z - 12) ** 2 <= 16


def axes(degrees):
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])


def write_dicom(folder, axes):
    os.makedirs(folder)
    for k in range(size):
        d = Dataset()
        d.file_meta = FileMetaDataset()
        d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        d.SOPClassUID = d.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
        d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{k + 1}"
        d.StudyInstanceUID, d.SeriesInstanceUID, d.FrameOfReferenceUID = "1.2", "1.2.3", "1.2.9"
        d.Modality, d.PatientID, d.PatientName, d.SeriesNumber, d.InstanceNumber = "MR", "1", "made up", 1, k + 1
        d.Rows = d.Columns = size
        d.PixelSpacing, d.SliceThickness = [spacing, spacing], spacing
        d.ImageOrientationPatient = [round(float(v), 10) for v in axes[:2].ravel()]
        d.ImagePositionPatient = [round(float(v), 8) for v in origin + axes[2] * spacing * k]
        d.BitsAllocated = d.BitsStored = 16
        d.HighBit, d.PixelRepresentation, d.SamplesPerPixel, d.PhotometricInterpretation = 15, 0, 1, "MONOCHROME2"
        d.PixelData = image[k].astype(np.uint16).tobytes()
        d.save_as(f"{folder}/{k:03}.dcm", enforce_file_format=True)


def write_nifti(path, values, axes):
    out = itk.GetImageFromArray(values)
    out.SetSpacing([spacing] * 3)
    out.SetOrigin(origin.tolist())
    out.SetDirection(itk.matrix_from_array(np.ascontiguousarray(axes.T)))
    itk.imwrite(out, path)


def mean(image, mask, **more):
    return extract_features(image=image, mask=mask, base_feature_families=["statistics"], **more)[0]["stat_mean"].iloc[0]


for degrees in (0, 20):
    folder, turned = f"dicom{degrees}", axes(degrees)
    write_dicom(folder, turned)
    write_nifti(f"image{degrees}.nii.gz", image.astype(np.int16), turned)
    write_nifti(f"mask{degrees}.nii.gz", mask.astype(np.uint8), turned)
    both = mean(f"image{degrees}.nii.gz", f"mask{degrees}.nii.gz", image_modality="mr")
    mixed = mean(folder, f"mask{degrees}.nii.gz")
    print(f"{degrees} degrees: mean {image[mask].mean():.1f}; NIfTI and NIfTI {both:.1f}, DICOM and NIfTI {mixed:.1f}")
    assert abs(both - 218) < 1e-3 and (abs(mixed - 218) > 30) == (degrees == 20), "the behaviour has changed"
PYTHON
