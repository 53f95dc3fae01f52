"""PyRadiomics in the benchmark's protocol: reads IMAGE and MASK once, then answers each line by one measurement and one
line of JSON. 'whole': its 107 features, 32 bins, 3-D, no resampling, fewer than the preset 'benchmark' has. 'maps': its 24
features of the co-occurrence matrix at every voxel, radius 1."""
import json
import logging
import sys
import time

import SimpleITK
import radiomics
from radiomics import featureextractor

logging.disable(logging.CRITICAL)
SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
extractor = featureextractor.RadiomicsFeatureExtractor(binCount=32, label=1, additionalInfo=False)
mapper = featureextractor.RadiomicsFeatureExtractor(
    binCount=32, label=1, additionalInfo=False, kernelRadius=1, maskedKernel=True, voxelBatch=10000)
mapper.disableAllFeatures()
mapper.enableFeatureClassByName("glcm")
image = SimpleITK.ReadImage(sys.argv[1])
mask = SimpleITK.Cast(SimpleITK.ReadImage(sys.argv[2]) > 0, SimpleITK.sitkUInt8)
mask.CopyInformation(image)
count = int(SimpleITK.GetArrayViewFromImage(mask).sum())
print(json.dumps({"name": f"PyRadiomics {radiomics.__version__}", "voxels": count}), flush=True)
for line in sys.stdin:
    cpu, wall = time.process_time(), time.monotonic()
    if line.strip() == "maps":
        mapper.execute(image, mask, voxelBased=True)
    else:
        extractor.execute(image, mask)
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall}), flush=True)
