import RadiomicsCore

/// A file of gene expression as it stands: names at both sides and numbers between, as CSV, TSV or GCT, also compressed by gzip.
package struct ExpressionFile: Sendable {
  /// The file, with the SHA-256 of its bytes.
  package let file: Table.Source.File
  /// Names of columns and rows of numbers.
  let columns: [String], rows: [String]
  /// Row by row; NaN where a cell is empty.
  private let values: [Double]
  /// Columns of words, which are left out.
  private let words: [String]

  /// - `missing`: Words that say that a cell is empty.
  /// - Throws: `FormatError` with the line of what cannot be read.
  package init(path: String, missing: MissingWords = .standard) throws(FormatError) {
    let stored = try WholeFile.bytes(ofFileOrPipe: path), isCompressed = Gzip.recognises(stored)
    var bytes = stored
    if isCompressed {
      let data = try CompressedData(path)
      bytes = try data.samples(try data.count(), from: 0)
    }
    file = Table.Source.File(path, sha256: sha256(stored))
    try ByteScan.requireText(bytes, bytes.indices, path)
    let name = isCompressed && path.lowercased().hasSuffix(".gz") ? String(path.dropLast(3)) : path
    var reader = try ExpressionReader(bytes, path, name: name, missing)
    try reader.readAll()
    (columns, rows, values, words) = (reader.columns, reader.rows, reader.values, reader.words)
    guard !columns.isEmpty, !rows.isEmpty else {
      throw FormatError(path, "holds no numbers, must have genes at one side and subjects at the other.")
    }
  }

  /// The table with subjects as rows, whichever side of the file they are at.
  /// - `subjects`: Those that are looked for, of a table at `place`.
  /// - Throws: `FormatError` if neither side, or both, are subjects; a subject is there twice; genes repeat and that is refused; counts
  ///   and logarithms are mixed.
  package func expression(
    of subjects: [String], at place: String, duplicates: DuplicateGenes = .mean
  ) throws(FormatError) -> ExpressionTable {
    let known = Set(subjects), across = columns.count { known.contains($0) }, down = rows.count { known.contains($0) }
    guard across > 0 || down > 0 else { throw unmatched(subjects, place) }
    guard across >= 2 * down || down >= 2 * across else {
      throw FormatError(
        file.path,
        "\(across) of its columns and \(down) of its rows are called as subjects of \(place), must be one of both. Give subjects names that no gene has."
      )
    }
    let isAcross = across > down, samples = isAcross ? columns : rows, genes = isAcross ? rows : columns
    var seen: Set<String> = []
    if let again = samples.first(where: { !seen.insert($0).inserted }) {
      throw FormatError(file.path, "the subject '\(again)' is there twice, must be there once.")
    }
    var elements = [Double](repeating: .nan, count: values.count)
    for gene in genes.indices {
      for sample in samples.indices {
        elements[gene * samples.count + sample] =
          isAcross ? values[gene * samples.count + sample] : values[sample * genes.count + gene]
      }
    }
    var findings = [
      Finding(
        .note, file.path,
        "\(genes.count) \(genes.count == 1 ? "gene is" : "genes are") its \(isAcross ? "rows" : "columns"), \(samples.count) subjects its \(isAcross ? "columns" : "rows"), as "
          + "\(max(across, down)) of these are subjects of \(place).")
    ]
    if !words.isEmpty {
      findings.append(
        Finding(.note, file.path, "columns of words are left out: \(words.prefix(6).joined(separator: ", "))."))
    }
    let names = GeneNames(genes)
    findings += names.findings(file.path)
    return try ExpressionTable(
      file, samples: samples, names: names.names, elements: elements, findings: findings, duplicates: duplicates)
  }

  private func unmatched(_ subjects: [String], _ place: String) -> FormatError {
    func plain(_ name: String) -> String { String(name.lowercased().filter { $0.isLetter || $0.isNumber }) }
    let found = Dictionary((columns + rows).map { (plain($0), $0) }) { first, _ in first }
    let near = subjects.lazy.compactMap { subject in found[plain(subject)].map { (subject, $0) } }.first
    let hint = near.map { " '\($0.1)' and '\($0.0)' look alike: write them alike." } ?? ""
    return FormatError(
      file.path,
      "neither its columns, such as '\(columns[0])', nor its rows, such as '\(rows[0])', are subjects of \(place), such as '\(subjects.first ?? "")'."
        + " One side must be.\(hint)")
  }
}

/// Gene expression by subject, each gene once.
package struct ExpressionTable: Sendable {
  package let file: Table.Source.File
  package let samples: [String], genes: [String]
  /// Gene by gene; NaN where a cell is empty.
  package let elements: [Double]
  /// What was noticed.
  package let findings: [Finding]
  /// Whether all values are whole numbers, some of them large, as counts of reads are.
  package let areCounts: Bool

  init(
    _ file: Table.Source.File, samples: [String], names: [String], elements: [Double], findings: [Finding],
    duplicates: DuplicateGenes
  ) throws(FormatError) {
    (self.file, self.samples) = (file, samples)
    areCounts = try Self.requireOneScale(file.path, samples, elements)
    var places: [String: [Int]] = [:], order: [String] = []
    for (place, name) in names.enumerated() {
      if places[name] == nil { order.append(name) }
      places[name, default: []].append(place)
    }
    genes = order
    let again = order.filter { places[$0]!.count > 1 }
    guard let first = again.first else {
      (self.elements, self.findings) = (elements, findings)
      return
    }
    let listed = again.prefix(5).joined(separator: ", ") + (again.count > 5 ? ", …" : "")
    guard duplicates != .refuse else {
      throw FormatError(
        file.path,
        "the gene '\(first)' is there \(places[first]!.count) times, must be there once; \(again.count) genes are: \(listed)."
      )
    }
    let count = samples.count
    self.elements = order.flatMap { name in
      Self.joined(places[name]!.map { elements[$0 * count..<($0 + 1) * count] }, duplicates)
    }
    let what = duplicates == .mean ? "the mean of their values counts" : "that with the largest mean counts"
    self.findings =
      findings + [
        Finding(.warning, file.path, "\(again.count) genes are there several times, of which \(what): \(listed).")
      ]
  }

  private static func joined(_ rows: [ArraySlice<Double>], _ rule: DuplicateGenes) -> [Double] {
    guard rows.count > 1 else { return Array(rows[0]) }
    func mean(_ values: [Double]) -> Double {
      let there = values.filter { !$0.isNaN }
      return there.isEmpty ? .nan : there.reduce(0, +) / Double(there.count)
    }
    if rule == .mean {
      return rows[0].indices.map { place in
        mean(rows.map { $0[$0.startIndex + place - rows[0].startIndex] })
      }
    }
    let means = rows.map { mean(Array($0)) }
    let best = rows.indices.dropFirst().reduce(0) { means[$1] > means[$0] || means[$0].isNaN ? $1 : $0 }
    return Array(rows[best])
  }

  /// Whether all samples are counts.
  /// - Throws: `FormatError` if some are and others look like logarithms.
  private static func requireOneScale(
    _ path: String, _ samples: [String], _ elements: [Double]
  ) throws(FormatError) -> Bool {
    let count = samples.count
    var isWhole = [Bool](repeating: true, count: count), largest = [Double](repeating: 0, count: count)
    for (place, value) in elements.enumerated() where !value.isNaN {
      if value != value.rounded() || value < 0 { isWhole[place % count] = false }
      largest[place % count] = max(largest[place % count], value)
    }
    let counts = samples.indices.filter { isWhole[$0] && largest[$0] > 50 }
    let logs = samples.indices.filter { !isWhole[$0] && largest[$0] < 40 }
    if let first = counts.first, let other = logs.first {
      throw FormatError(
        path,
        "\(counts.count) subjects have whole numbers up to \(numberText(largest[first])), as counts ('\(samples[first])'), and \(logs.count) "
          + "fractions up to \(shortText(largest[other])), as logarithms ('\(samples[other])'), must be all one of both. Bring them to one scale."
      )
    }
    return counts.count == count
  }
}

/// Reads the rows of an expression file.
private struct ExpressionReader {
  private(set) var columns: [String] = [], rows: [String] = [], values: [Double] = [], words: [String] = []
  private var records: Records
  private let path: String, missing: MissingWords
  /// Of GCT: columns and rows of annotations that follow the first.
  private var annotations: (columns: Int, rows: Int)?

  /// - `name`: By which the separator is told.
  init(_ bytes: [UInt8], _ path: String, name: String, _ missing: MissingWords) throws(FormatError) {
    (self.path, self.missing) = (path, missing)
    let isGCT = bytes.starts(with: Array("#1.".utf8))
    let dialect = try TableDialect(bytes, name, separator: isGCT ? "\t" : nil)
    records = Records(bytes, path, separator: dialect.separator, start: (dialect.start, dialect.line))
    guard isGCT else { return }
    let version = try records.next()?.values.first ?? "",
      sizes = try records.next()?.values.compactMap { Int($0) } ?? []
    guard sizes.count == (version.hasPrefix("#1.3") ? 4 : 2) else {
      throw FormatError("\(path):2", "must have the numbers of rows and columns, as a GCT file has.")
    }
    annotations = sizes.count == 4 ? (sizes[2], sizes[3]) : (1, 0)
  }

  mutating func readAll() throws(FormatError) {
    guard let header = try records.next()?.values.map(\.trimmed) else {
      throw FormatError(path, "the table is empty, its first line must name the columns.")
    }
    for _ in 0..<(annotations?.rows ?? 0) { _ = try records.next() }
    var kept: [Int] = [], names = header, number = 0
    while let (row, line) = try records.next() {
      if number == 0 {
        // R writes no name above the names of rows.
        if row.count == names.count + 1 { names.insert("", at: 0) }
        kept = numeric(row)
        columns = kept.map { $0 < names.count ? names[$0] : "" }
        words = row.indices.dropFirst().filter { !kept.contains($0) && $0 < names.count }.map { names[$0] }
      }
      number += 1
      guard row.count == names.count else {
        throw FormatError(
          "\(path):\(line)", "the row has \(row.count) values, must have \(names.count) as the header has.")
      }
      rows.append(row[0].trimmed)
      for column in kept { values.append(try value(row[column], names[column], line)) }
    }
  }

  /// Columns of numbers, as the first row has them.
  private func numeric(_ row: [String]) -> [Int] {
    row.indices.dropFirst(1 + (annotations?.columns ?? 0)).filter { CellText(row[$0], missing).number != nil }
  }

  private func value(_ text: String, _ column: String, _ line: Int) throws(FormatError) -> Double {
    if let number = Double(text), number.isFinite, missing.areStandard { return number }
    guard let number = CellText(text, missing).number else {
      throw FormatError("\(path):\(line)", "'\(column)' is '\(text)', must be a number, or empty.")
    }
    return number ?? .nan
  }
}
