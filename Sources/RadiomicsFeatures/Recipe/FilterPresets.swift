/// Configuration A of IBSI 2, phase 2: filters slice by slice, without resampling. Layers are named by the configurations'
/// identifiers; 10.A and 11.A have no reference values.
let filterConfigA = """
  name: ibsi2-config-a
  description: IBSI 2, phase 2, configuration A, by slice, without interpolation
  intensity_unit: HU
  preparation:
    resegment: { range: [-1000, 400] }
  layers:
    - { name: f1A, families: [intensity] }
    - { name: f2A, filter: { mean: { support: 5, dimension: 2D } }, families: [intensity] }
    - { name: f3A, filter: { laplacian_of_gaussian: { sigma: 1.5, dimension: 2D } }, families: [intensity] }
    - name: f4A
      filter: { laws: { kernels: L5E5, rotation_invariance: true, pooling: max, energy_distance: 7 } }
      families: [intensity]
    - name: f5A
      filter: { gabor: { sigma: 5, wavelength: 2, aspect_ratio: 1.5, angle_step: 22.5 } }
      families: [intensity]
    - name: f6A
      filter: { separable_wavelet: { wavelet: db3, decomposition: LH, dimension: 2D, rotation_invariance: true } }
      families: [intensity]
    - name: f7A
      filter: { separable_wavelet: { wavelet: db3, decomposition: HH, level: 2, dimension: 2D, rotation_invariance: true } }
      families: [intensity]
    - { name: f8A, filter: { simoncelli: { level: 1, dimension: 2D } }, families: [intensity] }
    - { name: f9A, filter: { simoncelli: { level: 2, dimension: 2D } }, families: [intensity] }
  """

/// Configuration B: filters in the volume, on voxels of 1 mm.
let filterConfigB = """
  name: ibsi2-config-b
  description: IBSI 2, phase 2, configuration B, in the volume, on voxels of 1 mm
  intensity_unit: HU
  preparation:
    round: hounsfield
    resample: { spacing: [1, 1, 1], interpolation: cubic_spline, mask_interpolation: linear }
    resegment: { range: [-1000, 400] }
  layers:
    - { name: f1B, families: [intensity] }
    - { name: f2B, filter: { mean: { support: 5 } }, families: [intensity] }
    - { name: f3B, filter: { laplacian_of_gaussian: { sigma: 1.5 } }, families: [intensity] }
    - name: f4B
      filter: { laws: { kernels: L5E5E5, rotation_invariance: true, pooling: max, energy_distance: 7 } }
      families: [intensity]
    - name: f5B
      filter: { gabor: { sigma: 5, wavelength: 2, aspect_ratio: 1.5, angle_step: 22.5, planes: orthogonal } }
      families: [intensity]
    - name: f6B
      filter: { separable_wavelet: { wavelet: db3, decomposition: LLH, rotation_invariance: true } }
      families: [intensity]
    - name: f7B
      filter: { separable_wavelet: { wavelet: db3, decomposition: HHH, level: 2, rotation_invariance: true } }
      families: [intensity]
    - { name: f8B, filter: { simoncelli: { level: 1 } }, families: [intensity] }
    - { name: f9B, filter: { simoncelli: { level: 2 } }, families: [intensity] }
  """

/// The filters of IBSI 2's multi-modality study, and its 18 statistics.
private let studyFilters = """
  layers:
    - { families: [intensity] }
    - { name: mean, filter: { mean: { support: 3 } }, families: [intensity] }
    - { name: log, filter: { laplacian_of_gaussian: { sigma: 3 } }, families: [intensity] }
    - name: laws
      filter: { laws: { kernels: S5E5L5, rotation_invariance: true, pooling: max, energy_distance: 5 } }
      families: [intensity]
    - { name: gabor, filter: { gabor: { sigma: 3, wavelength: 3, angle: -112.5 } }, families: [intensity] }
    - name: coif3_lhh
      filter: { separable_wavelet: { wavelet: coif3, decomposition: LHH, rotation_invariance: true } }
      families: [intensity]
    - name: coif3_hhh_2
      filter: { separable_wavelet: { wavelet: coif3, decomposition: HHH, level: 2, rotation_invariance: true, pooling: max } }
      families: [intensity]
    - { name: simoncelli_1, filter: { simoncelli: { level: 1 } }, families: [intensity] }
    - { name: simoncelli_2, filter: { simoncelli: { level: 2 } }, families: [intensity] }
  """

private let studySource =
  "Settings of the multi-modality study in doi:10.1148/radiol.231319 (IBSI 2, phase 3), as its participants published them."

let studyCT = """
  name: ibsi2-ct
  description: "\(studySource) Soft tissue on CT."
  intensity_unit: HU
  preparation:
    round: hounsfield
    resample: { spacing: [1, 1, 1], interpolation: cubic_spline, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { range: [-200, 200] }
  """ + "\n" + studyFilters

let studyMR = """
  name: ibsi2-mr
  description: "\(studySource) MR intensities have no unit: here the image's 1st to 99th percentile become 0 to 1000. The study's own normalisation is not given as a formula; replace it by yours."
  preparation:
    normalise: { method: percentile_range, percentiles: [1, 99], within: image, onto: [0, 1000] }
    resample: { spacing: [1, 1, 1], interpolation: cubic_spline, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { range: [0, .inf] }
  """ + "\n" + studyFilters

let studyPET = """
  name: ibsi2-pet
  description: "\(studySource) PET in SUV, voxels of 3 mm."
  intensity_unit: SUV
  preparation:
    resample: { spacing: [3, 3, 3], interpolation: cubic_spline, mask_interpolation: linear, mask_threshold: 0.5 }
    resegment: { range: [0, .inf] }
  """ + "\n" + studyFilters
