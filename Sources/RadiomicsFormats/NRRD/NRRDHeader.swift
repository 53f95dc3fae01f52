import RadiomicsCore

/// The fields and keys of an NRRD header, as written.
struct NRRDHeader {
  let path: String
  /// Fields by name in lower case without spaces, such as "spaceorigin".
  private let fields: [String: String]
  /// Key/value pairs.
  let keys: [String: String]
  /// What follows `data file: LIST`.
  let dataFiles: [String]
  /// Bytes of the header, where the voxels of an attached file start.
  let byteCount: Int

  private static let known = [
    "axis maxs", "axis mins", "block size", "byte skip", "centerings", "centers", "content", "data file", "dimension",
    "encoding", "endian", "kinds", "labels", "line skip", "max", "measurement frame", "min", "number", "old max",
    "old min", "sample units", "sizes", "space", "space dimension", "space directions", "space origin", "space units",
    "spacings", "thicknesses", "type", "units",
  ]
  private static let knownNames = Set(known.map { $0.filter { $0 != " " } })

  init(_ file: InputFile) throws(FormatError) {
    let path = file.path
    let start = try file.bytes(at: 0, atMost: 11)
    guard NRRD.recognises(start) else {
      throw FormatError(path, "it is no NRRD file: an NRRD file begins with 'NRRD000' and a digit.")
    }
    var isList = false
    let (lines, byteCount) = try TextHeader.lines(of: file) { line in
      if line.isEmpty && !isList { return true }
      if let (name, value) = Self.field(line), name == "datafile", value.hasPrefix("LIST") { isList = true }
      return false
    }
    var fields: [String: String] = [:], keys: [String: String] = [:], dataFiles: [String] = []
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty && !line.hasPrefix("#") {
      if fields["datafile"]?.hasPrefix("LIST") == true {
        dataFiles.append(trimmed(line))
      } else if let (name, value) = Self.field(line) {
        guard Self.knownNames.contains(name) else {
          throw FormatError(
            path,
            "line \(index + 1) has the unknown field '\(line.prefix { $0 != ":" })'."
              + didYouMean(String(line.prefix { $0 != ":" }), among: Self.known))
        }
        guard fields.updateValue(value, forKey: name) == nil else {
          throw FormatError(
            path, "line \(index + 1) repeats the field '\(line.prefix { $0 != ":" })', it may occur once.")
        }
      } else if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
        keys[Self.unescaped(line.unicodeScalars[..<colon])] = Self.unescaped(line.unicodeScalars[colon...].dropFirst(2))
      } else {
        throw FormatError(
          path, "line \(index + 1) is '\(line.prefix(60))', must be 'field: value' or 'key:=value'.")
      }
    }
    self.path = path
    self.fields = fields
    self.keys = keys
    self.dataFiles = dataFiles
    self.byteCount = byteCount
  }

  /// The value of a field; nil if it is not there.
  func text(_ name: String) -> String? { fields[name.filter { $0 != " " }] }

  /// The value of a field that must be there.
  func required(_ name: String) throws(FormatError) -> String {
    guard let value = text(name) else { throw FormatError(path, "the field '\(name)' is missing, it must be there.") }
    return value
  }

  /// A whole number, or `fallback`.
  func integer(_ name: String, default fallback: Int) throws(FormatError) -> Int {
    guard let text = text(name) else { return fallback }
    guard let value = Int(text) else { throw FormatError(path, "'\(name)' is '\(text)', must be a whole number.") }
    return value
  }

  /// One word per axis; nil if the field is not there.
  func words(_ name: String, count: Int) throws(FormatError) -> [String]? {
    guard let text = text(name) else { return nil }
    let values = RadiomicsFormats.words(text)
    guard values.count == count else {
      throw FormatError(path, "'\(name)' has \(values.count) values, must have \(count), one for each axis.")
    }
    return values
  }

  /// One number per axis; nil if the field is not there.
  func numbers(_ name: String, count: Int) throws(FormatError) -> [Double]? {
    guard let values = try words(name, count: count) else { return nil }
    var numbers: [Double] = []
    for value in values {
      guard let number = Double(value) else {
        throw FormatError(path, "'\(name)' holds '\(value)', must be numbers.")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Vectors such as `(1,0,0)`, nil where there is `none`; nil if the field is not there.
  func vectors(_ name: String) throws(FormatError) -> [[Double]?]? {
    guard let text = text(name) else { return nil }
    var rest = text[...], vectors: [[Double]?] = []
    while true {
      rest = rest.drop(while: \.isWhitespace)
      guard let first = rest.first else { return vectors }
      if first != "(" {
        let word = rest.prefix { !$0.isWhitespace && $0 != "(" }
        guard word.lowercased() == "none" else {
          throw FormatError(path, "'\(name)' holds '\(word.prefix(40))', must be vectors such as (1,0,0), or none.")
        }
        vectors.append(nil)
        rest = rest.dropFirst(word.count)
        continue
      }
      guard let end = rest.firstIndex(of: ")") else {
        throw FormatError(path, "'\(name)' has a '(' without ')'.")
      }
      let parts = rest[..<end].dropFirst().split(separator: ",", omittingEmptySubsequences: false)
      var vector: [Double] = []
      for part in parts {
        guard let number = Double(trimmed(part)) else {
          throw FormatError(path, "'\(name)' holds '\(part.prefix(40))', must be numbers.")
        }
        vector.append(number)
      }
      vectors.append(vector.allSatisfy(\.isNaN) ? nil : vector)
      rest = rest[rest.index(after: end)...]
    }
  }

  /// Name and value of a line `name: value`; nil if it is none.
  private static func field(_ line: String) -> (String, String)? {
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), !line.hasPrefix("#") else { return nil }
    let value = line[line.utf8.index(after: colon)...]
    guard value.utf8.first != UInt8(ascii: "=") else { return nil }
    return (line[..<colon].lowercased().filter { $0 != " " }, trimmed(value))
  }

  /// `\n` and `\\` written out.
  private static func unescaped(_ text: some Sequence<Unicode.Scalar>) -> String {
    var plain = String.UnicodeScalarView(), isEscape = false
    for scalar in text {
      if isEscape {
        plain.append(scalar == "n" ? "\n" : scalar)
        isEscape = false
      } else if scalar == "\\" {
        isEscape = true
      } else {
        plain.append(scalar)
      }
    }
    return String(plain)
  }

  /// A text in one line, from which `unescaped` makes it again.
  static func escaped(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": line.append(contentsOf: "\\n".unicodeScalars)
      case "\\": line.append(contentsOf: "\\\\".unicodeScalars)
      default: line.append(scalar)
      }
    }
    return String(line)
  }
}
