/// A day and the seconds of it, of no time zone: only differences within a study are meant.
struct DateTime: Comparable {
  /// Days since the beginning of 1970.
  let day: Int
  /// Seconds since midnight; may reach beyond the day.
  let second: Double

  static func < (left: DateTime, right: DateTime) -> Bool { left - right < 0 }
  /// Seconds from `right` to `left`.
  static func - (left: DateTime, right: DateTime) -> Double {
    Double(left.day - right.day) * 86400 + (left.second - right.second)
  }
  /// `seconds` later.
  static func + (time: DateTime, seconds: Double) -> DateTime { DateTime(day: time.day, second: time.second + seconds) }

  /// Seconds since midnight of the day that it is.
  var clock: Double { second - 86400 * (second / 86400).rounded(.down) }
  /// The time of day without its date, which is for nobody to read: `10:00:05`.
  var clockText: String { Self.clockText(clock) }

  /// A time of day as `10:00:05`.
  static func clockText(_ second: Double) -> String {
    let whole = Int(second), parts = [whole / 3600, whole / 60 % 60, whole % 60]
    return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }

  private init(day: Int, second: Double) {
    self.day = day
    self.second = second
  }

  /// DICOM's `DA` and `TM`: `20261123`, `103000.5`.
  init?(date: String?, time: String?) {
    guard let date, let time, let day = Self.day(Array(date.utf8)), let second = Self.second(Array(time.utf8)) else {
      return nil
    }
    self.init(day: day, second: second)
  }

  /// Seconds of a `DT`'s offset from UTC, `+0130` at its end; nil if it has none.
  static func offset(of text: String?) -> Double? {
    guard let text, let place = text.lastIndex(where: { $0 == "+" || $0 == "-" }) else { return nil }
    let digits = Array(text[text.index(after: place)...].utf8)
    guard digits.count == 4, let hours = number(digits[..<2]), let minutes = number(digits[2...]) else { return nil }
    return (text[place] == "-" ? -60 : 60) * Double(hours * 60 + minutes)
  }

  /// DICOM's `DT` by its own clock: `20261123103000.5`, with an offset from UTC or not.
  init?(_ text: String?) {
    guard let text else { return nil }
    let digits = Array(text.prefix { $0.isNumber || $0 == "." }.utf8)
    guard digits.count >= 10, let day = Self.day(Array(digits[..<8])), let second = Self.second(Array(digits[8...]))
    else {
      return nil
    }
    self.init(day: day, second: second)
  }

  /// Seconds since midnight of `HH`, `HHMM`, `HHMMSS` or `HHMMSS.FFFFFF`; colons of old files are passed over.
  static func second(_ text: [UInt8]) -> Double? {
    let text = text.filter { $0 != UInt8(ascii: ":") }
    let whole = text.prefix { (48...57).contains($0) }
    guard whole.count == 2 || whole.count == 4 || whole.count >= 6, let hour = number(whole.prefix(2)), hour < 24 else {
      return nil
    }
    let minute = whole.count >= 4 ? number(whole[2..<4]) : 0
    let rest = String(decoding: text.dropFirst(4), as: UTF8.self)
    guard let minute, minute < 60, let second = whole.count >= 6 ? Double(rest) : 0, second < 61 else { return nil }
    return Double(hour * 3600 + minute * 60) + second
  }

  /// Days since 1970 of `YYYYMMDD`; dots of old files are passed over. By the civil calendar (H. Hinnant).
  private static func day(_ text: [UInt8]) -> Int? {
    let digits = text.filter { $0 != UInt8(ascii: ".") }
    guard digits.count == 8, let year = number(digits[..<4]), let month = number(digits[4..<6]),
      let day = number(digits[6...]), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let shifted = month > 2 ? year : year - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
  }

  private static func number(_ digits: some Collection<UInt8>) -> Int? {
    digits.allSatisfy { (48...57).contains($0) } ? Int(String(decoding: Array(digits), as: UTF8.self)) : nil
  }
}
