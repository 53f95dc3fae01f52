import RadiomicsCore
import RadiomicsStatistics

/// Makes one subject's lesions of its rows.
struct SubjectReader {
  private let name: String, rows: [LesionRow], table: Table, clock: VisitClock
  /// What was noticed.
  private(set) var findings: [Finding] = []

  init(_ name: String, _ rows: [LesionRow], _ table: Table, _ clock: VisitClock) {
    (self.name, self.rows, self.table, self.clock) = (name, rows, table, clock)
  }

  mutating func read() throws(StudyError) -> LesionTable.Subject {
    let (visits, times) = try order()
    let number = Dictionary(uniqueKeysWithValues: visits.enumerated().map { ($1, $0) })
    let start = clock.countsFromBaseline ? times[0] : 0
    let all = Dictionary(grouping: rows, by: \.lesion)
    let parts = all.filter { $0.value.contains { $0.word?.isPart ?? false } }
    var lesions: [Lesion] = []
    for lesion in Column.Values.levels(rows.map(\.lesion)) where parts[lesion] == nil {
      let own = all[lesion]!
      try checkRole(own, number)
      let pieces = parts.values.joined().filter { $0.word == .part(of: lesion) }
      lesions.append(try follow(own, pieces, visits.count, number))
    }
    try checkRelations(Set(lesions.map(\.name)), number)
    checkTargets(number)
    checkDoubtful(lesions, visits)
    if visits.count == 1 {
      findings.append(
        Finding(.warning, "subject \(name)", "has one visit, '\(visits[0])': there is no response before a second one.")
      )
    }
    return .init(name: name, visits: visits, times: times.map { $0 - start }, lesions: lesions)
  }

  /// The visits in the order of their times; rows of one visit may have several, of which the first counts.
  private func order() throws(StudyError) -> (visits: [String], times: [Double]) {
    var first: [String: Double] = [:]
    for row in rows { first[row.visit] = min(first[row.visit] ?? .infinity, clock.times[row.row]) }
    let visits = first.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    for (a, b) in zip(visits, visits.dropFirst()) where a.value == b.value {
      let row = rows.first { $0.visit == b.key }!
      throw .at(
        table.place(row.row),
        "visits '\(a.key)' and '\(b.key)' of subject '\(name)' are at the same time, must be at different ones.")
    }
    return (visits.map(\.key), visits.map(\.value))
  }

  private func checkRole(_ rows: [LesionRow], _ number: [String: Int]) throws(StudyError) {
    let first = rows[0]
    for row in rows where row.role != first.role || row.isNode != first.isNode {
      throw .at(
        table.place(row.row),
        "lesion '\(row.lesion)' of subject '\(name)' is a \(row.role.rawValue) lesion\(row.isNode ? " and a node" : ""), must be what it is in "
          + "\(table.place(first.row)): a \(first.role.rawValue) lesion\(first.isNode ? " and a node" : "").")
    }
    var seen: [String: LesionRow] = [:]
    for row in rows {
      if let other = seen[row.visit] {
        throw .at(
          table.place(row.row),
          "lesion '\(row.lesion)' of subject '\(name)' is at visit '\(row.visit)' a second time, after \(table.place(other.row)), must be there once."
        )
      }
      seen[row.visit] = row
    }
    let atBaseline = rows.first { number[$0.visit] == 0 }
    switch (first.role, atBaseline) {
    case (.new, let row?):
      throw .at(
        table.place(row.row), "lesion '\(row.lesion)' is new at the first visit, must be target or non-target there.")
    case (.target, nil), (.nonTarget, nil):
      throw .at(
        table.place(first.row),
        "\(first.role.rawValue) lesion '\(first.lesion)' of subject '\(name)' is not at the first visit, must be: what is seen later is new."
      )
    case (.target, let row?) where (row.size ?? 0) == 0 && row.word != .tooSmall:
      throw .at(
        table.place(row.row),
        "target lesion '\(row.lesion)' has no \(row.isNode ? "short axis" : "longest diameter") at the first visit, must be measured there."
      )
    default: break
    }
  }

  /// What parts and merged lesions name is a target lesion; what another was merged into is measured at that visit.
  private mutating func checkRelations(_ names: Set<String>, _ number: [String: Int]) throws(StudyError) {
    for row in rows {
      switch row.word {
      case let word where !names.contains(row.lesion) && !(word?.isPart ?? false):
        throw .at(
          table.place(row.row),
          "lesion '\(row.lesion)' is part of another one at another visit, must be 'part of LESION' wherever it is.")
      case .part(let whole)?:
        guard names.contains(whole), rows.contains(where: { $0.lesion == whole && $0.role == .target }) else {
          throw .at(
            table.place(row.row), "'state' is 'part of \(whole)', must name a target lesion of subject '\(name)'.")
        }
        if number[row.visit] == 0 {
          throw .at(table.place(row.row), "'state' is 'part of \(whole)' at the first visit, must be at a later one.")
        }
        findings.append(
          Finding(
            .note, table.place(row.row),
            "lesion '\(whole)' has split: it counts the sum of its parts, '\(row.lesion)' among them."))
      case .merged(let whole)?:
        guard whole != row.lesion, let other = rows.first(where: { $0.lesion == whole && $0.visit == row.visit }),
          other.role == .target
        else {
          throw .at(
            table.place(row.row),
            "'state' is 'merged into \(whole)', must name another target lesion of subject '\(name)' that has a row at visit '\(row.visit)'."
          )
        }
        findings.append(
          Finding(
            .note, table.place(row.row),
            "lesion '\(row.lesion)' has merged: it counts with '\(whole)', which is measured as a whole."))
      default: continue
      }
    }
  }

  private func follow(
    _ rows: [LesionRow], _ parts: [LesionRow], _ count: Int, _ number: [String: Int]
  ) throws(StudyError) -> Lesion {
    var states = [Lesion.State?](repeating: nil, count: count), products = [Int?](repeating: nil, count: count),
      volumes = [Double?](repeating: nil, count: count)
    let first = rows[0]
    for visit in 0..<count {
      let all = (rows + parts).filter { number[$0.visit] == visit }
      guard !all.isEmpty else { continue }
      states[visit] = first.role == .target ? sum(all) : all[0].judged
      products[visit] = all.reduce(0) { sum, row in sum.flatMap { sum in row.product.map { sum + $0 } } }
      volumes[visit] = all.reduce(0) { sum, row in sum.flatMap { sum in row.cubic.map { sum + $0 } } }
    }
    return Lesion(
      first.lesion, first.role, isNode: first.isNode, states: states, products: products, volumes: volumes)
  }

  /// A target lesion, or the parts that it is in.
  private func sum(_ rows: [LesionRow]) -> Lesion.State {
    if rows.count == 1 { return rows[0].measured }
    let sizes = rows.map { row -> Int? in
      switch row.measured {
      case .measured(let size, _): size
      case .tooSmall: Lesion.Length.tooSmall
      case .absent: 0
      default: nil
      }
    }
    guard !sizes.contains(nil) else { return .notEvaluable }
    let known = sizes.compactMap { $0 }
    return .measured(known.reduce(0, +), largest: known.max()!)
  }

  /// Warnings about target lesions that RECIST would not choose.
  private mutating func checkTargets(_ number: [String: Int]) {
    let targets = rows.filter { $0.role == .target && number[$0.visit] == 0 }
    for row in targets {
      let least = Lesion.least(isNode: row.isNode, slice: row.slice), size = row.size ?? 0
      guard size < least else { continue }
      findings.append(
        Finding(
          .warning, table.place(row.row),
          "target lesion '\(row.lesion)' has \(row.isNode ? "a short axis" : "a longest diameter") of \(millimetres(size)) mm, must be at least "
            + "\(millimetres(least)) mm\(!row.isNode && least > Lesion.Length.target ? ", two slices," : "") to be measurable. Make it a non-target lesion."
        ))
    }
    if targets.count > 5 {
      findings.append(
        Finding(
          .warning, table.place(targets[5].row),
          "subject '\(name)' has \(targets.count) target lesions, must have at most 5."))
    }
    let organs = Dictionary(grouping: targets.filter { $0.isNode || $0.organ != nil }) {
      $0.isNode ? "lymph nodes" : $0.organ!.lowercased()
    }
    for (organ, rows) in organs.sorted(by: { $0.key < $1.key }) where rows.count > 2 {
      findings.append(
        Finding(
          .warning, table.place(rows[2].row),
          "subject '\(name)' has \(rows.count) target lesions in one organ, \(organ), must have at most 2."))
    }
    for row in rows where row.role == .nonTarget && row.isNode && number[row.visit] == 0 {
      guard let short = row.short, short < Lesion.Length.normalNode else { continue }
      findings.append(
        Finding(
          .warning, table.place(row.row),
          "node '\(row.lesion)' has a short axis of \(millimetres(short)) mm at the first visit, which is normal below 10 mm. Leave it out."
        ))
    }
  }

  /// New lesions that were doubtful first: progression dates from then.
  private mutating func checkDoubtful(_ lesions: [Lesion], _ visits: [String]) {
    for lesion in lesions where lesion.role == .new {
      guard let first = lesion.states.firstIndex(of: .equivocal),
        let sure = lesion.states[first...].firstIndex(where: { state in
          switch state {
          case .measured?, .tooSmall?, .present?, .progression?: true
          default: false
          }
        })
      else { continue }
      findings.append(
        Finding(
          .note, "subject \(name)",
          "new lesion '\(lesion.name)' was equivocal at visit '\(visits[first])' and is confirmed at '\(visits[sure])': by RECIST progression dates from "
            + "'\(visits[first])'."))
    }
  }
}

extension LesionRow {
  /// A target lesion.
  fileprivate var measured: Lesion.State {
    switch word {
    case .tooSmall: return .tooSmall
    case .absent: return .absent
    case .notEvaluable: return .notEvaluable
    case .merged: return .merged
    default:
      guard let size else { return .notEvaluable }
      return size == 0 ? .absent : .measured(size, largest: size)
    }
  }

  /// A non-target or new lesion: words, or sizes that say whether it is there. A node of normal size is none.
  fileprivate var judged: Lesion.State {
    switch word {
    case .progression: return .progression(further: false)
    case .further: return .progression(further: true)
    case .equivocal: return .equivocal
    case .absent: return .absent
    case .notEvaluable: return .notEvaluable
    case .tooSmall where isNode: return .absent
    case .tooSmall: return role == .new ? .tooSmall : .present
    default: break
    }
    if let size, size == 0 || isNode && size < Lesion.Length.normalNode { return .absent }
    if role == .new, let size { return .measured(size, largest: size) }
    return word != nil || long != nil || short != nil ? .present : .notEvaluable
  }
}

/// Hundredths of a millimetre as a number of millimetres.
package func millimetres(_ hundredths: Int) -> String { numberText(Double(hundredths) / 100) }
