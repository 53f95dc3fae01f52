import RadiomicsImaging

/// A file format of images. A new one is a file with a type that conforms, and a line in `ImageFormats.all`.
public protocol ImageFormat: Sendable {
  /// The format's name, such as "NIfTI".
  static var name: String { get }
  /// The endings of its files in lower case, the longest first, such as ".nii.gz".
  static var suffixes: [String] { get }
  /// Whether a file that begins with these bytes (up to 512) is of this format.
  static func recognises(_ start: [UInt8]) -> Bool
  /// The image in the file at `path`.
  /// - Throws: `FormatError` if the file cannot be read or understood.
  static func read(path: String, options: ReadingOptions) throws(FormatError) -> StoredImage
  /// Whether its files can name the segments of a label map.
  static var keepsSegments: Bool { get }
  /// Writes one volume in its own sample type; an existing file is replaced only by a complete one.
  /// - `segments`: The named labels of this volume; left out unless `keepsSegments`. Their `volume` does not
  ///   matter, as the file holds one.
  /// - Throws: `FormatError` if the file cannot be written.
  static func write(_ scan: Scan, to path: String, segments: [Segment]) throws(FormatError)
}

extension ImageFormat {
  /// Most formats hold voxels alone.
  public static var keepsSegments: Bool { false }
  /// Writes one volume without names of segments.
  /// - Throws: `FormatError` if the file cannot be written.
  public static func write(_ scan: Scan, to path: String) throws(FormatError) {
    try write(scan, to: path, segments: [])
  }
}

/// The formats that are known, and the choice between them.
public enum ImageFormats {
  /// The formats, in the order in which they are tried.
  public static let all: [any ImageFormat.Type] = [NIfTI.self, NRRD.self, MetaImage.self]

  /// Reads an image; the format is recognised by the file's content, else by its ending.
  /// - Throws: `FormatError` if the format is not known or the file cannot be read.
  public static func read(path: String, options: ReadingOptions = ReadingOptions()) throws(FormatError) -> StoredImage {
    let start = try InputFile(path).bytes(at: 0, atMost: 512)
    guard !start.isEmpty else { throw FormatError(path, "the file is empty, must be an image.") }
    if let picture = pictures.first(where: { start.starts(with: $0.start) }) {
      throw FormatError(
        path,
        "it is a \(picture.name) picture, which says neither the size of its pixels in mm nor what its grey means, and may "
          + "have lost detail. Use the DICOM file it was made from; if there is none, write it as NRRD or NIfTI with the size "
          + "of its pixels.")
    }
    guard let format = all.first(where: { $0.recognises(start) }) ?? named(path) else {
      throw FormatError(path, "neither content nor ending is that of an image. \(known)")
    }
    return try format.read(path: path, options: options)
  }

  /// Writes one volume; the ending of `path` chooses the format.
  /// - `segments`: The named labels of this volume; left out unless the format's `keepsSegments`.
  /// - Throws: `FormatError` if the ending is not known or the file cannot be written.
  public static func write(_ scan: Scan, to path: String, segments: [Segment] = []) throws(FormatError) {
    guard let format = named(path) else {
      throw FormatError(path, "the ending names no image format. \(known)")
    }
    try format.write(scan, to: path, segments: segments)
  }

  /// The format to which a path's ending belongs; nil if there is none.
  public static func named(_ path: String) -> (any ImageFormat.Type)? {
    let lowered = path.lowercased()
    return all.first { $0.suffixes.contains { lowered.hasSuffix($0) } }
  }

  /// How files of pictures begin.
  private static let pictures: [(name: String, start: [UInt8])] = [
    ("PNG", [0x89, 0x50, 0x4E, 0x47]), ("JPEG", [0xFF, 0xD8, 0xFF]), ("TIFF", [0x49, 0x49, 0x2A, 0]),
    ("TIFF", [0x4D, 0x4D, 0, 0x2A]), ("GIF", Array("GIF8".utf8)), ("BMP", Array("BM".utf8)),
  ]

  private static var known: String {
    "Known are " + all.map { "\($0.name) (\($0.suffixes.joined(separator: ", ")))" }.joined(separator: ", ") + "."
  }
}
