import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct SeparableWaveletTests {
  /// The first slice of PyWavelets 1.10's swtn of `LaplacianOfGaussianTests.image` by db2, extended to even size, level by
  /// level, by the letters along x, y and z.
  static let llh1: [Double] = [
    2.3077828048998, -10.445917828181, -27.512129159814, -25.575062386708, -1.1786641738175, 18.419846068264,
    7.9060504798861, 0.88211085826966, -1.5945995292637, 3.4366818029588, 13.910339933202, 17.14008220164,
    12.994684775187, 5.6038356835467, 13.785450926536, -2.2017233301615, -1.2118861064268, -15.399555242897,
    -18.376627173898, 9.1701049497601,
  ]
  static let hlh1: [Double] = [
    -2.8870136992523, -0.86779067080422, -19.593439547986, 16.287887022049, 1.1414689101579, -5.1597267467388,
    0.16176190318908, -3.4533054373739, -3.731670961893, 4.3851784780281, -1.3353442114884, 9.635574676518,
    -16.504409588501, 9.2279552273041, 0.12933730933479, 0.93736883599811, 8.6060221025247, -32.644543699113,
    29.247513211246, -3.1143722585355,
  ]
  static let lll2: [Double] = [
    56.567779049737, 70.144199731413, 91.08008925124, 86.784931864335, 52.416392087814, 58.001795652467,
    69.993169819305, 79.142603991701, 71.157527128527, 54.389652025773, 48.707604398719, 73.241798465257,
    104.03670843928, 95.331360984384, 62.961608049192, 47.273587795988, 73.392828377365, 115.97419369881,
    110.95876572019, 60.988348111234,
  ]
  static let lhh2: [Double] = [
    10.87593125685, 16.32010035079, 13.663775202796, 0.51376248629939, -8.6757636181618, -6.3505909714611,
    1.7555688509461, 13.114832380958, 17.224917143521, 8.1938483661198, -10.87593125685, -16.32010035079,
    -13.663775202796, -0.51376248629938, 8.6757636181618, 6.3505909714611, -1.7555688509461, -13.114832380958,
    -17.224917143521, -8.1938483661198,
  ]

  @Test(arguments: [("LLH", 1, llh1), ("HLH", 1, hlh1), ("LLL", 2, lll2), ("LHH", 2, lhh2)])
  func stationaryVariantIsThatOfPyWavelets(_ letters: String, _ level: Int, _ expected: [Double]) throws {
    let response = try firstResponse(
      of: "separable_wavelet: {wavelet: db2, decomposition: \(letters), level: \(level), variant: pyradiomics}",
      to: try volume(LaplacianOfGaussianTests.image, [5, 4, 4]))
    for (value, expected) in zip(response, expected) { expectClose(value, expected, absolute: 1e-11) }
  }

  /// Haar by hand, on equal rows: along x (a + b) / √2 and (a − b) / √2 of a voxel and the one after it, along y √2 or 0.
  @Test func haar() throws {
    let row: [Double] = [1, 4, 2, 8, 5, 7], image = try volume(row + row, [6, 2, 1])
    func response(_ letters: String) throws -> [Double] {
      let settings = "wavelet: haar, dimension: 2D, boundary: periodic, decomposition: \(letters)"
      return Array(try firstResponse(of: "separable_wavelet: {\(settings)}", to: image).prefix(6))
    }
    let low = try response("LL"), high = try response("HL")
    for (index, voxel) in row.enumerated() {
      let next = row[(index + 1) % 6]
      expectClose(low[index], voxel + next, absolute: 1e-13)
      expectClose(abs(high[index]), abs(voxel - next), absolute: 1e-13)
    }
    #expect(try response("LH").allSatisfy { abs($0) < 1e-13 })
  }

  /// The eight bands of orthogonal filters hold eight times the image's energy.
  @Test(arguments: ["haar", "db4", "sym5", "coif1"]) func energy(_ wavelet: String) throws {
    let image = try volume(
      (0..<20 * 18 * 16).map { Double($0 * $0 % 97) - 40 }, [20, 18, 16])
    let maps = try readFilter("separable_wavelet: {wavelet: \(wavelet), boundary: periodic}").responses(to: image)
    #expect(maps.count == 8)
    let energy = maps.flatMap(\.voxels).reduce(0) { $0 + $1 * $1 }
    expectClose(energy, 8 * image.voxels.reduce(0) { $0 + $1 * $1 }, relative: 1e-10)
  }

  @Test func wrongSettings() throws {
    let grid = try Geometry(size: [20, 20, 20])
    #expect(
      try readFilter("separable_wavelet: {wavelet: db3, level: 3}").obstacle(on: grid)?.text
        == "has filters of 24 voxels at level 3 of db3, the image has 20 along x: choose a lower level or a shorter wavelet, "
        + "or dimension 2D for few slices")
    for settings in ["wavelet: db99", "decomposition: LLX", "decomposition: LL", "dimension: 2D, decomposition: LLH"] {
      #expect(throws: SettingError.self) { try readFilter("separable_wavelet: {\(settings)}") }
    }
  }
}
