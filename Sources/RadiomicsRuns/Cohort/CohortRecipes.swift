import RadiomicsCore
import RadiomicsFormats

extension Cohort {
  /// What row `number` says of the recipe it is measured by; nil if nothing.
  func recipeName(of number: Int) -> String? {
    places.recipe.map { rows[number][$0] }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The recipes that rows name in a column `recipe`, each once, in the order of rows; nil where a row names none. Empty
  /// without such a column.
  package var recipeNames: [String?] {
    guard places.recipe != nil else { return [] }
    var seen: Set<String?> = []
    return rows.indices.map(recipeName).filter { seen.insert($0).inserted }
  }

  /// The path from the working folder of a file that a row names.
  package func located(_ path: String) -> String { Path.located(path, besides: self.path) }

  /// Where the first row stands that names this recipe, or none: `cohort.csv:12`.
  package func place(ofRecipe name: String?) -> String {
    rows.indices.first { recipeName(of: $0) == name }.map(place) ?? path
  }

  /// The rows that name this recipe, or none, as a cohort of their own.
  /// - Throws: `StudyError` if there are none.
  package func rows(ofRecipe name: String?) throws -> Cohort {
    let numbers = rows.indices.filter { recipeName(of: $0) == name }
    guard !numbers.isEmpty else {
      let known = recipeNames.compactMap { $0 }.joined(separator: ", ")
      throw StudyError.at(path, "no row names the recipe '\(name ?? "")'. Those named: \(known).")
    }
    let table = CSV(header: header, rows: numbers.map { rows[$0] })
    return try Cohort(
      bytes: table.bytes(for: path), path: path, lines: numbers.map { lines[$0] })
  }

  /// Refuses a cohort that names several recipes where one measures all rows.
  func checkForOneRecipe() throws {
    let names = recipeNames
    guard names.count > 1 else { return }
    let known = names.map { $0 ?? "none" }.joined(separator: ", ")
    throw StudyError.at(
      path,
      "its column 'recipe' names several (\(known)), here one measures all rows. Split the cohort, or rename the "
        + "column.")
  }
}
