import ArgumentParser
import Radiomics

@main
package struct RadiomicsCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "radiomics",
    abstract: "From medical images and outlined regions to numbers you can trust.",
    discussion: """
      A first look, without any data:
        radiomics demo
      The features of each label of a mask:
        radiomics extract ct.nrrd mask.nrrd --recipe ibsi-ct -o features.csv
      A cohort, on all processors:
        radiomics extract cohort.csv --recipe ibsi-ct -o features.csv
      Is this installation right?
        radiomics verify

      Exit codes: 0 done; 1 done, but cases failed or a check was not met; 2 wrong
      input or usage; 3 our own mistake.
      """,
    version: radiomicsVersion,
    subcommands: [
      Demo.self, Extract.self, PyRadiomicsCommand.self, Maps.self, CohortCommand.self, MergeCommand.self, Submit.self,
      FilterCommand.self, AgreementCommand.self, PerturbCommand.self, ReliabilityCommand.self, SimulateCommand.self,
      ResponseCommand.self,
      ProfileCommand.self, TableCommand.self, DiagnosticCommand.self, PrognosticCommand.self, PredictiveCommand.self,
      AddedValueCommand.self, HarmoniseCommand.self, TrainCommand.self, ApplyCommand.self, ValidateCommand.self,
      SampleSizeCommand.self, DeltaCommand.self, HabitatsCommand.self, GenomicsCommand.self,
      Convert.self, DicomCommand.self, Verify.self,
      Describe.self, RecipeCommand.self, WorkerCommand.self,
    ])

  package init() {}

  /// Runs a command and turns what it throws into a sentence and an exit code.
  package static func main() {
    ignoreFileSizeSignal()
    refuseTightMemory()
    let verbs = configuration.subcommands.map { $0._commandName } + ["help"]
    if let first = CommandLine.arguments.dropFirst().first, !first.hasPrefix("-"), !verbs.contains(first) {
      let hint = didYouMean(first, among: verbs)
      Terminal.report("error: there is no verb '\(first)'. There are: \(verbs.joined(separator: ", ")).\(hint)")
      finish(2)
    }
    let command: any ParsableCommand
    do {
      command = try parseAsRoot(PyRadiomicsCommand.completed(Array(CommandLine.arguments.dropFirst())))
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if code == .success { Terminal.showAndFinish(text) }
      Terminal.report(text.hasPrefix("Error: ") ? "error: " + text.dropFirst("Error: ".count) : text)
      finish(2)
    }
    do {
      try CommandFiles(command).check()
      var command = command
      try command.run()
      finish(0)
    } catch let code as ExitCode {
      finish(code.rawValue)
    } catch let error where exitCode(for: error) == .success {
      Terminal.showAndFinish(fullMessage(for: error))
    } catch let error as ValidationError {
      Terminal.report("error: \(error.message)")
      finish(2)
    } catch let error as any AdvisedError {
      Terminal.report("error: \(error.sentence(\.typed))")
      finish(2)
    } catch {
      Terminal.report("internal error, please report it: \(error)")
      finish(3)
    }
  }
}

extension ExitCode {
  /// Done, but a check was not met.
  static let notMet = ExitCode(1)
  /// Wrong input or usage.
  static let wrongInput = ExitCode(2)
}
