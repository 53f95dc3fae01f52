#!/usr/bin/env python3
"""What pydicom, SimpleITK and highdicom read from the sample files: sizes, sums and digests of intensities, geometry.

    make_expected.py SHARED/dicom > expected.csv

Needs pydicom, pylibjpeg-libjpeg, pylibjpeg-openjpeg, pyjpegls, SimpleITK, highdicom, numpy.
"""
import hashlib
import sys

import highdicom
import numpy
import pydicom
import SimpleITK

root = sys.argv[1] + "/"
fields = "case,path,columns,rows,slices,sum,digest,spacing,origin"


def row(case, path, voxels, spacing="", origin=""):
    voxels = numpy.asarray(voxels)
    if voxels.ndim == 2:
        voxels = voxels[None]
    data = numpy.ascontiguousarray(voxels.astype("<f8"))
    slices, rows, columns = data.shape
    print(case, path, columns, rows, slices, repr(float(data.sum())), hashlib.sha256(data.tobytes()).hexdigest(),
          " ".join(repr(float(x)) for x in spacing), " ".join(repr(float(x)) for x in origin), sep=",")


def pixels(path):
    data = pydicom.dcmread(root + path)
    return data.pixel_array * float(data.get("RescaleSlope", 1)) + float(data.get("RescaleIntercept", 0))


print(fields)
for name in ["MR_small", "MR_small_RLE", "MR_small_bigendian", "MR_small_implicit", "MR_small_jp2klossless",
             "MR_small_jpeg_ls_lossless", "MR_small_padded", "CT_small", "JPEG2000"]:
    path = f"transfer-syntaxes/{name}.dcm"
    row("pydicom", path, pixels(path))
for name in ["JPEG-lossy", "JPGExtended"]:  # pydicom's decoders refuse their scan header
    path = f"transfer-syntaxes/{name}.dcm"
    row("SimpleITK file", path, SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(root + path)))
row("pydicom frames", "enhanced/emri_small.dcm", pydicom.dcmread(root + "enhanced/emri_small.dcm").pixel_array)
for folder in ["ct-3slice", "transfer-syntaxes/CT5N"]:
    reader = SimpleITK.ImageSeriesReader()
    for uid in reader.GetGDCMSeriesIDs(root + folder):
        files = reader.GetGDCMSeriesFileNames(root + folder, uid)
        if pydicom.dcmread(files[0], stop_before_pixels=True).Modality != "CT":
            continue
        reader.SetFileNames(files)
        image = reader.Execute()
        row("SimpleITK", folder, SimpleITK.GetArrayFromImage(image), image.GetSpacing(), image.GetOrigin())
image = highdicom.imread(root + "multiframe/mf.dcm").get_volume()
# highdicom's axes are slice, row, column; slices may run against the normal.
if image.direction[2, 0] < 0:
    image = image.flip_spatial(0)
row("highdicom", "multiframe/mf.dcm", image.array, reversed(image.spacing), image.position)
for path in ["ct-3slice/liver_seg.dcm", "sr/seg.dcm"]:
    segmentation = highdicom.seg.segread(root + path)
    for number in segmentation.segment_numbers:
        volume = segmentation.get_volume(segment_numbers=[number], combine_segments=True)
        if volume.direction[2, 0] < 0:
            volume = volume.flip_spatial(0)
        row(f"segment {number}", path, volume.array > 0, reversed(volume.spacing), volume.position)
