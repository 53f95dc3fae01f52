import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

/// Reads a study's image and masks: from sources that recognise a path, else from files of voxels.
public struct StudyReader: Sendable {
  let options: Study.Options
  let sources: [any ImageSource]

  /// A reader.
  /// - `sources`: What else than files of voxels is read.
  public init(options: Study.Options = Study.Options(), sources: [any ImageSource] = []) {
    self.options = options
    self.sources = sources
  }

  func source(for path: String) -> (any ImageSource)? { sources.first { $0.recognises(path) } }

  func reading(_ volume: VolumeChoice) -> ReadingOptions {
    var reading = ReadingOptions(volume: volume, niftiForm: options.niftiForm)
    reading.series = options.series
    reading.maskThreshold = options.maskThreshold
    return reading
  }

  /// The image at a path.
  /// - `mask`: Where its mask is; it may say which of several images is meant.
  /// - Throws: `FormatError` if it cannot be read.
  public func image(_ path: String, mask: String? = nil) throws -> StoredImage {
    let reading = reading(options.volume.map { .index($0) } ?? .only)
    if let source = source(for: path) { return try source.image(path, mask: mask, reading) }
    return try ImageFormats.read(path: path, options: reading)
  }

  /// The labels of a mask on the image's grid, and as they are stored.
  func mask(
    _ path: String, for image: StoredImage, named imagePath: String
  ) throws -> (labels: LabelMap, stored: LabelMap, findings: [Finding], files: [String]) {
    let grid = image.volumes[0].geometry
    let (labels, found, files) = try labels(path, of: image, named: imagePath)
    let (matched, findings) = try labels.matched(
      to: grid, named: imagePath, tolerance: options.gridTolerance, resample: options.resamplesMask
    ) {
      let noted = (image.findings + found).map { "\($0.plainPlace): \($0.message)" }
      let more = noted.isEmpty ? "" : " Noted on reading: \(noted.joined(separator: " "))"
      guard let (fact, advice) = otherForm(imagePath, path, labels.geometry) else { return (more, .resampleMask) }
      return (more + " " + fact, advice)
    }
    if matched.labels.isEmpty, !labels.labels.isEmpty {
      throw StudyError.at(
        path, "no voxel of the mask lies within \(imagePath). Check that both belong to the same scan.")
    }
    return (matched, labels, found + findings + matched.leftOut(options.region), files)
  }

  func fits(_ mask: Geometry, _ image: Geometry) -> Bool {
    if case .different = GridMatch(mask, to: image, tolerance: options.gridTolerance) { false } else { true }
  }

  /// What to do if the mask lies on the grid of the image by another of NIfTI's forms; nil if it does not.
  private func otherForm(_ imagePath: String, _ maskPath: String, _ mask: Geometry) -> (fact: String, advice: Advice)? {
    guard source(for: imagePath) == nil, source(for: maskPath) == nil else { return nil }
    func geometry(_ path: String, _ form: NIfTIForm) -> Geometry? {
      try? ImageFormats.read(path: path, options: ReadingOptions(volume: .index(0), niftiForm: form)).volumes[0]
        .geometry
    }
    for form in NIfTIForm.allCases {
      guard let image = geometry(imagePath, form) else { continue }
      if let other = geometry(maskPath, form), fits(other, image) {
        return ("By their \(form.rawValue)s both lie on one grid.", .readByForm(form.rawValue))
      }
      if fits(mask, image) {
        return ("The mask lies on the grid of the image's \(form.rawValue).", .convertByForm(form.rawValue))
      }
    }
    return nil
  }

  /// A mask on its own grid, or if it has none on `grid`. Findings of the labels themselves come with `matched`.
  package func labels(
    _ path: String, on grid: (path: String, geometry: Geometry)?
  ) throws -> (labels: LabelMap, findings: [Finding], files: [String]) {
    let reading = reading(.all), source = source(for: path)
    if let stored = try source?.mask(path, on: grid, reading) {
      return (LabelMap(path: path, stored), [], stored.files)
    }
    let stored = try source?.image(path, mask: nil, reading) ?? ImageFormats.read(path: path, options: reading)
    let labels = try LabelMap(path: path, stored, threshold: options.maskThreshold, volume: options.maskVolume)
    return (labels, stored.findings, stored.files)
  }

  /// The chosen regions of a source's mask as one label map, for files of voxels; nil if `path` is no such mask.
  /// - `image`: The image whose grid it gets; nil for the mask's own.
  /// - Throws: `FormatError` or `StudyError` if it cannot be read.
  public func labelMap(
    _ path: String, image: String?
  ) throws -> (scan: Scan, segments: [Segment], findings: [Finding])? {
    guard let source = source(for: path) else { return nil }
    let grid = try image.map {
      (path: $0, geometry: try choosingPart(of: $0, by: path).image($0, mask: path).volumes[0].geometry)
    }
    guard let stored = try source.mask(path, on: grid, reading(.all)) else { return nil }
    let map = LabelMap(path: path, stored)
    let chosen = try map.labels(options.region)
    var voxels = [UInt16](repeating: 0, count: map.geometry.count)
    var findings = stored.findings + map.leftOut(options.region)
    for label in chosen {
      guard (1...65535).contains(label.value) else {
        throw StudyError.at(path, "region '\(label.name ?? "")' has number \(label.value), must be from 1 to 65535.")
      }
      let covered = label.voxels.values(of: voxels).count { $0 != 0 }
      if covered > 0 {
        findings.append(
          Finding(
            .warning, path,
            "region '\(label.name ?? "\(label.value)")' overlaps others by \(covered) voxels, which get its label.",
            advice: .chooseRegion))
      }
      label.voxels.fill(&voxels, with: UInt16(label.value))
    }
    let samples: Scan.Samples =
      chosen.allSatisfy { $0.value < 256 } ? .uint8(voxels.map { UInt8(truncatingIfNeeded: $0) }) : .uint16(voxels)
    return (
      Scan(geometry: map.geometry, samples: samples),
      chosen.map { Segment(name: $0.name ?? "\($0.value)", label: $0.value, volume: 0) }, findings
    )
  }

  /// What was read at a path: each file, or all files of a source together, as their names may name a patient.
  func inputs(_ role: String, _ path: String, _ files: [String]) -> [StudyInput] {
    source(for: path) != nil
      ? [StudyInput(role: role, path: path, files: files)] : files.map { StudyInput(role: role, path: $0, files: [$0]) }
  }
}

/// One thing that was read: a file, or the files of a series.
package struct StudyInput: Sendable {
  package let role: String, path: String
  let files: [String]

  package init(role: String, path: String, files: [String]) {
    (self.role, self.path, self.files) = (role, path, files)
  }

  /// SHA-256 of the file; of several the SHA-256 over theirs, sorted and joined by line feeds, so that names do not matter.
  package func digest() throws -> (sha256: String, byteCount: Int) {
    var digests: [String] = [], byteCount = 0
    for file in files {
      let (digest, count) = try sha256(blocks: { (take) throws(FormatError) in
        try WholeFile.forEachBlock(of: file, take)
      })
      digests.append(digest)
      byteCount += count
    }
    return (digests.count == 1 ? digests[0] : sha256(digests.sorted().joined(separator: "\n")), byteCount)
  }

  /// For the provenance.
  package var json: Setting.Value {
    get throws {
      let (digest, byteCount) = try digest()
      return .map(
        [.init("role", .text(role)), .init("file", .text(path))]
          + (files.count == 1 ? [] : [.init("files", .integer(files.count))])
          + [.init("bytes", .integer(byteCount)), .init("sha256", .text(digest))])
    }
  }
}
