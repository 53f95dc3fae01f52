import RadiomicsCore
import RadiomicsNumerics

/// Whether hazard ratios of a Cox model change with time: the score test of coefficients that are multiplied by a function of time.
/// Grambsch and Therneau 1994, doi:10.1093/biomet/81.3.515, without their approximation of a constant covariance, as R's `cox.zph`
/// from survival 3.0 on.
package struct ProportionalHazardsTest: Sendable {
  /// The function of time.
  package enum Transform: String, Sendable, CaseIterable {
    /// 1 − the Kaplan–Meier estimate of all rows, just before.
    case km
    case identity
    case log
    /// The rank of the event's time among the ends of all rows.
    case rank
  }

  /// Of each coefficient that is defined, and of terms of several columns.
  package let columns: [(name: String, test: CoxModel.Test)], terms: [(name: String, test: CoxModel.Test)]
  /// Of all together.
  package let global: CoxModel.Test

  /// - `terms`: Names of the model's terms, and the number of the term of each of its columns.
  /// - Throws: `ModelError` for exact ties, or the logarithm of times that are not above 0.
  package init(
    _ model: CoxModel, _ transform: Transform = .km, terms: (names: [String], ofColumn: [Int])? = nil
  ) throws(ModelError) {
    guard model.ties != .exact else {
      throw ModelError.exactTies("have no test of proportional hazards. Use efron or breslow.")
    }
    let likelihood = model.likelihood, p = likelihood.columns
    let g = try Self.values(transform, model)
    var score = [Double](repeating: 0, count: 2 * p), information = Matrix(rows: 2 * p, columns: 2 * p)
    let steps = likelihood.sets.steps
    let solution = zip(model.definedCoefficients, model.scaled.scales).map(*)
    likelihood.walk(likelihood.predictors(solution)) { index, share, weight, risk, tied in
      let zero = risk.zero - share * tied.zero, time = g[index]
      if share == 0 {
        for place in steps[index].firstEvent..<steps[index].end {
          for j in 0..<p { score[p + j] += time * likelihood.weights[place] * likelihood.design[place * p + j] }
        }
      }
      let mean = (0..<p).map { (risk.one[$0] - share * tied.one[$0]) / zero }
      for j in 0..<p {
        score[p + j] -= time * weight * mean[j]
        for i in j..<p {
          let second = (risk.two[j * p + i] - share * tied.two[j * p + i]) / zero
          let v = weight * (second - mean[i] * mean[j])
          information[i, j] += v
          information[p + i, j] += time * v
          information[p + i, p + j] += time * time * v
        }
      }
    }
    for j in 0..<p {
      for i in j..<p {
        information[j, i] = information[i, j]
        information[p + j, p + i] = information[p + i, p + j]
        for (a, b) in [(i, j), (j, i)] {
          information[p + a, b] = information[p + i, j]
          information[b, p + a] = information[p + i, j]
        }
      }
    }
    func test(_ which: [Int]) -> CoxModel.Test {
      let all = Array(0..<p) + which.map { $0 + p }
      var part = Matrix(rows: all.count, columns: all.count)
      for (i, a) in all.enumerated() { for (j, b) in all.enumerated() { part[i, j] = information[a, b] } }
      let u = all.map { score[$0] }
      let chi = Cholesky(part).map { dot(u, $0.solve(u)) }
      return CoxModel.Test(statistic: chi ?? .nan, df: which.count)
    }
    columns = model.definedNames.indices.map { (model.definedNames[$0], test([$0])) }
    global = test(Array(0..<p))
    self.terms =
      terms.map { terms in
        terms.names.enumerated().compactMap { term, name in
          let places = model.kept.indices.filter { terms.ofColumn[model.kept[$0]] == term }
          return places.isEmpty ? nil : (name, test(places))
        }
      } ?? []
  }

  /// The function at each step of the risk sets.
  private static func values(_ transform: Transform, _ model: CoxModel) throws(ModelError) -> [Double] {
    let steps = model.likelihood.sets.steps
    switch transform {
    case .identity: return steps.map(\.time)
    case .log:
      if let bad = steps.first(where: { $0.time <= 0 }) {
        throw ModelError.value("time", bad.time, must: "above 0 for its logarithm. Use km, rank or identity")
      }
      return steps.map { log($0.time) }
    case .km:
      let curve = KaplanMeier(model.times)
      return steps.map { 1 - curve.survival(before: $0.time) }
    case .rank:
      let times = model.times.stop.sorted()
      return steps.map { step in
        let first = times.firstIndex { $0 >= step.time }!, end = times.firstIndex { $0 > step.time } ?? times.count
        return Double(first + end + 1) / 2
      }
    }
  }
}

extension ProportionalHazardsTest: Documented {
  package static let name = "zph"
  package static let summary = "Whether hazard ratios of a Cox model change with time."
  package static let definition = "the score test of coefficients times g(t), with the whole covariance"
  package static let limits = "With many events small changes count, with few none is found: look at the residuals too."
  package static let reference =
    "Grambsch and Therneau 1994, doi:10.1093/biomet/81.3.515; as R's cox.zph from survival 3.0 on"
}
