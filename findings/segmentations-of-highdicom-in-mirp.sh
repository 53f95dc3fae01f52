#!/usr/bin/env bash
# MIRP 2.7.0 measures DICOM segmentations that highdicom 0.28.2 writes in the wrong slices, and closes gaps between them.
#
# Expected: a ball in slices 3 to 9 of 24 has mean 212.0; two balls, in slices 3 to 9 and 14 to 20, have 246 voxels and mean 217.5.
# Seen, without a word: one ball is measured 6 slices higher (mean 218.0); of the two together 608 mm3 of 1,968 are left (mean 228.1). highdicom
# leaves out empty frames, as the standard allows, writes them from the highest slice down, and gives no In-Stack Position Number;
# MIRP then takes the running numbers of Dimension Index Values as slices, upwards from the first frame, whatever positions
# the frames state. With all frames written (omit_empty_frames=False) it stops with a TypeError.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check mirp==2.7.0 highdicom==0.28.2 numpy==2.4.6 pydicom==3.0.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PYTHON' 2>/dev/null
import os
import highdicom as hd, numpy as np
from mirp import extract_features
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian

size, spacing = 24, 2.0
z, y, x = np.mgrid[:size, :size, :size]
image = 100 + 10 * x + 3 * y + z
ball = lambda slice: (x - 7) ** 2 + (y - 12) ** 2 + (z - slice) ** 2 <= 9
os.makedirs("image")
series = []
for k in range(size):
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.SOPClassUID = d.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
    d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{k + 1}"
    d.StudyInstanceUID, d.SeriesInstanceUID, d.FrameOfReferenceUID = "1.2", "1.2.3", "1.2.9"
    d.Modality, d.PatientID, d.PatientName, d.SeriesNumber, d.InstanceNumber = "MR", "1", "made^up", 1, k + 1
    d.PatientBirthDate = d.StudyDate = d.StudyTime = d.AccessionNumber = d.ReferringPhysicianName = ""
    d.PatientSex, d.StudyID = "O", "1"
    d.Rows = d.Columns = size
    d.PixelSpacing, d.SliceThickness = [spacing, spacing], spacing
    d.ImageOrientationPatient, d.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [-40, -40, 10 + spacing * k]
    d.BitsAllocated = d.BitsStored = 16
    d.HighBit, d.PixelRepresentation, d.SamplesPerPixel, d.PhotometricInterpretation = 15, 0, 1, "MONOCHROME2"
    d.PixelData = image[k].astype(np.uint16).tobytes()
    d.save_as(f"image/{k:03}.dcm", enforce_file_format=True)
    series.append(d)
segment = hd.seg.SegmentDescription(
    1, "lesion", codes.SCT.MorphologicallyAbnormalStructure, codes.SCT.Lesion, hd.seg.SegmentAlgorithmTypeValues.MANUAL)


def measured(name, mask, omit=True):
    hd.seg.Segmentation(
        series, mask.astype(np.uint8), hd.seg.SegmentationTypeValues.BINARY, [segment], "1.2.77", 2, f"1.2.78.{len(name)}", 1, "made up",
        "made up", "1", "1", omit_empty_frames=omit).save_as(f"{name}.dcm")
    row = extract_features(image="image", mask=f"{name}.dcm", base_feature_families=["statistics", "morphology"])[0].iloc[0]
    volume = next(value for key, value in row.items() if key.startswith("morph_vol_approx"))
    print(f"{name}: volume {volume:.0f} mm3 for {mask.sum() * spacing**3:.0f}, mean {row['stat_mean']:.1f} for {image[mask].mean():.1f}")
    return volume / spacing**3 - mask.sum(), row["stat_mean"] - image[mask].mean()


lost, moved = measured("one", ball(6))
assert lost == 0 and abs(moved - 6) < 1e-3, "the behaviour has changed"
lost, moved = measured("both", ball(6) | ball(17))
assert lost == -170 and moved > 10, "the behaviour has changed"
try:
    measured("all", ball(6), omit=False)
    raise SystemExit("the behaviour has changed")
except TypeError as error:
    print(f"with all frames: TypeError: {error}")
PYTHON
