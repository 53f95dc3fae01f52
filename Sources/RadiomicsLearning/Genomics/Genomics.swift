import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Features of images against expression of genes.
package struct Genomics: Sendable {
  /// Gene expression of the rows of a table.
  package struct Expression: Sendable {
    package let genes: [String]
    /// Rows by genes; NaN where a cell is empty.
    package let side: MassUnivariate.Side

    package init(genes: [String], side: MassUnivariate.Side) { (self.genes, self.side) = (genes, side) }
  }

  /// A hit with and without the site.
  package struct SiteCheck: Sendable, Hashable {
    package let feature: Int, gene: Int
    /// P and q beside the site and without it; nil where it is among the pairs that are not kept.
    package let p: Double?, q: Double?, pWithout: Double?, qWithout: Double?
    /// r and P of all sites, each by itself; nil where none has enough rows.
    package let rWithin: Double?, pWithin: Double?
    /// Whether it is a hit without the site that no site shows by itself.
    package let isOfSite: Bool
  }

  package let options: Options
  package let features: [String], genes: [String]
  /// Subjects that were used, and those left out as a confounder is missing.
  package let count: Int, incomplete: Int
  /// Names of the columns of confounders, with those that are combinations of others.
  package let confounders: [String], aliased: [String]
  /// Features that correlate, and which stands for them.
  package let clusters: CorrelationClusters
  package let scan: PairScan
  /// Hits with or without the site, the first 2,000; empty without a site.
  package let sites: [SiteCheck]
  /// Number of hits without the site's term; nil without a site.
  package let hitsWithoutSite: Int?
  /// Nil without permutations.
  package let maxima: PermutedMaxima.Found?
  package let siteCount: Int

  /// - `rows`: Of the features and confounders.
  /// - `features`: Columns of numbers.
  /// - `expression`: Of the same rows.
  /// - Throws: `ModelError` for confounders that are not there or too many, and expression that a scale does not take.
  package init(
    _ rows: Table, features: [String], expression: Expression, _ options: Options, lanes: Lanes = Lanes(jobs: 1)
  ) throws(ModelError) {
    (self.options, self.features, genes) = (options, features, expression.genes)
    let terms = options.confounders.filter { $0 != options.site && $0 != options.site.map { "factor(\($0))" } }
    let needed = try BatchCovariates.formula(terms, rows)?.columns ?? []
    let all = needed + (options.site.map { [$0] } ?? [])
    for name in all where rows[name] == nil { _ = try rows.numbers(name) }
    let complete = (0..<rows.count).filter { row in all.allSatisfy { !rows[$0]!.isMissing(row) } }
    guard !complete.isEmpty else {
      throw ModelError.at("confounders", "each subject lacks one of \(all.joined(separator: ", ")), must have all.")
    }
    let used = rows.rows(complete)
    (count, incomplete) = (complete.count, rows.count - complete.count)
    let (others, otherNames) = try Self.design(terms, used),
      (site, siteNames, codes) = try Self.site(options.site, used)
    let design = Matrix(
      columns: (0..<site.columns).map(site.column) + (0..<others.columns).map(others.column), rows: count)
    confounders = siteNames + otherNames
    siteCount = codes.map { Set($0).count } ?? 1
    let x = try Self.side(used, features)
    let y = try options.scale.applied(to: expression.side.rows(complete))
    let projection = ConfounderProjection(design, rows: count)
    guard projection.df > 0 else {
      throw ModelError.at(
        "confounders",
        "take \(projection.rank + 2) of \(count) subjects (a constant, a feature and \(projection.rank) confounders), must leave some. Leave confounders "
          + "out.")
    }
    clusters = Self.clusters(x, projection, above: options.above)
    var settings = MassUnivariate()
    (settings.test, settings.level, settings.top) = (options.test, options.level, options.top)
    let scan = settings.scan(features: x, genes: y, confounders: design, clusters: clusters.groups, lanes: lanes)
    aliased = scan.aliased.map { (siteNames + otherNames)[$0] }
    self.scan = scan
    if let codes {
      let without = settings.scan(features: x, genes: y, confounders: others, clusters: clusters.groups, lanes: lanes)
      hitsWithoutSite = without.hits
      sites = Self.compare(
        scan, without, WithinSites(options.test, features: x, genes: y, confounders: others, sites: codes), lanes)
    } else {
      (hitsWithoutSite, sites) = (nil, [])
    }
    maxima = try Self.permuted(x, y, design, codes, scan, options, lanes)
  }

  private static func permuted(
    _ x: MassUnivariate.Side, _ y: MassUnivariate.Side, _ design: Matrix, _ sites: [Int]?, _ scan: PairScan,
    _ options: Options, _ lanes: Lanes
  ) throws(ModelError) -> PermutedMaxima.Found? {
    guard options.permutations > 0 else { return nil }
    guard scan.groups.count == 1 else {
      throw ModelError.at(
        "permutations",
        "need a number in every cell, and some are empty. Impute them before, leave columns out, or do without permutations."
      )
    }
    var maxima = PermutedMaxima()
    (maxima.draws, maxima.seed) = (options.permutations, options.seed)
    let isRanked = options.test == .spearman
    return maxima.run(
      features: isRanked ? x.ranked : x, genes: isRanked ? y.ranked : y, confounders: design, sites: sites,
      largest: scan.candidates.reduce(0) { max($0, abs($1.r)) }, lanes: lanes)
  }

  /// Columns of terms, without the constant.
  private static func design(_ terms: [String], _ rows: Table) throws(ModelError) -> (Matrix, [String]) {
    guard let formula = try BatchCovariates.formula(terms, rows) else {
      return (Matrix(rows: rows.count, columns: 0), [])
    }
    let design = try Design(formula, rows, hasIntercept: true), matrix = try design.matrix(rows)
    let kept = (0..<matrix.columns).filter { design.termOf[$0] >= 0 }
    return (matrix.columns(kept), kept.map { design.names[$0] })
  }

  /// A column for each site but the first.
  private static func site(_ name: String?, _ rows: Table) throws(ModelError) -> (Matrix, [String], [Int]?) {
    guard let name else { return (Matrix(rows: rows.count, columns: 0), [], nil) }
    let words = rows.labels(name) ?? [], levels = Column.Values.levels(words)
    let codes = words.map { word in levels.firstIndex(of: word ?? "") ?? 0 }
    let columns = levels.indices.dropFirst().map { level in codes.map { $0 == level ? 1.0 : 0.0 } }
    return (Matrix(columns: columns, rows: rows.count), levels.dropFirst().map { name + $0 }, codes)
  }

  private static func side(_ rows: Table, _ features: [String]) throws(ModelError) -> MassUnivariate.Side {
    var elements: [Double] = []
    for name in features { elements += try rows.numbers(name).map { $0 ?? .nan } }
    return .init(rows: rows.count, count: features.count, elements: elements)
  }

  /// Clusters by what the confounders leave of features; empty cells count as the mean.
  private static func clusters(
    _ x: MassUnivariate.Side, _ projection: ConfounderProjection, above: Double
  ) -> CorrelationClusters {
    let filled = (0..<x.count).flatMap { j in
      let column = x.column(j), there = column.filter { !$0.isNaN }
      let center = there.isEmpty ? 0 : mean(there)
      return column.map { $0.isNaN ? center : $0 }
    }
    let units = projection.units(of: filled, count: x.count)
    return CorrelationClusters(Matrix(columns: x.count, elements: units.elements), above: above, .pearson)
  }

  /// Hits of either scan, those with the least P first.
  private static func compare(_ with: PairScan, _ without: PairScan, _ within: WithinSites, _ lanes: Lanes)
    -> [SiteCheck]
  {
    struct Key: Hashable { let feature: Int32, gene: Int32 }
    func known(_ scan: PairScan) -> [Key: Int] {
      Dictionary(
        uniqueKeysWithValues: scan.candidates.enumerated().map { (Key(feature: $1.feature, gene: $1.gene), $0) })
    }
    let left = known(with), right = known(without), most = 2000
    func hits(_ scan: PairScan) -> [Key] {
      scan.rates.indices.prefix(most).filter { (scan.rates[$0] ?? 1) <= scan.level }.map {
        Key(feature: scan.candidates[$0].feature, gene: scan.candidates[$0].gene)
      }
    }
    var seen: Set<Key> = []
    let keys = (hits(with) + hits(without)).filter { seen.insert($0).inserted }
    return lanes.map(keys.count) { index in
      let key = keys[index], own = left[key], other = right[key], inside = within.pair(Int(key.feature), Int(key.gene))
      let q = other.flatMap { without.rates[$0] }
      return SiteCheck(
        feature: Int(key.feature), gene: Int(key.gene), p: own.map { with.candidates[$0].p },
        q: own.flatMap { with.rates[$0] },
        pWithout: other.map { without.candidates[$0].p }, qWithout: q, rWithin: inside?.r, pWithin: inside?.p,
        isOfSite: (q ?? 1) <= with.level && (inside?.p ?? 0) > 0.05)
    }
  }
}

extension MassUnivariate.Side {
  /// Some of the rows.
  fileprivate func rows(_ kept: [Int]) -> Self {
    guard kept.count < rows else { return self }
    return .init(
      rows: kept.count, count: count, elements: (0..<count).flatMap { j in kept.map { elements[j * rows + $0] } })
  }

  /// Ranks of each column.
  fileprivate var ranked: Self {
    .init(rows: rows, count: count, elements: (0..<count).flatMap { ColumnCorrelations.ranks(Array(column($0))) })
  }
}
