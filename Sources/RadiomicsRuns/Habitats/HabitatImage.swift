import Radiomics
import RadiomicsCore
import RadiomicsFeatures

/// What describes a voxel: a file that a cohort names, or what a filter makes of it.
package struct HabitatImage: Sendable {
  /// As it was written: `image`, `adc`, `mean: {support: 5}`, `adc/mean: {support: 5}`.
  package let text: String
  /// The cohort's column with the file.
  let column: String
  let filter: (any ImageFilter)?
  /// One for each response.
  package let names: [String]

  /// The images of a list with commas; commas within brackets belong to a filter's settings.
  /// - Throws: `SettingError` for a filter that is unknown or has wrong settings, `StudyError` for a name that is neither column nor filter.
  package static func list(_ text: String, of cohort: Cohort) throws -> [HabitatImage] {
    var parts: [String] = [""], depth = 0
    for character in text {
      if "{[(".contains(character) { depth += 1 }
      if "}])".contains(character) { depth -= 1 }
      if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    return try images(parts, of: cohort)
  }

  /// - Throws: As `list` does.
  package static func images(_ texts: [String], of cohort: Cohort) throws -> [HabitatImage] {
    let images = try texts.map { try HabitatImage($0, of: cohort) }
    var seen: Set<String> = []
    for name in images.flatMap(\.names) where !seen.insert(name).inserted {
      throw StudyError.at("images", "'\(name)' is named twice, must be there once. Leave one out.")
    }
    return images
  }

  private init(_ written: String, of cohort: Cohort) throws {
    let text = written.trimmed, files = cohort.fileColumns
    guard !text.isEmpty else { throw StudyError.at("images", "there is an empty name, each must be an image.") }
    self.text = text
    if files.contains(text) {
      (column, filter, names) = (text, nil, [text])
      return
    }
    var column = "image", rest = text
    if let slash = text.firstIndex(of: "/"), files.contains(String(text[..<slash])) {
      column = String(text[..<slash])
      rest = String(text[text.index(after: slash)...])
    }
    let filter: any ImageFilter
    do { filter = try Catalogue.standard.filter(yaml: rest, place: "images") } catch {
      // A word alone may be meant as a column.
      guard rest.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { throw error }
      throw StudyError.at(
        cohort.path,
        "'\(rest)' is neither a column of it (\(files.joined(separator: ", "))) nor a filter. Name a column with files, or "
          + "write a filter as in a recipe, such as mean: {support: 5}.")
    }
    let prefix = column == "image" ? "" : column + "_"
    self.column = column
    self.filter = filter
    names = filter.responses.map { prefix + ([filter.label, $0].filter { !$0.isEmpty }.joined(separator: "_")) }
  }
}

extension Cohort {
  /// Columns that may name images.
  var fileColumns: [String] { places.names.filter { !["subject", "mask", "region", "clip", "recipe"].contains($0) } }

  /// What a row says in a column; nil if there is no such column or nothing in it.
  func text(_ column: String, of number: Int) -> String? {
    places.names.firstIndex(of: column).map { rows[number][$0] }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
