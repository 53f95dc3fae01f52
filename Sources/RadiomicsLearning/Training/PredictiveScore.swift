import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Whether a signature of a treatment's effect tells who benefits, judged on rows that it was not learnt from, as any marker is.
package struct PredictiveScore: Sendable {
  /// The name that the score has in the analysis.
  package static let name = "signature"
  package let analysis: PredictiveAnalysis
  /// Whether the treatment's effect rises with the score, as it should.
  package let isRightWay: Bool

  /// - `scores`: Log ratios of the treatment, one for each row.
  /// - `groups`: Rows whose scores came of one model: scores count as far as they differ within them, as what models differ by was learnt from the
  ///   outcomes of the others.
  /// - Throws: `ModelError` where scores do not vary, or a model has no maximum.
  package init(_ scores: [Double], groups: [Int]? = nil, _ rows: StudyRows, horizon: Double?, seed: UInt64)
    throws(ModelError)
  {
    guard let arms = rows.treatment else {
      throw ModelError.at("treatment", "is not known of these rows, must be a column of two values.")
    }
    var own = scores
    if let groups {
      for (_, members) in Dictionary(grouping: groups.indices, by: { groups[$0] }) {
        let center = mean(members.map { scores[$0] })
        for row in members { own[row] = scores[row] - center }
      }
    }
    let spread = (own.max() ?? 0) - (own.min() ?? 0)
    guard spread > 1e-12 * max(1, scores.map(abs).max() ?? 0) else {
      throw ModelError.at(
        Self.name, "is the same for all rows of a model: no column counts that would tell who benefits.")
    }
    var columns: [(name: String, values: Column.Values)] = [
      (Self.name, .numbers(own)), ("treatment", .categories(arms.isTreated.map { $0 ? "treated" : "control" })),
      ("patient", .categories(rows.patients.map { "\($0)" })),
    ]
    var options = PredictiveAnalysis.Options()
    switch rows.outcome {
    case .binary(let events):
      columns.append(("outcome", .numbers(events.map { $0 ? 1 : 0 })))
      options.roles.outcome = .binary("outcome")
    case .survival(let times) where !times.hasEntry:
      columns += [("time", .numbers(times.stop)), ("event", .numbers(times.isEvent.map { $0 ? 1 : 0 }))]
      options.roles.outcome = .survival(time: "time", event: "event")
      options.horizon = horizon
    default:
      throw ModelError.outcome(
        rows.outcome.kind, needs: "a treatment's effect needs two values or a time without late entry")
    }
    (options.roles.treatment, options.markers, options.isRandomised) = ("treatment", [Self.name], true)
    if rows.patientCount < rows.count { options.roles.subject = "patient" }
    options.seed = seed
    analysis = try PredictiveAnalysis(Table(columns), options)
    isRightWay = analysis.markers[0].interaction.ratios.first?.effect.estimate.map { $0.value > 0 } ?? false
  }

  /// P that the treatment's effect does not depend on the score.
  package var p: Double { analysis.markers[0].interaction.p }

  /// Whether it tells who benefits: P is below .05, and the effect rises with the score.
  package var isPredictive: Bool { isRightWay && analysis.verdict(analysis.markers[0]) == .predictive }

  /// What was found, in plain words.
  package var sentence: String {
    let said = analysis.sentence(analysis.markers[0])
    guard !isRightWay, analysis.verdict(analysis.markers[0]) == .predictive else { return said }
    return "in the wrong order: where it expects more benefit there is less (\(said))"
  }
}
