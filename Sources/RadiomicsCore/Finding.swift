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
  /// What is, and what to do.
  public let message: String

  /// A finding at `place`.
  /// - Parameter plainPlace: The place as it may be passed on; nil: as it is.
  public init(_ severity: Severity, _ place: String, _ message: String, plainPlace: String? = nil) {
    self.severity = severity
    self.place = place
    self.plainPlace = plainPlace ?? place
    self.message = message
  }
}
