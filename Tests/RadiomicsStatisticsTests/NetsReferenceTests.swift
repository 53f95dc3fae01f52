import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Elastic nets of glmnet 4.1-6 (`h_radiogenomics.json`), adelie, scikit-survival and scikit-learn (`p_nets.json`).
@Suite(.golden(.nets)) struct NetsReferenceTests {
  private static let glmnet = GoldenSuite.nets.cases.filter { $0.file == "h_radiogenomics" }
  private static let others = GoldenSuite.nets.cases.filter { $0.file == "p_nets" }

  private static func number(_ reference: StatisticalReference, _ name: String) -> Double? {
    if case .map(let entries) = reference.params { return entries.first { $0.key == name }?.value.asNumber }
    return nil
  }

  private static func table(_ name: String) throws -> Table { Table(texts: try StatisticalReference.table(name)) }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  /// Features, age and dummies of sites by their names.
  private static func design(_ names: [String]) throws -> Matrix {
    let sites = try table("wdbc_sites"), labels = try StatisticalReference.table("wdbc_sites")
    let site = try #require(labels.first { $0.name == "site" }).texts
    return Matrix(
      columns: try names.map { name in
        name.hasPrefix("site_") ? site.map { "site_" + $0 == name ? 1 : 0 } : try numbers(sites, name)
      }, rows: sites.count)
  }

  private static func lists(_ value: Setting.Value?) throws -> [[Setting.Value]] {
    try #require(value?.asList).map { try #require($0.asList) }
  }

  private static func expect(
    _ path: ElasticNetPath, _ reference: StatisticalReference, intercept: Bool
  ) throws {
    let rows = try lists(reference["coef_per_lambda"]), shares = reference["dev_ratio"]?.asList
    try #require(rows.count == path.solutions.count)
    for (k, row) in rows.enumerated() {
      let found = (intercept ? [path.solutions[k].intercept] : []) + path.coefficients(k)
      try #require(found.count == row.count)
      for (value, cell) in zip(found, row) { reference.expectValue(value, cell, "lambda \(k)") }
      if let intercepts = reference["intercepts"]?.asList, intercepts[k].asNumber != 0 {
        reference.expectValue(path.solutions[k].intercept, intercepts[k], "intercept \(k)")
      }
      // glmnet's share is of the deviance without any column.
      if let shares, path.free == 0 { reference.expectValue(path.solutions[k].explained, shares[k], "share \(k)") }
    }
  }

  /// Settings of a case of glmnet: penalty factors by its columns, λ as it lists them.
  private static func net(_ reference: StatisticalReference) throws -> ElasticNet {
    var net = ElasticNet()
    let name = reference.id
    net.mix =
      number(reference, "alpha") ?? 0.5
    net.scalesOutcome = true
    if case .map(let entries) = reference.params {
      net.factors = entries.first { $0.key == "penalty_factor" }?.value.asList?.map { $0.asNumber! }
      net.isStandardised = !name.contains("unstandardised")
    }
    net.penalties = try #require(reference["lambda"]?.asList).map { try #require($0.asNumber) }
    return net
  }

  @Test(arguments: glmnet.filter { $0.id.contains("gaussian") && !$0.id.hasPrefix("cv") || $0.id.contains("logistic") })
  func glmnetOfRows(_ reference: StatisticalReference) throws {
    let names = try #require(reference["columns"]?.asList).dropFirst().map { $0.asText! }
    let design = try Self.design(names), net = try Self.net(reference), outcome: ElasticNet.Outcome
    var weights: [Double]?
    if reference.id.contains("logistic") {
      outcome = .binomial(try Self.numbers(try Self.table("wdbc_sites"), "y").map { $0 == 1 })
      if reference.id.hasSuffix("weights") { weights = (0..<design.rows).map { Double(1 + $0 % 2) } }
    } else {
      let gene = try #require(reference.id.split(separator: "_").first { $0.wholeMatch(of: /g\d+/) != nil })
      outcome = .gaussian(try Self.numbers(try Self.table("gene_responses"), String(gene)))
    }
    try Self.expect(try net.path(design, outcome, weights: weights), reference, intercept: true)
  }

  /// The largest penalty is that of what unpenalised columns leave over.
  @Test(arguments: glmnet.filter { $0.id == "lambda_sequence" })
  func penalties(_ reference: StatisticalReference) throws {
    let names = try #require(Self.glmnet.first { $0.id == "enet_gaussian_g1" })["columns"]!.asList!.dropFirst().map {
      $0.asText!
    }
    var net = try Self.net(reference)
    (net.penalties, net.count, net.stopsEarly) = (nil, 20, false)
    let path = try net.path(
      Self.design(names), .gaussian(Self.numbers(Self.table("gene_responses"), "g1")))
    for (solution, expected) in zip(path.solutions, try #require(reference["lambda"]?.asList)) {
      reference.expectValue(solution.penalty, expected, "lambda")
    }
    reference.expectValue(path.largestPenalty, try #require(reference["lambda_max"]), "lambda_max")
  }

  /// Mean squares of rows that are held out, over folds, and the penalties that they choose.
  @Test(arguments: glmnet.filter { $0.id == "cv_gaussian_g1" })
  func crossValidation(_ reference: StatisticalReference) throws {
    let other = try #require(Self.glmnet.first { $0.id == "enet_gaussian_g1" })
    let names = other["columns"]!.asList!.dropFirst().map { $0.asText! }
    let net = try Self.net(other), design = try Self.design(names)
    let outcome = ElasticNet.Outcome.gaussian(try Self.numbers(Self.table("gene_responses"), "g1"))
    let found = try net.crossValidated(design, outcome, folds: (0..<design.rows).map { $0 % 5 })
    for (key, values) in [("cvm", found.means), ("cvsd", found.errors)] {
      for (value, expected) in zip(values, reference[key]!.asList!) { reference.expectValue(value, expected, key) }
    }
    reference.expectValue(found.penalties[found.smallest], reference["lambda_min"]!, "min")
    reference.expectValue(found.penalties[found.simplest], reference["lambda_1se"]!, "1se")
  }

  @Test(arguments: others) func otherTools(_ reference: StatisticalReference) throws {
    let genes = try Self.table("gene_responses"), names = try Self.table("wdbc_sites").names
    var net = ElasticNet(), columns: [[Double]]
    net.mix = try #require(Self.number(reference, "alpha"))
    net.penalties = try #require(reference["lambda"]?.asList).map { try #require($0.asNumber) }
    let parts = reference.id.split(separator: "_")
    let outcome: ElasticNet.Outcome
    if parts[0] == "cox" {
      let (data, names) =
        switch parts[1] {
        case "sksurv": ("pbc_312", ["age", "bili", "albumin", "protime", "edema"])
        case "tied": ("lung", ["age", "sex", "ecog", "karno", "wtloss"])
        default: ("heart", ["age", "year", "surgery", "transplant"])
        }
      let all = try Self.table(data), used = names + (data == "heart" ? ["start", "stop"] : ["time"]) + ["event"]
      let known = try used.map { try all.numbers($0) }
      let table = all.rows((0..<all.count).filter { row in known.allSatisfy { $0[row] != nil } })
      columns = try names.map { try Self.numbers(table, $0) }
      let times = try SurvivalTimes(
        start: data == "heart" ? Self.numbers(table, "start") : nil,
        stop: Self.numbers(table, data == "heart" ? "stop" : "time"),
        isEvent: Self.numbers(table, "event").map { $0 == 1 })
      outcome = .cox(times, ties: parts.last == "efron" ? .efron : .breslow, strata: nil)
    } else {
      let isCorrelated = parts[1] != "independent"
      columns =
        try isCorrelated
        ? names.filter { !["site", "train", "y", "age"].contains($0) }.map {
          try Self.numbers(Self.table("wdbc_sites"), $0)
        }
        : genes.names.filter { $0 != "g1" }.map { try Self.numbers(genes, $0) }
      outcome =
        parts[0] == "gaussian"
        ? .gaussian(try Self.numbers(genes, "g1"))
        : .binomial(try Self.numbers(Self.table("wdbc_sites"), "y").map { $0 == 1 })
    }
    // Coefficients of these cases are those of columns in units of their standard deviations.
    let n = Double(columns[0].count)
    columns = columns.map { column in
      let mean = column.reduce(0, +) / n
      let spread = (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
      return column.map { ($0 - mean) / spread }
    }
    try Self.expect(net.path(Matrix(columns: columns, rows: Int(n)), outcome), reference, intercept: false)
  }
}
