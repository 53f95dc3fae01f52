import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// Reads a cohort's voxels, whatever is done with them.
package struct HabitatReading: Sendable {
  package let cohort: Cohort
  package let images: [HabitatImage]
  package let options: Study.Options
  package let sources: [any ImageSource]
  /// How what to do about a case is said.
  let words: @Sendable (Advice) -> String

  package init(
    _ cohort: Cohort, _ images: [HabitatImage], options: Study.Options, sources: [any ImageSource] = [],
    words: @escaping @Sendable (Advice) -> String = \.text
  ) {
    (self.cohort, self.images, self.options, self.sources, self.words) = (cohort, images, options, sources, words)
  }

  /// Names of the coordinates of a voxel.
  package var names: [String] { images.flatMap(\.names) }

  /// Rows of the cohort: those of a time point alone, if one is named.
  /// - Throws: `StudyError` if there are none.
  func rows(of timepoint: String?) throws(StudyError) -> [Int] {
    guard let timepoint else { return Array(0..<cohort.count) }
    let rows = (0..<cohort.count).filter { cohort.text("timepoint", of: $0) == timepoint }
    guard !rows.isEmpty else {
      throw StudyError.at(
        cohort.path, "no row has the time point '\(timepoint)' in a column 'timepoint'. Name another.")
    }
    return rows
  }

  /// A seed of a row that does not depend on which other rows there are.
  func seed(of number: Int, _ seed: Int) -> UInt64 {
    let files = cohort.files(of: number)
    let text = "\(seed)/\(cohort.name(of: number))/\(Path.name(of: files.image))/\(Path.name(of: files.mask))"
    return UInt64(sha256(text).prefix(16), radix: 16) ?? 0
  }

  /// What became of reading a row.
  func described(_ number: Int, _ lanes: Lanes) -> Result<DescribedRegion, HabitatFailure> {
    do {
      return .success(
        try DescribedRegion(cohort, number, images, options: options, sources: sources, lanes))
    } catch {
      let failure = CaseFailure(error, words: words)
      return .failure(
        HabitatFailure(row: number, name: cohort.name(of: number), reason: failure.shown, kept: failure.kept))
    }
  }
}

/// A case without habitats.
package struct HabitatFailure: Error, Sendable {
  /// Its row in the cohort, from 0.
  package let row: Int
  package let name: String
  /// Why, for whoever runs the program, and for files that are passed on.
  package let reason: String, kept: String
}

/// Habitats learnt from a cohort.
package struct HabitatTraining: Sendable {
  package let model: FittedHabitats
  /// Cases that could not be read; the others were used.
  package let failures: [HabitatFailure]
  package let findings: [Finding]
  package let cohort: Cohort

  /// - `timepoint`: Which scans are used; all if nil.
  /// - Throws: `StudyError` or `ModelError` if nothing can be learnt.
  package init(
    _ reading: HabitatReading, counts: ClosedRange<Int>, _ settings: HabitatSettings, timepoint: String?, _ lanes: Lanes
  ) throws {
    try settings.check(counts)
    let rows = try reading.rows(of: timepoint), cohort = reading.cohort
    let found = lanes.map(rows.count) { place -> Result<(points: ClusterPoints, findings: [Finding]), HabitatFailure> in
      let number = rows[place]
      return reading.described(number, lanes).map { region in
        var columns = region.columns
        if settings.design == .supervoxel {
          let pieces = RegionSupervoxels(
            region.voxels, spacing: region.geometry.spacing, columns, volume: settings.supervoxel,
            compactness: settings.compactness)
          columns = pieces.means(columns)
        }
        let drawn = DescribedRegion.drawn(
          settings.sampled, of: columns[0].count, seed: reading.seed(of: number, settings.seed))
        return (ClusterPoints(columns.map { column in drawn.map { column[$0] } }), region.findings)
      }
    }
    var samples: [String: [ClusterPoints]] = [:], order: [String] = [], failures: [HabitatFailure] = []
    var findings = cohort.findings
    for (number, result) in zip(rows, found) {
      switch result {
      case .success(let sample):
        let subject = cohort.name(of: number)
        if samples[subject] == nil { order.append(subject) }
        samples[subject, default: []].append(sample.points)
        findings += sample.findings
      case .failure(let failure): failures.append(failure)
      }
    }
    guard !order.isEmpty else {
      throw StudyError.at(
        cohort.path, "no case could be read. The first: \(failures.first?.reason ?? "there is none").")
    }
    // Subjects in an order of their own, so that the file's order decides nothing.
    let learnt = order.sorted().map { subject -> HabitatSample in
      let points = ClusterPoints(joining: samples[subject]!)
      let drawn = DescribedRegion.drawn(
        settings.sampled, of: points.count,
        seed: UInt64(sha256("\(settings.seed)/\(subject)").prefix(16), radix: 16) ?? 0)
      return HabitatSample(subject, points.points(drawn))
    }
    let few = learnt.filter { $0.points.count < settings.sampled }
    if !few.isEmpty {
      findings.append(
        Finding(
          .note, cohort.path,
          "\(few.count) of \(learnt.count) subjects have fewer than \(settings.sampled) "
            + "\(settings.design == .supervoxel ? "supervoxels" : "voxels") and count less: "
            + few.prefix(5).map { "\($0.subject) (\($0.points.count))" }.joined(separator: ", ") + "."))
    }
    model = try FittedHabitats(learnt, counts: counts, settings, names: reading.names, lanes)
    self.failures = failures
    self.findings = findings + model.findings
    self.cohort = cohort
  }
}
