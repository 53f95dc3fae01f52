#!/usr/bin/env bash
# dicom2nifti 2.6.2 with numpy 2.4.6: real values of an enhanced (multi-frame) MR wrap around at 65,536, or are refused, as soon as
# its rescale slope and intercept are whole numbers.
#
# Expected: stored values times slope plus intercept, in a type that holds them. A slope of 20.5 gives that (0 to 83,947.5, as
# floats). Seen with the slope 20: stored values 0 to 4,095 become at most 65,420 instead of 81,900; what passes 65,535 comes back
# smaller by 65,536, so the brightest voxels are among the darkest. The type is chosen from the largest real value, which is itself
# computed in the type of the stored values. Numpy's warning about a scalar is all that is said. With slope 1 and intercept -1024 (Hounsfield
# units in unsigned samples) the conversion stops with OverflowError. Single-frame files take another way, and are right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check dicom2nifti==2.6.2 numpy==2.4.6 pydicom==3.0.2 nibabel==5.4.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PYTHON'
import os
import dicom2nifti, nibabel, numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

frames, size = 6, 8
stored = (np.arange(frames * size * size).reshape(frames, size, size) * 4095 // (frames * size * size - 1)).astype(np.uint16)


def item(**values):
    data = Dataset()
    for key, value in values.items():
        setattr(data, key, value)
    return data


def write(folder, slope, intercept):
    image = item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.4.1", SOPInstanceUID="1.2.3.4", StudyInstanceUID="1.2", SeriesInstanceUID="1.2.3",
        FrameOfReferenceUID="1.2.9", Modality="MR", Manufacturer="Philips", PatientName="made up", PatientID="1", SeriesNumber=1,
        InstanceNumber=1, ImageType=["ORIGINAL", "PRIMARY", "M", "NONE"], Rows=size, Columns=size, NumberOfFrames=frames, BitsAllocated=16,
        BitsStored=12, HighBit=11, PixelRepresentation=0, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2",
        DimensionIndexSequence=[item(DimensionIndexPointer=0x00209056), item(DimensionIndexPointer=0x00209057)],
        SharedFunctionalGroupsSequence=[Dataset()])
    image.PerFrameFunctionalGroupsSequence = [
        item(
            FrameContentSequence=[item(StackID="1", InStackPositionNumber=k + 1, DimensionIndexValues=[1, k + 1], TemporalPositionIndex=1)],
            PlanePositionSequence=[item(ImagePositionPatient=[0, 0, 3.0 * k])],
            PlaneOrientationSequence=[item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
            PixelMeasuresSequence=[item(PixelSpacing=[1, 1], SliceThickness=3, SpacingBetweenSlices=3)],
            PixelValueTransformationSequence=[item(RescaleSlope=slope, RescaleIntercept=intercept, RescaleType="US")])
        for k in range(frames)]
    image.PixelData = stored.tobytes()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta.MediaStorageSOPClassUID, image.file_meta.MediaStorageSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
    os.makedirs(folder)
    image.save_as(f"{folder}/a.dcm", enforce_file_format=True)


def converted(slope, intercept=0):
    folder = f"slope{slope}by{intercept}"
    write(folder, slope, intercept)
    dicom2nifti.dicom_series_to_nifti(folder, f"{folder}.nii", reorient_nifti=False)
    return np.asanyarray(nibabel.load(f"{folder}.nii").dataobj)


for slope in (2, 20.5, 20):
    values = converted(slope)
    wrong = (np.sort(values.ravel()).astype(float) != np.sort((stored * float(slope)).ravel())).sum()
    print(f"slope {slope}: {values.dtype}, largest {values.max()} for {stored.max() * float(slope)}")
    assert (values.max() == stored.max() * slope) == (slope != 20) and (wrong > 0) == (slope == 20), "the behaviour has changed"
try:
    converted(1, -1024)
    raise SystemExit("the behaviour has changed")
except OverflowError as error:
    print(f"intercept -1024: OverflowError: {error}")
PYTHON
