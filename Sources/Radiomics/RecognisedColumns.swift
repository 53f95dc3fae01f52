import RadiomicsCore
import RadiomicsFeatures

/// What the catalogue says of the feature whose tag stands in a column's name; nil where there is none.
package func recognisedColumn(_ name: String) -> Measurand? {
  let parts = name.split(separator: ".").map(String.init)
  guard let (family, feature) = parts.lazy.compactMap({ catalogue[$0] }).first else { return nil }
  return Measurand(
    column: name, dialect: "", filter: "", family: family, feature: feature, aggregation: nil, discretisation: nil,
    unit: "",
    fingerprint: "")
}

private let catalogue: [String: (family: String, feature: Feature)] = {
  var features: [String: (family: String, feature: Feature)] = [:]
  for family in Catalogue.standard.families {
    for feature in family.features { features[feature.tag] = (family.name, feature) }
  }
  return features
}()
