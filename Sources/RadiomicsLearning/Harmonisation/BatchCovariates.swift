import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Columns whose effects are kept when batches are harmonised.
enum BatchCovariates {
  /// A formula of names of columns, or of terms as R has them.
  static func formula(_ covariates: [String], _ table: Table) throws(ModelError) -> Formula? {
    guard !covariates.isEmpty else { return nil }
    let formula = try Formula(nil, .sum(covariates.map(table.rightSide)))
    for name in formula.columns where table[name] == nil { _ = try table.numbers(name) }
    guard formula.offsets.isEmpty, formula.strata.isEmpty, formula.clusters.isEmpty, !formula.columns.isEmpty else {
      throw ModelError.at(
        "covariates",
        "'\(formula)' has offset(), strata(), cluster() or no column at all, must be columns whose effects are kept."
      )
    }
    return formula
  }

  /// Checks that effects of covariates can be told from those of batches.
  /// - Throws: `ModelError` that names the covariates that cannot be told from the batches or from each other.
  static func check(_ design: BatchDesign, _ columns: Design?, batch: String) throws(ModelError) {
    let confounded = design.confounded
    guard !confounded.isEmpty else { return }
    let within = confounded.filter { column in
      (0..<design.batchCount).allSatisfy { level in
        Set(design.codes.indices.filter { design.codes[$0] == level }.map { design.covariates[$0, column] }).count < 2
      }
    }
    /// Terms of the formula that make columns, each once.
    func terms(_ which: [Int]) -> [String] {
      var seen: Set<String> = []
      return which.compactMap { column in columns.map { $0.termNames[$0.termOf[column]] } }.filter {
        seen.insert($0).inserted
      }
    }
    func list(_ which: [Int]) -> String { terms(which).map { "'\($0)'" }.joined(separator: ", ") }
    if !within.isEmpty {
      throw ModelError.at(
        "covariates",
        "\(list(within)) \(terms(within).count == 1 ? "is" : "are") confounded with '\(batch)': within each batch there is one value, so "
          + "that its effect cannot be told from the batch's; it must vary within batches. Leave it out, or bring batches together that "
          + "share it.")
    }
    let isOne = terms(confounded).count == 1
    throw ModelError.at(
      "covariates",
      "\(list(confounded)) within batches of '\(batch)' \(isOne ? "is a combination" : "are combinations") of those before, must be "
        + "independent. Leave \(isOne ? "it" : "them") out.")
  }

  /// Warnings about covariates that are made from the image, as what a scanner does to it is in them.
  static func findings(_ names: [String], _ table: Table) -> [Finding] {
    names.filter { name in table.column(name)?.measurand != nil || isOfImage(name) }.map { name in
      Finding(
        .warning, name,
        "is made from the image, so that a scanner's effect on it is kept in every feature that goes with it. Protect what is known without "
          + "the image, such as age, sex or stage.")
    }
  }

  private static func isOfImage(_ name: String) -> Bool {
    let parts = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    return parts.contains {
      ["volume", "vol", "icv", "tiv", "etiv", "diameter", "suvmax", "suvmean", "tlg", "mtv"].contains($0)
    }
  }
}
