import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsStatistics

/// Images of a plan, and what is true of them. Everything is fixed by the seed.
package struct SimulatedCohort: Sendable {
  /// One examination.
  package struct Examination: Sendable {
    /// Numbers from 0.
    package let subject: Int, session: Int, scanner: Int
    /// The mean that the plan gives to this examination, HU.
    package let trueMean: Double
    /// `S01_v1_scanner2`.
    package let name: String
  }

  /// The plan.
  package let plan: SimulationPlan
  /// Every subject in every session on every scanner.
  package let examinations: [Examination]
  private let geometry: Geometry

  /// - Throws: `ComponentsError` if the planted terms cannot be told apart in such a design, `StudyError` for an impossible
  ///   grid.
  package init(_ plan: SimulationPlan) throws {
    precondition(plan.kind != .readings, "readings have no images")
    self.plan = plan
    geometry = try plan.grid()
    let readings = try plan.readings
    let means = readings.column(seed: plan.seedOf("means"))
    examinations = means.enumerated().map { row, mean in
      let numbers = readings.factors.map { $0.codes[row] }
      return Examination(
        subject: numbers[0], session: numbers[1], scanner: numbers[2], trueMean: mean,
        name: readings.factors.map { $0.levels[$0.codes[row]] }.joined(separator: "_"))
    }
  }

  /// The image of an examination, rounded to whole Hounsfield units, and the outline of the ball's core.
  ///
  /// Texture and shape belong to the subject; the kernel works on all that lies in a slice; the outline keeps away from the edge,
  /// and texture is centred on it, so that the true mean is that of the outlined region but for noise.
  package func image(of examination: Examination, lanes: Lanes = Lanes(jobs: 1)) -> (image: Scan, mask: Scan) {
    let kernel = plan.kernels[examination.scanner % plan.kernels.count]
    var shape = SeededGenerator(seed: plan.seedOf("shape\(examination.subject)"))
    let low = plan.radius[0], radius = low + (plan.radius[plan.radius.count - 1] - low) * shape.uniform()
    let size = geometry.size
    var distances = [Double](repeating: 0, count: geometry.count)
    for index in distances.indices {
      let place = SIMD3(
        Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y)))
      let position = geometry.position(of: place)
      distances[index] = (position * position).sum().squareRoot()
    }
    let core = RowSpans(size: size) { distances[$0] <= radius - SimulationPlan.rim }
    let contrast = examination.trueMean - plan.background
    var object = distances.map { $0 <= radius ? contrast : 0 }
    filtered(&object, kernel, .white, lanes)
    for index in object.indices { object[index] += plan.background }
    if plan.kind == .lesions, plan.texture > 0 {
      var texture = texture(of: examination.subject, lanes)
      for index in texture.indices where distances[index] > radius { texture[index] = 0 }
      filtered(&texture, kernel, .white, lanes)
      let inside = core.values(of: texture), center = inside.reduce(0, +) / Double(max(1, inside.count))
      for index in texture.indices { object[index] += texture[index] - (distances[index] <= radius ? center : 0) }
    }
    if plan.noise > 0 {
      var generator = SeededGenerator(seed: plan.seedOf("noise\(examination.name)"))
      var noise = (0..<geometry.count).map { _ in plan.noise * generator.normal() }
      filtered(&noise, kernel, .planned, lanes)
      for index in noise.indices { object[index] += noise[index] }
    }
    let stored = object.map { Int16(min(32767, max(-32768, $0.rounded()))) }
    return (Scan(geometry: geometry, samples: .int16(stored)), Scan(geometry: geometry, samples: .uint8(core.mask)))
  }

  /// The texture of a subject.
  private func texture(of subject: Int, _ lanes: Lanes) -> [Double] {
    plan.field("texture\(subject)", length: plan.textureLength, deviation: plan.texture, geometry, lanes)
  }

  private func filtered(
    _ voxels: inout [Double], _ kernel: SimulationPlan.Kernel, _ power: SimulationPlan.Power, _ lanes: Lanes
  ) {
    plan.filter(&voxels, kernel, power, geometry, lanes)
  }
}

extension SimulationPlan {
  /// A seed for one purpose: FNV-1a of its name, mixed with the plan's seed.
  func seedOf(_ purpose: String) -> UInt64 {
    let hash = purpose.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    var generator = SeededGenerator(seed: hash ^ UInt64(truncatingIfNeeded: seed))
    return generator.next()
  }

  /// The measurement model: subject, session, scanner, and for readings processing.
  var readings: SimulatedReadings {
    get throws {
      var levels = [("subject", subjects), ("session", sessions), ("scanner", scanners)]
      if kind == .readings { levels.append(("processing", processings)) }
      return try SimulatedReadings(
        levels: levels.map { (factor: $0.0, count: $0.1) },
        terms: variance.terms.map { (term: $0.name, variance: $0.variance) }, residual: variance.residual, mean: mean)
    }
  }

  /// A table of readings: conditions, and a column for each feature.
  package func table() throws -> CSV {
    let readings = try readings
    let names = (0..<columns).map { "feature\($0 + 1)" }
    let values = (0..<columns).map { readings.column(seed: seedOf("column\($0)")) }
    return CSV(
      header: readings.factors.map(\.name) + names,
      rows: (0..<readings.design.count).map { row in
        readings.factors.map { $0.levels[$0.codes[row]] } + values.map { numberText($0[row]) }
      })
  }
}

extension SimulatedCohort {
  /// Writes images, masks, `cohort.csv` (with `true_mean`), `recipe.yaml` and `truth.json` into a folder, which is made.
  /// - `progress`: Called with the number of images written.
  package func write(to folder: String, lanes: Lanes, progress: (Int) -> Void) throws {
    try WholeFile.makeFolder(folder)
    var rows: [[String]] = []
    for (index, examination) in examinations.enumerated() {
      let (image, mask) = image(of: examination, lanes: lanes)
      let parts = examination.name.split(separator: "_").map(String.init)
      try ImageFormats.write(image, to: "\(folder)/\(examination.name).nii.gz")
      try ImageFormats.write(mask, to: "\(folder)/\(examination.name)_mask.nii.gz")
      rows.append(
        [parts[0], "\(examination.name).nii.gz", "\(examination.name)_mask.nii.gz", parts[1], parts[2]]
          + [numberText(examination.trueMean)])
      progress(index + 1)
    }
    let table = CSV(header: ["subject", "image", "mask", "session", "scanner", "true_mean"], rows: rows)
    try table.write(to: "\(folder)/cohort.csv")
    let recipe =
      "name: simulated\nintensity_unit: HU\nlayers:\n  - discretisation: { fixed_bin_number: 32 }\n    families: [intensity, { glcm: { aggregation: 3D:mrg } }]\n"
    try OutputFile.write(recipe, to: "\(folder)/recipe.yaml")
    let truth = Setting.Value.map([
      .init("format", .integer(1)), .init("plan", plan.settingValue),
      .init("variances", plan.variance.settingValue),
    ])
    try OutputFile.write(truth.json + "\n", to: "\(folder)/truth.json")
  }
}
