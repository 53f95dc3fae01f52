import RadiomicsCore

extension Recipe {
  /// The recipe with those of its columns that `wanted` names, in its order. Families and recipes beside it of which none is
  /// wanted are left out, so that they are not measured; what is wanted stays what it is.
  /// - Throws: `SettingError` if no column is wanted.
  package func selecting(_ wanted: Set<String>) throws(SettingError) -> Recipe {
    let sources = Set(output.filter { wanted.contains($0.measurand.column) }.map(\.source))
    var chosen = declaration, layerStart = 0
    chosen.layers = layers.compactMap { layer in
      let counts = layer.families.map { $0.aggregations.count * $0.measured.count }, count = counts.reduce(0, +)
      let starts = (layer.filter?.responses ?? [""]).indices.map { layerStart + $0 * count }
      layerStart += starts.count * count
      var layer = layer, familyStart = 0
      layer.families = zip(layer.families, counts).compactMap { family, count in
        defer { familyStart += count }
        let isWanted = starts.contains { start in
          !sources.isDisjoint(with: start + familyStart..<start + familyStart + count)
        }
        return isWanted ? family : nil
      }
      return layer.families.isEmpty ? nil : layer
    }
    chosen.also = []
    for other in also where !other.columns.allSatisfy({ !wanted.contains($0.column) }) {
      chosen.also.append(try other.selecting(wanted))
    }
    chosen.wanted = columns.map(\.column).filter(wanted.contains)
    return try Recipe(chosen, columnsAt: nil, layersAt: nil)
  }
}

extension Measurand {
  /// Whether a name means the column: its own, its feature's tag or IBSI code, or its family's.
  package func answers(to name: String) -> Bool {
    column == name || feature.tag == name || family == name || feature.ibsi?.lowercased() == name.lowercased()
  }
}
