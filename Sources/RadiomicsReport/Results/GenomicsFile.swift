import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// A feature table and a file of gene expression, joined by subject, and what goes together in them.
package struct GenomicsFile: Sendable {
  package let genomics: Genomics
  /// Subjects that are in both.
  package let table: Table
  /// The file of expression.
  let expression: Table.Source.File
  /// What was noticed on the way.
  package let findings: [Finding]

  /// - `subject`: The column of the table that names subjects.
  /// - `options`: A confounder that is called site is the site unless another column is.
  /// - Throws: `FormatError`, `StudyError` or `ModelError` with a sentence that says what to do.
  package init(
    table path: String, omics: String, subject: String, selection: FeatureSelection? = nil,
    request: RowsRequest = RowsRequest(), duplicates: DuplicateGenes = .mean, _ asked: Genomics.Options,
    lanes: Lanes = Lanes(jobs: 1)
  ) throws {
    var options = asked
    options.site = asked.site ?? asked.confounders.first { $0.lowercased() == "site" }
    let words = options.confounders.flatMap { $0.split { !($0.isLetter || $0.isNumber || "._".contains($0)) } }.map(
      String.init)
    let named = Set(words + request.keys + [subject] + [options.site].compactMap { $0 })
    let measured = try MeasuredTable(
      paths: [path], named: named, selection: selection, request: request, recognised: { _ in nil })
    var names = measured.features.map(\.name).filter { !named.contains($0) }
    if measured.choice == .numeric, !request.joined.isEmpty {
      var alone = request
      (alone.joined, alone.keys) = ([], [])
      if alone.sheets.count > 1 { alone.sheets = [alone.sheets[0]] }
      let own = Set(try alone.table([path]).names)
      names = names.filter(own.contains)
    }
    guard !names.isEmpty else {
      throw StudyError.at(path, "has no column of features beside subjects and confounders, must have one. Name them.")
    }
    let subjects = try measured.texts(subject, for: "the subject"), place = Path.name(of: path)
    let file = try ExpressionFile(path: omics, missing: MissingWords(and: request.missing))
    let found = try file.expression(of: subjects, at: place, duplicates: duplicates)
    let number = " row of expression"
    let keys = Table([
      Column(subject, .categories(found.samples)), Column(number, .numbers(found.samples.indices.map(Double.init))),
    ])
    try Self.requireOnce(subjects, measured.table, subject)
    let (joined, report) = try measured.table.joined(with: keys, by: [subject])
    table = joined
    let rows = try joined.numbers(number).map { Int($0!) }, count = found.samples.count
    let side = MassUnivariate.Side(
      rows: rows.count, count: found.genes.count,
      elements: found.genes.indices.flatMap { gene in rows.map { found.elements[gene * count + $0] } })
    genomics = try Genomics(
      joined, features: names, expression: .init(genes: found.genes, side: side), options, lanes: lanes)
    expression = found.file
    var noticed =
      measured.findings + (measured.choice == .numeric ? [Finding(.note, path, Self.choice(names))] : [])
      + found.findings
      + report.findings(path, omics, measured.count)
    if found.areCounts, options.scale == .none {
      noticed.append(
        Finding(
          .warning, omics,
          "all values are whole and large, as counts of reads are, whose variance grows with them. Take their logarithm or voom-like values."
        ))
    }
    findings = noticed
  }

  private static func choice(_ names: [String]) -> String {
    "\(names.count) features: every numeric column of the table without another role (\(names.prefix(4).joined(separator: ", "))"
      + "\(names.count > 4 ? ", …" : ""))."
  }

  private static func requireOnce(_ subjects: [String], _ table: Table, _ column: String) throws(StudyError) {
    var rows: [String: Int] = [:]
    for (row, subject) in subjects.enumerated() {
      if let first = rows[subject] {
        throw StudyError.at(
          table.place(row),
          "the \(column) '\(subject)' is there again (first \(table.place(first))), must have one row. Choose one region or visit before."
        )
      }
      rows[subject] = row
    }
  }
}
