import RadiomicsCore
import RadiomicsImaging

/// The header of a MetaImage file.
struct MetaImageHeader {
  let path: String
  let storage: StorageAxes
  let geometry: Geometry
  let findings: [Finding]
  let type: SampleType
  let isSwapped, isCompressed, isText: Bool
  /// Bytes before the voxels; -1: the voxels end with the file.
  let skip: Int
  /// What `ElementDataFile` names.
  let dataFile: String
  /// The lines after `ElementDataFile = LIST`.
  let dataFiles: [String]
  /// Where the voxels of an attached file start.
  let byteCount: Int

  init(_ file: InputFile) throws(FormatError) {
    let path = file.path
    let (lines, byteCount) = try TextHeader.lines(of: file) { line in
      guard let (key, value) = Self.entry(line), key == "ElementDataFile" else { return false }
      return !Self.isList(value)
    }
    let entries = try Entries(lines, path)
    dataFile = try entries.required("ElementDataFile")
    dataFiles = entries.dataFiles
    if let kind = entries["ObjectType"], kind != "Image" {
      throw FormatError(path, "'ObjectType' is '\(kind)', must be Image.")
    }
    let dimensions = try entries.integers("NDims", count: 1)?.first ?? 0
    guard (2...4).contains(dimensions) else {
      throw FormatError(path, "'NDims' is \(entries["NDims"] ?? "missing"), must be 2, 3 or 4.")
    }
    guard let sizes = try entries.integers("DimSize", count: dimensions) else {
      throw FormatError(path, "the entry 'DimSize' is missing, it must be there.")
    }
    let channels = try entries.integers("ElementNumberOfChannels", count: 1)?.first ?? 1
    let spatial = Array(1...min(3, dimensions))
    storage = try StorageAxes(sizes: [channels] + sizes, spatial: spatial, path: path)
    (geometry, findings) = try Self.geometry(entries, dimensions, size: storage.size)
    type = try Self.type(entries)
    let isBigEndian = try entries.flag(
      entries["BinaryDataByteOrderMSB"] == nil ? "ElementByteOrderMSB" : "BinaryDataByteOrderMSB")
    isText = try entries.flag("BinaryData") == false
    isSwapped = (isBigEndian ?? false) == isLittleEndian && type.size > 1 && !isText
    isCompressed = try entries.flag("CompressedData") ?? false
    skip = try entries.integers("HeaderSize", count: 1)?.first ?? 0
    guard skip >= -1 else { throw FormatError(path, "'HeaderSize' is \(skip), must be at least -1.") }
    self.path = path
    self.byteCount = byteCount
  }

  /// Key and value of a line `Key = Value`.
  static func entry(_ line: String) -> (String, String)? {
    guard let mark = line.firstIndex(of: "=") else { return nil }
    return (trimmed(line[..<mark]), trimmed(line[line.index(after: mark)...]))
  }

  static func isList(_ value: String) -> Bool { value == "LIST" || value.hasPrefix("LIST ") }

  private static func geometry(
    _ entries: Entries, _ dimensions: Int, size: SIMD3<Int>
  ) throws(FormatError) -> (Geometry, [Finding]) {
    var findings: [Finding] = []
    let axes = min(3, dimensions)
    let stated = try entries.numbers(["ElementSpacing", "ElementSize"], count: dimensions)
    if stated == nil {
      findings.append(Finding(.warning, entries.path, "there is no 'ElementSpacing': taken as 1 mm."))
    }
    let start = try entries.numbers(["Offset", "Position", "Origin"], count: dimensions)
    let matrix = try entries.numbers(["TransformMatrix", "Rotation", "Orientation"], count: dimensions * dimensions)
    if matrix == nil {
      findings.append(
        Finding(
          .warning, entries.path,
          "there is no 'TransformMatrix': the axes are taken as left, posterior and superior."))
    }
    var spacing = SIMD3(1.0, 1, 1), origin = SIMD3<Double>.zero, direction = Matrix3.identity
    for axis in 0..<axes {
      spacing[axis] = stated?[axis] ?? 1
      origin[axis] = start?[axis] ?? 0
      guard let matrix else { continue }
      for row in 0..<axes { direction[axis][row] = matrix[axis * dimensions + row] }
    }
    let unit = try lengthUnit(entries)
    if unit != 1 {
      findings.append(
        Finding(.note, entries.path, "lengths are in \(entries["DistanceUnits"] ?? ""): converted to mm."))
    }
    for (key, neutral) in [("ElementToIntensityFunctionSlope", 1.0), ("ElementToIntensityFunctionOffset", 0)] {
      guard let value = try entries.numbers([key], count: 1)?.first, value != neutral else { continue }
      findings.append(
        Finding(.warning, entries.path, "'\(key)' is \(value): it is not applied, as ITK does not apply it."))
    }
    do {
      return (
        try Geometry(
          size: size, spacing: spacing * unit, origin: origin * unit, direction: direction.withUnitColumns), findings
      )
    } catch {
      throw FormatError(entries.path, "\(error.description). Correct the header.")
    }
  }

  /// Millimetres in the unit of length.
  private static func lengthUnit(_ entries: Entries) throws(FormatError) -> Double {
    guard let unit = entries["DistanceUnits"], !["?", ""].contains(unit) else { return 1 }
    guard let factor = LengthUnit.millimetres(in: unit) else {
      throw FormatError(
        entries.path, "'DistanceUnits' is '\(unit)', must be \(LengthUnit.expectation). Correct the header.")
    }
    return factor
  }

  private static func type(_ entries: Entries) throws(FormatError) -> SampleType {
    let types: [(name: String, type: SampleType)] = [
      ("MET_CHAR", .int8), ("MET_ASCII_CHAR", .int8), ("MET_UCHAR", .uint8), ("MET_SHORT", .int16),
      ("MET_USHORT", .uint16), ("MET_INT", .int32),
      ("MET_UINT", .uint32), ("MET_LONG", .int32), ("MET_ULONG", .uint32), ("MET_LONG_LONG", .int64),
      ("MET_ULONG_LONG", .uint64), ("MET_FLOAT", .float), ("MET_DOUBLE", .double),
    ]
    let stated = try entries.required("ElementType")
    if let known = types.first(where: { stated == $0.name || stated == $0.name + "_ARRAY" }) { return known.type }
    throw FormatError(
      entries.path,
      "'ElementType' is '\(stated)', must be one of \(types.map(\.name).joined(separator: ", "))."
        + didYouMean(stated, among: types.map(\.name)))
  }
}

/// The lines `Key = Value` of a header.
private struct Entries {
  let path: String
  private var values: [String: String] = [:]
  private(set) var dataFiles: [String] = []

  init(_ lines: [String], _ path: String) throws(FormatError) {
    self.path = path
    for (index, line) in lines.enumerated() where !trimmed(line).isEmpty {
      if values["ElementDataFile"] != nil {
        dataFiles.append(trimmed(line))
      } else if let (key, value) = MetaImageHeader.entry(line) {
        values[key] = value
      } else {
        throw FormatError(path, "line \(index + 1) is '\(line.prefix(60))', must be 'Key = Value' as in a MetaImage.")
      }
    }
  }

  subscript(key: String) -> String? { values[key] }

  func required(_ key: String) throws(FormatError) -> String {
    guard let value = values[key] else { throw FormatError(path, "the entry '\(key)' is missing, it must be there.") }
    return value
  }

  func flag(_ key: String) throws(FormatError) -> Bool? {
    switch values[key]?.lowercased() {
    case nil: return nil
    case "true", "t", "1": return true
    case "false", "f", "0": return false
    case let other?: throw FormatError(path, "'\(key)' is '\(other)', must be True or False.")
    }
  }

  func integers(_ key: String, count: Int) throws(FormatError) -> [Int]? {
    guard let text = values[key] else { return nil }
    let numbers = words(text).compactMap { Int($0) }
    guard numbers.count == count, words(text).count == count else {
      throw FormatError(path, "'\(key)' is '\(text.prefix(60))', must be \(count) whole number\(count > 1 ? "s" : "").")
    }
    return numbers
  }

  /// The numbers of the first of several keys that is there.
  func numbers(_ keys: [String], count: Int) throws(FormatError) -> [Double]? {
    guard let key = keys.first(where: { values[$0] != nil }), let text = values[key] else { return nil }
    let numbers = words(text).compactMap { Double($0) }
    guard numbers.count == count, words(text).count == count else {
      throw FormatError(path, "'\(key)' is '\(text.prefix(60))', must be \(count) numbers.")
    }
    return numbers
  }
}
