import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns
import RadiomicsStatistics

extension MassUnivariate.Test: ExpressibleByArgument {}
extension ExpressionScale: ExpressibleByArgument {}
extension DuplicateGenes: ExpressibleByArgument {}

struct GenomicsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "genomics",
    abstract: "Which features go with which genes, beside confounders: every pair, by gene and by cluster of features.",
    discussion: """
      Tables are joined by subject; which side of the expression the subjects are at is
      found and said. Both sides are residualised: df = n - 2 - rank of the confounders.

        radiomics genomics features.csv --omics expression.tsv.gz --scale voom-like \\
          --join clinical.csv --by subject --confounders age,sex --site hospital \\
          -o hits.csv --report genes.html

      q is Benjamini and Hochberg's over all pairs; genes and clusters of features that
      correlate have a q of their own by Simes' P. A hit that no site shows by itself is
      marked. All settings: radiomics describe genomics
      """)

  @Argument(help: ArgumentHelp("The feature table: .csv, .tsv or .xlsx, a row for each subject.", valueName: "table"))
  var table: String
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Expression of genes, subjects at either side: .csv, .tsv, .gct, each also .gz.", valueName: "table"))
  var omics: String
  @Option(
    name: .long,
    help: ArgumentHelp("The column that names subjects; --by or 'subject' if not said.", valueName: "column"))
  var subject: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Which features: a list (a file), a pattern of names between slashes, or names with commas.",
      valueName: "file|/pattern/|names"))
  var features: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Columns, with commas, whose effects are taken out of both sides: age,sex,'factor(stage)'.", valueName: "names"))
  var confounders: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column of hospitals, a confounder by itself; else a confounder called 'site'.", valueName: "column"))
  var site: String?
  @Option(name: .long, help: "What is tested.") var test = MassUnivariate.Test.plain
  @Option(name: .long, help: "What is made of the expression before.") var scale = ExpressionScale.none
  @Option(
    name: .long, help: "Which counts of several rows of one gene: their mean, the one with the largest mean, or none.")
  var duplicates = DuplicateGenes.mean
  @Option(name: .long, help: "The false discovery rate.") var level = 0.05
  @Option(name: .long, help: "Features of a cluster correlate by more than this in size.") var above = 0.8
  @Option(name: .long, help: "How many pairs are listed by rank, also if they are no discoveries.") var top = 1000
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Permute genes' residuals within sites up to so often, for P over all pairs; stops early.", valueName: "number"))
  var permutations = 0
  @Option(name: .long, help: "Where random numbers begin.") var seed: UInt64 = 1
  @OptionGroup var reading: RowsArgument
  @OptionGroup var files: AnalysisFiles
  @Option(name: .long, help: ArgumentHelp("Threads; all there are if not said.", valueName: "number")) var jobs: Int?
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    for (name, value, range) in [
      ("level", level, 0.0001...0.5), ("above", above, 0...1), ("top", Double(top), 0...1e6),
      ("permutations", Double(permutations), 0...1e6), ("jobs", Double(jobs ?? 1), 1...4096),
    ] where !range.contains(value) {
      throw ValidationError(
        "--\(name): is \(numberText(value)), must be from \(numberText(range.lowerBound)) to \(numberText(range.upperBound))."
      )
    }
    try files.check()
  }

  private var options: Genomics.Options {
    var options = Genomics.Options()
    (options.test, options.scale, options.site, options.level) = (test, scale, site, level)
    (options.above, options.top, options.permutations, options.seed) = (above, top, permutations, seed)
    options.confounders = confounders.map(BatchArguments.terms) ?? []
    return options
  }

  func run() throws {
    let keys = reading.request.keys
    let found = try GenomicsFile(
      table: table, omics: omics, subject: subject ?? (keys.count == 1 ? keys[0] : "subject"),
      selection: features.map { try FeatureSelection($0) }, request: reading.request, duplicates: duplicates, options,
      lanes: Lanes(jobs: jobs ?? JobCount.preset))
    let report = found.report(command: GivenCommand(self))
    messages.report(found.findings + report.findings)
    try files.write(report, found.findings)
  }
}
