import RadiomicsCore
import RadiomicsStatistics

extension MeasuredTable {
  /// Features with what readings of uniform phantoms say of their noise.
  /// - `scanner`: The column of both tables that tells scanners or kernels apart; nil where they are not.
  /// - Throws: `StudyError` if phantoms were measured otherwise, or the column is not there.
  func noiseFloors(
    _ results: [FeatureReliability], _ phantom: MeasuredTable, scanner: String?
  ) throws(StudyError) -> [FeatureReliability] {
    let all = [String](repeating: "", count: max(count, phantom.count))
    let own = try scanner.map { name throws(StudyError) in try texts(name, for: "scanner") } ?? all
    let others = try scanner.map { name throws(StudyError) in try phantom.texts(name, for: "scanner") } ?? all
    func readings(_ numbers: [Double?], _ scanners: [String]) -> [String: [Double]] {
      Dictionary(zip(scanners, numbers).compactMap { name, value in value.map { (name, [$0]) } }, uniquingKeysWith: +)
    }
    var found: [FeatureReliability] = []
    for (result, column) in zip(results, features) {
      let other = phantom.features.first { $0.name == column.name }
      if let a = column.measurand?.fingerprint, let b = other?.measurand?.fingerprint, a != b, !a.isEmpty, !b.isEmpty {
        throw StudyError.at(
          phantom.path, "'\(column.name)' was measured by another recipe than in \(path), must be by the same.")
      }
      found.append(
        result.with(
          other.flatMap {
            NoiseFloor(phantom: readings($0.numbers, others), patients: readings(column.numbers, own))
          }))
    }
    return found
  }
}
