#!/usr/bin/env python3
"""Makes the seeds of the fuzzer: tiny DICOM files of every kind and encoding that is read. make_corpus.py FOLDER

Needs pydicom, highdicom, pyjpegls, pylibjpeg-openjpeg, and DCMTK's dcmcjpeg and dcmconv.
"""
import subprocess
import sys

import highdicom
import numpy
from pydicom import uid
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset

folder = sys.argv[1]
pixels = (numpy.arange(64).reshape(8, 8) * 5 % 97).astype("<i2")


def slice_(sop_class, modality, z=0.0, **attributes):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = uid.generate_uid(entropy_srcs=[modality, str(z)])
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = sop_class, meta.MediaStorageSOPInstanceUID, modality
    data.PatientID, data.PatientName, data.PatientBirthDate, data.PatientSex = "", "", "", ""
    data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = "1.2.3", "1.2.4", "1.2.5"
    data.StudyDate, data.StudyTime, data.AccessionNumber, data.StudyID = "", "", "", ""
    data.ReferringPhysicianName, data.SeriesNumber, data.InstanceNumber = "", 1, 1
    data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, z], [1, 0, 0, 0, 1, 0]
    data.PixelSpacing, data.SliceThickness = [1, 1], 2
    data.Rows = data.Columns = 8
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.RescaleSlope, data.RescaleIntercept = 1, -1024
    data.PixelData = pixels.tobytes()
    for name, value in attributes.items():
        setattr(data, name, value)
    return data


def save(data, name):
    data.save_as(f"{folder}/{name}", enforce_file_format=True)


ct = slice_(uid.CTImageStorage, "CT", KVP="120", ConvolutionKernel="B30f")
save(ct, "ct")
for name, syntax in [("rle", uid.RLELossless), ("jpeg-ls", uid.JPEGLSLossless), ("jpeg-2000", uid.JPEG2000Lossless)]:
    coded = slice_(uid.CTImageStorage, "CT", Rows=32, Columns=32, PixelData=numpy.tile(pixels, (4, 4)).tobytes())
    coded.compress(syntax)
    save(coded, name)
for name, tool in [("jpeg", ["dcmcjpeg", "+e1"]), ("deflated", ["dcmconv", "+td"]), ("big-endian", ["dcmconv", "+tb"]),
                   ("implicit", ["dcmconv", "+ti"])]:
    subprocess.run([*tool, f"{folder}/ct", f"{folder}/{name}"], check=True)
dose = slice_(uid.RTDoseStorage, "RTDOSE", NumberOfFrames=2, GridFrameOffsetVector=[0, 2], DoseGridScaling="0.01")
dose.PixelData = pixels.tobytes() * 2
save(dose, "dose")
injection = Dataset()
injection.RadionuclideTotalDose, injection.RadionuclideHalfLife = "370000000", "6586.2"
injection.RadiopharmaceuticalStartTime = "100000"
save(slice_(uid.PositronEmissionTomographyImageStorage, "PT", Units="BQML", DecayCorrection="START", PatientWeight="80",
            CorrectedImage=["ATTN", "DECY"], SeriesDate="20200101", SeriesTime="110000", AcquisitionDate="20200101",
            AcquisitionTime="110000", RadiopharmaceuticalInformationSequence=[injection]), "pet")
structures = slice_(uid.RTStructureSetStorage, "RTSTRUCT")
del structures.PixelData
region, contours, contour = Dataset(), Dataset(), Dataset()
region.ROINumber, region.ROIName = 1, "GTV"
contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", 3
contour.ContourData = [1, 1, 0, 6, 1, 0, 3, 6, 0]
contours.ReferencedROINumber, contours.ContourSequence = 1, [contour]
structures.StructureSetROISequence, structures.ROIContourSequence = [region], [contours]
save(structures, "structures")

images = [slice_(uid.CTImageStorage, "CT", z) for z in (0.0, 2.0)]
save(highdicom.legacy.LegacyConvertedEnhancedCTImage(images, "1.2.7", 2, "1.2.7.1", 1), "enhanced")
tissue = highdicom.sr.CodedConcept("85756007", "SCT", "Tissue")
part = highdicom.seg.SegmentDescription(1, "part", tissue, tissue, highdicom.seg.SegmentAlgorithmTypeValues.MANUAL)
mask = numpy.stack([pixels > 40, pixels > 60]).astype(numpy.uint8)
for kind in ["BINARY", "LABELMAP", "FRACTIONAL"]:
    save(highdicom.seg.Segmentation(images, mask * (0.7 if kind == "FRACTIONAL" else 1), kind, [part], "1.2.8", 3, "1.2.8.1",
                                    1, "m", "n", "1", "2"), kind.lower())
