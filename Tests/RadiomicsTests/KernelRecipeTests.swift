import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// A match of kernels that recipes name: applied before anything else, and only to images that it is for.
@Suite struct KernelRecipeTests {
  private static let gains = "pixel: 0.8, frequencies: [0, 0.2, 0.4, 0.6, 0.9], gains: [1, 0.8, 0.4, 0.2, 0.05]"
  private static let geometry = Geometry(
    unchecked: [24, 20, 6], spacing: [0.8, 0.8, 3], origin: .zero, direction: .identity)

  private static func scan() -> Scan {
    var generator = SeededGenerator(seed: 11)
    return Scan(geometry: geometry, samples: .int16((0..<geometry.count).map { _ in Int16(40 * generator.normal()) }))
  }

  private static func region(_ scan: Scan) -> ImagedRegion {
    ImagedRegion(scan, RowSpans(size: geometry.size) { $0 % 24 > 5 && $0 % 24 < 17 && (480..<2400).contains($0) })
  }

  private static func recipe(_ preparation: String) throws -> Recipe {
    try Recipe(
      yaml: """
        name: t
        preparation: {\(preparation)}
        layers: [{families: [intensity, {glcm: {discretisation: {fixed_bin_number: 16}}}]}]
        """, file: "t.yaml")
  }

  private static func matched(_ scan: Scan) throws -> Scan {
    let match = try #require(try recipe("kernel: {\(gains)}").preparation.kernel)
    let image = match.apply(to: scan.volume(in: geometry.box), Lanes(jobs: 2))
    return Scan(geometry: geometry, samples: .double(image.voxels))
  }

  /// What the recipe measures is the image that is matched as a whole: to the bit, whatever follows.
  @Test(arguments: ["", ", round: hounsfield", ", resample: {spacing: [1, 1, 2]}", ", normalise: {method: z_score}"])
  func asTheImageMatchedBefore(_ rest: String) throws {
    let scan = Self.scan(), later = rest.isEmpty ? "" : String(rest.dropFirst(2))
    let own = try Self.recipe("kernel: {\(Self.gains)}\(rest)").measurement(of: Self.region(scan)).cells
    let before = try Self.recipe(later).measurement(of: Self.region(try Self.matched(scan))).cells
    let raw = try Self.recipe(later).measurement(of: Self.region(scan)).cells
    #expect(own == before && own != raw)
  }

  /// Noise that a perturbation adds is of the scanner, so it is matched; places that it moves are those of the matched image.
  @Test func perturbedAsTheImageMatchedBefore() throws {
    let scan = Self.scan(), recipe = try Self.recipe("kernel: {\(Self.gains)}"), plain = try Self.recipe("")
    var shift = Perturbation()
    shift.translation = [0.5, 0.25, 0]
    func cells(_ scan: Scan, _ recipe: Recipe) throws -> [Cell] {
      let source = PerturbationSource(Self.region(scan), noiseLevel: 0, seed: 1, name: "a")
      let changed = try source.perturbed(shift, recipe, lanes: Lanes(jobs: 1))
      return changed.recipe.measurement(of: changed.region).cells
    }
    #expect(try cells(scan, recipe) == cells(Self.matched(scan), plain))
  }

  /// What changes numbers is in the fingerprint, and what does not is not.
  @Test func fingerprints() throws {
    func fingerprint(_ kernel: String) throws -> String { try Self.recipe("kernel: {\(kernel)}").fingerprint }
    let plain = try fingerprint(Self.gains)
    #expect(try fingerprint(Self.gains + ", file: k.json, sharp: B70f, soft: B30f") == plain)
    #expect(try fingerprint(Self.gains + ", sha256: \(String(repeating: "a", count: 64))") != plain)
    #expect(try fingerprint(Self.gains.replacing("0.05", with: "0.06")) != plain)
    #expect(try Self.recipe("").fingerprint != plain)
    let recipe = try Self.recipe("kernel: {\(Self.gains)}")
    #expect(try Recipe(yaml: recipe.yaml, file: "u.yaml").fingerprint == plain)
  }

  @Test(arguments: [
    ("{}", "'kernel' needs 'file'"), ("{pixel: 1, frequencies: [0, 0.2], gains: [1]}", "as many 'gains'"),
    ("{pixel: 1, frequencies: [0, 0.2], gains: [0.9, 0.5]}", "'gains' from 1"),
    ("{pixel: 1, frequencies: [0, 0.2], gains: [1, 1.5]}", "from 0 to 1"),
    ("{fiel: k.json}", "Did you mean 'file'?"),
  ])
  func wrongSettings(_ kernel: String, _ part: String) {
    let error = #expect(throws: SettingError.self) { try Self.recipe("kernel: \(kernel)") }
    #expect(error?.description.contains(part) ?? false, "\(error?.description ?? "")")
  }

  // MARK: Images that it is for

  private func findings(
    _ facts: [(String, [String])], names: String = ", sharp: B70f, soft: B30f", spacing: SIMD3<Double> = [0.8, 0.8, 3],
    direction: Matrix3 = .identity, allows: Bool = false
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    let geometry = try Geometry(size: [24, 20, 6], spacing: spacing, direction: direction)
    try ImageFormats.write(Scan(geometry: geometry, samples: Self.scan().samples), to: folder.path("i.nrrd"))
    let mask = (0..<geometry.count).map { UInt8((1000..<1400).contains($0) ? 1 : 0) }
    try ImageFormats.write(Scan(geometry: geometry, samples: .uint8(mask)), to: folder.path("m.nrrd"))
    var options = Study.Options()
    if allows { options.allowed = [.kernel] }
    let source = ImageOfKernel(path: folder.path("i.nrrd"), facts: facts)
    let study = try Study(image: source.path, mask: folder.path("m.nrrd"), options: options, sources: [source])
    let kernel = Self.gains + names
    return try study.measure(Self.recipe("kernel: {\(kernel)}")).findings.map {
      "\($0.severity.rawValue): \($0.message)"
    }
  }

  private func refusal(
    _ facts: [(String, [String])], spacing: SIMD3<Double> = [0.8, 0.8, 3], direction: Matrix3 = .identity,
    allows: Bool = false
  ) -> String {
    do {
      return "measured: \(try findings(facts, spacing: spacing, direction: direction, allows: allows))"
    } catch { return "\(error)" }
  }

  private static let sharp = [("modality", ["CT"]), ("reconstruction_kernel", ["B70f"])]

  @Test func imagesOfTheSharpKernelAreMatched() throws {
    #expect(try findings(Self.sharp).isEmpty)
    #expect(
      try findings(Self.sharp, spacing: [0.95, 0.95, 3]).first?.contains("gains are taken by frequency") ?? false)
    let untold = try findings([])
    #expect(untold.count == 1 && untold[0].hasPrefix("note: no header tells"), "\(untold)")
    #expect(try findings(Self.sharp, names: "").first?.hasPrefix("note: no header tells") ?? false)
  }

  @Test func othersAreRefused() throws {
    let soft = [("modality", ["CT"]), ("reconstruction_kernel", ["B30f"])]
    #expect(refusal(soft).contains("kernel is 'B30f', to which preparation.kernel would bring it"), "\(refusal(soft))")
    #expect(refusal(soft).contains("Allow 'kernel'"))
    #expect(
      refusal([("reconstruction_kernel", ["B45f"])]).contains("kernel is 'B45f', preparation.kernel is for 'B70f'"))
    #expect(refusal([("reconstruction_kernel", ["B70f", "B30f"])]).contains("'B70f', 'B30f', to which"))
    #expect(refusal([("modality", ["MR"])]).contains("modality is MR, preparation.kernel is for CT"))
    #expect(
      refusal(Self.sharp, spacing: [0.6, 0.6, 3]).contains("pixels are 0.6 mm wide, the phantoms' 0.8 mm"),
      "\(refusal(Self.sharp, spacing: [0.6, 0.6, 3]))")
    let sagittal = Matrix3([0, 1, 0], [0, 0, 1], [1, 0, 0])
    #expect(refusal(Self.sharp, direction: sagittal, allows: true).contains("slices are not axial"))
    let allowed = try findings(soft, allows: true)
    #expect(
      allowed.count == 1 && allowed[0].hasPrefix("warning") && allowed[0].hasSuffix("as kernel is allowed."),
      "\(allowed)")
  }

  /// A recipe that names a file is no recipe until the file is read.
  @Test func filesThatWereNotReadMeasureNothing() throws {
    let recipe = try Self.recipe("kernel: {file: k.json}")
    let cells = recipe.measurement(of: Self.region(Self.scan())).cells
    #expect(cells.allSatisfy { $0.reason?.text.contains("'k.json' was not read") ?? false })
  }
}

/// A file of voxels whose header tells facts.
private struct ImageOfKernel: ImageSource {
  let path: String
  let facts: [(String, [String])]

  func recognises(_ path: String) -> Bool { path == self.path }
  func cases(in path: String) -> (cases: [SourceCase], findings: [Finding]) { ([], []) }
  func image(_ path: String, mask: String?, _ options: ReadingOptions) throws(FormatError) -> StoredImage {
    let stored = try ImageFormats.read(path: path, options: options)
    return StoredImage(
      volumes: stored.volumes, volumeCount: 1, files: stored.files,
      acquisition: facts.map { AcquisitionFact($0.0, $0.1.map { .text($0) }) }, unit: nil)
  }
  func mask(
    _ path: String, on image: (path: String, geometry: Geometry)?, _ options: ReadingOptions
  ) throws(FormatError) -> StoredMask? { nil }
}
