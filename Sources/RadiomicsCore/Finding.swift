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
  /// What is, and what to do.
  public let message: String

  /// A finding at `place`.
  public init(_ severity: Severity, _ place: String, _ message: String) {
    self.severity = severity
    self.place = place
    self.message = message
  }
}
