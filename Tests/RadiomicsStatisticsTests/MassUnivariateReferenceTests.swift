import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Every feature against every gene, as limma and R have it: `h_radiogenomics.json`.
@Suite(.golden(.genes)) struct MassUnivariateReferenceTests {
  private static func cases(_ id: String) -> [StatisticalReference] {
    GoldenSuite.genes.cases.filter { $0.id.hasPrefix(id) }
  }

  /// Features, genes, and age and sites B, C and D as confounders.
  private struct Data {
    let features: [String], x: MassUnivariate.Side, y: MassUnivariate.Side, confounders: Matrix

    init() throws {
      let table = try StatisticalReference.table("wdbc_sites"), genes = try StatisticalReference.table("gene_responses")
      let rows = table[0].texts.count
      func numbers(_ texts: [String]) -> [Double] { texts.map { Double($0)! } }
      let columns = table.dropFirst(4), sites = Set(table[0].texts).sorted().dropFirst()
      features = columns.map(\.name)
      x = .init(rows: rows, count: columns.count, elements: columns.flatMap { numbers($0.texts) })
      y = .init(rows: rows, count: genes.count, elements: genes.flatMap { numbers($0.texts) })
      confounders = Matrix(
        columns: [numbers(table[3].texts)] + sites.map { site in table[0].texts.map { $0 == site ? 1 : 0 } }, rows: rows
      )
    }
  }

  /// Pairs of a feature by gene.
  private static func pairs(_ scan: PairScan, of feature: Int) -> [PairScan.Pair] {
    scan.candidates.indices.map(scan.pair).filter { $0.feature == feature }.sorted { $0.gene < $1.gene }
  }

  @Test(arguments: cases("mass_univariate")) func moderatedAsLimma(_ reference: StatisticalReference) throws {
    let data = try Data(), name = String(reference.id.dropFirst("mass_univariate_".count))
    let feature = try #require(data.features.firstIndex(of: name))
    var settings = MassUnivariate()
    let plain = Self.pairs(settings.scan(features: data.x, genes: data.y, confounders: data.confounders), of: feature)
    settings.test = .moderated
    let scan = settings.scan(features: data.x, genes: data.y, confounders: data.confounders)
    let moderated = Self.pairs(scan, of: feature)
    let prior = try #require(scan.priors?.priors[feature])
    reference.expectValue(prior.df, try #require(reference["df_prior"]), "df_prior")
    reference.expectValue(prior.variance, try #require(reference["s2_prior"]), "s2_prior")
    reference.expectValue(Double(scan.groups[0].df), try #require(reference["df_residual"]), "df_residual")
    func compare(_ key: String, _ values: [Double]) throws {
      let expected = try #require(reference[key]?.asList)
      #expect(expected.count == values.count)
      for (value, expected) in zip(values, expected) { reference.expectValue(value, expected, key) }
    }
    try compare("coef", plain.map(\.effect))
    try compare("ols_t", plain.map(\.t))
    try compare("ols_p", plain.map(\.p))
    try compare("moderated_t", moderated.map(\.t))
    try compare("moderated_p", moderated.map(\.p))
    for (key, method) in [
      ("bh", Multiplicity.benjaminiHochberg), ("by", .benjaminiYekutieli), ("holm", .holm), ("bonferroni", .bonferroni),
    ] { try compare(key, method.adjusted(moderated.map(\.p))) }
  }

  @Test(arguments: cases("all_pairs")) func partialCorrelations(_ reference: StatisticalReference) throws {
    let data = try Data()
    let scan = MassUnivariate().scan(features: data.x, genes: data.y, confounders: data.confounders)
    let first = Self.pairs(scan, of: 0), all = scan.candidates.indices.map(scan.pair)
    for (pair, expected) in zip(first, try #require(reference["r_first_feature"]?.asList)) {
      reference.expectValue(pair.r, expected, "r")
    }
    for (pair, expected) in zip(first, try #require(reference["p_first_feature"]?.asList)) {
      reference.expectValue(pair.p, expected, "p")
    }
    reference.expectValue(Double(scan.hits), try #require(reference["n_bh_05"]), "n_bh_05")
    let bonferroni = Multiplicity.bonferroni.adjusted(all.map(\.p)).count { $0 <= 0.05 }
    reference.expectValue(Double(bonferroni), try #require(reference["n_bonferroni_05"]), "n_bonferroni_05")
    reference.expectValue(all.reduce(0) { $0 + abs($1.t) }, try #require(reference["sum_abs_t"]), "sum_abs_t")
    let largest = try #require(all.max { abs($0.r) < abs($1.r) })
    reference.expectValue(abs(largest.r), try #require(reference["max_abs_r"]), "max_abs_r")
    #expect(reference["argmax"]?.asList?.map(\.asInteger) == [largest.feature, largest.gene])
  }

  @Test(arguments: cases("spearman")) func ranks(_ reference: StatisticalReference) throws {
    let data = try Data()
    var settings = MassUnivariate()
    settings.test = .spearman
    let scan = settings.scan(features: data.x, genes: data.y, confounders: Matrix(rows: data.x.rows, columns: 0))
    for (pair, expected) in zip(Self.pairs(scan, of: 0), try #require(reference["first_feature"]?.asList)) {
      reference.expectValue(pair.r, expected, "rho")
    }
    let sum = scan.candidates.reduce(0) { $0 + abs($1.r) }
    reference.expectValue(sum, try #require(reference["sum_abs"]), "sum_abs")
  }
}
