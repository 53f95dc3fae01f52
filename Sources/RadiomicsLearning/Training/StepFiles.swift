import RadiomicsCore
import RadiomicsStatistics

/// How steps read files beside the study's, whoever opens these.
package struct StepFiles: Sendable {
  /// Names of features of a selection file, and the rows of a table.
  package let names: @Sendable (String) throws -> [String], table: @Sendable (String) throws -> Table

  package init(
    names: @escaping @Sendable (String) throws -> [String], table: @escaping @Sendable (String) throws -> Table
  ) {
    (self.names, self.table) = (names, table)
  }
}

/// A step that learns from a file of its own, which is read once, before any fold.
package protocol ReadsFiles {
  /// The files, as they are named.
  var files: [String] { get }
  mutating func read(_ files: StepFiles) throws
}

extension PipelinePlan {
  /// Files that steps learn from.
  package var files: [String] { steps.compactMap { $0 as? any ReadsFiles }.flatMap(\.files) }

  /// Reads the files of the steps that have some.
  package mutating func read(_ files: StepFiles) throws {
    self = PipelinePlan(
      try steps.map { step in
        guard var reading = step as? any PipelineStep & ReadsFiles else { return step }
        try reading.read(files)
        return reading
      }, model)
  }
}
