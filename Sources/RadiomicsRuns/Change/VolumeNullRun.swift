import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsLearning
import RadiomicsNumerics

/// Measures, for pairs of scans, what the first lesion would have given if it had merely shrunk to the volume of the second.
package struct VolumeNullRun {
  /// Names of the columns that are measured.
  package let features: [String]
  /// Draws of the noise that blending takes away.
  package let draws: Int
  private let recipe: Recipe, cohort: Cohort, settings: ChangeSettings, sources: [any ImageSource], seed: UInt64

  /// - `cohort`: Images and masks of the scans, with the columns of subject and time (and lesion) that the table has.
  /// - `measured`: The columns of the table, which must be made by the recipe.
  /// - Throws: `StudyError` if the recipe has no such column, or the table's was made otherwise.
  package init(
    _ cohort: Cohort, _ recipe: Recipe, features: [String], settings: ChangeSettings, measured: [Column],
    draws: Int = 20, seed: UInt64 = 1, sources: [any ImageSource] = []
  ) throws {
    for name in features {
      guard let column = recipe.columns.first(where: { $0.column == name }) else {
        throw StudyError.noColumn(name, in: "recipe '\(recipe.name)'", names: recipe.columns.map(\.column))
      }
      let known = measured.first { $0.name == name }?.measurand?.fingerprint ?? ""
      guard known.isEmpty || known == column.fingerprint else {
        throw StudyError.at(
          "recipe '\(recipe.name)'", "measures '\(name)' otherwise than the table, must be the recipe of the table.")
      }
    }
    for name in [settings.subject, settings.time] where !cohort.texts.contains(name) {
      throw StudyError.noColumn(name, in: cohort.path, names: cohort.texts)
    }
    (self.cohort, self.settings, self.draws, self.seed, self.sources) = (cohort, settings, draws, seed, sources)
    self.features = features
    self.recipe = try recipe.selecting(Set(features))
  }

  /// Compares every pair of scans of the first scan of its subject with a later one.
  /// - `progress`: Gets the number of pairs that are done.
  package func run(_ rows: [ChangeRow], lanes: Lanes, progress: (Int) -> Void = { _ in }) throws -> VolumeNulls {
    let pairs = rows.filter { $0.reason == nil && $0.to != ChangeRow.all && !$0.from.isEmpty && $0.from != $0.to }
    var found: [(row: ChangeRow, cells: [String: VolumeNulls.Cells])] = [], findings: [Finding] = []
    var baseline: (key: [String], region: ImagedRegion)?
    for (number, row) in pairs.enumerated() {
      let key = [row.subject, row.lesion ?? "", row.from]
      do {
        if baseline?.key != key { baseline = (key, try region(row, at: row.from)) }
        found.append((row, cells(baseline!.region, try region(row, at: row.to), name: key + [row.to], lanes)))
      } catch let error where error is StudyError || error is FormatError {
        findings.append(
          Finding(.warning, "subject '\(row.subject)'", "is not compared with a shrunken lesion: \(error)"))
      }
      progress(number + 1)
    }
    return VolumeNulls(found, features: features, draws: draws, findings: findings)
  }

  /// The lesion of a row at one of its scans.
  private func region(_ row: ChangeRow, at time: String) throws -> ImagedRegion {
    let texts = cohort.texts
    func says(_ name: String, _ number: Int) -> String? {
      texts.firstIndex(of: name).flatMap { cohort.texts(of: number)[$0] }
    }
    let hasLesions =
      settings.lesion.map { name in
        (0..<cohort.count).contains { says(name, $0) != nil }
      } ?? false
    let number = (0..<cohort.count).first { number in
      says(settings.subject, number) == row.subject && says(settings.time, number) == time
        && (!hasLesions || says(settings.lesion!, number) == row.lesion)
    }
    guard let number else {
      throw StudyError.at(cohort.path, "has no scan of subject '\(row.subject)' at \(time), must have one.")
    }
    let study = try Study(cohort.files(of: number), options: Study.Options(), sources: sources)
    try study.requireRegions()
    let chosen = study.regions.first { $0.name == row.lesion } ?? study.regions[0]
    guard study.regions.count == 1 || chosen.name == row.lesion else {
      throw StudyError.at(
        study.maskPath,
        "has \(study.regions.count) regions, none of them '\(row.lesion ?? "")', must have one of that name.")
    }
    return ImagedRegion(
      study.image, chosen.voxels, map: recipe.preparation.normalisation(of: study.image, lanes: Lanes(jobs: 1)))
  }

  private func cells(
    _ before: ImagedRegion, _ after: ImagedRegion, name: [String], _ lanes: Lanes
  ) -> [String: VolumeNulls.Cells] {
    let spacing = after.scan.geometry.spacing
    let volume = Double(after.mask.count) * spacing.x * spacing.y * spacing.z
    let count = recipe.columns.count
    var nulls = [Cell](repeating: .undefined("nothing was drawn"), count: count), cores = [nulls, nulls]
    do throws(UndefinedError) {
      let null = try VolumeNull(before)
      let start = name.joined(separator: "/").utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
        ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
      }
      var generator = SeededGenerator(seed: start ^ seed)
      let seeds = (0..<draws).map { _ in generator.next() }, first = try null.draw(volume: volume, seed: seeds[0])
      let drawn = lanes.map(draws) { [recipe] n -> [Cell] in
        let region = n == 0 ? first : (try? null.draw(volume: volume, seed: seeds[n])) ?? first
        return recipe.measurement(of: region).cells
      }
      nulls = (0..<count).map { j in
        let values = drawn.compactMap { $0[j].value }
        return values.count == draws
          ? .value(values.reduce(0, +) / Double(draws)) : drawn.first { $0[j].value == nil }![j]
      }
      cores = [before, after].map { region in
        VolumeNull.core(of: region, rim: null.rim).map { recipe.measurement(of: $0).cells }
          ?? [Cell](repeating: .undefined("nothing is left without the rim"), count: count)
      }
    } catch {
      nulls = [Cell](repeating: .undefined(error.reason), count: count)
      cores = [nulls, nulls]
    }
    return Dictionary(
      uniqueKeysWithValues: recipe.columns.enumerated().map { j, column in
        (column.column, VolumeNulls.Cells(null: nulls[j], coreBefore: cores[0][j], coreAfter: cores[1][j]))
      })
  }
}
