import ArgumentParser
import Radiomics
import RadiomicsRuns

struct MergeCommand: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Run folders of a cohort to one table.",
    discussion: """
      Each shard of 'extract COHORT --shard i/n' leaves its results in a run
      folder; all may use the same one. The table is the same, byte for byte,
      as that of a run in one piece. Rows that are missing, rows with two
      different results, and folders of different recipes, versions or cohorts
      are refused by name.

        radiomics merge features.run -o features.csv
        radiomics merge node1.run node2.run -o features.sqlite
        radiomics merge features.run --profile nodule.yaml -o quantities.csv

      Exit codes: 0 all cases have a result; 1 some failed; 2 refused.
      """)

  @Argument(help: ArgumentHelp("Run folders.", valueName: "run")) var runs: [String]
  @OptionGroup var table: TableArguments
  @OptionGroup var profile: ProfileArguments
  @OptionGroup var messages: MessageArguments
  @Flag(name: .long, help: "Exit with 1 if any cell is undefined; with --profile refuse cases that do not conform.")
  var strict = false

  func validate() throws {
    if runs.isEmpty { throw ValidationError("no run folder is named; name at least one, such as features.run.") }
  }

  func addFiles(to files: inout CommandFiles) {
    for run in runs { files.read += ((try? Folder.names(in: run)) ?? []).map { "\(run)/\($0)" } }
  }

  func run() throws {
    try table.check()
    if let output = table.output, WholeFile.exists(output), (try? Cohort(path: output)) != nil {
      throw ValidationError("\(output): is a cohort, which the table would take the place of. Choose another name.")
    }
    let merge = try Merge(runs: runs)
    let profile = try profile.applied(to: merge.recipe, refuses: strict)
    let summary = try merge.write(to: [try table.sink()], provenance: table.provenance, profile: profile)
    messages.report(summary, table: table.output)
    if summary.failedCount > 0 || strict && summary.undefined + summary.unmeasured > 0 { throw ExitCode.notMet }
  }
}
