import RadiomicsCore

/// What is simulated, and with which truth.
package struct SimulationPlan: Configurable {
  package static let name = "simulation"
  package static let summary =
    "Phantoms of several subjects, sessions and scanners whose true means and variances are known."
  package static let reference =
    "y = mean + effects of subject, session, scanner + residual; Documentation/Reliability.md"
  package static var parameters: [Parameter<Self>] {
    [
      Parameter(
        "kind", \.kind,
        "lesions: textured balls. uniform: balls of one intensity. readings: a table, no images. longitudinal: lesions under treatment."
      ),
      Parameter("seed", \.seed, in: 0...0x1p53, "What everything is drawn from."),
      Parameter("subjects", \.subjects, in: 2...10_000, "Number of subjects."),
      Parameter("sessions", \.sessions, in: 1...100, "Sessions of each."),
      Parameter("scanners", \.scanners, in: 1...100, "Scanners on which each session is repeated."),
      Parameter("processings", \.processings, in: 1...100, "readings: ways of processing."),
      Parameter("columns", \.columns, in: 1...100_000, "readings: number of features, drawn one by one."),
      Parameter("mean", \.mean, "The mean intensity of all, in HU."),
      Parameter(
        "variance", \.variance,
        "Variances of the mean, HU², by term: subject, subject:session, scanner, subject:scanner, processing, residual."
      ),
      Parameter("size", \.size, in: 8...1024, "Voxels along x, y, z."),
      Parameter("spacing", \.spacing, in: 0.01...100, "Voxels in mm."),
      Parameter("radius", \.radius, in: .positive, "Radii of the balls in mm, from and to."),
      Parameter("background", \.background, "Intensity around the balls, HU."),
      Parameter("texture", \.texture, in: .notNegative, "lesions: standard deviation of the texture, HU."),
      Parameter(
        "texture_length", \.textureLength, in: .positive, "lesions: how far it is alike (σ of a Gaussian), mm."),
      Parameter("noise", \.noise, in: .notNegative, "Standard deviation of the noise before the kernel, HU."),
      Parameter(
        "spectrum", \.spectrum,
        "Power of the noise within slices, as pairs [frequency in 1/mm, power], linear between; without it white."),
      Parameter(
        "kernels", \.kernels, "Reconstruction kernels that scanners have in turn: none, soft, sharp."),
      Parameter(
        "visits", \.visits, in: .notNegative,
        "longitudinal: days of the scans, the first 0; scanners have them in turn."),
      Parameter(
        "resistant_subjects", \.resistantSubjects, in: 0...1, "longitudinal: share of subjects with a resistant clone."),
      Parameter(
        "resistant_share", \.resistantShare, in: 0...1, "longitudinal: the clone's share of the volume on day 0."),
      Parameter("kill", \.kill, "longitudinal: rates at which sensitive and resistant volume shrinks, 1/day."),
      Parameter(
        "resistant_texture", \.resistantTexture, in: .notNegative,
        "longitudinal: standard deviation of the clone's texture, HU."),
      Parameter(
        "resistant_length", \.resistantLength, in: .positive, "longitudinal: how far the clone's texture is alike, mm."),
      Parameter(
        "rim", \.rimWidth, in: .positive,
        "longitudinal: partial volume at the outline, standard deviation of the Gaussian that blurs it, mm."),
    ]
  }

  /// What is simulated.
  package enum Kind: String, ChoiceSetting {
    case lesions, uniform, readings, longitudinal
  }

  /// How a slice is blurred or sharpened: the modulation transfer at frequency f (1/mm).
  package enum Kernel: String, ChoiceSetting {
    /// 1.
    case none
    /// exp(−(f / 0.4)²).
    case soft
    /// (1 + 4.8 f²) exp(−(f / 0.9)²): edges are enhanced.
    case sharp

    func transfer(_ f: Double) -> Double {
      switch self {
      case .none: 1
      case .soft: exp(-(f / 0.4) * (f / 0.4))
      case .sharp: (1 + 4.8 * f * f) * exp(-(f / 0.9) * (f / 0.9))
      }
    }
  }

  package var kind = Kind.lesions
  package var seed = 1
  package var subjects = 10
  package var sessions = 2
  package var scanners = 2
  package var processings = 1
  package var columns = 1
  package var mean = 40.0
  package var variance = PlantedVariances()
  package var size = SIMD3<Double>(48, 48, 20)
  package var spacing = SIMD3<Double>(1, 1, 2)
  package var radius = [10.0, 14]
  package var background = -50.0
  package var texture = 15.0
  package var textureLength = 2.0
  package var noise = 10.0
  package var spectrum: [NoisePower] = []
  package var kernels = [Kernel.none]
  package var visits = [0.0, 60]
  package var resistantSubjects = 0.5
  package var resistantShare = 0.1
  package var kill = [0.0225, 0]
  package var resistantTexture = 30.0
  package var resistantLength = 1.0
  package var rimWidth = 1.0

  /// Ten textured lesions, twice on two scanners.
  package init() {}

  /// Reads a plan; `file` is how errors call it.
  package init(yaml: String, file: String) throws(SettingError) {
    try self.init(setting: Setting(yaml: yaml, file: file))
  }

  package func check() throws(SettingError) {
    let known =
      kind == .readings ? ["subject", "session", "scanner", "processing"] : ["subject", "session", "scanner"]
    for term in variance.terms where !term.name.split(separator: ":").allSatisfy({ known.contains(String($0)) }) {
      throw SettingError(
        place: nil,
        message:
          "'variance' has the term '\(term.name)', must be made of \(known.joined(separator: ", ")), such as subject:session."
      )
    }
    guard radius.count <= 2, radius[0] <= radius[radius.count - 1] else {
      throw SettingError(place: nil, message: "'radius' is \(radius), must be one number or two, the smaller first.")
    }
    guard kind != .readings else { return }
    for axis in 0..<3 where size[axis] != size[axis].rounded() {
      throw SettingError(place: nil, message: "'size' is \(size.settingValue), must be whole numbers.")
    }
    try checkVisits()
    let room = (size * spacing).min() / 2
    // Wherever its centre lies, a ball of half a voxel's diagonal holds the centre of a voxel.
    let least = Self.rim + (spacing * spacing).sum().squareRoot() / 2
    guard radius[radius.count - 1] <= room, radius[0] > least else {
      throw SettingError(
        place: nil,
        message:
          "'radius' is \(radius), must be above \(shortText(least, digits: 3)) mm (outlines keep \(numberText(Self.rim)) mm away from the edge, and hold a voxel) "
          + "and fit into the image: at most \(numberText(room)) mm.")
    }
    for (a, b) in zip(spectrum, spectrum.dropFirst()) where a.frequency >= b.frequency {
      throw SettingError(place: nil, message: "'spectrum' must have its frequencies in ascending order.")
    }
  }

  private func checkVisits() throws(SettingError) {
    guard kind == .longitudinal else { return }
    func wrong(_ message: String) -> SettingError { SettingError(place: nil, message: message) }
    guard visits.count > 1, visits[0] == 0, zip(visits, visits.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw wrong("'visits' is \(visits), must be two days or more in ascending order, the first 0.")
    }
    guard kill.count == 2, kill.allSatisfy({ $0.isFinite }) else {
      throw wrong("'kill' is \(kill), must be two rates: of sensitive and of resistant volume.")
    }
    guard sessions < 10 else { throw wrong("'sessions' is \(sessions), must be below 10 where lesions are followed.") }
  }

  /// How far outlines stay within the balls, mm, so that kernels do not reach in.
  static let rim = 5.0
}

/// Variances of terms, and of what is left.
package struct PlantedVariances: SettingValue, Hashable {
  package static let expectation = "a map of terms with their variances: {subject: 100, scanner: 9, residual: 1}"

  /// A term of the model.
  package struct Term: Sendable, Hashable {
    package let name: String
    package let variance: Double
  }

  /// The terms, in order.
  package let terms: [Term]
  /// The variance of what is left.
  package let residual: Double

  init() {
    terms = [
      Term(name: "subject", variance: 100), Term(name: "subject:session", variance: 4),
      Term(name: "scanner", variance: 9),
    ]
    residual = 1
  }

  package init(setting: Setting) throws(SettingError) {
    guard case .map = setting.value else { throw Self.mismatch(setting) }
    var terms: [Term] = [], residual = 0.0
    for (key, _, value) in setting.entries {
      let variance = try Double(setting: value)
      guard variance >= 0, variance.isFinite else { throw value.error("'\(key)' is \(variance), must be 0 or more.") }
      if key == "residual" { residual = variance } else { terms.append(Term(name: key, variance: variance)) }
    }
    self.terms = terms
    self.residual = residual
  }

  package var settingValue: Setting.Value {
    .map(terms.map { .init($0.name, .number($0.variance)) } + [.init("residual", .number(residual))])
  }
}

/// A point of a noise power spectrum.
package struct NoisePower: SettingValue, Hashable {
  package static let expectation = "a pair [frequency in 1/mm, power], both 0 or more"
  /// 1/mm.
  package let frequency: Double
  /// In any unit.
  package let power: Double

  package init(setting: Setting) throws(SettingError) {
    guard setting.elements.count == 2 else { throw Self.mismatch(setting) }
    frequency = try Double(setting: setting.elements[0])
    power = try Double(setting: setting.elements[1])
    guard frequency >= 0, power >= 0, frequency.isFinite, power.isFinite else { throw Self.mismatch(setting) }
  }

  package var settingValue: Setting.Value { .list([.number(frequency), .number(power)]) }
}

extension [NoisePower] {
  /// The power at a frequency, linear between the points and constant beyond them; 1 without any.
  func power(at frequency: Double) -> Double {
    guard let first, let last else { return 1 }
    if frequency <= first.frequency { return first.power }
    guard let next = firstIndex(where: { $0.frequency > frequency }) else { return last.power }
    let (a, b) = (self[next - 1], self[next])
    return a.power + (b.power - a.power) * (frequency - a.frequency) / (b.frequency - a.frequency)
  }
}
