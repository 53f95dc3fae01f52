import RadiomicsCore

/// How values between voxel centres are found (IBSI 1, chapter 2, "Interpolation", VTM2); all separable by axis.
public enum Interpolation: String, ChoiceSetting {
  /// The value of the nearest voxel centre; half way between two, that of the larger index.
  case nearest
  /// Weights fall linearly with distance: bilinear, trilinear.
  case linear
  /// The cubic spline through all voxels, mirrored at the image's border: bicubic, tricubic spline.
  /// Unser, IEEE Signal Processing Magazine 16 (1999) 22, doi:10.1109/79.799930.
  case cubicSpline = "cubic_spline"

  /// Voxels beyond the two around a position that its value depends on. A spline depends on all voxels, with weights
  /// that fall by |√3 − 2| ≈ 0.27 a voxel; those left out weigh less than 0.27³² ≈ 5·10⁻¹⁹.
  package var reach: Int {
    switch self {
    case .nearest: 0
    case .linear: 1
    case .cubicSpline: 2 + 32
    }
  }
}

/// What interpolation finds beyond the centres of an image's outer voxels.
public enum InterpolationEdge: String, ChoiceSetting {
  /// The value there (IBSI 1, chapter 2: extrapolation by the nearest voxel).
  case border
  /// As in ITK: up to half a voxel out, where the image ends, a spline goes on into its mirror image and everything else
  /// keeps the value at the centre; 0 farther out.
  case itk
}
