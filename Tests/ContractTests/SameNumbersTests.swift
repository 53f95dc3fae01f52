import Radiomics
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsReport
import RadiomicsTestSupport
import Testing

/// The same table has the same area, concordance, hazard ratio, coefficients and likelihood in every verb that prints them.
@Suite struct SameNumbersTests {
  /// 90 patients of two arms with values in ties, a predictor and a probability; unused columns hold words and gaps.
  private static func folder() throws -> TemporaryFolder {
    var generator = SeededGenerator(seed: 21), lines = ["id,arm,time,event,y,x,z,p,note"]
    for row in 0..<90 {
      let x = (10 * generator.normal()).rounded() / 10, z = (10 * generator.normal()).rounded() / 10
      let time = -log(1 - generator.uniform()) * exp(-0.5 * x), censored = 3 * generator.uniform()
      let y = generator.uniform() < 1 / (1 + exp(-x - 0.3 * z)) ? 1 : 0
      lines.append(
        "\(row + 1),\(row % 2),\(numberText(min(time, censored) + 0.01)),\(time < censored ? 1 : 0),\(y),\(x),\(z),"
          + "\(numberText(1 / (1 + exp(-x)))),\(row % 4 == 0 ? "" : "w\(row)")")
    }
    let folder = try TemporaryFolder()
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "t.csv")
    return folder
  }

  private struct Verbs {
    let table: String

    func diagnostic(_ set: (inout Diagnosis.Options) -> Void) throws -> Setting.Value {
      var options = Diagnosis.Options()
      set(&options)
      let rows = try Table(path: table)
      return try Diagnosis(rows, options.asking(about: .binary("y"))).report(rows).json
    }

    func prognostic(_ set: (inout Prognosis.Options) -> Void) throws -> Setting.Value {
      var options = Prognosis.Options()
      set(&options)
      let rows = try Table(path: table)
      return try Prognosis(rows, options).report(rows).json
    }

    func predictive(_ outcome: OutcomeColumns) throws -> Setting.Value {
      var options = PredictiveAnalysis.Options()
      (options.treatment, options.markers) = ("arm", ["x"])
      let rows = try Table(path: table)
      return try PredictiveAnalysis(rows, options.asking(about: outcome)).report(rows).json
    }

    func addedValue(_ outcome: OutcomeColumns, _ predictions: AddedValue.Predictions, horizon: Double? = nil) throws
      -> Setting.Value
    {
      var options = AddedValue.Options()
      (options.horizon, options.perturbations) = (horizon, 2)
      let rows = try Table(path: table)
      return try AddedValue(rows, predictions, options.asking(about: outcome)).report(rows).json
    }
  }

  /// The number at a place such as `markers.0.auc`.
  private static func number(_ value: Setting.Value, _ path: String) throws -> Double {
    var found = value
    for key in path.split(separator: ".").map(String.init) {
      if let place = Int(key) {
        found = try #require(found.asList)[place]
      } else {
        found = try #require(found[key], "\(path) in \(value.json.prefix(2000))")
      }
    }
    return try #require(found.asNumber, "\(path)")
  }

  /// Bits where the same numbers go the same way; else 1e-12, the rounding of sums of 90 terms in another order.
  private func expectSame(_ values: [Double], _ what: String) {
    for value in values.dropFirst() { expectClose(value, values[0], relative: 1e-12, what) }
  }

  @Test func areas() throws {
    let folder = try Self.folder(), verbs = Verbs(table: folder.path("t.csv"))
    let marker = try verbs.diagnostic {
      ($0.markers, $0.model, $0.probability) = (["x"], "x", "p")
    }
    let columns = try verbs.addedValue(.binary("y"), .columns(base: "p", extended: "p"))
    let own = try verbs.addedValue(.binary("y"), .formulas(base: "z", extended: "z + x"))
    let other = try verbs.diagnostic { $0.model = "z + x" }
    expectSame(
      [
        try Self.number(marker, "markers.0.auc"), try Self.number(marker, "predictions.0.calibration.auc"),
        try Self.number(columns, "delta_auc.auc0"), try Self.number(columns, "delta_auc.auc1"),
      ], "auc of x")
    let model = try Self.number(marker, "predictions.1.calibration.auc")
    expectSame([try Self.number(marker, "markers.0.auc"), model], "auc of a model of x")
    expectSame(
      [try Self.number(own, "delta_auc.auc1"), try Self.number(other, "predictions.0.calibration.auc")], "auc of z + x")
    for name in ["(Intercept)", "z", "x"] {
      expectSame([try Self.number(own, "model1.coef.\(name)"), try Self.number(other, "model.coef.\(name)")], name)
    }
    expectSame([try Self.number(own, "lrt.loglik1"), try Self.number(other, "model.loglik")], "log likelihood")
    expectSame(
      [
        try Self.number(verbs.predictive(.binary("y")), "markers.0.loglik"),
        try Self.number(verbs.diagnostic { $0.model = "arm * x" }, "model.loglik"),
      ], "log likelihood of the interaction")
  }

  @Test func hazardsAndConcordance() throws {
    let folder = try Self.folder(), verbs = Verbs(table: folder.path("t.csv"))
    let one = try verbs.prognostic { ($0.markers, $0.model, $0.predictor) = (["x"], "x", "x") }
    let screen = try verbs.prognostic { $0.isScreen = true }
    let markers = try #require(screen["markers"]?.asList)
    let place = try #require(markers.firstIndex { $0["marker"]?.asText == "x" })
    for name in ["coef", "hr", "p", "concordance", "concordance_se"] {
      expectSame(
        [try Self.number(one, "markers.0.\(name)"), try Self.number(screen, "markers.\(place).\(name)")], name)
    }
    expectSame([try Self.number(one, "markers.0.coef"), try Self.number(one, "model.coef.x")], "coefficient")
    expectSame(
      [
        try Self.number(one, "markers.0.concordance"), try Self.number(one, "performance.0.concordance.c"),
        try Self.number(one, "performance.1.concordance.c"),
      ], "concordance")
  }

  @Test func coxModels() throws {
    let folder = try Self.folder(), verbs = Verbs(table: folder.path("t.csv"))
    let outcome = OutcomeColumns.survival(time: "time", event: "event")
    let trial = try verbs.predictive(outcome), both = try verbs.prognostic { $0.model = "arm + x" }
    let crossed = try verbs.prognostic { $0.model = "arm * x" }
    for name in ["arm", "x"] {
      expectSame(
        [try Self.number(trial, "markers.0.main_effects.coef.\(name)"), try Self.number(both, "model.coef.\(name)")],
        name)
    }
    expectSame(
      [try Self.number(trial, "markers.0.coef.arm:x"), try Self.number(crossed, "model.coef.arm:x")], "interaction")
    expectSame([try Self.number(trial, "markers.0.loglik"), try Self.number(crossed, "model.loglik.1")], "likelihood")
    let added = try verbs.addedValue(
      .survival(time: "time", event: "event"), .formulas(base: "arm", extended: "arm + x"), horizon: 1)
    expectSame([try Self.number(added, "lrt.loglik1"), try Self.number(both, "model.loglik.1")], "likelihood")
    expectSame([try Self.number(added, "model1.coef.x"), try Self.number(both, "model.coef.x")], "coefficient")
  }
}
