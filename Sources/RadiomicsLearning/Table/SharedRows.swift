import RadiomicsCore

extension Table {
  /// A warning where rows on which a model is judged are rows that it is fitted to: alike in every column that both tables have. Rows of
  /// few or only whole numbers may be alike by chance and do not count.
  func shared(with judged: Table) -> [Finding] {
    let common = names.filter { judged[$0] != nil }
    let own = keys(common), others = judged.keys(common)
    var first: [[String?]: Int] = [:]
    for (row, key) in own.enumerated() { if let key, first[key] == nil { first[key] = row } }
    let found = others.enumerated().compactMap { row, key in key.flatMap { first[$0] }.map { (row, $0) } }
    guard let (row, twin) = found.first else { return [] }
    return [
      Finding(
        .warning, "validation",
        "\(found.count) of \(judged.count) rows are rows that the model is fitted to, first \(judged.place(row)) (as \(place(twin))). "
          + "Patients in both make it look better than it is; judge it on others.")
    ]
  }

  /// What each row says; nil where that tells no patients apart.
  private func keys(_ columns: [String]) -> [[String?]?] {
    let variables = columns.map { self[$0]! }, words = variables.map(\.words)
    return (0..<count).map { row in
      let fractions = variables.count {
        if case .numbers(let values) = $0, let value = values[row] { value != value.rounded() } else { false }
      }
      let key = words.map { $0[row] }
      return fractions >= 2 || key.count { $0 != nil } >= 6 ? key : nil
    }
  }
}
