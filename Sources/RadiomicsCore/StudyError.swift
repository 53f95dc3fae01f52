/// Why an image and its mask cannot be measured: one sentence that says what to do.
public struct StudyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// *place: what is, what must be. What to do.*
  public let description: String
  package init(_ description: String) { self.description = description }
}
