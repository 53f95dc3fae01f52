"""pictologics (PyPI, Python >= 3.12) in the benchmark's protocol: reads IMAGE and MASK once, then answers each line of
input by one measurement on one thread and one line of JSON. Lines: whole, clinical, autocorrelation, values."""
import json
import os
import sys
import time

os.environ["PICTOLOGICS_NUM_THREADS"] = "1"
import numpy as np
import pictologics
from pictologics.features.intensity import calculate_spatial_intensity_features

# What the preset 'benchmark' measures: 172 features, those of IBSI 1 but Moran's I and Geary's C.
pipeline = pictologics.RadiomicsPipeline(load_standard=False)
pipeline.add_config("benchmark", [
    {"step": "discretise", "params": {"method": "FBN", "n_bins": 32}},
    {"step": "extract_features", "params": {
        "families": ["intensity", "morphology", "texture", "histogram", "ivh"],
        "include_spatial_intensity": False, "include_local_intensity": True,
        "ivh_discretisation": {"method": "FBN", "n_bins": 1000}}},
])
# The same of the image, three Laplacians of Gaussian and eight wavelet bands, without shape, and shape once.
FILTERS = [{"type": "log", "sigma_mm": sigma, "truncate": 4, "boundary": "mirror"} for sigma in (1.0, 2.0, 3.0)] + [
    {"type": "wavelet", "wavelet": "coif1", "level": 1, "decomposition": letters, "boundary": "mirror"}
    for letters in ("LLL", "LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH")]
CLINICAL = ["benchmark"]
for number, settings in enumerate(FILTERS):
    CLINICAL.append(f"filter{number}")
    pipeline.add_config(CLINICAL[-1], [
        {"step": "filter", "params": settings},
        {"step": "discretise", "params": {"method": "FBN", "n_bins": 32}},
        {"step": "extract_features", "params": {
            "families": ["intensity", "texture", "histogram", "ivh"],
            "include_spatial_intensity": False, "include_local_intensity": True,
            "ivh_discretisation": {"method": "FBN", "n_bins": 1000}}},
    ])
image, mask = pictologics.load_image(sys.argv[1]), pictologics.load_image(sys.argv[2])


def whole():
    return pipeline.run(image, mask, config_names=["benchmark"])["benchmark"]


def clinical():
    return pipeline.run(image, mask, config_names=CLINICAL)


def autocorrelation():
    return calculate_spatial_intensity_features(image, mask)


print(json.dumps({"name": f"pictologics {pictologics.__version__}", "voxels": int(np.count_nonzero(mask.array))}),
      flush=True)
for line in sys.stdin:
    if line.strip() == "count":
        print(json.dumps({"count": sum(len(values) for values in clinical().values())}), flush=True)
        continue
    if line.strip() == "values":
        print(json.dumps({name: float(value) for name, value in {**whole(), **autocorrelation()}.items()}), flush=True)
        continue
    work = {"whole": whole, "clinical": clinical, "autocorrelation": autocorrelation}[line.strip()]
    cpu, wall = time.process_time(), time.monotonic()
    work()
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall}), flush=True)
