import RadiomicsCore
import RadiomicsStatistics

extension Table {
  /// Columns by what they hold.
  package init(_ columns: [(name: String, values: Column.Values)]) {
    self.init(columns.map { Column($0.name, $0.values) })
  }

  /// The same with one column more, or with other values in one.
  package func with(_ name: String, _ values: Column.Values) -> Table { with(Column(name, values)) }

  /// The columns of these names alone, in the table's order.
  /// - Throws: `ModelError` if one is not there.
  func columns(_ some: [String]) throws(ModelError) -> Table {
    for name in some where self[name] == nil { _ = try numbers(name) }
    return only(Set(some))
  }

  /// The numbers of a column.
  /// - Throws: `ModelError` if there is no such column, or it has words.
  package func numbers(_ name: String) throws(ModelError) -> [Double?] {
    switch self[name] {
    case .numbers(let values)?: return values
    case .categories(let values)?:
      let row = values.firstIndex { $0.map { CellText($0).number == nil } ?? false } ?? 0
      let odd = oddCell(of: name) ?? OddCell(place: place(row), column: name, text: values[row] ?? "")
      throw ModelError(odd.sentence)
    case nil:
      throw .noColumn(name, near: names.filter { !$0.hasPrefix(SavedModel.column) })
    }
  }

  /// The same table, in which one of the two values of an outcome is known to be the event; nil changes nothing.
  /// - `outcome`: A column, or `Surv()` of one.
  /// - Throws: `ModelError` if it is no column, has more values, or none of them is that one.
  func naming(_ event: String?, eventOf outcome: Formula.Expression) throws(ModelError) -> Table {
    guard let event else { return self }
    if case .call("Surv", let arguments) = outcome, let last = arguments.last {
      return try naming(event, eventOf: last)
    }
    guard let column = outcome.column, let values = self[column] else {
      throw ModelError.term(
        outcome.text, "must be a column where one of its values, '\(event)', is named as the event.")
    }
    let levels = Column.Values.levels(values.words)
    guard levels.count < 3 else {
      throw .manyValues(
        "'\(column)'", levels,
        ", of which '\(event)' is the event. Write a calculation such as \"\(column) == '\(event)'\" instead.")
    }
    let number = Double(event).map(numberText)
    guard
      let level = levels.first(where: { $0 == event || $0 == number })
        ?? levels.first(where: { event.truth != nil && $0.truth == event.truth })
    else {
      throw ModelError.term(
        column,
        "has \(levels.joined(separator: " and ")), must have '\(event)', which is named as the event."
          + didYouMean(event, among: levels))
    }
    return naming(level, of: column)
  }
}
