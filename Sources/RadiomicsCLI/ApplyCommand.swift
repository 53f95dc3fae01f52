import ArgumentParser
import Radiomics
import RadiomicsCore
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
        radiomics apply signature.json ct.nii.gz mask.nii.gz --fact hospital=A --fact age=61
      """)

  @Argument(help: ArgumentHelp("The signature (.json).", valueName: "signature")) var signature: String
  @Argument(help: ArgumentHelp("The table (.csv, .tsv, .xlsx), or the image.", valueName: "table|image"))
  var input: String
  @Argument(help: ArgumentHelp("The mask, with an image.", valueName: "mask")) var mask: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "With an image: what it does not tell of the patient, such as age=61; repeatable.", valueName: "column=value"))
  var fact: [String] = []
  @OptionGroup var seal: SignedByArgument
  @OptionGroup var empty: MissingArgument
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the table here: .csv, .tsv or .xlsx.", valueName: "file"))
  var output: String?
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    if let bad = fact.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
      throw ValidationError("--fact: is '\(bad)', must be column=value, such as age=61.")
    }
    if mask == nil, !fact.isEmpty { throw ValidationError("--fact: is of an image, a table has columns of its own.") }
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
      try OutputFile.write(together: [
        (bytes: found.table.bytes(for: output), path: output),
        (bytes: Array(found.provenance(command: command).utf8), path: provenancePath(for: output)),
      ])
      if messages.saysNotes {
        Terminal.report(
          "\(output): \(found.count) row\(found.count == 1 ? "" : "s"), \(found.failed) without a prediction")
      }
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
    let rows = try told(result.table, kept)
    return try AppliedTable(
      kept, rows, csv: rows.csv, path: input,
      inputs: [
        ResultProvenance.Input(input, sha256: nil), ResultProvenance.Input(mask, sha256: nil),
        ResultProvenance.Input(signature, sha256: sha256(bytes)),
      ])
  }

  /// The image's rows with what else is told of the patient.
  /// - Throws: `ValidationError` that names what is not.
  private func told(_ rows: Table, _ kept: Signature) throws -> Table {
    var table = rows
    for text in fact {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let isNumber = kept.inputs.first { $0.name == parts[0] }?.range != nil
      if isNumber {
        guard let number = Double(parts[1]), number.isFinite else {
          throw ValidationError("--fact \(text): '\(parts[0])' must be a number.")
        }
        table = table.with(Column(parts[0], .numbers((0..<rows.count).map { _ in number })))
      } else {
        table = table.with(Column(parts[0], .categories((0..<rows.count).map { _ in parts[1] })))
      }
    }
    let missing = kept.inputs.map(\.name).filter { table[$0] == nil }
    guard missing.isEmpty else {
      throw ValidationError(
        "\(input): the image does not tell \(missing.map { "'\($0)'" }.joined(separator: ", ")), which the signature needs. Tell it: "
          + missing.map { "--fact \($0)=…" }.joined(separator: " "))
    }
    return table
  }
}
