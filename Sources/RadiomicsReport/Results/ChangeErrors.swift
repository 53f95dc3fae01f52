import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

extension FeatureErrors {
  /// Columns of a selection file, after what it has besides: the scale of errors, wSD and its degrees of freedom under the same
  /// conditions, and the same between scanners.
  static let columns = ["error_scale", "wsd", "wsd_df", "scanner_wsd", "scanner_wsd_df"]

  static func cells(_ errors: FeatureErrors?) -> [String] {
    guard let errors else { return columns.map { _ in "" } }
    func text(_ number: Double?) -> String { number.map { $0.isFinite ? numberText($0) : "inf" } ?? "" }
    return [
      errors.same.scale.rawValue, text(errors.same.deviation), text(errors.same.df), text(errors.other?.deviation),
      text(errors.other?.df),
    ]
  }
}

/// How far readings of features lie apart where nothing has changed: what changes are judged by.
package struct ChangeErrors: Sendable {
  /// By feature.
  package let errors: [String: FeatureErrors]
  /// By feature, how it was measured in that study; nil where nobody says.
  let fingerprints: [String: String]
  /// Readings of test and retest, by feature, of subjects that have all of them.
  private let retest: [String: [(first: Double, second: Double)]]
  /// The file, and its SHA-256.
  let source: String, digest: String?

  /// Errors that a profile claims.
  package init(_ errors: [String: FeatureErrors], fingerprints: [String: String], source: String, digest: String) {
    (self.errors, self.fingerprints, self.source, self.digest, retest) = (errors, fingerprints, source, digest, [:])
  }

  /// Those of a selection file as `reliability` writes it.
  /// - Throws: `FormatError` or `StudyError` if it cannot be read, or has no errors.
  package init(selection path: String) throws {
    let table = try CSV(path: path)
    func place(_ name: String) -> Int? { table.header.firstIndex(of: name) }
    guard let feature = place("feature"), let deviation = place("wsd"), let df = place("wsd_df"),
      let scale = place("error_scale")
    else {
      throw StudyError.at(
        path, "has no columns 'feature', 'error_scale', 'wsd' and 'wsd_df', must have them. Write the selection anew.")
    }
    func number(_ row: [String], _ name: String) -> Double? { place(name).flatMap { Double(row[$0]) } }
    var errors: [String: FeatureErrors] = [:], fingerprints: [String: String] = [:]
    for row in table.rows {
      guard let scale = ErrorScale(rawValue: row[scale]), let wsd = Double(row[deviation]), let df = Double(row[df]),
        wsd >= 0, df > 0
      else { continue }
      let other = number(row, "scanner_wsd").flatMap { wsd in
        number(row, "scanner_wsd_df").map { MeasurementError(scale, deviation: wsd, df: $0) }
      }
      errors[row[feature]] = FeatureErrors(
        MeasurementError(scale, deviation: wsd, df: df), other: other, coefficient: number(row, "rc"))
      if let place = place("fingerprint"), !row[place].isEmpty { fingerprints[row[feature]] = row[place] }
    }
    guard !errors.isEmpty else {
      throw StudyError.at(path, "has no feature with an error, must have some: subjects that were measured twice.")
    }
    (self.errors, self.fingerprints, source, retest) = (errors, fingerprints, path, [:])
    digest = sha256(try WholeFile.bytes(of: path))
  }

  /// Those of a reliability study itself, whose test and retest tell how far the largest of all features goes.
  package init(_ study: ReliabilityReport) {
    var errors: [String: FeatureErrors] = [:], fingerprints: [String: String] = [:]
    for (feature, column) in zip(study.features, study.table.features) {
      errors[feature.column.name] = feature.errors
      fingerprints[feature.column.name] = column.measurand?.fingerprint
    }
    (self.errors, self.fingerprints, source) = (errors, fingerprints, study.table.path)
    digest = study.table.table.source.files.first?.sha256
    let repeats = study.analysis.conditions.repeats()
    var retest: [String: [(first: Double, second: Double)]] = [:]
    let features = study.features.filter { errors[$0.column.name] != nil }
    let pairs = repeats.filter { rows in
      rows.count > 1 && features.allSatisfy { f in rows.prefix(2).allSatisfy { f.column.values[$0] != nil } }
    }
    for feature in features {
      let scale = errors[feature.column.name]!.same.scale, values = feature.column.values
      func reading(_ row: Int) -> Double { scale == .log ? log(values[row]!) : values[row]! }
      retest[feature.column.name] = pairs.map { (reading($0[0]), reading($0[1])) }
    }
    self.retest = retest
  }

  /// How several features are judged at once; nil where there is no error of any.
  package func family(_ features: [String], alpha: Double) -> FamilyLimit? {
    let known = features.filter { errors[$0] != nil }
    guard !known.isEmpty else { return nil }
    return FamilyLimit(known.compactMap { retest[$0] }, features: known.count, alpha: alpha)
  }

  /// The features of a table with their errors.
  /// - Throws: `StudyError` if one was measured otherwise in the study of errors.
  package func features(_ columns: [Column]) throws(StudyError) -> [ChangeFeature] {
    var features: [ChangeFeature] = []
    for column in columns {
      if let known = fingerprints[column.name], let own = column.measurand?.fingerprint, !own.isEmpty, !known.isEmpty,
        known != own
      {
        throw StudyError.at(
          source,
          "'\(column.name)' was measured by another recipe than in the table, must be by the same: errors belong to a recipe."
        )
      }
      features.append(ChangeFeature(column, errors: errors[column.name]))
    }
    return features
  }
}
