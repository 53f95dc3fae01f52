import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension StudyTraining {
  /// The value that stands first, of predictions of some rows.
  static func value(_ predictions: [Double], _ rows: StudyRows) -> Double? {
    let ways = try? ThreeWays(
      predictions, rows.observed, sites: rows.sites?.codes, patients: rows.patients)
    return ways.flatMap { SignaturePerformance($0).first.value }
  }

  /// How much is lost on rows held out where a column that models of folds need is shuffled among rows of a site; of the forty that most folds
  /// need. Empty where samples are drawn.
  func importance(_ held: HeldOutPredictions) -> [(column: String, importance: PermutationImportance)] {
    if case .bootstrap632plus = plan.design.outer { return [] }
    let judged = held.rows(0), own = rows.rows(judged), folds = held.folds.filter { $0.split.turn == 0 }
    let place = Dictionary(uniqueKeysWithValues: judged.enumerated().map { ($1, $0) })
    var counts: [String: Int] = [:]
    for fold in folds {
      for name in Set(fold.predictor.inputs(among: learner.features + learner.imputed) + fold.predictor.otherColumns) {
        counts[name, default: 0] += 1
      }
    }
    let needed = own.table.only(Set(counts.keys))
    let known = counts.filter { if case .numbers? = rows.table[$0.key] { true } else { false } }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(40).map(\.key)
    let found = try? PermutationImportance.all(
      columns: known.count, rows: judged.count, blocks: own.sites?.codes, seed: plan.seed, on: lanes
    ) { (shuffled) throws(ModelError) in
      var table = needed
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
