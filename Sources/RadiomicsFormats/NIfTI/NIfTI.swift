import RadiomicsCore
import RadiomicsImaging

/// NIfTI-1 and NIfTI-2 (https://nifti.nimh.nih.gov), in one file or in two (`.hdr` and `.img`), plain or gzipped.
/// ANALYZE 7.5 is refused, as it does not say how the patient lies.
public enum NIfTI: ImageFormat {
  /// The format's name.
  public static let name = "NIfTI"
  /// The endings of its files.
  public static let suffixes = [".nii.gz", ".nii", ".hdr.gz", ".hdr", ".img.gz", ".img"]

  /// Whether the bytes begin a NIfTI header, or gzipped data, which no other image format here is as a whole.
  public static func recognises(_ start: [UInt8]) -> Bool {
    if Gzip.recognises(start) { return true }
    let marks: [[UInt8]] = ["n+", "ni"].map { Array($0.utf8) }
    return marks.contains { start.dropFirst(344).starts(with: $0 + [UInt8(ascii: "1"), 0]) }
      || marks.contains { start.dropFirst(4).starts(with: $0 + [UInt8(ascii: "2"), 0]) }
  }

  /// The image in a `.nii` file, or in a pair of which either is named; gzipped or not.
  /// - Throws: `FormatError` if the file is damaged, sheared or of a type that is no intensity.
  public static func read(path: String, options: ReadingOptions) throws(FormatError) -> StoredImage {
    let headerPath = try partner(of: path, ending: ".hdr")
    let content = try Content(headerPath)
    let header = try NIfTIHeader(content.start, path: headerPath)
    let axes = try StorageAxes(
      sizes: header.sizes, spatial: Array(0..<min(3, header.sizes.count)), path: headerPath)
    let (geometry, findings) = try header.geometry(options.niftiForm, size: axes.size)
    let voxels = header.isSingleFile ? content : try Content(try partner(of: headerPath, ending: ".img"))
    let piece = try voxels.piece(start: header.voxelOffset, count: axes.count * header.type.size)
    let block = VoxelBlock(type: header.type, isSwapped: header.isSwapped, axes: axes, pieces: [piece])
    let volumes = try options.volume.indices(of: axes.volumeCount, path: path)
    let scans = try block.samples(of: volumes).map {
      Scan(geometry: geometry, samples: $0, slope: header.slope, intercept: header.intercept)
    }
    return StoredImage(
      volumes: scans, volumeCount: axes.volumeCount, findings: findings, files: [path, headerPath, voxels.path])
  }

  /// The `.hdr` that goes with an `.img` file, or the reverse, gzipped or not; `path` if it is neither.
  private static func partner(of path: String, ending: String) throws(FormatError) -> String {
    for own in [".hdr", ".img", ".hdr.gz", ".img.gz"] where path.lowercased().hasSuffix(own) {
      guard !own.hasPrefix(ending) else { return path }
      let stem = path.dropLast(own.count)
      let isUpperCase = path.suffix(own.count).uppercased() == path.suffix(own.count)
      let plain = isUpperCase ? ending.uppercased() : ending
      let candidates = own.hasSuffix(".gz") ? [plain + ".gz", plain] : [plain, plain + ".gz"]
      for candidate in candidates where (try? InputFile(stem + candidate)) != nil { return stem + candidate }
      throw FormatError(path, "its other half '\(stem + plain)' is missing. Put both files into one folder.")
    }
    return path
  }
}

/// A file that may be gzipped.
private struct Content {
  let path: String
  /// The bytes in which the header lies.
  let start: [UInt8]
  private let compressed: CompressedData?

  init(_ path: String) throws(FormatError) {
    let file = try InputFile(path)
    guard file.size > 0 else { throw FormatError(path, "the file is empty, must be an image.") }
    let start = try file.bytes(at: 0, atMost: NIfTIHeader.greatestSize)
    self.path = path
    if Gzip.recognises(start) {
      let data = try CompressedData(path)
      compressed = data
      self.start = try data.prefix(NIfTIHeader.greatestSize)
    } else {
      compressed = nil
      self.start = start
    }
  }

  func piece(start: Int, count: Int) throws(FormatError) -> VoxelPiece {
    if let compressed { return try VoxelPiece(compressed, start: start, count: count) }
    return try VoxelPiece(path: path, start: start, count: count)
  }
}
