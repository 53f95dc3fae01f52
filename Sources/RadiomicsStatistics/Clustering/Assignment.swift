/// The assignment of rows to columns whose sum of costs is least. Kuhn 1955, doi:10.1002/nav.3800020109; by shortest augmenting paths.
///
/// For instance the costs (4, 1), (2, 0) assign row 1 to column 2 and row 2 to column 1: 3 against 4. O(rows² · columns).
/// - `costs`: By row; at least as many columns as rows, finite.
/// - Returns: The column of each row.
package func leastAssignment(_ costs: [[Double]]) -> [Int] {
  let rows = costs.count, columns = costs.first?.count ?? 0
  precondition(rows <= columns && costs.allSatisfy { $0.count == columns }, "a column for each row")
  var rowPrices = [Double](repeating: 0, count: rows + 1), columnPrices = [Double](repeating: 0, count: columns + 1)
  // Row and column 0 are outside the matrix; 0 is a free column.
  var rowOf = [Int](repeating: 0, count: columns + 1)
  for row in 1..<rows + 1 {
    var least = [Double](repeating: .infinity, count: columns + 1), previous = [Int](repeating: 0, count: columns + 1)
    var isDone = [Bool](repeating: false, count: columns + 1), column = 0
    rowOf[0] = row
    repeat {
      isDone[column] = true
      let from = rowOf[column]
      var step = Double.infinity, next = 0
      for other in 1...columns where !isDone[other] {
        let reduced = costs[from - 1][other - 1] - rowPrices[from] - columnPrices[other]
        if reduced < least[other] { (least[other], previous[other]) = (reduced, column) }
        if least[other] < step { (step, next) = (least[other], other) }
      }
      for other in 0...columns {
        if isDone[other] {
          rowPrices[rowOf[other]] += step
          columnPrices[other] -= step
        } else {
          least[other] -= step
        }
      }
      column = next
    } while rowOf[column] != 0
    while column != 0 {
      rowOf[column] = rowOf[previous[column]]
      column = previous[column]
    }
  }
  var assignment = [Int](repeating: 0, count: rows)
  for column in 1..<columns + 1 where rowOf[column] > 0 { assignment[rowOf[column] - 1] = column - 1 }
  return assignment
}
