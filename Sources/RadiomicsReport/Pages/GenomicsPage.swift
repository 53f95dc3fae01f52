import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

extension GenomicsFile {
  /// Which features and genes go together, for people and files.
  package func report(command: GivenCommand? = nil) -> Report {
    let page = GenomicsPage(genomics)
    var inputs = ResultProvenance.Input.files(of: table, used: genomics.count)
    inputs = inputs.filter { !$0.name.isEmpty } + [.init(expression.path, sha256: expression.sha256)]
    var report = Report(
      "\(genomics.features.count) features against \(genomics.genes.count) genes", page.sections,
      table: .rows("feature"),
      findings: page.findings,
      provenance: ResultProvenance(
        inputs, seed: genomics.maxima == nil ? nil : genomics.options.seed, command: command))
    report.question = [page.question]
    report.answers = page.answers
    report.ownTable = page.csv
    report.figure = { page.figure }
    report.caption =
      "Each pair as a point, the \(page.pairs.count) with the least P; discoveries in the colour of their cluster of features, others grey."
    return report
  }
}

/// Words and tables of an analysis of features and genes.
struct GenomicsPage: Sendable {
  let genomics: Genomics
  /// Pairs that are listed.
  let pairs: [PairScan.Pair]
  private let clusterOf: [Int]
  private let checks: [[Int]: Genomics.SiteCheck]

  init(_ genomics: Genomics) {
    self.genomics = genomics
    pairs = (0..<genomics.scan.listed(genomics.options.top)).map(genomics.scan.pair)
    var clusterOf = [Int](repeating: 0, count: genomics.features.count)
    for (index, members) in genomics.clusters.groups.enumerated() {
      for feature in members { clusterOf[feature] = index }
    }
    self.clusterOf = clusterOf
    checks = Dictionary(genomics.sites.map { ([$0.feature, $0.gene], $0) }) { first, _ in first }
  }

  private var level: Double { genomics.options.level }
  private var scan: PairScan { genomics.scan }
  private func name(ofCluster index: Int) -> String { genomics.features[genomics.clusters.representatives[index]] }
  private func discoveries(_ joint: [PairScan.Joint]) -> [PairScan.Joint] { joint.filter { ($0.q ?? 1) <= level } }
  private func number(_ value: Double?, _ digits: Int = 3) -> String {
    value.map { shortText($0, digits: digits) } ?? "-"
  }

  private var testText: String {
    switch genomics.options.test {
    case .plain: "t of least squares"
    case .moderated: "t with moderated variances, a prior for each feature from its genes"
    case .spearman:
      genomics.confounders.isEmpty
        ? "Spearman's rank correlation" : "correlation of ranks, out of which confounders are taken"
    }
  }

  var question: String {
    "Which of \(genomics.features.count) features go with which of \(genomics.genes.count) genes in \(genomics.count) subjects"
      + (genomics.confounders.isEmpty
        ? ", without any confounder?" : ", beside \(genomics.confounders.joined(separator: ", "))?")
  }

  var answers: [String] {
    let genes = discoveries(scan.jointGenes).count, clusters = discoveries(scan.jointClusters).count
    var answers = [
      "At a false discovery rate of \(percentText(level)): \(scan.hits) of \(scan.total) pairs, \(genes) of \(scan.jointGenes.count) genes, "
        + "\(clusters) of \(scan.jointClusters.count) clusters of features."
    ]
    if let without = genomics.hitsWithoutSite, let site = genomics.options.site {
      let ofSite = genomics.sites.count(where: \.isOfSite)
      answers.append(
        "Without '\(site)' \(without) pairs would be hits; \(ofSite) of the \(genomics.sites.count) that were looked at are the site's: no site shows them by itself."
      )
    }
    return answers
  }

  var findings: [Finding] {
    var findings: [Finding] = []
    if !genomics.aliased.isEmpty {
      findings.append(
        Finding(
          .warning, "confounders",
          "\(genomics.aliased.joined(separator: ", ")) cannot be told from those before, and take no degree of freedom. Their effects are taken out with those."
        ))
    }
    if genomics.incomplete > 0 {
      findings.append(
        Finding(.warning, "confounders", "\(genomics.incomplete) subjects lack one and are left out."))
    }
    for (tests, names, what) in [
      (scan.testsOfGene, genomics.genes, "genes"), (scan.testsOfFeature, genomics.features, "features"),
    ] {
      let constant = tests.indices.filter { tests[$0] == 0 }
      guard !constant.isEmpty else { continue }
      findings.append(
        Finding(
          .warning, what,
          "\(constant.count) of \(names.count) do not vary beside the confounders, or have too few numbers, and are not tested: "
            + constant.prefix(5).map { names[$0] }.joined(separator: ", ") + (constant.count > 5 ? ", …" : "") + "."))
    }
    let n = scan.groups.map(\.n)
    if let least = n.min(), let most = n.max(), least < most {
      findings.append(
        Finding(.note, "cells", "some are empty: pairs have \(least) to \(most) subjects, as n says of each."))
    }
    if genomics.options.site == nil {
      findings.append(
        Finding(
          .warning, "site", "no site is known: what differs between hospitals looks like biology. Name its column."))
    }
    return findings
  }

  var sections: [Section] {
    var head = Section(
      "",
      "\(genomics.count) subjects, \(genomics.features.count) features in \(genomics.clusters.groups.count) clusters, \(genomics.genes.count) genes"
    )
    head.places = .text
    head.sentences = ["Test: \(testText)."] + answers
    var rates = Section("rates", title: "Discoveries")
    rates.places = [.json, .page]
    rates.quantities = [
      StatisticGroup(
        "",
        [
          Statistic("n", genomics.count), Statistic("pairs_tested", scan.total), Statistic("pairs_found", scan.hits),
          Statistic("genes_tested", scan.jointGenes.count),
          Statistic("genes_found", discoveries(scan.jointGenes).count),
          Statistic("clusters_tested", scan.jointClusters.count),
          Statistic("clusters_found", discoveries(scan.jointClusters).count), Statistic("fdr_level", level),
        ] + (genomics.hitsWithoutSite.map { [Statistic("pairs_found_without_site", $0)] } ?? []))
    ]
    rates.facts = [
      .init("test", .text(genomics.options.test.rawValue)), .init("scale", .text(genomics.options.scale.rawValue)),
      .init("confounders", .list(genomics.confounders.map { .text($0) })),
      .init("aliased", .list(genomics.aliased.map { .text($0) })),
    ]
    return [head, rates, pairTable, geneTable, clusterTable] + (genomics.sites.isEmpty ? [] : [siteTable])
      + [
        dictionary, jointJSON("genes", scan.jointGenes) { genomics.genes[$0] },
        jointJSON("clusters", scan.jointClusters) { name(ofCluster: $0) }, Section("hits", listing: pairs.map(section)),
      ]
  }

  private var pairTable: Section {
    var section = Section("", "pairs with the least P")
    section.places = [.text, .page]
    let columns = ["feature", "gene", "effect", "se", "r", "t", "P", "q", "n"]
    section.table = TextTable(
      [columns + (genomics.maxima == nil ? [] : ["P of max"])]
        + pairs.prefix(20).map { pair in
          [
            genomics.features[pair.feature], genomics.genes[pair.gene], number(pair.effect), number(pair.error),
            number(pair.r), number(pair.t), number(pair.p, 2), number(pair.q, 2), "\(pair.n)",
          ] + (genomics.maxima.map { [number($0.p(pair.r), 2)] } ?? [])
        }, right: Set(2...9))
    if let maxima = genomics.maxima {
      section.sentences = [
        "P of max: \(maxima.maxima.count) permutations of genes' residuals within sites, the largest |r| of all pairs; drawing stops once ten reach every pair."
      ]
    }
    return section
  }

  private func best(_ joint: PairScan.Joint) -> (feature: String, gene: String) {
    guard let best = joint.best else { return ("-", "-") }
    let pair = scan.candidates[best]
    return (genomics.features[Int(pair.feature)], genomics.genes[Int(pair.gene)])
  }

  private var geneTable: Section {
    var section = Section("", "genes by Simes' P of their features")
    section.places = [.text, .page]
    section.table = TextTable(
      [["gene", "P", "q", "pairs found", "best feature"]]
        + scan.jointGenes.prefix(10).map {
          [genomics.genes[$0.index], number($0.p, 2), number($0.q, 2), "\($0.hits)", best($0).feature]
        }, right: [1, 2, 3])
    return section
  }

  private var clusterTable: Section {
    var section = Section("", "clusters of features by Simes' P of their pairs")
    section.places = [.text, .page]
    section.table = TextTable(
      [["stands for it", "features", "P", "q", "pairs found", "best gene"]]
        + scan.jointClusters.prefix(10).map {
          [
            name(ofCluster: $0.index), "\(genomics.clusters.groups[$0.index].count)", number($0.p, 2), number($0.q, 2),
            "\($0.hits)", best($0).gene,
          ]
        }, right: [1, 2, 3, 4])
    return section
  }

  /// Genes or clusters with a q up to the level, or the first by rank.
  private func jointJSON(_ id: String, _ joint: [PairScan.Joint], _ name: (Int) -> String) -> Section {
    let shown = joint.prefix(max(discoveries(joint).count, min(joint.count, 100)))
    var list = Section(
      id,
      listing: shown.map { one in
        var section = Section()
        section.facts = [.init("name", .text(name(one.index)))]
        section.quantities = [
          StatisticGroup(
            "",
            [
              Statistic("p_simes", one.p), Statistic("q", one.q.map { .value($0) } ?? .undefined("above the level")),
              Statistic("pairs_tested", one.tests), Statistic("pairs_found", one.hits),
            ])
        ]
        return section
      })
    list.places = .json
    return list
  }

  private var siteTable: Section {
    var section = Section("", "is it the site?")
    section.places = [.text, .page]
    section.sentences = [
      "q beside the site and without it, and P of all sites, each by itself. What is a hit without it and has P above 0.05 within sites is the site's."
    ]
    let marked = genomics.sites.filter(\.isOfSite).prefix(5), rest = genomics.sites.filter { !$0.isOfSite }.prefix(10)
    section.table = TextTable(
      [["feature", "gene", "q", "q without site", "r within", "P within", ""]]
        + (rest + marked).map {
          [
            genomics.features[$0.feature], genomics.genes[$0.gene], number($0.q, 2), number($0.qWithout, 2),
            number($0.rWithin, 2), number($0.pWithin, 2), $0.isOfSite ? "the site's" : "",
          ]
        }, right: [2, 3, 4, 5])
    return section
  }

  /// For each gene the features that speak for it, one of a cluster, and back.
  private var dictionary: Section {
    var section = Section("", "dictionary")
    section.places = .page
    let hits = pairs.filter { ($0.q ?? 1) <= level }
    func words(_ key: (PairScan.Pair) -> Int, _ names: [String], _ text: (PairScan.Pair) -> String) -> [[String]] {
      var order: [Int] = [], found: [Int: [String]] = [:]
      for pair in hits {
        if found[key(pair)] == nil { order.append(key(pair)) }
        let word = text(pair)
        if !found[key(pair), default: []].contains(word) { found[key(pair), default: []].append(word) }
      }
      return order.prefix(50).map { [names[$0], found[$0]!.prefix(6).joined(separator: ", ")] }
    }
    func sign(_ pair: PairScan.Pair) -> String { pair.r > 0 ? "+" : "−" }
    let genes = words(\.gene, genomics.genes) { "\(sign($0)) \(name(ofCluster: clusterOf[$0.feature]))" }
    let images = words({ clusterOf[$0.feature] }, genomics.clusters.representatives.map { genomics.features[$0] }) {
      "\(sign($0)) \(genomics.genes[$0.gene])"
    }
    section.table = TextTable([["gene or feature", "goes with"]] + genes + images)
    section.sentences = ["Features stand for their clusters; + for more of one with more of the other."]
    return section
  }

  private func section(_ pair: PairScan.Pair) -> Section {
    var section = Section()
    section.places = .json
    section.facts = [
      .init("feature", .text(genomics.features[pair.feature])), .init("gene", .text(genomics.genes[pair.gene])),
      .init("direction", .text(pair.r > 0 ? "positive" : "negative")),
      .init("cluster", .text(name(ofCluster: clusterOf[pair.feature]))),
    ]
    var statistics = [
      Statistic("effect", pair.effect), Statistic("se", pair.error), Statistic("r", pair.r), Statistic("t", pair.t),
      Statistic("df", pair.df), Statistic("p", pair.p),
      Statistic("q", pair.q.map { .value($0) } ?? .undefined("above the level, where not all pairs are kept")),
      Statistic("n", pair.n),
    ]
    if let maxima = genomics.maxima { statistics.append(Statistic("p_max", maxima.p(pair.r))) }
    section.quantities = [StatisticGroup("", statistics)]
    return section
  }

  /// The pairs, those with the least P first.
  var csv: CSV {
    let hasSite = !genomics.sites.isEmpty
    let header =
      ["feature", "gene", "effect", "se", "t", "p", "q", "direction", "n", "df", "r", "cluster"]
      + (genomics.maxima == nil ? [] : ["p_max"]) + (hasSite ? ["q_without_site", "p_within_site", "is_of_site"] : [])
    func text(_ value: Double?) -> String { value.map { Cell.value($0).csv } ?? "" }
    return CSV(
      header: header,
      rows: pairs.map { pair in
        let check = checks[[pair.feature, pair.gene]]
        return [
          genomics.features[pair.feature], genomics.genes[pair.gene], text(pair.effect), text(pair.error), text(pair.t),
          text(pair.p), text(pair.q), pair.r > 0 ? "positive" : "negative", "\(pair.n)", text(pair.df), text(pair.r),
          name(ofCluster: clusterOf[pair.feature]),
        ] + (genomics.maxima.map { [text($0.p(pair.r))] } ?? [])
          + (hasSite ? [text(check?.qWithout), text(check?.pWithin), check.map { $0.isOfSite ? "1" : "0" } ?? ""] : [])
      })
  }

  var figure: String {
    let points = pairs.map { pair in
      Volcano.Point(
        r: pair.r, p: pair.p, cluster: (pair.q ?? 1) <= level ? clusterOf[pair.feature] : nil,
        label: "\(genomics.genes[pair.gene]) · \(genomics.features[pair.feature])")
    }
    return FigurePanels.svg(
      "Features and genes", [Volcano(points, note: "Coloured: false discovery rate up to \(percentText(level))")],
      columns: 1)
  }
}
