import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

extension Recipe {
  /// The recipe with only the features that are meant: columns by name or pattern, or by a feature's tag, its IBSI code or its
  /// family. What none of them needs is not measured.
  /// - Throws: `StudyError` if a name means none, with the nearest that does.
  package func selecting(_ selection: FeatureSelection) throws -> Recipe {
    let all = columns.map(\.column), place = "recipe '\(name)'"
    guard let names = selection.listed else {
      return try selecting(Set(selection.names(among: all, of: place)))
    }
    var wanted: Set<String> = []
    for name in names {
      let found = columns.filter { $0.answers(to: name) }.map(\.column)
      guard !found.isEmpty else {
        let known = columns.flatMap { [$0.feature.tag, $0.family, $0.column] }
        throw StudyError(
          "\(place): measures no feature '\(name)', which \(selection.source) names.\(didYouMean(name, among: known))")
      }
      wanted.formUnion(found)
    }
    return try selecting(wanted)
  }
}
