import ArgumentParser
import Radiomics
import RadiomicsRuns

/// The rows of a cohort that one recipe measures, and the table they come to.
struct CohortPart {
  let cohort: Cohort
  let procedure: Procedure
  /// What the column `recipe` calls it; nil where the whole cohort has one recipe.
  let name: String?
  let output: String?
}

extension RecipeOption {
  /// A cohort by its column `recipe`: the name of a preset, or a file as the cohort's folder sees it. Rows that name none are
  /// measured by what the command line names. One part, into `output` itself, where there is no such column or it names one
  /// recipe alone; else one for each recipe, into `features.NAME.csv`.
  /// - `only`: The part that is wanted, into the table that it has among all; all if nil.
  func parts(of cohort: Cohort, _ reading: ReadingArguments, output: String?, only: String? = nil) throws
    -> [CohortPart]
  {
    let names = cohort.recipeNames
    guard names != [] else {
      if let only {
        throw ValidationError("--only \(only): needs a cohort with a column 'recipe'; \(cohort.path) has none.")
      }
      return [CohortPart(cohort: cohort, procedure: try procedure(reading), name: nil, output: output)]
    }
    if !names.contains(nil), recipe != nil || params != nil {
      throw ValidationError(
        "\(cohort.path): each row names its recipe in the column 'recipe', so that --recipe or --params would measure none. Leave it out."
      )
    }
    let parts = try names.map { name in
      let procedure = try self.procedure(name, of: cohort, reading)
      let short = Path.stem(of: name ?? params ?? recipe ?? "default")
      let isWhole = names.count == 1
      let rows = isWhole ? cohort : try cohort.rows(ofRecipe: name)
      // Before the first part is measured.
      try rows.checkMasks(against: procedure.recipe)
      return CohortPart(
        cohort: rows, procedure: procedure, name: short,
        output: isWhole ? output : output.map { Self.table($0, of: short) })
    }
    for (index, part) in parts.enumerated() {
      guard let other = parts[..<index].firstIndex(where: { $0.name == part.name }) else { continue }
      let place = cohort.place(ofRecipe: names[index]), otherPlace = cohort.place(ofRecipe: names[other])
      let (own, earlier) = (names[index] ?? "", names[other] ?? "")
      if WholeFile.areSame(cohort.located(own), cohort.located(earlier)) {
        throw ValidationError(
          "\(place): the recipe is named '\(own)', the same file is '\(earlier)' at \(otherPlace). Name it alike in all rows."
        )
      }
      throw ValidationError(
        "\(place): the recipe '\(part.name ?? "")' is not the one of \(otherPlace), and both would write one table. "
          + "Rename one of the files.")
    }
    guard let only else { return parts }
    guard let part = parts.first(where: { $0.name == only }) else {
      throw ValidationError(
        "--only \(only): no row has this recipe; there are: \(parts.compactMap(\.name).joined(separator: ", ")).")
    }
    return [part]
  }

  private func procedure(_ name: String?, of cohort: Cohort, _ reading: ReadingArguments) throws -> Procedure {
    guard let name else {
      guard recipe != nil || params != nil else {
        throw ValidationError(
          "\(cohort.place(ofRecipe: nil)): 'recipe' is empty. Fill it in, or name one for such rows with --recipe.")
      }
      return try procedure(reading)
    }
    let isPreset = Preset.all.contains { $0.name == name }
    return Procedure(
      recipe: try selected(Self.read(isPreset ? name : cohort.located(name))), reading: reading.options, notes: [])
  }

  /// The tables of a cohort whose rows are measured by several recipes.
  /// - `only`: The recipe whose table is wanted; all if nil.
  func tables(of cohort: Cohort, _ output: String, only: String? = nil) -> [String] {
    cohort.recipeNames.map { Path.stem(of: $0 ?? params ?? recipe ?? "default") }
      .filter { only == nil || $0 == only }.map { Self.table(output, of: $0) }
  }

  /// `features.csv` → `features.lung-ct.csv`, which stays what it is.
  private static func table(_ output: String, of name: String) -> String {
    let folder = CohortRun.folder(for: output).dropLast(4)
    if folder.hasSuffix(".\(name)") { return output }
    return "\(folder).\(name)\(output.dropFirst(folder.count))"
  }
}
