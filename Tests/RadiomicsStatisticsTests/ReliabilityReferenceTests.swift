import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// ICC, CCC, limits of agreement and repeatability as R (psych, irr, epiR) and closed forms have them.
@Suite(.golden(.reliability)) struct ReliabilityReferenceTests {
  static let cases = StatisticalReference.cases("b_reliability") + StatisticalReference.cases("o_reliability")

  static func cases(_ prefix: String) -> [StatisticalReference] { cases.filter { $0.id.hasPrefix(prefix) } }

  /// Columns of numbers.
  private func columns(_ data: String) throws -> [[Double]] {
    try StatisticalReference.table(data).map { $0.texts.map { Double($0)! } }
  }

  private func rows(_ data: String) throws -> [[Double]] {
    let columns = try columns(data)
    return columns[0].indices.map { row in columns.map { $0[row] } }
  }

  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)")) func allCasesAreThere() {
    #expect(Self.cases.count == 69)
  }

  @Test(arguments: cases("anova")) func meanSquares(_ reference: StatisticalReference) throws {
    let variance = TwoWayVariance(try rows(reference.data))
    let n = variance.subjects, k = variance.readings
    reference.expect([
      Statistic("MSB", variance.between), Statistic("MSJ", variance.readingsSquare), Statistic("MSE", variance.error),
      Statistic("dfB", n - 1), Statistic("dfJ", k - 1), Statistic("dfE", (n - 1) * (k - 1)),
    ])
  }

  private func expect(
    _ estimate: CorrelationEstimate, _ values: Setting.Value, _ reference: StatisticalReference, _ name: String
  ) {
    let found = [
      ("icc", estimate.value), ("F", estimate.ratio), ("df1", estimate.df1), ("df2", estimate.df2), ("p", estimate.p),
      ("lower", estimate.lower), ("upper", estimate.upper),
    ]
    for (key, value) in found { reference.expectValue(value, values[key]!, "\(name) \(key)") }
  }

  @Test(arguments: cases("icc_psych")) func shroutFleiss(_ reference: StatisticalReference) throws {
    let icc = IntraclassCorrelation(try rows(reference.data)), alpha = reference.params["alpha"]!.asNumber!
    for entry in reference.values {
      let model: IntraclassCorrelation.Model =
        entry.key.hasPrefix("ICC1") ? .oneway : entry.key.hasPrefix("ICC2") ? .agreement : .consistency
      let estimate = icc.shroutFleiss(model, average: entry.key.hasSuffix("k"), alpha: alpha)
      expect(estimate, entry.value, reference, entry.key)
    }
    #expect(reference.values.count == 6)
  }

  @Test(arguments: cases("icc_irr")) func mcGrawWong(_ reference: StatisticalReference) throws {
    let icc = IntraclassCorrelation(try rows(reference.data)), id = reference.id
    let model: IntraclassCorrelation.Model =
      id.contains("oneway") ? .oneway : id.contains("agreement") ? .agreement : .consistency
    let null = id.hasSuffix("r0_0.3") ? 0.3 : 0
    let estimate = icc.mcGrawWong(model, average: id.contains("average"), null: null)
    expect(estimate, .map(reference.values), reference, "")
  }

  @Test(arguments: cases("ccc")) func concordance(_ reference: StatisticalReference) throws {
    let columns = try columns(reference.data), pair = reference.params["columns"]!.asList!.map { $0.asInteger! - 1 }
    let ccc = Concordance(columns[pair[0]], columns[pair[1]])
    let kind = Concordance.Limits.allCases.first { reference.id.contains($0.rawValue) }
    let limits = kind.flatMap { ccc.limits($0) }
    reference.expect([
      Statistic("ccc", ccc.value), Statistic("lower", limits?.lower ?? 0), Statistic("upper", limits?.upper ?? 0),
      Statistic("scale_shift", ccc.scaleShift), Statistic("location_shift", ccc.locationShift),
      Statistic("bias_correction_Cb", ccc.biasCorrection), Statistic("ccc_n_minus_1", ccc.unbiasedValue),
      Statistic("ccc_lin1989_n", ccc.value),
    ])
  }

  @Test func limitsOfAgreement() throws {
    let reference = try #require(Self.cases("bland_altman").first),
      table = try StatisticalReference.table(reference.data)
    func column(_ key: String) -> [Double] {
      table.first { $0.name == reference.params[key]!.asText }!.texts.map { Double($0)! }
    }
    reference.expect(BlandAltman(column("a"), column("b")).statistics())
  }

  @Test(arguments: cases("qiba")) func repeatability(_ reference: StatisticalReference) throws {
    let rows = try rows(reference.data)
    // Of the peak flow data the first meter, twice.
    let readings = reference.data.hasPrefix("pefr") ? rows.map { Array($0[0..<2]) } : rows
    let repeatability = try #require(Repeatability(readings))
    reference.expect(repeatability.statistics(scale: .ratio))
  }
}
