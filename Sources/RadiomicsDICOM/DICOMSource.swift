import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging
import Synchronization

/// DICOM as a source of images and masks: series in folders, structure sets and segmentations.
public final class DICOMSource: ImageSource {
  /// The folders sorted last, so that image and mask of one path are found in one pass.
  private let known = Mutex<[DICOMFolder]>([])
  private let lanes: Lanes
  private let privacy: Privacy

  /// A source that reads on `lanes`.
  public init(lanes: Lanes = Lanes(jobs: 1), privacy: Privacy = Privacy()) {
    self.lanes = lanes
    self.privacy = privacy
  }

  public func recognises(_ path: String) -> Bool { DICOMFolder.recognises(path) }

  /// The files at a path, sorted into series.
  /// - Throws: `FormatError` if nothing there is DICOM.
  public func folder(_ path: String) throws(FormatError) -> DICOMFolder {
    if let folder = known.withLock({ $0.first { $0.path == path } }) { return folder }
    let folder = try DICOMFolder(path, lanes: lanes)
    known.withLock { $0 = [folder] + $0.prefix(1) }
    return folder
  }

  public func parts(_ path: String, mask: String, _ options: ReadingOptions) throws(FormatError) -> [PicturePart] {
    do throws(FormatError) {
      let series = try imageSeries(folder(path), mask: mask, options.series)
      guard series.headers.contains(where: { $0.dataSet.has(.sequenceOfUltrasoundRegions) }) else { return [] }
      let stacks = try series.stacks().stacks
      // Of several frames or files, a mask does not say which it was drawn on.
      guard stacks.allSatisfy({ $0.frames.map(\.sopInstanceUID) == stacks[0].frames.map(\.sopInstanceUID) }),
        stacks.allSatisfy({ $0.frames.map(\.index) == stacks[0].frames.map(\.index) })
      else { return [] }
      return try stacks.map { (stack) throws(FormatError) in
        let grid = try stack.geometry().geometry
        return PicturePart(geometry: grid, boxes: stack.measurable(on: grid), title: stack.title)
      }
    } catch { throw placed(error, [path, mask]) }
  }

  public func image(_ path: String, mask: String?, _ options: ReadingOptions) throws(FormatError) -> StoredImage {
    do { return try readImage(path, mask: mask, options) } catch {
      throw placed(error, [path] + (mask.map { [$0] } ?? []))
    }
  }

  private func readImage(
    _ path: String, mask: String?, _ options: ReadingOptions
  ) throws(FormatError) -> StoredImage {
    let folder = try folder(path)
    let series = try imageSeries(folder, mask: mask, options.series)
    try folder.checkSlices(of: series, options.series)
    let (stacks, notes) = try series.stacks(usesUnitGrid: options.series.usesUnitGrid)
    var findings = folder.findings + notes + series.findings + folder.neighbours(of: series), volumes: [Scan] = [],
      facts: [AcquisitionFact] = []
    let chosen = try options.volume.chosen(among: stacks, path)
    for stack in chosen {
      let volume = try stack.volume(series, options.series, lanes)
      volumes.append(volume.scan)
      findings += volume.findings
      facts = volume.facts
    }
    if let days = folder.daysSinceFirst(series) {
      facts.append(AcquisitionFact("days_since_first_scan", [.number(days)]))
    }
    return StoredImage(
      volumes: volumes, volumeCount: stacks.count, findings: folder.placed(findings),
      files: chosen.flatMap { $0.files(of: series) },
      acquisition: series.acquisition + facts + series.identifiers(privacy),
      unit: chosen.first.flatMap { $0.unit(series, options.series) }, padding: chosen.first?.padding(series),
      measurable: chosen.first?.measurable(on: volumes[0].geometry) ?? [])
  }

  public func mask(
    _ path: String, on image: (path: String, geometry: Geometry)?, _ options: ReadingOptions
  ) throws(FormatError) -> StoredMask? {
    do { return try readMask(path, on: image, options)?.placed(folder(path)) } catch {
      throw placed(error, [path] + (image.map { [$0.path] } ?? []))
    }
  }

  /// An error with what may be passed on of the file's name: the folder that was named.
  /// - `paths`: What was named, first that to which an unknown file belongs.
  private func placed(_ error: FormatError, _ paths: [String]) -> FormatError {
    let named = paths.first { error.path == $0 || error.path.hasPrefix($0 + "/") }
    return error.within(named ?? known.withLock { $0.first { $0.holds(error.path) }?.path } ?? paths[0])
  }

  private func readMask(
    _ path: String, on image: (path: String, geometry: Geometry)?, _ options: ReadingOptions
  ) throws(FormatError) -> StoredMask? {
    let folder = try folder(path)
    if folder.series.allSatisfy({ $0.kind == .image }) { return nil }
    if image == nil, folder.series.contains(where: { $0.kind == .image }), options.series.maskSeries == nil {
      return nil
    }
    let drawnOn = try image.flatMap { (image) throws(FormatError) in
      recognises(image.path) ? try imageSeries(self.folder(image.path), mask: path, options.series) : nil
    }
    let series = try maskSeries(folder, options.series, of: drawnOn)
    let frame = drawnOn?.frameOfReferenceUID
    let findings = drawnOn.map { series.mismatch(with: $0) } ?? []
    if series.kind == .segmentation {
      if let frame, let own = series.frameOfReferenceUID, own != frame {
        throw FormatError(
          series.files[0],
          "the segmentation is in another frame of reference than the image. Choose the image it was drawn on.")
      }
      return try Segmentation(series.headers[0]).mask(on: image?.geometry, threshold: options.maskThreshold)
        .adding(findings)
    }
    guard let image else {
      throw FormatError(
        path, "a structure set has contours but no voxels.", advice: .nameImage)
    }
    return try StructureSet(series.headers[0]).mask(
      on: image.geometry, frameOfReference: frame, edge: options.series.contourEdge
    ).adding(findings)
  }

  /// The series of an image, as what new objects refer to.
  /// - `geometry`: The grid on which it was read.
  /// - Throws: `FormatError` if the image is not DICOM.
  public func reference(
    _ path: String, mask: String?, _ geometry: Geometry, _ options: ReadingOptions
  ) throws(FormatError) -> DICOMReference {
    guard recognises(path) else {
      throw FormatError(path, "it is no DICOM, so new DICOM objects would have no patient and study to belong to.")
    }
    let series = try imageSeries(folder(path), mask: mask, options.series)
    let frames = try options.volume.chosen(among: series.stacks().stacks, path)[0].frames
    return DICOMReference(series: series, frames: frames, geometry: geometry, privacy: privacy)
  }

  /// The image series that is meant: the one asked for, the one the mask refers to, or the only one.
  func imageSeries(_ folder: DICOMFolder, mask: String?, _ options: SeriesOptions) throws(FormatError) -> DICOMSeries {
    let images = folder.series.filter { $0.kind == .image }
    guard !images.isEmpty else {
      if let other = folder.series.first(where: { $0.headers[0].dataSet.has(.rows) && $0.kind == .other }) {
        throw FormatError(
          other.files[0],
          "it describes an image (Rows, Columns) but holds no pixels, so there is no series of images. It was cut short or "
            + "exported without them. Copy it again.")
      }
      throw refusal(folder.path) { "there is no series of images; there is \(inventory(folder.series, $0))." }
    }
    if let choice = options.series {
      return try only(images.filter { $0.answers(to: choice) }, of: images, folder.path, "series '\(choice)'")
    }
    if images.count > 1, let mask, recognises(mask) {
      let referenced = try maskSeries(self.folder(mask), options).referencedSeries
      let found = images.filter { referenced.contains($0.uid) }
      if found.count == 1 { return found[0] }
    }
    return try only(images, of: images, folder.path, nil)
  }

  /// The structure set or segmentation that is meant: the one asked for, the only one of `image`, or the only one.
  private func maskSeries(
    _ folder: DICOMFolder, _ options: SeriesOptions, of image: DICOMSeries? = nil
  ) throws(FormatError) -> DICOMSeries {
    let masks = folder.series.filter { $0.kind == .structureSet || $0.kind == .segmentation }.flatMap(\.single)
    guard !masks.isEmpty else {
      throw refusal(folder.path) {
        "there is no structure set (RTSTRUCT) and no segmentation (SEG); there is \(inventory(folder.series, $0))."
      }
    }
    if let choice = options.maskSeries {
      return try only(
        masks.filter { $0.answers(to: choice) }, of: masks, folder.path, "mask series '\(choice)'", ofMasks: true)
    }
    let fitting = image.map { image in masks.filter { $0.referencedSeries.contains(image.uid) } } ?? []
    return fitting.count == 1
      ? fitting[0] : try only(masks, of: masks, folder.path, nil, ofMasks: true)
  }

  private func only(
    _ found: [DICOMSeries], of all: [DICOMSeries], _ path: String, _ wanted: String?, ofMasks: Bool = false
  ) throws(FormatError) -> DICOMSeries {
    if found.count == 1 { return found[0] }
    if let wanted {
      let what = found.isEmpty ? "no series answers to it" : "\(found.count) series answer to it"
      throw refusal(path) { "\(wanted): \(what); there is \(inventory(found.isEmpty ? all : found, $0))." }
    }
    let answers = found.prefix(12).map { $0.answer(among: found) }
    throw FormatError(
      path, "there are \(found.count) series.", plain: "there are \(found.count) series: \(inventory(found, true)).",
      advice: .chooseSeries(answers, more: found.count - answers.count, ofMasks: ofMasks))
  }

  /// An error whose sentence has a plain form to be passed on.
  private func refusal(_ path: String, _ sentence: (_ isPlain: Bool) -> String) -> FormatError {
    FormatError(path, sentence(false), plain: sentence(true))
  }

  private func inventory(_ series: [DICOMSeries], _ isPlain: Bool) -> String {
    series.prefix(12).map { $0.shortTitle(isPlain: isPlain) }.joined(separator: "; ")
      + (series.count > 12 ? " and \(series.count - 12) more" : "")
  }
}

extension DICOMFolder {
  fileprivate func file(of place: String) -> String? {
    series.lazy.flatMap(\.headers).map(\.path).first { place == $0 || place.hasPrefix($0 + ",") }
  }

  fileprivate func holds(_ file: String) -> Bool { self.file(of: file) == file }

  /// Findings with what may be passed on of the names of files: the path that was named.
  fileprivate func placed(_ findings: [Finding]) -> [Finding] {
    findings.map { finding in
      guard finding.place != path else { return finding }
      let rest = file(of: finding.place).map { finding.place.dropFirst($0.count) } ?? ""
      return finding.placed(at: finding.place, plainPlace: path + rest)
    }
  }
  /// What to say of one slice that was named in place of the folder with its series. As files of a series are named alike,
  /// those next to it are looked at.
  fileprivate func neighbours(of series: DICOMSeries) -> [Finding] {
    let folder = Path.folder(of: path)
    guard series.files == [path], series.headers[0].frameCount == 1,
      series.headers[0].dataSet.has(.imagePositionPatient),
      let names = try? Folder.names(in: folder.isEmpty ? "." : folder),
      let place = names.firstIndex(of: Path.name(of: path))
    else { return [] }
    let nearby = names[max(0, place - 3)...min(place + 3, names.count - 1)].map { folder + $0 }
    let isPart = nearby.contains { file in
      file != path && !Folder.exists(file) && DICOMFolder.recognises(file)
        && (try? Header(path: file))?.seriesUID == series.uid
    }
    guard isPart, !series.uid.isEmpty else { return [] }
    return [
      Finding(
        .warning, path,
        "it is one slice of a series, of which more files lie beside it. Name the folder for the whole image.")
    ]
  }

  /// Whole days between the patient's first images here and a series, if there are others.
  fileprivate func daysSinceFirst(_ series: DICOMSeries) -> Double? {
    let times = self.series.filter { $0.kind == .image && $0.patientID == series.patientID }.compactMap(\.time)
    guard let first = times.min(), let time = series.time else { return nil }
    return ((time - first) / 86400).rounded(.down)
  }
}

extension StoredMask {
  fileprivate func placed(_ folder: DICOMFolder) -> StoredMask {
    StoredMask(
      geometry: geometry, labels: labels, refused: refused, findings: folder.placed(findings), files: files)
  }

  fileprivate func adding(_ more: [Finding]) -> StoredMask {
    StoredMask(geometry: geometry, labels: labels, refused: refused, findings: findings + more, files: files)
  }
}

extension DICOMSeries {
  /// What to say where a mask bears another patient's ID than the image, or was drawn on another series; neither IDs nor
  /// UIDs are told.
  fileprivate func mismatch(with image: DICOMSeries) -> [Finding] {
    var findings: [Finding] = []
    if let mine = patientID, let other = image.patientID, mine != other {
      let words = "the mask bears another Patient ID than the image. Check that they belong together."
      findings.append(Finding(.warning, files[0], words))
    }
    let drawnOn = referencedSeries
    if !drawnOn.isEmpty, !drawnOn.contains(image.uid) {
      let isPlaced = frameOfReferenceUID != nil && frameOfReferenceUID == image.frameOfReferenceUID
      let place = isPlaced ? " of the same frame of reference" : ""
      findings.append(
        Finding(.note, files[0], "it was drawn on another series\(place) than the image that is measured."))
    }
    return findings
  }

  /// Each object of a series of masks, as they are masks of their own.
  var single: [DICOMSeries] { headers.map { DICOMSeries(headers: [$0]) } }

  /// Series that a mask was drawn on.
  var referencedSeries: [String] {
    switch kind {
    case .structureSet: (try? StructureSet(headers[0]).referencedSeries) ?? []
    case .segmentation: headers[0].dataSet.items(.referencedSeriesSequence).compactMap { $0.text(.seriesInstanceUID) }
    default: []
    }
  }

  /// What is odd about its files, each thing once.
  fileprivate var findings: [Finding] {
    var findings = headers.flatMap(\.findings)
    if let first = headers.first(where: { $0.dataSet.integer(.samplesPerPixel) == 3 }) {
      findings.append(Finding(.note, first.path, "it is stored in colour; what is grey is read as intensity."))
    }
    let lossy = headers.filter { $0.transferSyntax.isLossy || $0.dataSet.text(.lossyImageCompression) == "01" }
    if let first = lossy.first {
      findings.append(
        Finding(
          .warning, first.path,
          "\(lossy.count) of \(headers.count) files were compressed with loss; features of texture may "
            + "have changed."))
    }
    return findings
  }
}

extension VolumeChoice {
  /// The volumes meant.
  fileprivate func chosen(among stacks: [Stack], _ path: String) throws(FormatError) -> [Stack] {
    if self == .only, stacks.count > 1 {
      let list =
        stacks.prefix(12).enumerated().map { "\($0): \($1.title)" }.joined(separator: "; ")
        + (stacks.count > 12 ? "; and so on" : "")
      throw FormatError(
        path, "the series holds \(stacks.count) volumes (\(list)).",
        plain: "the series holds \(stacks.count) volumes.", advice: .chooseVolume(last: stacks.count - 1))
    }
    return try indices(of: stacks.count, path: path).map { stacks[$0] }
  }
}

extension Stack {
  /// Where its pixels have their size; empty for everywhere.
  fileprivate func measurable(on grid: Geometry) -> [Box] { frames[0].regions.map { $0.box(slices: grid.size.z) } }

  /// Intensities of Pixel Padding Value, up to Pixel Padding Range Limit; nil where slices differ in scale.
  fileprivate func padding(_ series: DICOMSeries) -> ClosedRange<Double>? {
    let data = series.headers[frames[0].header].dataSet
    guard let value = data.number(.pixelPaddingValue), Set(frames.map(\.rescale)).count == 1 else { return nil }
    let ends = [value, data.number(.pixelPaddingRangeLimit) ?? value].map {
      frames[0].rescale.slope * $0 + frames[0].rescale.intercept
    }
    return ends.min()!...ends.max()!
  }

  /// Symbol of the unit of its intensities as they are read; nil where no header tells.
  fileprivate func unit(_ series: DICOMSeries, _ options: SeriesOptions) -> String? {
    let data = series.headers[frames[0].header].dataSet
    if series.modality == "PT" {
      if options.quantity != .stored { return "SUV" }
      let symbols = ["BQML": "Bq/mL", "GML": "SUV", "CM2ML": "SUV", "CNTS": "counts"]
      return data.text(.units).map { symbols[$0] ?? $0 }
    }
    if let map = frames[0].realWorld, map.isUsed { return map.unit == "[hnsf'U]" ? "HU" : map.unit }
    guard series.modality == "CT" else { return nil }
    // "US": unspecified.
    return data.text(.rescaleType).map { $0 == "US" ? nil : $0 } ?? "HU"
  }

  /// Paths of the files that hold its frames, each once.
  fileprivate func files(of series: DICOMSeries) -> [String] {
    Set(frames.map(\.header)).sorted().map { series.headers[$0].path }
  }

  /// The volume, in the quantity asked for.
  fileprivate func volume(
    _ series: DICOMSeries, _ options: SeriesOptions, _ lanes: Lanes
  ) throws(FormatError) -> (scan: Scan, findings: [Finding], facts: [AcquisitionFact]) {
    let (stack, findings, facts) =
      try series.modality == "PT" ? scaled(series, options.quantity ?? .suvbw, options.uptake) : (self, [], [])
    if let repaired = try stack.repaired(series, options, lanes) {
      return (repaired.scan, findings + repaired.findings, facts)
    }
    let (geometry, notes) = try geometry()
    return (try stack.read(series, on: geometry, lanes: lanes), findings + notes + realWorldNote, facts)
  }

  /// What to say where a real-world value map takes the place of the slope, or contradicts it.
  private var realWorldNote: [Finding] {
    guard let map = frames.lazy.compactMap(\.realWorld).first else { return [] }
    let unit = map.unit.map { " (\($0))" } ?? ""
    if map.isUsed {
      return [Finding(.note, path, "there is no slope; the real-world value map\(unit) gives intensities.")]
    }
    guard frames.contains(where: { frame in frame.realWorld.map { $0.rescale != frame.rescale } ?? false }) else {
      return []
    }
    return [
      Finding(
        .warning, path,
        "slope and intercept are used; the real-world value map\(unit) gives others, "
          + "\(shortText(map.rescale.slope)) and \(shortText(map.rescale.intercept)).")
    ]
  }

  /// Slopes and intercepts that give uptake values.
  private func scaled(
    _ series: DICOMSeries, _ quantity: PETQuantity, _ uptake: Double?
  ) throws(FormatError) -> (Stack, [Finding], [AcquisitionFact]) {
    let name = AcquisitionFact("pet_quantity", [.text(quantity.rawValue)])
    guard quantity != .stored else { return (self, [], [name]) }
    let value = try UptakeValue(frames, of: series, quantity: quantity, uptake: uptake)
    var scaled = self
    for index in frames.indices {
      scaled.frames[index].rescale.slope *= value.factors[index]
      scaled.frames[index].rescale.intercept *= value.factors[index]
    }
    let note = "intensities are \(quantity.title)."
    return (scaled, [Finding(.note, path, note)] + value.findings, [name] + value.facts)
  }

  /// Slices brought onto an even grid, where they need that and it was asked for.
  private func repaired(
    _ series: DICOMSeries, _ options: SeriesOptions, _ lanes: Lanes
  ) throws(FormatError) -> (scan: Scan, findings: [Finding])? {
    let spread = spread, tilt = tilt(spread)
    let slope = options.resamplesTilt ? tilt?.slope : nil
    let hasGap = options.allowsGaps && gapProblem(spread) != nil && !spread.hasDuplicates
    guard slope != nil || hasGap, slope != nil || tilt == nil else { return nil }
    if !hasGap, let gap = gapProblem(spread) { throw gap }
    let grid = Geometry(
      unchecked: [columns, rows, frames.count], spacing: [1, 1, 1], origin: .zero, direction: .identity)
    let read = try read(series, on: grid, lanes: lanes)
    var repair = StackRepair(self, voxels: read.volume(in: grid.box).voxels)
    if let slope { try repair.straighten(slope) }
    if hasGap { try repair.fillGaps() }
    return (try repair.scan(), repair.findings)
  }
}

extension PETQuantity {
  /// In words, with the unit.
  public var title: String {
    switch self {
    case .suvbw: "SUV by body weight (g/mL)"
    case .suvbsa: "SUV by body surface area after Du Bois (cm2/mL)"
    case .suvibw: "SUV by ideal body weight (g/mL)"
    case .sul: "SUV by lean body mass after Janmahasatian (g/mL)"
    case .sulJames: "SUV by lean body mass after James (g/mL)"
    case .stored: "in the file's own units"
    }
  }
}
