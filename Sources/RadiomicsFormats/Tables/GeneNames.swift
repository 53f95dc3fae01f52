import RadiomicsCore

/// What is done where several rows of an expression table have the name of one gene.
public enum DuplicateGenes: String, Sendable, Hashable, CaseIterable {
  /// The mean of their values.
  case mean
  /// The one with the largest mean.
  case largest
  /// They are an error.
  case refuse
}

/// Names of genes as programs write them, repaired by rules, and what was repaired.
struct GeneNames {
  /// One for each of those given.
  private(set) var names: [String]
  /// Names that were changed: version suffixes, and dates of spreadsheets.
  private(set) var versions = 0, dates: [(written: String, name: String)] = []
  /// Dates of which nobody can say which gene they were.
  private(set) var unclear: [String] = []

  init(_ written: [String]) {
    names = written.map(\.trimmed)
    for (place, name) in names.enumerated() {
      if let stable = Self.withoutVersion(name) {
        names[place] = stable
        versions += 1
      } else if let (month, day) = Self.date(name) {
        if let gene = Self.gene(month, day) {
          names[place] = gene
          dates.append((name, gene))
        } else {
          unclear.append(name)
        }
      }
    }
  }

  /// `ENSG00000141510.12` as `ENSG00000141510`.
  static func withoutVersion(_ name: String) -> String? {
    guard name.hasPrefix("ENS"), let point = name.lastIndex(of: ".") else { return nil }
    let stable = name[..<point], version = name[point...].dropFirst(), digits = stable.suffix(while: \.isNumber)
    guard !version.isEmpty, version.allSatisfy(\.isNumber), digits.count == 11 else { return nil }
    return String(stable)
  }

  /// `2-Sep`, `Sep-02`, `02-Sep-2023`, `2023-09-02`, `9/2/2023`: month and day. Ziemann et al. 2016, doi:10.1186/s13059-016-1044-7.
  static func date(_ name: String) -> (month: Int, day: Int)? {
    let parts = name.lowercased().split { "-/".contains($0) }.map(String.init)
    guard (2...3).contains(parts.count) else { return nil }
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    func month(_ text: String) -> Int? {
      months.firstIndex { text == $0 || text == "sept" && $0 == "sep" }.map { $0 + 1 }
    }
    func number(_ text: String, _ range: ClosedRange<Int>) -> Int? {
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
    let isYear = parts.count < 3 || number(parts[2], 0...2100) != nil
    if isYear, let day = number(parts[0], 1...31), let month = month(parts[1]) { return (month, day) }
    if isYear, let month = month(parts[0]), let day = number(parts[1], 1...31) { return (month, day) }
    guard parts.count == 3 else { return nil }
    if parts[0].count == 4, number(parts[0], 1900...2100) != nil, let month = number(parts[1], 1...12),
      let day = number(parts[2], 1...31)
    {
      return (month, day)
    }
    if parts[2].count == 4, let month = number(parts[0], 1...12), let day = number(parts[1], 1...31) {
      return (month, day)
    }
    return nil
  }

  /// The gene that a date was, by its present symbol; nil for 1 and 2 March, which were MARCH1 or MARC1, MARCH2 or MARC2, and for dates that no
  /// gene was called.
  private static func gene(_ month: Int, _ day: Int) -> String? {
    switch (month, day) {
    case (9, 1...12), (9, 14): "SEPTIN\(day)"
    case (3, 3...11): "MARCHF\(day)"
    case (12, 1): "DELEC1"
    default: nil
    }
  }

  private static func names(_ count: Int) -> String { count == 1 ? "1 name of a gene" : "\(count) names of genes" }

  /// What was noticed, in words.
  func findings(_ path: String) -> [Finding] {
    func listed(_ names: [String]) -> String {
      names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    }
    var findings: [Finding] = []
    if versions > 0 {
      findings.append(
        Finding(
          .note, path,
          "\(Self.names(versions)) \(versions == 1 ? "has" : "have") a version such as .12, which is left out."))
    }
    if !dates.isEmpty {
      let pairs = listed(dates.map { "\($0.written) is \($0.name)" })
      findings.append(
        Finding(
          .warning, path,
          "\(Self.names(dates.count)) \(dates.count == 1 ? "was made a date" : "were made dates") by a spreadsheet and "
            + "\(dates.count == 1 ? "is" : "are") named anew: \(pairs)."
        ))
    }
    if !unclear.isEmpty {
      findings.append(
        Finding(
          .warning, path,
          "\(Self.names(unclear.count)) \(unclear.count == 1 ? "is a date" : "are dates") of which nobody can say what it was, and "
            + "\(unclear.count == 1 ? "stays" : "stay"): \(listed(unclear)). Write the symbol."
        ))
    }
    let cases = Dictionary(grouping: Set(names), by: { $0.uppercased() }).values.filter { $0.count > 1 }
    if !cases.isEmpty {
      let pairs = cases.map { $0.sorted().joined(separator: " and ") }.sorted()
      findings.append(
        Finding(.warning, path, "\(cases.count) genes differ in case alone and count as different: \(listed(pairs))."))
    }
    return findings
  }
}

extension StringProtocol {
  /// The end of a text of which each character meets a condition.
  fileprivate func suffix(while condition: (Character) -> Bool) -> SubSequence {
    var start = endIndex
    while start > startIndex, condition(self[index(before: start)]) { start = index(before: start) }
    return self[start...]
  }
}
