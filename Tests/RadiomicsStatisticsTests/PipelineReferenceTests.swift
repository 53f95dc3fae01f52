import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Steps and models one after the other, all learnt in the training part of each fold: `i_pipeline.json` and `h_radiogenomics.json`.
@Suite(.golden(.pipeline)) struct PipelineReferenceTests {
  private static func cases(_ id: String) -> [StatisticalReference] {
    GoldenSuite.pipeline.cases.filter { $0.id == id }
  }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }
  private static func list(_ value: Setting.Value?) throws -> [Double] {
    try #require(value?.asList).map { try #require($0.asNumber) }
  }

  /// Rows with what ComBat, standard deviations and a univariate choice make of them, as learnt from some.
  private static func prepared(
    _ table: Table, _ training: [Int], _ columns: [String], count: Int
  ) throws -> (design: Matrix, chosen: [String]) {
    var combat = Combat(), choice = UnivariateSelection()
    (combat.batch, combat.features) = (["site"], columns)
    var rows = try combat.fit(table.rows(training)).apply(table)
    for name in columns {
      let values = try numbers(rows, name), own = training.map { values[$0] }
      let center = mean(own), spread = variance(own).squareRoot()
      rows = rows.with(name, .numbers(values.map { ($0 - center) / spread }))
    }
    (choice.features, choice.count) = (columns, count)
    let events = try numbers(rows, "y").map { $0 == 1 }
    let kept = try choice.fit(rows.rows(training), .binary(training.map { events[$0] })).kept
    return (Matrix(columns: try kept.map { try numbers(rows, $0) }, rows: table.count), kept)
  }

  private static func deviance(_ probability: Double, _ event: Bool) -> Double {
    -2 * log(event ? probability : 1 - probability)
  }

  @Test(arguments: cases("nested_cv")) func nestedCrossValidation(_ reference: StatisticalReference) throws {
    let table = Table(texts: try StatisticalReference.table("wdbc_sites"))
    let folds = Table(texts: try StatisticalReference.table("nested_folds"))
    let outer = try Self.numbers(folds, "outer"), inner = try Self.numbers(folds, "inner")
    let columns = try #require(reference.params["columns"]?.asList).map { try #require($0.asText) }
    let count = try #require(reference.params["k"]?.asInteger), events = try Self.numbers(table, "y").map { $0 == 1 }
    var net = ElasticNet()
    (net.isStandardised, net.penalties) = (false, try Self.list(reference.params["lambda"]))
    var predicted = [Double](repeating: 0, count: table.count), areas: [Double] = []

    for fold in try #require(reference["folds"]?.asList) {
      let number = try #require(fold["outer"]?.asNumber)
      let training = outer.indices.filter { outer[$0] != number }, held = outer.indices.filter { outer[$0] == number }
      func path(_ rows: [Int]) throws -> (path: ElasticNetPath, design: Matrix, chosen: [String]) {
        let (design, chosen) = try Self.prepared(table, rows, columns, count: count)
        return (try net.path(design.rows(rows), .binomial(rows.map { events[$0] })), design, chosen)
      }
      func probability(_ found: (path: ElasticNetPath, design: Matrix, chosen: [String]), _ k: Int, _ row: Int)
        -> Double
      {
        expit(found.path.solutions[k].intercept + found.design.rows([row]).times(found.path.coefficients(k))[0])
      }
      var deviances = [Double](repeating: 0, count: net.penalties!.count)
      for part in Set(inner).sorted() {
        let found = try path(training.filter { inner[$0] != part })
        for row in training where inner[row] == part {
          for k in deviances.indices { deviances[k] += Self.deviance(probability(found, k, row), events[row]) }
        }
      }
      for (value, expected) in zip(deviances, try #require(fold["mean_inner_deviance"]?.asList)) {
        reference.expectValue(value / Double(training.count), expected, "deviance of fold \(number)")
      }
      let best = try #require(deviances.indices.min { deviances[$0] < deviances[$1] })
      reference.expectValue(net.penalties![best], try #require(fold["lambda"]), "lambda of fold \(number)")
      let found = try path(training)
      let places = found.chosen.map { columns.firstIndex(of: $0) }
      #expect(places == fold["selected_zero_based"]?.asList?.map(\.asInteger))
      let coefficients = [found.path.solutions[best].intercept] + found.path.coefficients(best)
      for (value, expected) in zip(coefficients, try #require(fold["coef"]?.asList)) {
        reference.expectValue(value, expected, "coefficients of fold \(number)")
      }
      for row in held { predicted[row] = probability(found, best, row) }
      areas.append(try ROC(held.map { predicted[$0] }, held.map { events[$0] }).auc)
      reference.expectValue(areas.last, try #require(fold["test_auc"]), "AUC of fold \(number)")
    }
    for (value, expected) in zip(predicted, try #require(reference["oof_first20"]?.asList)) {
      reference.expectValue(value, expected, "out of fold")
    }
    reference.expectValue(try ROC(predicted, events).auc, try #require(reference["pooled_auc"]), "pooled AUC")
    reference.expectValue(mean(areas), try #require(reference["mean_fold_auc"]), "mean of folds")
    let brier = mean(zip(predicted, events).map { ($0 - ($1 ? 1 : 0)) * ($0 - ($1 ? 1 : 0)) })
    reference.expectValue(brier, try #require(reference["brier"]), "Brier score")
  }

  /// Areas of five folds, weighted by their rows, of the features alone and α 1, as `cv.glmnet` has them.
  @Test(arguments: cases("cv_logistic_auc")) func areasOfFolds(_ reference: StatisticalReference) throws {
    let net = try #require(GoldenSuite.nets.cases.first { $0.id == "enet_logistic" })
    let table = Table(texts: try StatisticalReference.table("wdbc_sites"))
    let names = table.names.filter { !["site", "train", "y", "age"].contains($0) }
    let design = Matrix(columns: try names.map { try Self.numbers(table, $0) }, rows: table.count)
    let events = try Self.numbers(table, "y").map { $0 == 1 }
    var settings = ElasticNet()
    settings.penalties = try Self.list(net["lambda"])
    var areas: [[Double]] = [], weights: [Double] = []
    for fold in 0..<5 {
      let held = events.indices.filter { $0 % 5 == fold }, training = events.indices.filter { $0 % 5 != fold }
      let path = try settings.path(design.rows(training), .binomial(training.map { events[$0] }))
      areas.append(
        try path.solutions.indices.map { k in
          try ROC(design.rows(held).times(path.coefficients(k)), held.map { events[$0] }).auc
        })
      weights.append(Double(held.count))
    }
    let total = weights.reduce(0, +)
    for k in settings.penalties!.indices {
      let center = zip(weights, areas).reduce(0) { $0 + $1.0 * $1.1[k] } / total
      let spread = zip(weights, areas).reduce(0) { $0 + $1.0 * ($1.1[k] - center) * ($1.1[k] - center) } / total
      reference.expectValue(center, try #require(reference["cvm"]?.asList?[k]), "cvm \(k)")
      reference.expectValue((spread / 4).squareRoot(), try #require(reference["cvsd"]?.asList?[k]), "cvsd \(k)")
    }
  }
}
