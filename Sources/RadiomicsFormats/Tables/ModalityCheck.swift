import RadiomicsCore

/// What keeps rows of a table from being put together, as CT and MR are different physics; each may be overridden by its code.
package enum PoolingRefusal: String, Sendable, Hashable, CaseIterable {
  /// Columns pool raw intensities of CT and MR.
  case mixedModalities = "mixed-modalities"
  /// Features of MR are discretised by bins of a fixed width, without normalisation, though MR's intensities have no unit.
  case fixedWidth = "mr-fixed-width"
  /// The table is harmonised already.
  case harmonised

  /// Those that the rows themselves give reason to.
  package static let ofRows: [PoolingRefusal] = [.mixedModalities, .fixedWidth]
}

extension Table {
  /// The usual name of the column that tells CT from MR.
  private static let modality = "modality"

  /// Why columns must not be put together, by the modality of rows, the names of columns and the recipe in the provenance beside the table.
  /// - `features`: Columns that are put together.
  /// - `recipe`: The recipe that they were measured by, if it is known.
  package func poolingRefusals(_ features: [String], recipe: Setting.Value?) -> [(
    refusal: PoolingRefusal, sentence: String
  )] {
    guard let column = names.first(where: { $0.lowercased() == Self.modality }), let labels = labels(column) else {
      return []
    }
    let found = Set(labels.compactMap { $0?.uppercased() })
    let hasMR = !found.isDisjoint(with: ["MR", "MRI"]), hasCT = found.contains("CT")
    let isNormalised = recipe?["preparation"]?["normalise"].map { $0 != .null } ?? false
    guard hasMR, !isNormalised else { return [] }
    var refusals: [(PoolingRefusal, String)] = []
    if hasCT {
      refusals.append(
        (
          .mixedModalities,
          "'\(column)': has CT and MR, whose intensities are different physics, must be one of them or normalised. Take each by itself."
        ))
    }
    let fixed = features.filter { name in
      name.split(separator: ".").contains { $0.hasPrefix("fbs") }
        || self.column(name)?.measurand?.discretisation?.hasPrefix("fbs") ?? false
    }
    if let first = fixed.first {
      refusals.append(
        (
          .fixedWidth,
          "'\(first)'\(fixed.count > 1 ? " and \(fixed.count - 1) others" : ""): are of MR and discretised by bins of a fixed width without "
            + "normalisation, must be normalised or have a fixed number of bins: MR's intensities have no unit."
        ))
    }
    return refusals
  }
}

extension TableProvenance {
  /// Why a table is not harmonised again; nil of one as it was measured.
  package var harmonisedAlready: (refusal: PoolingRefusal, sentence: String)? {
    harmonisation.map { file in
      (.harmonised, "is harmonised already, by \(file), must be as it was measured. Use the table before.")
    }
  }
}
