import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Values of PyRadiomics 3.0.1 (`voxelBased`, `maskedKernel`, `kernelRadius` as given, `binWidth` 1, `weightingNorm`
/// `no_weighting`, `gldm_a` 0) for a volume of 5 × 4 × 3 voxels: voxel n has the level ((7 n² + 3 n) mod 11) mod 4 + 1,
/// and belongs to the region unless n mod 7 is 3. Features whose definition is IBSI's, at voxels 0, 23, 32 and 58.
@Suite struct PyRadiomicsMapsTests {
  private static let voxels = [0, 23, 32, 58]
  private static let expected: [(tag: String, radius: Int, values: [Double])] = [
    ("cm_joint_entr", 1, [3.090974563987543, 3.849221130545238, 3.9411562055640013, 3.2699399492078776]),
    ("cm_contrast", 1, [3.4285714285714284, 2.8823529411764706, 2.811320754716981, 2.814814814814815]),
    ("cm_corr", 1, [-0.14285714285714282, -0.1397297759534804, -0.15953307392996108, -0.18887601390498257]),
    ("cm_clust_prom", 1, [15.428571428571423, 11.547626495132956, 9.962264150943394, 8.436428502881789]),
    ("rlm_rl_entr", 1, [1.9351820494109135, 2.294924923138518, 2.2912509071975458, 2.1304017711640295]),
    ("rlm_lre", 1, [1.2164948453608246, 1.1938775510204083, 1.199288256227758, 1.2201834862385321]),
    ("szm_zs_entr", 1, [1.5849625007211552, 2.807354922057602, 2.5216406363433164, 1.9999999999999987]),
    ("szm_lze", 1, [7.333333333333333, 6.857142857142857, 13.857142857142858, 6.75]),
    ("ngt_coarseness", 1, [0.29166666666666663, 0.18667012352080595, 0.17517016378026085, 0.2795031055900621]),
    ("ngt_strength", 1, [1.798611111111111, 1.063761357240492, 0.7593567589315023, 1.9522326064382138]),
    ("ngl_dc_entr", 1, [1.561278124459132, 3.3749999999999956, 3.3603059777020756, 2.1971597234241473]),
    ("stat_p90", 1, [4.0, 4.0, 4.0, 3.2]),
    ("stat_var", 1, [1.4999999999999998, 1.3710937499999998, 1.0207939508506618, 1.2098765432098764]),
    ("cm_joint_entr", 2, [3.8860680164772536, 3.8529244298333003, 3.847398464910052, 3.8773628393264277]),
    ("cm_contrast", 2, [2.7478991596638656, 2.8702702702702703, 2.659163987138264, 2.56441717791411]),
    ("cm_corr", 2, [-0.13487029178879212, -0.1624824713476797, -0.15313000885481465, -0.14480139794341013]),
    ("cm_clust_prom", 2, [10.368086065598849, 10.516306099209194, 9.605367397208816, 9.364275847502135]),
    ("rlm_rl_entr", 2, [2.3076654726266943, 2.371856491013303, 2.433527464178863, 2.387384366938394]),
    ("rlm_lre", 2, [1.2527075812274369, 1.2860892388451444, 1.339464882943144, 1.2907608695652173]),
    ("szm_zs_entr", 2, [2.5849625007211543, 2.807354922057602, 2.947702779220087, 2.5849625007211543]),
    ("szm_lze", 2, [19.166666666666668, 28.285714285714285, 55.0, 37.5]),
    ("ngt_coarseness", 2, [0.15749348316244327, 0.09631774658984764, 0.06999624197883698, 0.1275372860550142]),
    ("ngt_strength", 2, [0.7908625520405694, 0.5379776702476856, 0.3455574898017201, 0.5660377784127089]),
    ("ngl_dc_entr", 2, [3.360305977702075, 3.5633072359050852, 3.8490190976638248, 3.692279682039652]),
    ("stat_p90", 2, [3.8000000000000007, 4.0, 4.0, 4.0]),
    ("stat_var", 2, [1.0812854442344046, 1.2021484375, 1.1472510572856591, 1.0176899063475546]),
  ]

  @Test(arguments: [1, 2]) func valuesArePyRadiomics(_ radius: Int) throws {
    let size: SIMD3<Int> = [5, 4, 3], numbers = 0..<60
    let inside = RowSpans(size: size) { $0 % 7 != 3 }
    let image = Volume(
      geometry: try Geometry(size: size), voxels: numbers.map { Double((7 * $0 * $0 + 3 * $0) % 11 % 4 + 1) })
    let region = Region(image: image, morphological: inside, intensity: inside)
    let known: [any FeatureFamily] = [
      IntensityStatistics(), Cooccurrence(), RunLength(), SizeZone(), NeighbourhoodToneDifference(),
      NeighbouringDependence(),
    ]
    let families = known.map { family in
      var family = family
      if type(of: family).takesLevels { family.discretisation = Discretisation.none }
      return family
    }
    let recipe = try Recipe(name: "maps", layers: [Recipe.Layer(families: families)])
    let wanted = Self.expected.filter { $0.radius == radius }
    var settings = MapSettings()
    settings.radius = radius
    var seen = 0
    recipe.maps(of: region, try MapSelection(recipe, wanted.map(\.tag)), settings) { map in
      let volume = map.volume(on: region).voxels, tag = map.measurand.feature.tag
      for row in wanted where row.tag == tag {
        // PyRadiomics adds 2.2e-16 to what it takes logarithms of.
        for (voxel, value) in zip(Self.voxels, row.values) {
          expectClose(volume[voxel], value, relative: 1e-12, "\(tag) at voxel \(voxel), radius \(radius)")
        }
        seen += 1
      }
    }
    #expect(seen == 13)
  }
}
