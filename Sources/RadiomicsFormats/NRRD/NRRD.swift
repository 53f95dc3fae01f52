import RadiomicsCore
import RadiomicsImaging

/// NRRD (https://teem.sourceforge.net/nrrd/format.html), with its voxels in the same file or in others.
public enum NRRD: ImageFormat {
  /// The format's name.
  public static let name = "NRRD"
  /// The endings of its files.
  public static let suffixes = [".nrrd", ".nhdr"]
  /// Segments are named as 3D Slicer names them.
  public static let keepsSegments = true

  /// Whether the bytes begin as an NRRD file.
  public static func recognises(_ start: [UInt8]) -> Bool {
    withoutByteOrderMark(start).starts(with: Array("NRRD000".utf8))
  }

  /// The image in an NRRD file. Axes that do not lie in space number the volumes, wherever they are.
  /// - Throws: `FormatError` if the file is damaged, sheared or of a type or encoding that is not read.
  public static func read(path: String, options: ReadingOptions) throws(FormatError) -> StoredImage {
    let header = try NRRDHeader(try InputFile(path))
    let axes = try NRRDAxes(header)
    let type = try sampleType(header)
    let segments = try segments(header)
    let block = try NRRDData(header, type: type, axes: axes.storage).block
    let volumes = try options.volume.indices(of: axes.storage.volumeCount, path: path)
    let scans = try block.samples(of: volumes).map { Scan(geometry: axes.geometry, samples: $0) }
    return StoredImage(
      volumes: scans, volumeCount: axes.storage.volumeCount, segments: segments, findings: axes.findings,
      files: [path] + block.pieces.map(\.path))
  }

  private static func sampleType(_ header: NRRDHeader) throws(FormatError) -> SampleType {
    let types: [(names: [String], type: SampleType)] = [
      (["signed char", "int8", "int8_t"], .int8), (["uchar", "unsigned char", "uint8", "uint8_t"], .uint8),
      (["short", "short int", "signed short", "signed short int", "int16", "int16_t"], .int16),
      (["ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"], .uint16),
      (["int", "signed int", "int32", "int32_t"], .int32), (["uint", "unsigned int", "uint32", "uint32_t"], .uint32),
      (
        ["longlong", "long long", "long long int", "signed long long", "signed long long int", "int64", "int64_t"],
        .int64
      ),
      (["ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"], .uint64),
      (["float"], .float), (["double"], .double),
    ]
    let stated = words(try header.required("type").lowercased()).joined(separator: " ")
    if let known = types.first(where: { $0.names.contains(stated) }) { return known.type }
    throw FormatError(
      header.path,
      "'type' is '\(stated)', must be an integer of 8 to 64 bits, float or double. Convert it to one."
        + didYouMean(stated, among: types.flatMap(\.names)))
  }

  /// The segments that 3D Slicer names. Files older than its version 4.11 have neither label nor layer: each volume is
  /// then a segment of 1.
  private static func segments(_ header: NRRDHeader) throws(FormatError) -> [Segment] {
    var segments: [Segment] = []
    while true {
      let prefix = "Segment\(segments.count)_"
      guard let name = header.keys[prefix + "Name"] ?? header.keys[prefix + "ID"] else { return segments }
      func number(_ key: String, default fallback: Int) throws(FormatError) -> Int {
        guard let text = header.keys[prefix + key] else { return fallback }
        guard let value = Int(trimmed(text)) else {
          throw FormatError(header.path, "'\(prefix + key)' is '\(text)', must be a whole number.")
        }
        return value
      }
      let isOld = header.keys[prefix + "LabelValue"] == nil
      segments.append(
        Segment(
          name: name, label: try number("LabelValue", default: 1),
          volume: try number("Layer", default: isOld ? segments.count : 0)))
    }
  }
}
