import RadiomicsCore

/// What the number of a cell is.
enum CellStyle {
  case number, date, duration

  /// Numbers of formats in ECMA-376, part 1, 18.8.30; 27 to 36 and 50 to 58 are dates in East Asia.
  init(builtIn id: Int) {
    switch id {
    case 46: self = .duration
    case 14...22, 27...36, 45, 47, 50...58: self = .date
    default: self = .number
    }
  }

  /// A format shows dates or times if letters of theirs stand in its first part, outside of quotes and brackets; hours,
  /// minutes or seconds in brackets go on counting.
  init(format: String) {
    var letters = format.lowercased()[...]
    self = .number
    while let letter = letters.popFirst(), letter != ";" {
      switch letter {
      case "\"": letters = letters.drop { $0 != "\"" }.dropFirst()
      case "\\", "_", "*": letters = letters.dropFirst()
      case "[":
        let word = letters.prefix { $0 != "]" }
        if let first = word.first, "hms".contains(first), word.allSatisfy({ $0 == first }) { self = .duration }
        letters = letters.dropFirst(word.count + 1)
      case "y", "m", "d", "h", "s": if self == .number { self = .date }
      default: break
      }
    }
  }

  /// A number as text: dates by ISO 8601, with the time of day where there is one; below one day, and for durations, hours,
  /// minutes and seconds. Nil for no date. Days count from 1900 or 1904; Excel counts 29 February 1900, which never was.
  func text(_ number: Double, _ countsFrom1904: Bool) -> String? {
    guard number.isFinite else { return nil }
    if self == .number { return numberText(number) }
    guard abs(number) < 2_958_466, self == .duration || number >= 0 else { return nil }
    let milliseconds = Int((number * 86_400_000).rounded()), days = milliseconds / 86_400_000
    if self == .duration || days == 0 { return Self.clock(milliseconds) }
    let time = milliseconds % 86_400_000 == 0 ? "" : "T" + Self.clock(milliseconds % 86_400_000)
    if days == 60, !countsFrom1904 { return "1900-02-29" + time }
    // H. Hinnant's civil calendar: days since 1 March of the year 0, months since March.
    let day = days + (countsFrom1904 ? 695_361 : days < 60 ? 693_900 : 693_899), rest = day % 146_097
    let year = (rest - rest / 1460 + rest / 36_524 - rest / 146_096) / 365
    let ofYear = rest - (365 * year + year / 4 - year / 100), month = (5 * ofYear + 2) / 153
    let date = [day / 146_097 * 400 + year + month / 10, (month + 2) % 12 + 1, ofYear - (153 * month + 2) / 5 + 1]
    return date.map(Self.twoDigits).joined(separator: "-") + time
  }

  private static func clock(_ milliseconds: Int) -> String {
    let seconds = abs(milliseconds) / 1000, fraction = abs(milliseconds) % 1000
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(twoDigits).joined(separator: ":")
    return (milliseconds < 0 ? "-" : "") + parts + (fraction == 0 ? "" : "." + "\(1000 + fraction)".dropFirst())
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
