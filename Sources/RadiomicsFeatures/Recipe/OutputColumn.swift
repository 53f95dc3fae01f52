import RadiomicsCore

/// How a recipe's columns are called.
public enum ColumnNames: String, ChoiceSetting {
  /// `[layer.]feature_tag[.aggregation][.discretisation]`.
  case ibsi
  /// `image_class_Feature`; what PyRadiomics has no name for is left out.
  case pyradiomics
}

/// A column of a recipe's table: one of the measured values, under its name.
package struct OutputColumn: Sendable {
  /// What it is.
  package let measurand: Measurand
  /// Which of the measured values, counted over families, images and layers, and then over recipes beside this one.
  package let source: Int
}

extension Recipe {
  /// The columns wanted, in order.
  func outputColumns(at place: Place?) throws(SettingError) -> [OutputColumn] {
    let all = allColumns()
    var places: [String: Int] = [:]
    for (index, column) in all.enumerated() where places.updateValue(index, forKey: column.measurand.column) != nil {
      throw SettingError(
        place: place,
        message:
          "two columns are called '\(column.measurand.column)'. Put one of the families into a layer with a 'name'.")
    }
    guard let wanted else { return all }
    var columns: [OutputColumn] = []
    for name in wanted {
      guard let index = places.removeValue(forKey: name) else {
        let isTwice = columns.contains { $0.measurand.column == name }
        throw SettingError(
          place: place,
          message: isTwice
            ? "'columns' names '\(name)' twice, must name each once."
            : "'columns' names '\(name)', which the layers do not measure.\(didYouMean(name, among: Array(places.keys)))"
        )
      }
      columns.append(all[index])
    }
    guard !columns.isEmpty else {
      throw SettingError(place: place, message: "'columns' is empty, must name what is wanted. Leave it out for all.")
    }
    return columns
  }

  /// The table's cells, of all that was measured.
  func outputCells(_ measured: [Cell]) -> [Cell] { output.map { measured[$0.source] } }

  private func allColumns() -> [OutputColumn] {
    var first = 0
    let own = images().flatMap { image -> [OutputColumn] in
      defer { first += image.measurands.count }
      return image.measurands.enumerated().flatMap { index, measurand in
        named(measurand, in: image.name).map { OutputColumn(measurand: $0, source: first + index) }
      }
    }
    let others = also.flatMap(\.columns).enumerated()
    return own + others.map { OutputColumn(measurand: $1, source: first + $0) }
  }

  /// Under each of its names.
  private func named(_ measurand: Measurand, in image: String) -> [Measurand] {
    guard names == .pyradiomics else { return [measurand] }
    return PyRadiomicsFeature.all.filter { $0.tag == measurand.feature.tag }.map { feature in
      Measurand(
        column: "\(image)_\(feature.featureClass)_\(feature.name)", dialect: "pyradiomics", filter: measurand.filter,
        family: measurand.family, feature: measurand.feature, aggregation: measurand.aggregation,
        discretisation: measurand.discretisation, unit: measurand.unit, fingerprint: measurand.fingerprint)
    }
  }
}
