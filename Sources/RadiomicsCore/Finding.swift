/// Something the user should know about a result; returned with it, never printed by the library.
public struct Finding: Sendable, Hashable {
  /// How serious it is.
  public enum Severity: String, Sendable, Hashable, Codable {
    /// For the record.
    case note
    /// The result may not be what the user wants.
    case warning
  }

  /// How serious it is.
  public let severity: Severity
  /// What it concerns: a file, a setting.
  public let place: String
  /// The place as files may have it that are passed on: names of files in a folder may name a person.
  public let plainPlace: String
  /// What is; and what to do, where that is the same whoever says it.
  public let fact: String
  /// What to do, for whoever says it in words of their own.
  public let advice: Advice?
  private var wording: String?

  /// What is, and what to do.
  public var message: String { (advice?.text).map { "\(fact) \(wording ?? $0)" } ?? fact }

  /// A finding at `place`.
  /// - `plainPlace`: The place as it may be passed on; nil: as it is.
  public init(_ severity: Severity, _ place: String, _ fact: String, advice: Advice? = nil, plainPlace: String? = nil) {
    self.severity = severity
    self.place = place
    self.plainPlace = plainPlace ?? place
    (self.fact, self.advice) = (fact, advice)
  }

  /// The finding at another place.
  package func placed(at place: String, plainPlace: String? = nil) -> Finding {
    var result = Finding(severity, place, fact, advice: advice, plainPlace: plainPlace)
    result.wording = wording
    return result
  }

  /// The finding with its advice in other words.
  public func worded(_ words: (Advice) -> String) -> Finding {
    var result = self
    result.wording = advice.map(words)
    return result
  }
}

extension Finding {
  /// Severity, place and message, for files.
  package var json: Setting.Value {
    .map(
      [
        .init("severity", .text(severity.rawValue)), .init("place", .text(plainPlace)),
        .init("message", .text(message)),
      ] + (advice.map { [.init("advice", .text($0.code))] } ?? []))
  }

  /// What was written as `json`; nil if it is something else.
  package init?(json: JSON) {
    guard let severity = json["severity"]?.asText.flatMap(Severity.init(rawValue:)), let place = json["place"]?.asText,
      let message = json["message"]?.asText
    else { return nil }
    self.init(severity, place, message)
  }
}
