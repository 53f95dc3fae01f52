import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

extension StudyResult {
  /// Writes the table, and `NAME.provenance.json` beside it.
  /// - `guardsFormulas`: Whether texts that a spreadsheet program would run get an apostrophe.
  public func write(
    to path: String, layout: TableLayout, guardsFormulas: Bool = false, timings: [(name: String, seconds: Double)]
  ) throws {
    let format = try TableFormat(path: path)
    let table =
      format == .xlsx
      ? try layout.workbook(header, rows, path: path)
      : Array(text(format, layout, guardsFormulas: guardsFormulas).utf8)
    let provenance = try provenance(timings: timings)
    try OutputFile.write(together: [
      (bytes: table, path: path), (bytes: Array(provenance.utf8), path: provenancePath(for: path)),
    ])
  }

  /// Fills a table with the rows, and writes the provenance to a file beside it.
  public func write(
    to sink: any TableSink, provenance path: String, timings: [(name: String, seconds: Double)]
  ) throws {
    try OutputFile.write(provenance(timings: timings), to: path)
    try sink.begin(header)
    try sink.append(rows, ofCase: 0)
    try sink.finish()
  }

  /// The table as text.
  public func text(_ format: TableFormat, _ layout: TableLayout, guardsFormulas: Bool = false) -> String {
    var text = TableText(format: format, layout: layout, header: header)
    text.guardsFormulas = guardsFormulas
    return text.text(of: rows)
  }

  /// The table's columns.
  public var header: TableHeader {
    TableHeader(
      texts: ["image", "mask", "region"] + recipe.diagnosticColumns + (profile?.columns ?? []),
      measurands: recipe.columns,
      facts: [
        .init("software", .text("swift-radiomics \(radiomicsVersion)")), .init("recipe", .text(recipe.yaml)),
        .init("recipe_fingerprint", .text(recipe.fingerprint)), .init("reading", .text(study.options.json.line)),
      ])
  }

  /// One row for each region, then one for each that cannot be measured.
  public var rows: [TableRow] {
    let limits = profiled?.texts, ownFindings = study.findings + noted
    let empty = [String?](repeating: nil, count: header.texts.count - 3)
    let measured = zip(study.regions, measurements).enumerated().map { index, pair in
      let (region, measurement) = pair, texts = diagnosticTexts[index] + (limits?[index] ?? [])
      let (status, reason) = measurement.cells.status
      return TableRow(
        texts: [study.imagePath, study.maskPath, region.name] + texts, status: status, reason: reason,
        cells: measurement.cells, findings: (index == 0 ? ownFindings : []) + measurement.findings)
    }
    return measured
      + study.unmeasured.map {
        TableRow(
          texts: [study.imagePath, study.maskPath, $0.name] + empty, status: .failed, reason: $0.reason, cells: [])
      }
  }

  /// Writes image and masks after each step of each region as NIfTI files into a folder, which is made.
  public func writeStages(to folder: String) throws {
    try WholeFile.makeFolder(folder)
    for (index, (region, measurement)) in zip(study.regions, measurements).enumerated() {
      let label = region.name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
      for (number, stage) in measurement.stages.enumerated() {
        let start = "\(folder)/region\(index + 1)-\(String(label))-\(number + 1)-\(stage.name)"
        let geometry = stage.image.geometry
        try ImageFormats.write(Scan(stage.image), to: start + "-image.nii.gz")
        for (kind, mask) in [("morphological", stage.morphological), ("intensity", stage.intensity)] {
          try ImageFormats.write(
            Scan(geometry: geometry, mask: mask.mask), to: "\(start)-\(kind).nii.gz")
        }
      }
    }
  }
}
