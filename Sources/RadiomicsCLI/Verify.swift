import ArgumentParser
import Radiomics
import RadiomicsCompliance
import RadiomicsRuns

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Proves that this installation measures what the standard says.",
    discussion: """
      Without data: the digital phantom of IBSI 1 and its 482 reference values,
      which come with the software. With --data: the CT phantom's configurations
      A to E (1,322 values) and 300 diagnostics, the 33 response maps of IBSI 2's
      filters and their 323 statistics on the CT phantom, from a folder laid out
      like the IBSI data ('make reference-data' of the source downloads it); or every
      value of PyRadiomics' own baseline, to 1e-6, from a folder with its
      baseline_glcm.csv, brain1 and breast1. A value of IBSI passes if, rounded to
      three significant digits, it lies within the reference's tolerance; counts that
      are printed in full are not rounded.
      """)

  @Option(
    name: .long,
    help: ArgumentHelp("A folder with IBSI's data, or PyRadiomics' baseline; may be repeated.", valueName: "folder"))
  var data: [String] = []
  @Option(name: .long, help: "What is printed.") var format = PrintedFormat.text

  func run() throws {
    var tables = [try Compliance.digitalPhantom()]
    let resources = Resources(jobs: JobCount.preset)
    for folder in data {
      if Compliance.hasBaseline(folder) {
        tables.append(try Compliance.pyRadiomics(in: folder, resources))
        continue
      }
      tables += try Compliance.ctPhantom(in: folder)
      tables.append(try Compliance.filterMaps(in: folder, resources))
      tables.append(try Compliance.filterStatistics(in: folder, resources))
    }
    switch format {
    case .text: try Terminal.show(text(tables))
    case .json: try Terminal.show(json(tables).json + "\n")
    case .csv: try Terminal.show(csv(tables))
    }
    if tables.contains(where: { $0.passed < $0.rows.count }) { throw ExitCode.notMet }
  }

  private func text(_ tables: [ComplianceTable]) -> String {
    var lines = [["table", "family", "passed", "of"]]
    for table in tables {
      for (family, passed, all) in table.byFamily { lines.append([table.name, family, "\(passed)", "\(all)"]) }
    }
    var text = Terminal.columns(lines, right: [2, 3])
    let failures = tables.flatMap { table in table.rows.filter { !$0.passes }.map { (table.name, $0) } }
    if !failures.isEmpty {
      let rows = failures.map { name, row in
        [
          "off:", name, row.tag, row.aggregation, "is", row.measured.map(numberText) ?? row.reason ?? "",
          "must be", "\(numberText(row.reference)) ± \(numberText(row.tolerance))",
        ]
      }
      text += "\n" + Terminal.columns(rows, right: [5])
    }
    let passed = tables.reduce(0) { $0 + $1.passed }, all = tables.reduce(0) { $0 + $1.rows.count }
    return text + "\n\(passed) of \(all) values within tolerance\n"
  }

  private func json(_ tables: [ComplianceTable]) -> JSON {
    .map([
      .init(
        "tables",
        .list(
          tables.map { table in
            .map([
              .init("name", .text(table.name)), .init("passed", .integer(table.passed)),
              .init("all", .integer(table.rows.count)), .init("skipped", .integer(table.skipped)),
            ])
          }))
    ])
  }

  private func csv(_ tables: [ComplianceTable]) -> String {
    let header = ["table", "tag", "aggregation", "value", "reference", "tolerance", "passes"]
    var rows: [[String]] = []
    for table in tables {
      for row in table.rows {
        rows.append([
          table.name, row.tag, row.aggregation, row.measured.map(numberText) ?? "", numberText(row.reference),
          numberText(row.tolerance), row.passes ? "yes" : "no",
        ])
      }
    }
    return CSV(header: header, rows: rows).text()
  }
}
