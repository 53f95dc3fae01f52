import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// A table's rows as they are, with what a signature says of each.
package struct AppliedTable: Sendable {
  /// Columns that are added.
  package static let columns = [
    "prediction", "linear_predictor", "risk_group", "horizon", "out_of_range", "status", "reason",
  ]
  private let csv: CSV, rows: [SignatureRow], signature: Signature, inputs: [ResultProvenance.Input]
  /// What was noticed.
  package let findings: [Finding]

  /// - `file`: Where the signature is kept; its bytes.
  /// - `path`: The table (.csv, .tsv, .xlsx); rows stay in its order.
  /// - Throws: `FormatError` or `ModelError` with a sentence that says what to do.
  package init(_ signature: Signature, file: String, _ bytes: [UInt8], path: String, request: RowsRequest) throws {
    let content = try WholeFile.bytes(ofFileOrPipe: path)
    var table = try Table(
      bytes: content, path: path, missing: MissingWords(and: request.missing + (signature.missing ?? [])))
    if let provenance = try TableProvenance(of: path) { table = table.described(by: provenance.measurands) }
    try self.init(
      signature, table, csv: CSV(bytes: content, path: path), path: path,
      inputs: ResultProvenance.Input.files(of: table, used: table.count) + [
        ResultProvenance.Input(file, sha256: sha256(bytes))
      ])
  }

  /// - `table`: The rows, and `csv` as they are written.
  package init(_ signature: Signature, _ table: Table, csv: CSV, path: String, inputs: [ResultProvenance.Input]) throws
  {
    let file = path
    // What a feature table says of its own status is of another thing than the prediction.
    let isMeasured = Self.isOfExtraction(table)
    let taken = Self.columns.filter { csv.header.contains($0) && !(isMeasured && ["status", "reason"].contains($0)) }
    if let first = taken.first {
      throw StudyError.at(path, "has a column '\(first)', which the prediction would be. Rename it.")
    }
    guard csv.rows.count == table.count else {
      throw StudyError.at(path, "its rows cannot be told apart, must be a plain table.")
    }
    var noticed = try signature.check(table)
    let (met, parts, batches) = try signature.meeting(table, patients: Self.patients(signature, table), seed: 1)
    let apart = Set(parts.apart)
    rows = try met.apply(table).enumerated().map { row, said in
      apart.contains(row) ? said.without("is set apart: the effects of its batch are estimated from it") : said
    }
    noticed += batches.map { Finding(.warning, $0.column, $0.sentence) }
    if batches.isEmpty, signature.isTransductive {
      noticed.append(
        Finding(
          .note, file,
          "the signature is transductive: effects of new batches are estimated from rows of them, where a table has some."
        ))
    }
    let failed = rows.count { $0.reason != nil }, outside = rows.count { !$0.outOfRange.isEmpty }
    if failed > 0 {
      noticed.append(
        Finding(
          .warning, path,
          "\(failed) of \(rows.count) rows have no prediction, the column 'reason' says why, first: \(rows.compactMap(\.reason).first ?? "")"
        ))
    }
    if outside > 0 {
      noticed.append(
        Finding(
          .warning, path,
          "\(outside) of \(rows.count) rows have values outside of those that the signature was learnt from, the column 'out_of_range' names them: it is "
            + "extrapolated there."))
    }
    (self.csv, self.signature, self.inputs, findings) = (csv, signature, inputs, noticed)
  }

  /// Numbers of rows of one patient, as the signature's column names them; each row by itself without it.
  private static func patients(_ signature: Signature, _ table: Table) -> [Int] {
    guard let column = signature.training.subject, let labels = table.labels(column) else {
      return Array(0..<table.count)
    }
    return Factor(name: column, labels.enumerated().map { $1 ?? "row \($0)" }).codes
  }

  /// Whether the column 'status' says how rows were measured.
  private static func isOfExtraction(_ table: Table) -> Bool {
    guard let words = table.labels("status") else { return true }
    return Set(words.compactMap { $0 }).isSubset(of: ["ok", "partial", "failed"])
  }

  /// Number of rows, and of those without a prediction.
  package var count: Int { rows.count }
  package var failed: Int { rows.count { $0.reason != nil } }

  /// The rows as given and what the signature says of them; `status` and `reason` of the signature replace those of the table.
  package var table: CSV {
    let kept = csv.header.indices.filter { !["status", "reason"].contains(csv.header[$0]) }
    let horizon = signature.predicted.horizon.map(numberText) ?? ""
    return CSV(
      header: kept.map { csv.header[$0] } + Self.columns,
      rows: zip(csv.rows, rows).map { own, row in
        kept.map { own[$0] } + [
          row.prediction.map(numberText) ?? "", row.linear.map(numberText) ?? "", row.group ?? "", horizon,
          row.outOfRange.joined(separator: " "), row.reason == nil ? "ok" : "failed", row.reason ?? "",
        ]
      })
  }

  /// The file beside the table.
  package func provenance(command: GivenCommand? = nil) -> String {
    ResultProvenance(inputs, command: command).file(findings)
  }
}

extension Signature {
  /// Reads a file.
  /// - Throws: `FormatError` if there is none, `ModelError` if it is no signature.
  package init(path: String) throws { try self.init(WholeFile.bytes(of: path), path: path) }
}
