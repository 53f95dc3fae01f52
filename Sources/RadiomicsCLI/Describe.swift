import ArgumentParser
import Radiomics

struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "The manual of features, families, filters, recipes and statistics.",
    discussion: """
      Without a name: what there is. A feature is found by its tag, its IBSI code,
      a column's name or PyRadiomics' name, a statistic also by the names that results
      have; other words are looked for in names, definitions and settings.

        radiomics describe glcm
        radiomics describe cm_joint_entr
        radiomics describe entropy
        radiomics describe TU9B
        radiomics describe recipe
        radiomics describe cox
        radiomics describe hr_ci95
        radiomics describe original_glcm_Contrast
      """)

  @Argument(help: "A feature's tag or IBSI code, a family, a filter, a part of recipes, or a statistic.") var name:
    String?
  @Option(name: .long, help: "What is printed.") var format = DescribeFormat.text

  enum DescribeFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() throws {
    if let name, format == .text, let page = Self.pyRadiomicsPage(name) { return try Terminal.show(page) }
    let exact = pages(), pages = try exact.isEmpty ? search() : exact
    if exact.isEmpty, format == .text { return try Terminal.show(Self.list(pages)) }
    let text =
      format == .json
      ? JSON.list(pages.map(\.json)).json + "\n"
      : name == nil ? Self.overview : pages.map(\.text).joined(separator: "\n")
    try Terminal.show(text)
  }

  /// What is called so; everything without a name.
  private func pages() -> [ManualPage] {
    let families = Catalogue.standard.families, filters = Catalogue.standard.filters
    guard let name else {
      return families.map { ManualPage(family: $0) } + filters.map { ManualPage(of: $0) } + ManualPage.statistics
    }
    if let filter = filters.first(where: { $0.name == name }) { return [ManualPage(of: filter)] }
    if let family = families.first(where: { $0.name == name }) { return [ManualPage(family: family)] }
    if let page = (ManualPage.recipe + ManualPage.statistics).first(where: { $0.name == name.lowercased() }) {
      return [page]
    }
    // A column's name holds the tag among its parts.
    let parts = name.lowercased().split(separator: ".").map(String.init)
    let found = families.compactMap { family -> ManualPage? in
      let features = family.features.filter { feature in
        parts.contains { $0 == feature.tag || $0 == feature.ibsi?.lowercased() }
      }
      return features.isEmpty ? nil : ManualPage(family: family, only: features)
    }
    return found.isEmpty ? [ManualPage.ofResult(named: name)].compactMap { $0 } : found
  }

  /// Features whose name, tag or definition holds the words.
  private func search() throws -> [ManualPage] {
    let families = Catalogue.standard.families, filters = Catalogue.standard.filters
    let name = name ?? "", words = name.lowercased()
    let found = families.compactMap { family -> ManualPage? in
      let features = family.features.filter { feature in
        [feature.tag, feature.name, feature.definition].contains { $0.lowercased().contains(words) }
      }
      return features.isEmpty || words.isEmpty ? nil : ManualPage(family: family, only: features)
    }
    let pages = ManualPage.statistics.filter { page in
      !words.isEmpty
        && ([page.name, page.summary, page.definition] + page.settings.map(\.summary)).contains {
          $0.lowercased().contains(words)
        }
    }
    guard found.isEmpty, pages.isEmpty else { return found + pages }
    let known =
      families.flatMap { [$0.name] + $0.features.map(\.tag) } + filters.map { $0.name }
      + (ManualPage.recipe + ManualPage.statistics).map(\.name)
    throw ValidationError(
      "there is no '\(name)'. 'radiomics describe' lists what there is.\(didYouMean(name, among: known))")
  }

  /// Features of several families, and other pages, a line each.
  private static func list(_ pages: [ManualPage]) -> String {
    let features = pages.flatMap { page in page.features.map { [$0.tag, $0.ibsi ?? "", page.name, $0.name] } }
    let others = pages.filter(\.features.isEmpty).map { [$0.name, $0.summary] }
    return [features, others].filter { !$0.isEmpty }.map { Terminal.columns($0) }.joined(separator: "\n")
      + "\nMore: radiomics describe NAME.\n"
  }

  /// A feature in both dialects, by PyRadiomics' name: `original_glcm_Contrast`, `glcm_Contrast`; nil if it is none.
  private static func pyRadiomicsPage(_ name: String) -> String? {
    let named = PyRadiomicsFeature.all.first {
      name == "\($0.featureClass)_\($0.name)" || name.hasSuffix("_\($0.featureClass)_\($0.name)")
    }
    guard let named else { return removedPage(name) }
    let features = Catalogue.standard.families.flatMap { family in family.features.map { (family.name, $0) } }
    func line(_ tag: String) -> String {
      guard let (family, feature) = features.first(where: { $0.1.tag == tag }) else { return tag }
      let code = feature.ibsi.map { ", IBSI \($0)" } ?? ""
      return "\(feature.tag) (\(feature.name)\(code)), family \(family)\n    \(feature.definition)\n"
    }
    let image =
      name.count > named.name.count + named.featureClass.count + 1
      ? String(name.dropLast(named.name.count + named.featureClass.count + 2)) : "original"
    let ibsi = named.ibsiTag.map { "  by IBSI: " + line($0) } ?? "  by IBSI: there is none\n"
    return """
      \(named.featureClass)_\(named.name), of the image '\(image)'\(named.isDeprecated ? " (deprecated: only where it is named)" : "")

        by PyRadiomics: \(line(named.tag))\(ibsi)
        What differs:
      \(named.differences.map { Terminal.wrapped($0 + ".", indent: "    ") }.joined())
        More: radiomics describe \(named.tag)
      """ + "\n"
  }

  private static func removedPage(_ name: String) -> String? {
    PyRadiomicsFeature.removed.first { name.hasSuffix("\($0.featureClass)_\($0.name)") }.map {
      "\($0.featureClass)_\($0.name): PyRadiomics has no value for it any more. The same says \($0.sameAs).\n"
    }
  }

  private static var overview: String {
    let rows = Catalogue.standard.families.map { [$0.name, "\($0.features.count)", $0.summary] }
    let filters = Catalogue.standard.filters.map { [$0.name, $0.summary] }
    let recipe = ManualPage.recipe.map { [$0.name, $0.summary] }
    return Terminal.columns([["family", "features", ""]] + rows, right: [1]) + "\n"
      + Terminal.columns([["filter", ""]] + filters) + "\n"
      + Terminal.columns([["recipe", ""]] + recipe) + "\n"
      + Terminal.columns([["statistics", ""]] + ManualPage.statistics.map { [$0.name, $0.summary] })
      + "\nMore: radiomics describe NAME, for a family, a filter, a statistic, a feature's tag, or an IBSI code.\n"
  }
}
