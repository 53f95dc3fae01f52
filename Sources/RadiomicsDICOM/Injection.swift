import RadiomicsCore
import RadiomicsFormats

/// When a radiopharmaceutical was given, as far as a file says: a day and a time, or a time of day alone.
struct Injection {
  private let path: String
  /// By the scanner's clock.
  private let full: DateTime?
  /// Seconds since midnight.
  private let clock: Double?

  /// - `data`: An item of the Radiopharmaceutical Information Sequence.
  /// - `localOffset`: The study's offset from UTC in seconds; nil if it states none.
  /// - Throws: `FormatError` where neither time is there, or one is no time.
  init(_ data: DataSet, localOffset local: Double?, _ path: String) throws(FormatError) {
    self.path = path
    clock = try data.text(.radiopharmaceuticalStartTime).map { (text) throws(FormatError) in
      guard let second = DateTime.second(Array(text.utf8)) else {
        throw FormatError(path, "Radiopharmaceutical Start Time is '\(text)', must be a time, HHMMSS.")
      }
      return second
    }
    let text = data.text(.radiopharmaceuticalStartDateTime), zone = DateTime.offset(of: text)
    if let own = DateTime(text) {
      if let zone, let local {
        full = own + (local - zone)
      } else if zone != nil, let clock {
        // By whose clock is not said: the time of day is the scanner's, the day the nearest to it.
        let shift = clock - own.clock
        full = own + (shift - 86400 * (shift / 86400).rounded())
      } else {
        full = own
      }
    } else {
      full = nil
      guard clock != nil else {
        throw FormatError(
          path,
          "Radiopharmaceutical Start Time is missing, so uptake values cannot be computed.", advice: .giveUptakeTime)
      }
    }
  }

  /// Seconds to `scan`.
  ///
  /// A full time decides. A time of day is that of the scan's day, or of the day before where the uptake time is then at
  /// most 5 half-lives; of nuclides that live longer than 12 h it says nothing.
  /// - `name`: What to call `scan`.
  func uptake(
    before scan: DateTime, called name: String, _ halfLife: Double
  ) throws(FormatError) -> (seconds: Double, findings: [Finding]) {
    var findings: [Finding] = [], seconds: Double, source: String
    if let full {
      seconds = scan - full
      source = "Radiopharmaceutical Start DateTime \(full.clockText)"
      if let clock, abs(remainder(full.clock - clock)) > 60 {
        findings.append(
          Finding(
            .warning, path,
            "\(source) contradicts Radiopharmaceutical Start Time \(DateTime.clockText(clock)); the former is taken."))
      }
    } else {
      let clock = clock!
      source = "Radiopharmaceutical Start Time \(DateTime.clockText(clock))"
      guard halfLife <= 12 * 3600 else {
        throw FormatError(
          path,
          "of the injection only the time of day is known (\(source)); of a nuclide with a half-life of \(span(halfLife)) "
            + "the day must be known as well.", advice: .giveUptakeTime)
      }
      seconds = scan.clock - clock
      if seconds < 0, seconds + 86400 <= 5 * halfLife {
        seconds += 86400
        findings.append(
          Finding(
            .note, path, "\(source) is taken for the day before the scan (\(name)): \(span(seconds)) before it."))
      }
    }
    guard seconds >= 0 else {
      let before = full != nil ? "" : "; on the day before it would be \(lives(seconds + 86400, halfLife)) before it"
      throw FormatError(
        path,
        "the injection (\(source)) is \(span(-seconds)) after the start of the scan (\(name))\(before). The times contradict "
          + "each other.", advice: .giveUptakeTime)
    }
    guard seconds <= 20 * halfLife else {
      throw FormatError(
        path,
        "the injection (\(source)) is \(lives(seconds, halfLife)) before the scan (\(name)), when nothing of the dose is "
          + "left. The times contradict each other.", advice: .giveUptakeTime)
    }
    if seconds > 5 * halfLife {
      findings.append(
        Finding(
          .warning, path,
          "the injection (\(source)) is \(lives(seconds, halfLife)) before the scan (\(name)); check both times."))
    }
    return (seconds, findings)
  }

  private func lives(_ seconds: Double, _ halfLife: Double) -> String {
    "\(span(seconds)), \(shortText(seconds / halfLife, digits: 3)) half-lives,"
  }

  /// To half a day.
  private func remainder(_ seconds: Double) -> Double { seconds - 86400 * (seconds / 86400).rounded() }
}

/// A span of time for people: `5 s`, `10 min`, `24 h`, `3 d`.
func span(_ seconds: Double) -> String {
  for (unit, length) in [("d", 86400.0), ("h", 3600), ("min", 60)] where abs(seconds) >= 2 * length {
    return "\(shortText(seconds / length)) \(unit)"
  }
  return "\(shortText(seconds)) s"
}
