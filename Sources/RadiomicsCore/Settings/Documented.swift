/// Something that the manual has a page of: a family, a filter, an estimator, an analysis, a statistic.
public protocol Documented {
  /// The word by which the manual and files of settings know it.
  static var name: String { get }
  /// What it is, in one sentence.
  static var summary: String { get }
  /// What it computes, as a formula; empty where the summary says all.
  static var definition: String { get }
  /// Where it does not hold, is undefined or misleads; empty where it always holds.
  static var limits: String { get }
  /// Where it is defined: section of a standard, DOI.
  static var reference: String { get }
  /// Raised when its numbers change.
  static var revision: Int { get }
  /// Each of its settings with what must be written, its default, and what it does.
  static var settingsManual: [SettingManual] { get }
}

extension Documented {
  /// The summary says all.
  public static var definition: String { "" }
  /// It always holds.
  public static var limits: String { "" }
  /// First revision.
  public static var revision: Int { 1 }
  /// None.
  public static var settingsManual: [SettingManual] { [] }
}
