import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsLearning

/// How habitats change from a subject's first scan, in the cohort's order, to each later one, by one model.
package struct HabitatChanges: Sendable {
  package let rows: [TableRow]
  private let measurands: [Measurand]
  private let origin: String

  /// - `error`: The registration error of scans of a subject that are aligned on one grid, mm; nil where they are not. Below a voxel, what
  ///   became of the voxels of each habitat is told too.
  /// - Throws: `StudyError` for an error that is no number from 0.
  package init(_ measured: HabitatMeasurement, aligned error: Double?) throws(StudyError) {
    if let error, !(error >= 0 && error.isFinite) {
      throw StudyError.at("registration error", "is \(error) mm, must be a number from 0.")
    }
    let count = measured.folder.model.habitats.count
    origin = measured.folder.modelSHA256
    measurands = Self.measurands(count, aligned: error != nil, origin)
    var rows: [TableRow] = [], first: [String: Int] = [:]
    for (number, later) in measured.cases.enumerated() {
      guard let start = first[later.subject] else {
        first[later.subject] = number
        continue
      }
      rows.append(Self.row(measured, start, number, count, error))
    }
    self.rows = rows
  }

  private static func measurands(_ count: Int, aligned: Bool, _ origin: String) -> [Measurand] {
    func column(_ name: String, _ words: String, _ scale: Scale = .interval) -> Measurand {
      Measurand(
        column: name, family: "habitats", feature: Feature(name, words, ibsi: nil, unit: .one, scale: scale, words),
        aggregation: nil, discretisation: nil, unit: "1", fingerprint: sha256("habitat changes/1/\(name)/\(origin)"))
    }
    var columns = [column("region_volume.log_ratio", "log of the region's volume to that before")]
    for habitat in 1...count {
      columns.append(column("share_\(habitat).absolute", "share of habitat \(habitat) less that before"))
      columns.append(column("volume_\(habitat).log_ratio", "log of habitat \(habitat)'s volume to that before"))
    }
    for from in 1...(aligned ? count : 1) where aligned {
      for to in 0...count {
        columns.append(
          column(
            "transition_\(from)_\(to)", "part of habitat \(from) that became \(to == 0 ? "outside" : "\(to)")",
            .fraction))
      }
    }
    return columns
  }

  private static func row(
    _ measured: HabitatMeasurement, _ start: Int, _ number: Int, _ count: Int, _ error: Double?
  ) -> TableRow {
    let (a, b) = (measured.cases[start], measured.cases[number])
    var texts: [String?] = [b.subject, a.name, b.name, nil]
    let before: HabitatMap, after: HabitatMap
    do { (before, after) = (try a.map.get(), try b.map.get()) } catch {
      return TableRow(texts: texts, status: .failed, reason: error.kept, cells: [])
    }
    func ratio(_ old: Double, _ new: Double, _ what: String) -> Cell {
      old > 0 && new > 0 ? .value(log(new / old)) : .undefined("\(what) is empty in one of the scans")
    }
    func volume(_ map: HabitatMap) -> Double { Double(map.total) * map.labels.geometry.voxelVolume }
    var cells = [ratio(volume(before), volume(after), "the region")]
    for habitat in 1...count {
      cells.append(.value(after.share(habitat) - before.share(habitat)))
      cells.append(ratio(before.volume(habitat), after.volume(habitat), "habitat \(habitat)"))
    }
    // What grows, or shrinks less than all else, while the tumour shrinks.
    if volume(after) < volume(before) {
      let growing = (1...count).filter { after.volume($0) > before.volume($0) }.map { "\($0)" }
      texts[3] = growing.isEmpty ? "none" : growing.joined(separator: " ")
    }
    if let error { cells += transitions(measured, start, number, count, error) }
    let (status, reason) = cells.status
    return TableRow(texts: texts, status: status, reason: reason, cells: cells)
  }

  /// By habitat before: the part of its voxels that is outside, or of each habitat, after.
  private static func transitions(
    _ measured: HabitatMeasurement, _ start: Int, _ number: Int, _ count: Int, _ error: Double
  ) -> [Cell] {
    func none(_ reason: Reason) -> [Cell] { [Cell](repeating: .undefined(reason), count: count * (count + 1)) }
    guard let a = measured.cases[start].geometry, let b = measured.cases[number].geometry,
      case .same = GridMatch(b, to: a)
    else { return none("the scans are not on one grid: resample the later one onto the first") }
    guard error < a.spacing.min() else {
      return none(
        "the registration error, \(numberText(error)) mm, is not below a voxel's shortest side, \(shortText(a.spacing.min())) mm"
      )
    }
    guard let before = try? measured.folder.labels(start), let after = try? measured.folder.labels(number) else {
      return none("a label map cannot be read")
    }
    var table = [[Int]](repeating: [Int](repeating: 0, count: count + 1), count: count + 1)
    for (from, to) in zip(before.voxels, after.voxels) where from > 0 { table[Int(from)][Int(to)] += 1 }
    return (1...count).flatMap { from -> [Cell] in
      let all = table[from].reduce(0, +)
      return table[from].map {
        all > 0 ? .value(Double($0) / Double(all)) : .undefined("habitat \(from) is empty in the first scan")
      }
    }
  }

  /// Writes the table: `growing` are the habitats whose volume grew while the region's shrank.
  package func write(to sink: any TableSink) throws {
    try sink.begin(
      TableHeader(
        texts: ["subject", "from", "to", "growing"], measurands: measurands,
        facts: [.init("software", .text("swift-radiomics \(radiomicsVersion)")), .init("model_sha256", .text(origin))]))
    for (number, row) in rows.enumerated() { try sink.append([row], ofCase: number) }
    try sink.finish()
  }
}
