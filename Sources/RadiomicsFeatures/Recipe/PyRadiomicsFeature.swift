/// A feature under the name that PyRadiomics 3.0.1 gives it, and which of ours it is.
public struct PyRadiomicsFeature: Sendable, Hashable {
  /// `firstorder`, `glcm` …, and the name within: `glcm_Contrast` is the end of a column's name.
  public let featureClass, name: String
  /// Our feature.
  public let tag: String
  /// Whether it is measured only where it is named.
  public let isDeprecated: Bool

  private init(_ featureClass: String, _ name: String, _ tag: String, isDeprecated: Bool = false) {
    (self.featureClass, self.name, self.tag, self.isDeprecated) = (featureClass, name, tag, isDeprecated)
  }

  /// IBSI's feature of the same meaning; nil if there is none.
  public var ibsiTag: String? {
    switch tag {
    case "stat_kurt_plain": "stat_kurt"
    case "stat_energy_shifted": "stat_energy"
    case "stat_rms_shifted": "stat_rms"
    case "stat_energy_total", "stat_sd", "cm_mcc", "morph_diam_slice", "morph_diam_column", "morph_diam_row": nil
    default: featureClass == "shape2D" ? nil : tag
    }
  }

  /// What differs between PyRadiomics' value and IBSI's, and why.
  public var differences: [String] {
    let bins =
      "bins of a fixed width start at a multiple of the width, IBSI's at the lower bound of the re-segmentation range"
    let grid =
      "after resampling: the grids' first corners coincide, IBSI's centres; the mask is of the nearest voxel, IBSI's "
      + "interpolated"
    let own: [String] =
      switch tag {
      case "stat_kurt_plain": ["no excess: IBSI's kurtosis is less by 3"]
      case "stat_energy_shifted", "stat_rms_shifted":
        ["voxelArrayShift is added to intensities first; IBSI has no shift"]
      case "stat_energy_total": ["IBSI has none: energy times the volume of a voxel"]
      case "stat_sd": ["IBSI has none: the root of the variance"]
      case "cm_mcc": ["IBSI has none"]
      case "morph_diam_slice", "morph_diam_column", "morph_diam_row": ["IBSI has none"]
      case "cm_corr", "cm_info_corr1":
        [
          "directions with a single grey level count as \(tag == "cm_corr" ? 1 : 0), IBSI leaves it open; here they are left out"
        ]
      case "ih_entropy", "ih_uniformity": [bins]
      case "ngt_busyness": ["0 where it would divide by 0; IBSI has no value"]
      default: []
      }
    let ofClass: [String] =
      switch featureClass {
      case "shape": ["another table of marching cubes", "axes divide by n, as IBSI leaves open"]
      case "shape2D": ["IBSI has no shape in the plane"]
      case "glcm", "glrlm":
        [bins, "features are averaged over 13 directions (IBSI's 3D:avg), or merged with weightingNorm"]
      case "glszm", "gldm": [bins]
      case "ngtdm": [bins, "voxels without a neighbour count as well"]
      default: []
      }
    return own + ofClass + [grid]
  }

  /// Features that PyRadiomics still knows by name and gives no value for, each with the one that says the same.
  public static let removed: [(featureClass: String, name: String, sameAs: String)] = [
    ("glcm", "Dissimilarity", "DifferenceAverage"),
    ("glcm", "Homogeneity1", "Id"),
    ("glcm", "Homogeneity2", "Idm"),
    ("glcm", "SumVariance", "ClusterTendency"),
    ("gldm", "GrayLevelNonUniformityNormalized", "firstorder_Uniformity"),
    ("gldm", "DependencePercentage", "nothing: it is always 1"),
  ]

  /// The classes, in the order of columns.
  public static let classes = ["shape", "shape2D", "firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm"]

  /// All that have a value, class by class.
  public static let all: [PyRadiomicsFeature] = [
    .init("shape", "Compactness1", "morph_comp_1", isDeprecated: true),
    .init("shape", "Compactness2", "morph_comp_2", isDeprecated: true),
    .init("shape", "Elongation", "morph_pca_elongation"),
    .init("shape", "Flatness", "morph_pca_flatness"),
    .init("shape", "LeastAxisLength", "morph_pca_least_axis"),
    .init("shape", "MajorAxisLength", "morph_pca_maj_axis"),
    .init("shape", "Maximum2DDiameterColumn", "morph_diam_column"),
    .init("shape", "Maximum2DDiameterRow", "morph_diam_row"),
    .init("shape", "Maximum2DDiameterSlice", "morph_diam_slice"),
    .init("shape", "Maximum3DDiameter", "morph_diam"),
    .init("shape", "MeshVolume", "morph_volume"),
    .init("shape", "MinorAxisLength", "morph_pca_min_axis"),
    .init("shape", "SphericalDisproportion", "morph_sph_dispr", isDeprecated: true),
    .init("shape", "Sphericity", "morph_sphericity"),
    .init("shape", "SurfaceArea", "morph_area_mesh"),
    .init("shape", "SurfaceVolumeRatio", "morph_av"),
    .init("shape", "VoxelVolume", "morph_vol_approx"),

    .init("shape2D", "Elongation", "morph_2d_elongation"),
    .init("shape2D", "MajorAxisLength", "morph_2d_maj_axis"),
    .init("shape2D", "MaximumDiameter", "morph_2d_diam"),
    .init("shape2D", "MeshSurface", "morph_2d_area_mesh"),
    .init("shape2D", "MinorAxisLength", "morph_2d_min_axis"),
    .init("shape2D", "Perimeter", "morph_2d_perimeter"),
    .init("shape2D", "PerimeterSurfaceRatio", "morph_2d_pa"),
    .init("shape2D", "PixelSurface", "morph_2d_area_approx"),
    .init("shape2D", "SphericalDisproportion", "morph_2d_sph_dispr", isDeprecated: true),
    .init("shape2D", "Sphericity", "morph_2d_sphericity"),

    .init("firstorder", "10Percentile", "stat_p10"),
    .init("firstorder", "90Percentile", "stat_p90"),
    .init("firstorder", "Energy", "stat_energy_shifted"),
    .init("firstorder", "Entropy", "ih_entropy"),
    .init("firstorder", "InterquartileRange", "stat_iqr"),
    .init("firstorder", "Kurtosis", "stat_kurt_plain"),
    .init("firstorder", "Maximum", "stat_max"),
    .init("firstorder", "MeanAbsoluteDeviation", "stat_mad"),
    .init("firstorder", "Mean", "stat_mean"),
    .init("firstorder", "Median", "stat_median"),
    .init("firstorder", "Minimum", "stat_min"),
    .init("firstorder", "Range", "stat_range"),
    .init("firstorder", "RobustMeanAbsoluteDeviation", "stat_rmad"),
    .init("firstorder", "RootMeanSquared", "stat_rms_shifted"),
    .init("firstorder", "Skewness", "stat_skew"),
    .init("firstorder", "StandardDeviation", "stat_sd", isDeprecated: true),
    .init("firstorder", "TotalEnergy", "stat_energy_total"),
    .init("firstorder", "Uniformity", "ih_uniformity"),
    .init("firstorder", "Variance", "stat_var"),

    .init("glcm", "Autocorrelation", "cm_auto_corr"),
    .init("glcm", "ClusterProminence", "cm_clust_prom"),
    .init("glcm", "ClusterShade", "cm_clust_shade"),
    .init("glcm", "ClusterTendency", "cm_clust_tend"),
    .init("glcm", "Contrast", "cm_contrast"),
    .init("glcm", "Correlation", "cm_corr"),
    .init("glcm", "DifferenceAverage", "cm_diff_avg"),
    .init("glcm", "DifferenceEntropy", "cm_diff_entr"),
    .init("glcm", "DifferenceVariance", "cm_diff_var"),
    .init("glcm", "Id", "cm_inv_diff"),
    .init("glcm", "Idm", "cm_inv_diff_mom"),
    .init("glcm", "Idmn", "cm_inv_diff_mom_norm"),
    .init("glcm", "Idn", "cm_inv_diff_norm"),
    .init("glcm", "Imc1", "cm_info_corr1"),
    .init("glcm", "Imc2", "cm_info_corr2"),
    .init("glcm", "InverseVariance", "cm_inv_var"),
    .init("glcm", "JointAverage", "cm_joint_avg"),
    .init("glcm", "JointEnergy", "cm_energy"),
    .init("glcm", "JointEntropy", "cm_joint_entr"),
    .init("glcm", "MCC", "cm_mcc"),
    .init("glcm", "MaximumProbability", "cm_joint_max"),
    .init("glcm", "SumAverage", "cm_sum_avg"),
    .init("glcm", "SumEntropy", "cm_sum_entr"),
    .init("glcm", "SumSquares", "cm_joint_var"),

    .init("gldm", "DependenceEntropy", "ngl_dc_entr"),
    .init("gldm", "DependenceNonUniformity", "ngl_dcnu"),
    .init("gldm", "DependenceNonUniformityNormalized", "ngl_dcnu_norm"),
    .init("gldm", "DependenceVariance", "ngl_dc_var"),
    .init("gldm", "GrayLevelNonUniformity", "ngl_glnu"),
    .init("gldm", "GrayLevelVariance", "ngl_gl_var"),
    .init("gldm", "HighGrayLevelEmphasis", "ngl_hgce"),
    .init("gldm", "LargeDependenceEmphasis", "ngl_hde"),
    .init("gldm", "LargeDependenceHighGrayLevelEmphasis", "ngl_hdhge"),
    .init("gldm", "LargeDependenceLowGrayLevelEmphasis", "ngl_hdlge"),
    .init("gldm", "LowGrayLevelEmphasis", "ngl_lgce"),
    .init("gldm", "SmallDependenceEmphasis", "ngl_lde"),
    .init("gldm", "SmallDependenceHighGrayLevelEmphasis", "ngl_ldhge"),
    .init("gldm", "SmallDependenceLowGrayLevelEmphasis", "ngl_ldlge"),

    .init("glrlm", "GrayLevelNonUniformity", "rlm_glnu"),
    .init("glrlm", "GrayLevelNonUniformityNormalized", "rlm_glnu_norm"),
    .init("glrlm", "GrayLevelVariance", "rlm_gl_var"),
    .init("glrlm", "HighGrayLevelRunEmphasis", "rlm_hgre"),
    .init("glrlm", "LongRunEmphasis", "rlm_lre"),
    .init("glrlm", "LongRunHighGrayLevelEmphasis", "rlm_lrhge"),
    .init("glrlm", "LongRunLowGrayLevelEmphasis", "rlm_lrlge"),
    .init("glrlm", "LowGrayLevelRunEmphasis", "rlm_lgre"),
    .init("glrlm", "RunEntropy", "rlm_rl_entr"),
    .init("glrlm", "RunLengthNonUniformity", "rlm_rlnu"),
    .init("glrlm", "RunLengthNonUniformityNormalized", "rlm_rlnu_norm"),
    .init("glrlm", "RunPercentage", "rlm_r_perc"),
    .init("glrlm", "RunVariance", "rlm_rl_var"),
    .init("glrlm", "ShortRunEmphasis", "rlm_sre"),
    .init("glrlm", "ShortRunHighGrayLevelEmphasis", "rlm_srhge"),
    .init("glrlm", "ShortRunLowGrayLevelEmphasis", "rlm_srlge"),

    .init("glszm", "GrayLevelNonUniformity", "szm_glnu"),
    .init("glszm", "GrayLevelNonUniformityNormalized", "szm_glnu_norm"),
    .init("glszm", "GrayLevelVariance", "szm_gl_var"),
    .init("glszm", "HighGrayLevelZoneEmphasis", "szm_hgze"),
    .init("glszm", "LargeAreaEmphasis", "szm_lze"),
    .init("glszm", "LargeAreaHighGrayLevelEmphasis", "szm_lzhge"),
    .init("glszm", "LargeAreaLowGrayLevelEmphasis", "szm_lzlge"),
    .init("glszm", "LowGrayLevelZoneEmphasis", "szm_lgze"),
    .init("glszm", "SizeZoneNonUniformity", "szm_zsnu"),
    .init("glszm", "SizeZoneNonUniformityNormalized", "szm_zsnu_norm"),
    .init("glszm", "SmallAreaEmphasis", "szm_sze"),
    .init("glszm", "SmallAreaHighGrayLevelEmphasis", "szm_szhge"),
    .init("glszm", "SmallAreaLowGrayLevelEmphasis", "szm_szlge"),
    .init("glszm", "ZoneEntropy", "szm_zs_entr"),
    .init("glszm", "ZonePercentage", "szm_z_perc"),
    .init("glszm", "ZoneVariance", "szm_zs_var"),

    .init("ngtdm", "Busyness", "ngt_busyness"),
    .init("ngtdm", "Coarseness", "ngt_coarseness"),
    .init("ngtdm", "Complexity", "ngt_complexity"),
    .init("ngtdm", "Contrast", "ngt_contrast"),
    .init("ngtdm", "Strength", "ngt_strength"),
  ]
}
