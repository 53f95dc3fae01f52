import RadiomicsFormats

extension DICOMSource {
  /// Each series of images with each mask that was drawn on it; a mask that names no series of the folder goes to the only
  /// one there, or to the only one in its frame of reference.
  public func cases(in path: String) -> (cases: [SourceCase], findings: [Finding]) {
    guard recognises(path), let series = try? folder(path).series else { return ([], []) }
    let images = series.filter { $0.kind == .image }
    let masks = series.filter { $0.kind == .structureSet || $0.kind == .segmentation }.flatMap(\.single)
    guard !images.isEmpty, !masks.isEmpty else { return ([], []) }
    let isTwin = masks.map { masks.count > 1 && choice(of: $0, among: masks) == nil }
    let drawnOn = zip(masks, isTwin).map { $1 ? [] : self.images($0, among: images) }
    let cases = images.flatMap { image in
      zip(masks, drawnOn).filter { $0.1.contains(image.uid) }.map { mask, _ in
        SourceCase(
          series: choice(of: image, among: images), maskSeries: choice(of: mask, among: masks),
          modality: image.modality.isEmpty ? nil : image.modality)
      }
    }
    let unclear = masks.indices.filter { drawnOn[$0].isEmpty }.map { index in
      isTwin[index]
        ? "\(masks[index].title): nothing tells it from another mask here. Add the row by hand, with its file as the mask."
        : "\(masks[index].title): on which of \(images.count) series it was drawn is not clear. Add the row by hand."
    }
    let bare = images.filter { image in !isTwin.contains(true) && !drawnOn.contains { $0.contains(image.uid) } }.map {
      "\($0.title): no mask was drawn on it. Add a row by hand to measure it with another's."
    }
    return (cases, (unclear + bare).map { Finding(.warning, path, $0) })
  }

  /// UIDs of the images that a mask was drawn on.
  private func images(_ mask: DICOMSeries, among images: [DICOMSeries]) -> [String] {
    let referenced = mask.referencedSeries, named = images.map(\.uid).filter { referenced.contains($0) }
    if !named.isEmpty || images.count == 1 { return named.isEmpty ? images.map(\.uid) : named }
    let inFrame = images.filter { $0.frameOfReferenceUID != nil && $0.frameOfReferenceUID == mask.frameOfReferenceUID }
    return inFrame.count == 1 ? inFrame.map(\.uid) : []
  }

  /// What chooses a series among several: its modality, number or UID, the first that tells it apart; nil if none does.
  private func choice(of series: DICOMSeries, among all: [DICOMSeries]) -> String? {
    if all.count == 1 { return nil }
    return [series.modality, series.number.map(String.init) ?? "", series.uid].first { choice in
      !choice.isEmpty && all.count { $0.answers(to: choice) } == 1
    }
  }
}
