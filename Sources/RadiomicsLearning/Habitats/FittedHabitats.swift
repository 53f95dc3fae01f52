import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Habitats as they were learnt from training subjects, applied unchanged to others; no voxel is kept.
package struct FittedHabitats: Sendable, Hashable {
  /// How steady a number of habitats is when patients are drawn again.
  package struct Choice: Sendable, Hashable, Codable {
    package let count: Int
    /// By habitat, the mean over bootstraps of the Jaccard index with the habitat that is matched to it; empty without bootstraps.
    package let jaccard: [Double]
    /// The mean adjusted Rand index; nil without bootstraps.
    package let rand: Double?
    /// The Bayesian information criterion on 200 voxels of each subject at most, as neighbours are alike.
    package let criterion: Double
    /// Bootstraps that could be fitted.
    package let bootstraps: Int

    /// The mean over habitats; nil without bootstraps.
    package var meanJaccard: Double? { jaccard.isEmpty ? nil : mean(jaccard) }
  }

  /// From this mean Jaccard index on a number of habitats is steady, and below the other a habitat is not. Hennig 2007,
  /// doi:10.1016/j.csda.2006.11.025.
  package static let steady = 0.75, unsteady = 0.6

  package let software: String
  package let settings: HabitatSettings
  /// Names of what describes a voxel: one for each response of a filter.
  package let names: [String]
  package let habitats: HabitatCentres
  /// By habitat, its part of the sampled voxels.
  package let shares: [Double]
  /// Every number of habitats that was tried.
  package let choices: [Choice]
  /// Subjects, and sampled voxels of them.
  package let subjects: Int, sampled: Int

  /// The chosen number's.
  package var choice: Choice { choices.first { $0.count == habitats.count } ?? choices[0] }
  /// Habitats, from 1, that are not found again.
  package var unstable: [Int] { choice.jaccard.indices.filter { choice.jaccard[$0] < Self.unsteady }.map { $0 + 1 } }

  /// Learns habitats for each number of them; the largest number that is steady stays, or the steadiest if none is.
  /// - `names`: As many as points have coordinates.
  /// - Throws: `ModelError` if settings do not go together, an image does not vary, or a range of numbers is asked for of one subject.
  package init(
    _ samples: [HabitatSample], counts: ClosedRange<Int>, _ settings: HabitatSettings, names: [String], _ lanes: Lanes
  ) throws(ModelError) {
    try settings.check(counts)
    let isSingle = counts.count == 1
    guard !samples.isEmpty else { throw ModelError.at("habitats", "no subject could be read, must be one at least.") }
    guard isSingle || samples.count > 1 && settings.bootstraps > 0 else {
      throw ModelError.at(
        "number of habitats",
        "is chosen by what patients drawn again have in common, must be one number where there is one subject or no "
          + "bootstrap. Name one number.")
    }
    let seed = UInt64(settings.seed)
    var found: [(centres: HabitatCentres, choice: Choice)] = []
    for count in counts {
      let centres = try HabitatCentres(
        samples, count: count, settings, names: names, seed: seed, restarts: settings.restarts, lanes)
      found.append((centres, try Self.choice(centres, samples, settings, names, lanes)))
    }
    let steady = found.last { ($0.choice.meanJaccard ?? 1) >= Self.steady }
    let best = found.max { ($0.choice.meanJaccard ?? 0) < ($1.choice.meanJaccard ?? 0) }
    habitats = (steady ?? best ?? found[0]).centres
    var labels: [UInt8] = []
    for sample in samples { labels += try habitats.labels(sample.points) }
    shares = labels.counts(of: habitats.count).map { Double($0) / Double(labels.count) }
    software = "swift-radiomics \(radiomicsVersion)"
    (self.settings, self.names, choices) = (settings, names, found.map(\.choice))
    (subjects, sampled) = (samples.count, labels.count)
  }

  private static func choice(
    _ centres: HabitatCentres, _ samples: [HabitatSample], _ settings: HabitatSettings, _ names: [String],
    _ lanes: Lanes
  ) throws(ModelError) -> Choice {
    let thinned = samples.map { $0.points.points(Array(0..<min(200, $0.points.count))) }
    let criterion = try centres.informationCriterion(ClusterPoints(joining: thinned))
    var labels: [UInt8] = []
    for sample in samples { labels += try centres.labels(sample.points) }
    let known = labels, count = centres.count, seed = UInt64(settings.seed)
    let bootstraps = samples.count > 1 ? settings.bootstraps : 0
    let agreements = lanes.map(bootstraps) { number -> ClusterAgreement? in
      var generator = SeededGenerator(seed: SeededGenerator.output(UInt64(number), of: seed &+ 0x5EED))
      let drawn = samples.map { _ in samples[generator.below(samples.count)] }
      // What cannot be learnt of a sample that lacks variation is no agreement.
      guard
        let other = try? HabitatCentres(
          drawn, count: count, settings, names: names, seed: generator.next(), restarts: settings.bootstrapRestarts,
          Lanes(jobs: 1)), let found = try? samples.flatMap({ try other.labels($0.points) })
      else { return nil }
      return ClusterAgreement(known, found, count: count)
    }.compactMap { $0 }
    let jaccard = agreements.map(\.jaccard)
    return Choice(
      count: count, jaccard: jaccard.isEmpty ? [] : (0..<count).map { habitat in mean(jaccard.map { $0[habitat] }) },
      rand: agreements.isEmpty ? nil : mean(agreements.map(\.adjustedRandIndex)), criterion: criterion,
      bootstraps: agreements.count)
  }

  /// What must be known of them.
  package var findings: [Finding] {
    var findings: [Finding] = []
    if choices.count > 1, let jaccard = choice.meanJaccard, jaccard < Self.steady {
      findings.append(
        Finding(
          .warning, "habitats",
          "no number of habitats is steady: the steadiest, \(choice.count), has a mean Jaccard index of "
            + "\(shortText(jaccard, digits: 2)), below \(numberText(Self.steady)). Describe voxels otherwise, or give more "
            + "subjects."))
    }
    for habitat in unstable {
      findings.append(
        Finding(
          .warning, "habitat \(habitat)",
          "is unstable: where patients are drawn again its Jaccard index is \(shortText(choice.jaccard[habitat - 1], digits: 2)) "
            + "on average, below \(numberText(Self.unsteady)). Do not interpret it alone."))
    }
    return findings
  }
}

extension FittedHabitats: Codable {
  private static let format = "radiomics-habitats", version = 1

  private enum Key: String, CodingKey {
    case format, version, software, settings, names = "images", habitats, shares, choices, subjects, sampled
  }

  package func encode(to encoder: any Encoder) throws {
    var parts = encoder.container(keyedBy: Key.self)
    try parts.encode(Self.format, forKey: .format)
    try parts.encode(Self.version, forKey: .version)
    try parts.encode(software, forKey: .software)
    try parts.encode(settings, forKey: .settings)
    try parts.encode(names, forKey: .names)
    try parts.encode(habitats, forKey: .habitats)
    try parts.encode(shares, forKey: .shares)
    try parts.encode(choices, forKey: .choices)
    try parts.encode(subjects, forKey: .subjects)
    try parts.encode(sampled, forKey: .sampled)
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: Key.self)
    software = try parts.decode(String.self, forKey: .software)
    settings = try parts.decode(HabitatSettings.self, forKey: .settings)
    names = try parts.decode([String].self, forKey: .names)
    habitats = try parts.decode(HabitatCentres.self, forKey: .habitats)
    shares = try parts.decode([Double].self, forKey: .shares)
    choices = try parts.decode([Choice].self, forKey: .choices)
    subjects = try parts.decode(Int.self, forKey: .subjects)
    sampled = try parts.decode(Int.self, forKey: .sampled)
    guard habitats.isWhole(names.count), shares.count == habitats.count, !choices.isEmpty else {
      throw DecodingError.dataCorruptedError(
        forKey: .habitats, in: parts, debugDescription: "has numbers that are not those of its habitats and images")
    }
  }

  /// The file's text.
  package var text: String {
    get throws { try Setting.Value(coding: self).json + "\n" }
  }

  /// Reads a file's bytes.
  /// - `path`: How errors call it.
  /// - Throws: `ModelError` for another kind of file, a newer one, or a damaged one.
  package init(_ bytes: [UInt8], path: String) throws(ModelError) {
    let value: Setting.Value
    do { value = try Setting.Value(json: bytes, file: path) } catch { throw ModelError("\(error)") }
    guard value["format"]?.asText == Self.format else {
      throw ModelError.at(path, "holds no habitats, must be a file that they were kept in when they were fitted.")
    }
    guard value["version"]?.asInteger == Self.version else {
      throw ModelError.at(path, "its version is not \(Self.version). Use a newer version of this program.")
    }
    do {
      self = try value.decoded()
    } catch let error as DecodingError {
      throw ModelError.at(path, "\(error.sentence). The file is damaged; fit the habitats again.")
    } catch {
      throw ModelError.at(path, "is damaged (\(error)). Fit the habitats again.")
    }
  }
}

extension HabitatCentres {
  /// Whether its numbers are those of so many images.
  func isWhole(_ images: Int) -> Bool {
    let isMixture = mixture.map { mixture in
      mixture.weights.count == count && mixture.means.count == count && mixture.covariances.count == count
        && mixture.means.allSatisfy { $0.count == images }
        && mixture.covariances.allSatisfy { $0.count == images && $0.allSatisfy { $0.count == images } }
    }
    return (1...KMeans.most).contains(count) && images > 0 && scaling.medians.count == images
      && scaling.scales.count == images && scaling.scales.allSatisfy { $0 > 0 }
      && centres.allSatisfy { $0.count == images } && isMixture ?? true
  }
}
