#!/usr/bin/env bash
# SimpleITK 2.5.7 does not read the calibration of DICOM ultrasound (Sequence of Ultrasound Regions, PS3.3 C.8.5.5): the image
# gets a spacing of 1 mm without a warning, so that areas are wrong by the square of the size of a pixel.
#
# Expected: 0.1 x 0.2 mm, or an error that the spacing is not known. Seen: 1 x 1 mm, also where two regions have other sizes. A
# Pixel Spacing beside the regions, which the ultrasound object does not need, is read.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check SimpleITK==2.5.7 pydicom==3.0.2 numpy==2.4.6
cd "$work"
venv/bin/python - <<'PYTHON'
import numpy as np, SimpleITK as sitk
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid


def region(columns, delta):
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 2  # two-dimensional, tissue
    item.RegionLocationMinX0, item.RegionLocationMaxX1 = columns
    item.RegionLocationMinY0, item.RegionLocationMaxY1 = 0, 59
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3  # cm
    item.PhysicalDeltaX, item.PhysicalDeltaY = delta
    return item


def spacing(regions, pixel_spacing=None):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.6.1"  # Ultrasound Image Storage
    meta.MediaStorageSOPInstanceUID, meta.TransferSyntaxUID = generate_uid(), ExplicitVRLittleEndian
    image = FileDataset("us.dcm", {}, file_meta=meta, preamble=b"\0" * 128)
    image.SOPClassUID, image.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    image.StudyInstanceUID, image.SeriesInstanceUID, image.Modality = generate_uid(), generate_uid(), "US"
    image.PatientName, image.PatientID, image.InstanceNumber = "Phantom", "P", 1
    image.Rows, image.Columns, image.SamplesPerPixel, image.PhotometricInterpretation = 60, 80, 1, "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 8, 8, 7, 0
    image.SequenceOfUltrasoundRegions = regions
    if pixel_spacing:
        image.PixelSpacing = pixel_spacing
    image.PixelData = np.full((60, 80), 100, np.uint8).tobytes()
    image.save_as("us.dcm", enforce_file_format=True)
    return sitk.ReadImage("us.dcm").GetSpacing()[:2]


whole = region((0, 79), (0.01, 0.02))
seen = {
    "one region": spacing([whole]),
    "two sizes": spacing([region((0, 39), (0.01, 0.01)), region((40, 79), (0.02, 0.02))]),
    "with Pixel Spacing": spacing([whole], [0.2, 0.1]),
}
print("spacing by SimpleITK", sitk.Version.VersionString(), seen)
assert seen == {"one region": (1, 1), "two sizes": (1, 1), "with Pixel Spacing": (0.1, 0.2)}, "the behaviour has changed"
PYTHON
