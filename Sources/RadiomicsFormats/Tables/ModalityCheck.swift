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

  /// Why columns must not be put together, by the modality of rows, the names of columns, and what the provenance beside each table
  /// says of recipe and headers.
  /// - `features`: Columns that are put together.
  package func poolingRefusals(_ features: [String], _ provenances: [TableProvenance]) -> [(
    refusal: PoolingRefusal, sentence: String
  )] {
    let column = names.first { $0.lowercased() == Self.modality }, labels = column.flatMap { self.labels($0) }
    let found = labels.map { Set($0.compactMap { $0?.uppercased() }) } ?? provenances.modalities
    let hasMR = !found.isDisjoint(with: ["MR", "MRI"]), hasCT = found.contains("CT")
    guard hasMR, !provenances.areNormalised else { return [] }
    let place = labels == nil ? "the provenance" : "'\(column ?? "")'"
    var refusals: [(PoolingRefusal, String)] = []
    if hasCT {
      refusals.append(
        (
          .mixedModalities,
          "\(place): has CT and MR, whose intensities are different physics, must be one of them or normalised. Take each by itself."
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

extension [TableProvenance] {
  /// Modalities that the headers of the images named, in capitals.
  var modalities: Set<String> {
    let told = flatMap { provenance -> [Setting.Value] in
      let document = provenance.document
      let acquisitions = [document["acquisition"]] + (document["cases"]?.asList ?? []).map { $0["acquisition"] }
      return acquisitions.compactMap { $0?["modality"] }.flatMap { $0.asList ?? [$0] }
        + (document["modalities"]?.asList ?? [])
    }
    return Set(told.compactMap { $0.asText?.uppercased() })
  }

  /// The recipes that columns were measured by, each once.
  var recipes: [Setting.Value] {
    flatMap { [$0.document["recipe"]].compactMap { $0 } + ($0.document["recipes"]?.asList ?? []) }
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Whether there is a recipe, and each normalises.
  fileprivate var areNormalised: Bool {
    !recipes.isEmpty && recipes.allSatisfy { ($0["preparation"]?["normalise"] ?? .null) != .null }
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
