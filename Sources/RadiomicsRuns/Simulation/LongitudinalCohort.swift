import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsNumerics

/// Lesions under treatment: sensitive tissue shrinks, a resistant clone of another texture does not, in some of the subjects; all of it
/// known. Everything is fixed by the seed.
///
/// V(t) = V₀ ((1 − s) exp(−k₁ t) + s exp(−k₂ t)), a ball; the clone is where a smooth field is largest in the ball, with its share of
/// the volume. Its texture and that of the rest stay in place. The edge is blurred, so that voxels at the outline hold background too.
package struct LongitudinalCohort: Sendable {
  /// One scan of one subject.
  package struct Scan: Sendable {
    /// Numbers from 0.
    package let subject: Int, visit: Int, session: Int
    package let day: Double
    /// mm³, and the clone's part of it.
    package let volume: Double, share: Double
    /// `sub1_day60_1`.
    package let name: String
  }

  package let plan: SimulationPlan
  /// Every subject at every visit, in every session.
  package let scans: [Scan]
  private let geometry: Geometry

  /// - Throws: `StudyError` for an impossible grid.
  package init(_ plan: SimulationPlan) throws(StudyError) {
    precondition(plan.kind == .longitudinal, "lesions are followed")
    (self.plan, geometry) = (plan, try plan.grid())
    let clones = Int((Double(plan.subjects) * plan.resistantSubjects).rounded())
    scans = (0..<plan.subjects).flatMap { subject -> [Scan] in
      var shape = SeededGenerator(seed: plan.seedOf("shape\(subject)"))
      let low = plan.radius[0], radius = low + (plan.radius[plan.radius.count - 1] - low) * shape.uniform()
      let first = 4 / 3 * Double.pi * radius * radius * radius
      let resistant = subject < clones ? plan.resistantShare : 0
      return plan.visits.enumerated().flatMap { visit, day -> [Scan] in
        let sensitive = (1 - resistant) * exp(-plan.kill[0] * day), clone = resistant * exp(-plan.kill[1] * day)
        return (0..<plan.sessions).map { session in
          Scan(
            subject: subject, visit: visit, session: session, day: day, volume: first * (sensitive + clone),
            share: clone / (sensitive + clone), name: "sub\(subject + 1)_day\(numberText(day))_\(session + 1)")
        }
      }
    }
  }

  /// The image of a scan in whole Hounsfield units, and the outline.
  package func image(
    of scan: Scan, lanes: Lanes = Lanes(jobs: 1)
  ) -> (image: RadiomicsImaging.Scan, mask: RadiomicsImaging.Scan) {
    let radius = cbrt(3 * scan.volume / (4 * Double.pi)), size = geometry.size
    let mask = (0..<geometry.count).map { index -> UInt8 in
      let place = SIMD3(Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y)))
      let position = geometry.position(of: place)
      return (position * position).sum() <= radius * radius ? 1 : 0
    }
    var object = content(of: scan, mask, lanes)
    let inside = plan.blurred(mask.map { Double($0) }, geometry, lanes)
    for index in object.indices {
      object[index] = inside[index] * (plan.mean + object[index]) + (1 - inside[index]) * plan.background
    }
    let kernel = plan.kernels[scan.visit % plan.scanners % plan.kernels.count]
    plan.filter(&object, kernel, .white, geometry, lanes)
    if plan.noise > 0 {
      var generator = SeededGenerator(seed: plan.seedOf("noise\(scan.name)"))
      var noise = (0..<geometry.count).map { _ in plan.noise * generator.normal() }
      plan.filter(&noise, kernel, .planned, geometry, lanes)
      for index in noise.indices { object[index] += noise[index] }
    }
    let stored = object.map { Int16(min(32767, max(-32768, $0.rounded()))) }
    return (
      RadiomicsImaging.Scan(geometry: geometry, samples: .int16(stored)),
      RadiomicsImaging.Scan(geometry: geometry, samples: .uint8(mask))
    )
  }

  /// Texture about the mean: of the clone where it is, else of the rest.
  private func content(of scan: Scan, _ mask: [UInt8], _ lanes: Lanes) -> [Double] {
    var texture = plan.field(
      "texture\(scan.subject)", length: plan.textureLength, deviation: plan.texture, geometry, lanes)
    guard scan.share > 0 else { return texture }
    let clone = plan.field(
      "clone\(scan.subject)", length: plan.resistantLength, deviation: plan.resistantTexture, geometry, lanes)
    let place = plan.field("place\(scan.subject)", length: plan.radius[0] / 3, deviation: 1, geometry, lanes)
    let inside = mask.indices.filter { mask[$0] != 0 }.sorted { (place[$1], $0) < (place[$0], $1) }
    let count = Int((scan.share * Double(inside.count)).rounded())
    guard count > 0 else { return texture }
    // Beyond the outline the clone goes on as far as its level does, as what lies there is blended into the rim.
    let level = place[inside[count - 1]]
    for index in texture.indices where place[index] >= level { texture[index] = clone[index] }
    return texture
  }

  /// Writes images, masks, `cohort.csv` (the first session of each visit), `retest.csv` (all sessions of later visits, whose lesions are
  /// as small as those that are judged), `recipe.yaml` and `truth.csv` into a folder, which is made.
  /// - `progress`: Called with the number of images written, and of all.
  package func write(to folder: String, lanes: Lanes, progress: (Int, Int) -> Void) throws {
    try WholeFile.makeFolder(folder)
    var cohort: [[String]] = [], retest: [[String]] = [], truth: [[String]] = []
    let written = scans.filter { $0.session == 0 || $0.visit > 0 }
    for (index, scan) in written.enumerated() {
      let (image, mask) = image(of: scan, lanes: lanes)
      try ImageFormats.write(image, to: "\(folder)/\(scan.name).nii.gz")
      try ImageFormats.write(mask, to: "\(folder)/\(scan.name)_mask.nii.gz")
      let subject = "sub\(scan.subject + 1)", files = ["\(scan.name).nii.gz", "\(scan.name)_mask.nii.gz"]
      let day = numberText(scan.day), scanner = "sca\(scan.visit % plan.scanners + 1)"
      if scan.session == 0 {
        cohort.append([subject] + files + [day, scanner])
        truth.append([subject, day, numberText(scan.volume), numberText(scan.share), scan.share > 0 ? "1" : "0"])
      }
      if scan.visit > 0 { retest.append(["\(subject)_\(day)"] + files + ["\(scan.session + 1)", scanner]) }
      progress(index + 1, written.count)
    }
    try CSV(header: ["subject", "image", "mask", "timepoint", "scanner"], rows: cohort).write(
      to: "\(folder)/cohort.csv")
    if plan.sessions > 1 {
      try CSV(header: ["subject", "image", "mask", "session", "scanner"], rows: retest)
        .write(to: "\(folder)/retest.csv")
    }
    try CSV(header: ["subject", "timepoint", "true_volume", "true_share", "clone"], rows: truth)
      .write(to: "\(folder)/truth.csv")
    try OutputFile.write(Self.recipe, to: "\(folder)/recipe.yaml")
    let document = Setting.Value.map([.init("format", .integer(1)), .init("plan", plan.settingValue)])
    try OutputFile.write(document.json + "\n", to: "\(folder)/truth.json")
  }

  /// Volume, and heterogeneity in bins of a fixed width.
  package static let recipe = """
    name: followed
    intensity_unit: HU
    preparation:
      resegment: { range: [-1000, 3000] }
    layers:
      - discretisation: { fixed_bin_size: 25 }
        families: [morphology, { glcm: { aggregation: 3D:mrg } }]

    """
}

extension SimulationPlan {
  /// A field under the Gaussian of the rim.
  fileprivate func blurred(_ field: [Double], _ geometry: Geometry, _ lanes: Lanes) -> [Double] {
    var result = Volume(geometry: geometry, voxels: field)
    for axis in 0..<3 {
      let sigma = rimWidth / geometry.spacing[axis], reach = Int((4 * sigma).rounded(.up))
      let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }, sum = weights.reduce(0, +)
      result = result.convolved(with: AxisKernel(weights.map { $0 / sum }), along: axis, .nearest, lanes)
    }
    return result.voxels
  }
}
