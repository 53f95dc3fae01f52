import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension StudyTraining {
  /// The value that stands first, of predictions of some rows.
  static func value(_ predictions: [Double], _ rows: StudyRows) -> Double? {
    let ways = try? ThreeWays(
      predictions, rows.outcome.observed, sites: rows.sites?.codes, patients: rows.patients)
    return ways.flatMap { SignaturePerformance($0).first.value }
  }

  /// How much is lost on rows held out where an input of the signature is shuffled among rows of a site; nil without predictions of one turn.
  /// - `columns`: Inputs of the signature that are numbers.
  func importance(_ held: HeldOutPredictions, _ columns: [String]) -> [(
    column: String, importance: PermutationImportance
  )] {
    if case .bootstrap632plus = plan.design.outer { return [] }
    let judged = held.rows(0), own = rows.rows(judged), folds = held.folds.filter { $0.split.turn == 0 }
    let place = Dictionary(uniqueKeysWithValues: judged.enumerated().map { ($1, $0) })
    let known = columns.filter { if case .numbers? = rows.table[$0] { true } else { false } }.prefix(40)
    let found = try? PermutationImportance.all(
      columns: known.count, rows: judged.count, blocks: own.sites?.codes, seed: plan.seed, on: lanes
    ) { (shuffled) throws(ModelError) in
      var table = own.table
      if let shuffled {
        let name = known[shuffled.column], values = try table.numbers(name)
        table = table.with(name, .numbers(shuffled.from.map { values[$0] }))
      }
      var predictions = [Double](repeating: 0, count: judged.count)
      for fold in folds {
        let places = fold.split.held.compactMap { place[$0] }
        for (row, value) in zip(places, try fold.predictor.linearPredictors(table.rows(places))) {
          predictions[row] = value
        }
      }
      return predictions
    } performance: {
      Self.value($0, own)
    }
    return (found ?? nil).map { zip(known, $0).map { ($0, $1) } } ?? []
  }
}
