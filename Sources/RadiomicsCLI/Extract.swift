import ArgumentParser
import Radiomics

struct Extract: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Image and mask to a table of features.",
    discussion: """
      Reads NIfTI, NRRD and MetaImage. One row for each region; a value, or the
      reason why there is none. Beside the table stands NAME.provenance.json:
      recipe in full, fingerprints, inputs with SHA-256, steps, findings.

        radiomics extract ct.nii.gz gtv.nrrd
        radiomics extract ct.nii.gz gtv.nrrd --recipe ibsi-ct -o features.csv
        radiomics extract pet.nrrd lesions.nrrd --region components -o all.tsv
        radiomics extract ct.nrrd gtv.nrrd --save-steps steps -o features.csv
      """)

  @Argument(help: "The image.") var image: String
  @Argument(help: "The mask: labels on the image's grid.") var mask: String
  @OptionGroup var recipe: RecipeOption
  @OptionGroup var reading: ReadingArguments

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the table here: .csv, .tsv or .json.", valueName: "file"))
  var output: String?
  @Option(name: .long, help: "One row for each region, or one for each value.") var layout = TableLayout.wide
  @Option(name: .long, help: "What is printed when there is no --output.") var format = PrintedFormat.text
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Write image and masks after each step here, cut to the region's box.", valueName: "folder"))
  var saveSteps: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Write the table of steps here (sizes, voxels, intensities); computes the whole image for its figures.",
      valueName: "file"))
  var diagnostics: String?
  @Flag(name: .long, help: "Exit with 1 if any cell is undefined.") var strict = false
  @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

  func run() throws {
    try checkOutputs()
    let diagnosticsFormat = try diagnostics.map { (path) in try TableFormat(path: path) }
    if diagnosticsFormat == .json {
      throw ValidationError("--diagnostics: the table of steps must end in .csv or .tsv.")
    }
    let (recipe, notes) = try recipe.read()
    if reading.clipTo != nil, !recipe.preparation.addsVoxels {
      throw ValidationError("--clip-to: the recipe has no 'dilate' or 'ring' that it could limit. Leave it out.")
    }
    let start = now()
    let study = try Study(image: image, mask: mask, options: reading.options)
    let read = now()
    let result = study.measure(recipe, wholeImage: diagnostics != nil, keepsStages: saveSteps != nil)
    let timings = [("read", read - start), ("measure", now() - read)]
    if !quiet { Terminal.report(notes + result.findings) }
    let table = result.table
    if let saveSteps { try result.writeStages(to: saveSteps) }
    if let diagnostics {
      try OutputFile.write(result.diagnostics.text(separator: diagnosticsFormat == .tsv ? "\t" : ","), to: diagnostics)
    }
    if let output {
      try result.write(to: output, layout: layout, timings: timings)
    } else {
      try Terminal.show(printed(table))
    }
    if !quiet { Terminal.report(summary(table)) }
    if strict, table.undefinedCount > 0 { throw ExitCode.notMet }
  }

  /// Outputs have known endings, and none overwrites another or an input.
  private func checkOutputs() throws {
    if let output {
      _ = try TableFormat(path: output)
      if output.hasSuffix(".provenance.json") {
        throw ValidationError("\(output): is the name of a provenance file. Choose another one for the table.")
      }
    }
    let outputs = [output, output.map(StudyResult.provenancePath), diagnostics].compactMap { $0 }
    let paths = [image, mask] + outputs
    for (index, path) in paths.enumerated() where index >= 2 && paths[..<index].contains(path) {
      throw ValidationError("\(path): is named twice, must be a file of its own.")
    }
  }

  private func summary(_ table: FeatureTable) -> String {
    let undefined = table.undefinedCount
    let reasons = output == nil ? "" : " (reasons in the provenance)"
    return (output.map { "\($0): " } ?? "")
      + "\(table.count) region\(table.count == 1 ? "" : "s"), \(table.measured.count) features each"
      + (undefined > 0 ? ", \(undefined) undefined\(reasons)" : "")
  }

  private func printed(_ table: FeatureTable) -> String {
    switch format {
    case .csv: layout.csv(of: table).text()
    case .json: table.json(layout).json + "\n"
    case .text: Self.text(table)
    }
  }

  /// For people: one line for each value, grouped by region.
  static func text(_ table: FeatureTable) -> String {
    (0..<table.count).map { row in
      let regions = table.texts.first { $0.name == "region" }
      let rows = table.measured.map { measurand, cells in
        let cell = cells[row]
        return [
          measurand.column, cell.value.map { shortText($0, digits: 6) } ?? "undefined",
          cell.value == nil ? "" : measurand.unit,
          cell.reason.map { "(\($0))" } ?? measurand.feature.name,
        ]
      }
      return "region \(regions?.values[row] ?? "")\n" + Terminal.columns(rows, right: [1])
    }.joined(separator: "\n")
  }
}
