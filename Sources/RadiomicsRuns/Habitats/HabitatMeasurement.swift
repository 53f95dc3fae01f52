import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsLearning

/// The habitats of a folder, measured: a row for each case.
package struct HabitatMeasurement: Sendable {
  /// A case's map, or why there is none.
  package struct Measured: Sendable {
    /// How it is called: subject, and what tells its scans apart.
    package let name: String
    let subject: String
    /// What tells the scan from the subject's others.
    let moment: String
    let map: Result<HabitatMap, HabitatFailure>
    /// The whole grid, for comparisons.
    let geometry: Geometry?
    let cells: [Cell]

    /// By habitat; nil without a map.
    package var shares: [Double]? {
      (try? map.get()).map { map in (1...map.count).map { map.share($0) } }
    }
  }

  package let folder: HabitatFolder
  package let cases: [Measured]
  package let measurands: [Measurand]

  /// - `recipe`: What is measured within each habitat besides; nil for nothing.
  /// - Throws: `StudyError` if a column of the recipe is one of the cohort's.
  package init(
    _ folder: HabitatFolder, recipe: Recipe? = nil, options: Study.Options = Study.Options(),
    sources: [any ImageSource] = [], words: @escaping @Sendable (Advice) -> String = \.text, _ lanes: Lanes
  ) throws {
    let own = HabitatColumns(folder.model, origin: folder.modelSHA256), count = folder.model.habitats.count
    let further = recipe?.columns(inHabitats: count, origin: folder.modelSHA256) ?? []
    measurands = own.measurands + further
    try folder.cohort.check(against: measurands)
    cases = lanes.map(folder.cohort.count) { number in
      let cohort = folder.cohort, subject = cohort.name(of: number), moment = cohort.moment(of: number)
      let name = moment.isEmpty ? subject : "\(subject) \(moment)"
      do {
        let labels = try folder.labels(number), map = HabitatMap(labels, count: count)
        guard map.total > 0 else { throw StudyError.at(folder.cases[number].file, "has no voxel with a habitat.") }
        var cells = own.cells(HabitatColumns.Measured(map, means: folder.cases[number].means))
        if let recipe {
          cells += try folder.cells(recipe, number, labels, options: options, sources: sources, lanes)
        }
        return Measured(
          name: name, subject: subject, moment: moment, map: .success(map), geometry: labels.geometry, cells: cells)
      } catch {
        let failure = CaseFailure(error, words: words)
        return Measured(
          name: name, subject: subject, moment: moment,
          map: .failure(HabitatFailure(row: number, name: name, reason: failure.shown, kept: failure.kept)),
          geometry: nil, cells: [])
      }
    }
    self.folder = folder
  }

  /// Cases that could not be measured.
  package var failures: [HabitatFailure] {
    cases.compactMap { measured in if case .failure(let failure) = measured.map { failure } else { nil } }
  }

  /// Writes the table.
  package func write(to sink: any TableSink) throws {
    let cohort = folder.cohort
    try sink.begin(
      TableHeader(
        texts: cohort.texts, measurands: measurands,
        facts: [
          .init("software", .text("swift-radiomics \(radiomicsVersion)")),
          .init("model_sha256", .text(folder.modelSHA256)),
        ]))
    for (number, measured) in cases.enumerated() {
      var texts = cohort.texts(of: number)
      texts[cohort.texts.firstIndex(of: "region")!] = "all"
      switch measured.map {
      case .success:
        let (status, reason) = measured.cells.status
        try sink.append(
          [TableRow(texts: texts, status: status, reason: reason, cells: measured.cells)], ofCase: number)
      case .failure(let failure):
        try sink.append([TableRow(texts: texts, status: .failed, reason: failure.kept, cells: [])], ofCase: number)
      }
    }
    try sink.finish()
  }

  /// What lies beside the table: columns with fingerprints, and the model that made the maps.
  package var provenance: String {
    Setting.Value.map([
      .init("format", .integer(1)),
      .init("software", .map([.init("name", .text("swift-radiomics")), .init("version", .text(radiomicsVersion))])),
      .init("model_sha256", .text(folder.modelSHA256)), .init("cohort_sha256", .text(folder.cohort.sha256)),
      .init("columns", .list(measurands.map(\.json))),
    ]).json + "\n"
  }
}

extension HabitatFolder {
  /// A recipe's cells in each habitat; those of an empty one say so.
  fileprivate func cells(
    _ recipe: Recipe, _ number: Int, _ labels: Volume<UInt8>, options: Study.Options, sources: [any ImageSource],
    _ lanes: Lanes
  ) throws -> [Cell] {
    let path = cohort.located(cohort.files(of: number).image)
    let image = try StudyReader(options: options, sources: sources).image(path).volumes[0]
    guard case .same = GridMatch(labels.geometry, to: image.geometry) else {
      throw StudyError.at(
        path, "its grid is not that of \(cases[number].file), must be as it was. Apply the model again.")
    }
    let map = recipe.preparation.normalisation(of: image, lanes: lanes)
    return (1...model.habitats.count).flatMap { habitat -> [Cell] in
      let region = RowSpans(size: labels.geometry.size) { labels.voxels[$0] == UInt8(habitat) }
      guard !region.isEmpty else { return recipe.columns.map { _ in .undefined("habitat \(habitat) is empty") } }
      return recipe.measurement(of: ImagedRegion(image, region, map: map), resources: Resources(lanes: lanes)).cells
    }
  }
}

extension Cohort {
  /// What tells a row from others of its subject, as far as the cohort says.
  fileprivate func moment(of number: Int) -> String {
    ["timepoint", "session", "scanner", "reader"].compactMap { text($0, of: number) }.joined(separator: " ")
  }
}
