import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Late fusion: a pipeline for each source of columns (CT, MR, PET, clinical), whose predictions become one. Weights are learnt from
/// predictions of the inner folds, the same for all sources. A row that lacks a source is predicted by the others.
package struct Fusion: SignatureLearner {
  package let sources: [(name: String, pipeline: Pipeline)]
  package let rule: Stacking.Rule
  package var features: [String] { sources.flatMap(\.pipeline.features) }
  package var clinical: ModelColumns? { sources.compactMap(\.pipeline.clinical).first }

  package init(_ sources: [(name: String, pipeline: Pipeline)], _ rule: Stacking.Rule) {
    (self.sources, self.rule) = (sources, rule)
  }

  package func learn(_ rows: StudyRows, inner: Int, seed: UInt64) throws(ModelError) -> SignaturePredictor {
    let folds = stratifiedFolds(inner, patients: rows.patients, strata: rows.strata, seed: seed)
    var fitted: [FittedFusion.Source] = [], held: [[Double?]] = []
    for (name, pipeline) in sources {
      let known = try pipeline.rowsWithValues(rows.table)
      func context<Value>(_ body: () throws(ModelError) -> Value) throws(ModelError) -> Value {
        do throws(ModelError) { return try body() } catch { throw ModelError("source '\(name)': \(error.description)") }
      }
      let own = rows.rows(known)
      let whole = try context { () throws(ModelError) in try pipeline.fit(own, inner: inner, seed: seed) }
      var values = [Double?](repeating: nil, count: rows.count)
      for fold in 0..<inner {
        let training = known.filter { folds[$0] != fold }, judged = known.filter { folds[$0] == fold }
        guard !judged.isEmpty else { continue }
        let part = try context { () throws(ModelError) in
          try pipeline.fit(rows.rows(training), inner: inner, seed: seed).linearPredictors(rows.table.rows(judged))
        }
        for (row, value) in zip(judged, part) { values[row] = value }
      }
      held.append(values)
      fitted.append(.init(name: name, pipeline: whole))
    }
    let all = rows.patients.indices.filter { row in held.allSatisfy { $0[row] != nil } }
    guard all.count > sources.count else {
      throw ModelError.at(
        "fusion",
        "\(all.count) rows have all of \(sources.map(\.name).joined(separator: ", ")), must be more, so that weights can be learnt."
      )
    }
    let design = Matrix(columns: held.map { column in all.map { column[$0]! } }, rows: all.count)
    return .fusion(FittedFusion(sources: fitted, combination: try combination(design, rows.outcome.rows(all))))
  }

  /// - `design`: Linear predictors of rows that were held out, one column for each source.
  private func combination(_ design: Matrix, _ outcome: Outcome) throws(ModelError) -> FittedFusion.Combination {
    let names = sources.map(\.name)
    if case .binary(let events) = outcome {
      let p = Matrix(columns: (0..<design.columns).map { design.column($0).map(expit) }, rows: design.rows)
      return .probabilities(try Stacking(rule, p, events))
    }
    guard rule == .nonNegative || rule == .mean else {
      throw ModelError.at(
        "fusion", "'\(rule.rawValue)' is of probabilities, must be non-negative or mean of \(outcome.kind).")
    }
    var weights = [Double](repeating: 1 / Double(names.count), count: names.count), kept = Array(names.indices)
    var intercept = 0.0
    // Sources with a negative weight are left out, the lowest first, until none is.
    while rule == .nonNegative {
      guard !kept.isEmpty else {
        throw ModelError.at(
          "fusion", "no source has a weight above 0, must be one whose predictions rise with the outcome.")
      }
      let part = PreparedRows(
        names: kept.map { names[$0] }, design: design.columns(kept), isFree: kept.map { _ in true }, outcome: outcome)
      guard case .linear(let model) = try RegressionSignature().fit(part, inner: .none, seed: 1) else { break }
      if let worst = model.coefficients.indices.min(by: { model.coefficients[$0] < model.coefficients[$1] }),
        model.coefficients[worst] < 0
      {
        kept.remove(at: worst)
        continue
      }
      weights = names.indices.map { place in kept.firstIndex(of: place).map { model.coefficients[$0] } ?? 0 }
      if model.link == .identity { intercept = model.intercept }
      break
    }
    let rows = PreparedRows(names: names, design: design, isFree: names.map { _ in true }, outcome: outcome)
    return .linear(try LinearSignature("fusion", rows, weights, intercept: intercept, ties: .efron))
  }
}

extension InnerFolds {
  /// Of a model without settings to choose.
  static let none = InnerFolds(folds: []) { (_) throws(ModelError) in throw ModelError("there are no inner folds") }
}

extension Pipeline {
  /// Rows that have a value of this source: in one of its features, or in all clinical columns where there are no features.
  func rowsWithValues(_ table: Table) throws(ModelError) -> [Int] { try FittedFusion.rows(table, features, clinical) }
}

/// Pipelines that were learnt, and how their predictions become one.
package struct FittedFusion: Sendable, Hashable, Codable {
  package struct Source: Sendable, Hashable, Codable {
    package let name: String, pipeline: FittedPipeline
  }

  /// Of probabilities, or of linear predictors.
  package enum Combination: Sendable, Hashable, Codable {
    case probabilities(Stacking), linear(LinearSignature)
  }

  package let sources: [Source], combination: Combination

  /// Without sources that add nothing to any row.
  var pruned: FittedFusion {
    let kept = weights.indices.filter { weights[$0] != 0 }, places = kept.isEmpty ? Array(weights.indices) : kept
    let combination: Combination =
      switch combination {
      case .probabilities(let stacking): .probabilities(stacking.only(places))
      case .linear(let model): .linear(model.only(Set(places.map { model.names[$0] })))
      }
    return FittedFusion(
      sources: places.map { Source(name: sources[$0].name, pipeline: sources[$0].pipeline.pruned) },
      combination: combination)
  }

  /// The same with baseline hazards of so many equal steps.
  func thinned(to count: Int) -> FittedFusion {
    let combination: Combination =
      if case .linear(let model) = combination { .linear(model.thinned(to: count)) } else { combination }
    return FittedFusion(
      sources: sources.map { Source(name: $0.name, pipeline: $0.pipeline.thinned(to: count)) }, combination: combination
    )
  }

  /// The share of each source.
  package var weights: [Double] {
    switch combination {
    case .probabilities(let stacking): stacking.weights
    case .linear(let model): model.coefficients
    }
  }

  static func rows(_ table: Table, _ features: [String], _ clinical: ModelColumns?) throws(ModelError) -> [Int] {
    guard !features.isEmpty else { return try clinical?.complete(table) ?? [] }
    var isThere = [Bool](repeating: false, count: table.count)
    for name in features {
      for (row, value) in try table.numbers(name).enumerated() where value != nil { isThere[row] = true }
    }
    return isThere.indices.filter { isThere[$0] }
  }

  /// - Throws: `ModelError` for a row that has no source.
  func linearPredictors(_ table: Table) throws(ModelError) -> [Double] {
    var parts = [[Double?]](repeating: [Double?](repeating: nil, count: table.count), count: sources.count)
    for (place, source) in sources.enumerated() {
      let clinical = source.pipeline.clinical, coded = Set(clinical?.needed ?? [])
      let inputs = source.pipeline.inputs(among: table.names).filter { !coded.contains($0) }
      // A model without columns predicts the same of every row.
      let known =
        inputs.isEmpty && clinical == nil ? Array(0..<table.count) : try Self.rows(table, inputs, clinical)
      for (row, value) in zip(known, try source.pipeline.linearPredictors(table.rows(known))) {
        parts[place][row] = value
      }
    }
    var linear: [Double] = []
    for row in 0..<table.count {
      guard let value = combined(parts.map { $0[row] }) else {
        throw ModelError.at(
          table.place(row),
          "has no value of \(sources.map(\.name).joined(separator: ", ")) that counts, must have those of one at least."
        )
      }
      linear.append(value)
    }
    return linear
  }

  private func combined(_ parts: [Double?]) -> Double? {
    switch combination {
    case .probabilities(let stacking):
      return stacking.combined(parts.map { $0.map(expit) }).map { p in
        let inside = max(1e-12, min(1 - 1e-12, p))
        return log(inside / (1 - inside))
      }
    case .linear(let model):
      let known = parts.indices.filter { parts[$0] != nil }, all = model.coefficients.reduce(0, +)
      let part = known.reduce(0) { $0 + model.coefficients[$1] }
      // Where no source tells of the outcome, all rows get the same.
      if all == 0, !known.isEmpty { return model.intercept }
      guard part > 0 else { return nil }
      return known.reduce(model.intercept) { $0 + all / part * model.coefficients[$1] * parts[$1]! }
    }
  }

  func prediction(_ linear: Double, horizon: Double?) -> Double? {
    switch combination {
    case .probabilities: expit(linear)
    case .linear(let model): model.prediction(linear, horizon: horizon)
    }
  }

  /// `log odds = 0.1 + 0.7 × ct [−1.2 + 0.3 × f1] + 0.3 × clinical [0.1 × age]`; of probabilities `probability = 0.7 × expit(ct […]) + …`.
  var formula: String {
    func sum(_ constant: Double, _ part: (String) -> String) -> String {
      let parts = zip(sources, weights).map { source, weight in
        "\(shortText(weight, digits: 3)) × " + part("\(source.name) [\(source.pipeline.model.formula)]")
      }
      return ((constant == 0 ? [] : [shortText(constant, digits: 4)]) + parts).joined(separator: " + ")
    }
    switch combination {
    case .probabilities(let stacking):
      switch stacking.rule {
      case .nonNegative: return "probability = " + sum(0) { "expit(\($0))" }
      case .product: return "log odds = " + sum(stacking.constant * Double(1 - sources.count)) { $0 }
      case .logistic, .mean: return "log odds = " + sum(stacking.constant) { $0 }
      }
    case .linear(let model): return sum(model.intercept) { $0 }
    }
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    sources = try parts.decode([Source].self, forKey: .sources)
    combination = try parts.decode(Combination.self, forKey: .combination)
    guard !sources.isEmpty, weights.count == sources.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .combination, in: parts, debugDescription: "has weights that are not those of its sources")
    }
  }

  init(sources: [Source], combination: Combination) { (self.sources, self.combination) = (sources, combination) }
  private enum CodingKeys: CodingKey { case sources, combination }
}
