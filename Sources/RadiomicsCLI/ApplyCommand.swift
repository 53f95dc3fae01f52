import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct ApplyCommand: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Predicts by a signature: for the rows of a table, or for an image and a mask.",
    discussion: """
      Rows stay as they are; prediction, linear_predictor, risk_group, horizon,
      out_of_range, status and reason are added. Columns that were measured otherwise
      than where the signature was learnt are refused. An image is measured by the
      recipe that the signature keeps.

        radiomics apply signature.json features.csv -o predictions.csv
        radiomics apply signature.json ct.nii.gz mask.nii.gz
      """)

  @Argument(help: ArgumentHelp("The signature (.json).", valueName: "signature")) var signature: String
  @Argument(help: ArgumentHelp("The table (.csv, .tsv, .xlsx), or the image.", valueName: "table|image"))
  var input: String
  @Argument(help: ArgumentHelp("The mask, with an image.", valueName: "mask")) var mask: String?
  @OptionGroup var seal: SignedByArgument
  @OptionGroup var empty: MissingArgument
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the table here: .csv, .tsv or .xlsx.", valueName: "file"))
  var output: String?
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    if let output, CSV.ending(of: output) == nil {
      throw ValidationError("\(output): the ending must be .csv, .tsv or .xlsx.")
    }
    if mask == nil, CSV.ending(of: input) == nil, !WholeFile.isDevice(input) {
      throw ValidationError("\(input): is no table (.csv, .tsv, .xlsx); an image needs a mask after it.")
    }
  }

  func addFiles(to files: inout CommandFiles) { files.written += [Report.provenance(beside: output)].compactMap { $0 } }

  func run() throws {
    let bytes = try WholeFile.bytes(of: signature), kept = try Signature(bytes, path: signature, signedBy: seal.key)
    let found = try mask.map { try measured(kept, bytes, $0) } ?? table(kept, bytes)
    messages.report(found.findings)
    let command = GivenCommand(self)
    if let output {
      try found.table.write(to: output)
      try OutputFile.write(found.provenance(command: command), to: provenancePath(for: output))
      if messages.saysNotes { Terminal.report("\(output): \(found.count) rows, \(found.failed) without a prediction") }
    } else {
      try Terminal.show(found.table.text())
    }
    if found.failed > 0 { throw ExitCode.notMet }
  }

  private func table(_ kept: Signature, _ bytes: [UInt8]) throws -> AppliedTable {
    var request = RowsRequest()
    request.missing = empty.words
    return try AppliedTable(kept, file: signature, bytes, path: input, request: request)
  }

  private func measured(_ kept: Signature, _ bytes: [UInt8], _ mask: String) throws -> AppliedTable {
    guard let text = kept.recipe else {
      throw ValidationError(
        "\(signature): keeps no recipe, as no provenance lay beside the table that it was learnt from. Measure the image by 'radiomics extract', and name the table."
      )
    }
    let lanes = Lanes(jobs: JobCount.preset)
    let study = try Study(image: input, mask: mask, sources: [DICOMSource(lanes: lanes)])
    messages.report(study.findings)
    let result = try study.measure(
      try Recipe(yaml: text, file: signature), Resources(jobs: JobCount.preset, memory: nil))
    return try AppliedTable(
      kept, result.table, csv: result.table.csv, path: input,
      inputs: [
        ResultProvenance.Input(input, sha256: nil), ResultProvenance.Input(mask, sha256: nil),
        ResultProvenance.Input(signature, sha256: sha256(bytes)),
      ])
  }
}
