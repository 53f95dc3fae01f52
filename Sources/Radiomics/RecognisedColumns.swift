import RadiomicsCore
import RadiomicsFeatures
import RadiomicsReport

/// What the catalogue says of the feature whose tag stands in a column's name; nil where there is none.
package func recognisedColumn(_ name: String) -> ColumnDescription? {
  let parts = name.split(separator: ".").map(String.init)
  guard let (family, feature) = parts.lazy.compactMap({ catalogue[$0] }).first else { return nil }
  return ColumnDescription(unit: "", scale: feature.scale, family: family, filter: nil, fingerprint: nil)
}

private let catalogue: [String: (family: String, feature: Feature)] = {
  var features: [String: (family: String, feature: Feature)] = [:]
  for family in Catalogue.standard.families {
    for feature in family.features { features[feature.tag] = (family.name, feature) }
  }
  return features
}()
