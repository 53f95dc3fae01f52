import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Workbooks (.xlsx) wherever a table is read or written.
@Suite struct WorkbookTests {
  /// 40 patients as `t.csv` and `t.xlsx`.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 8)
    let rows = (0..<40).map { row in
      let x = generator.normal(), time = numberText(generator.uniform() + 0.01), isEvent = generator.uniform() < 0.7
      let words = ["\(1000 + row)", row % 3 == 0 ? "A" : "B", time, isEvent ? "TRUE" : "FALSE"]
      return words + [
        generator.uniform() < 0.5 ? "1" : "0", row == 7 ? "" : numberText(x), numberText(generator.normal()),
      ]
    }
    let table = CSV(header: ["id", "arm", "time", "event", "y", "x", "z"], rows: rows)
    try table.write(to: folder.path("t.csv"))
    try table.write(to: folder.path("t.xlsx"))
    return folder
  }

  /// The same result from either file, and in either.
  @Test(arguments: [
    ["diagnostic", "--outcome", "y", "--marker", "x"],
    ["prognostic", "--time", "time", "--event", "event", "--marker", "x"],
    ["predictive", "--outcome", "y", "--treatment", "arm", "--marker", "x"],
    ["added-value", "--outcome", "y", "--base", "z", "--extended", "z + x"],
  ]) func clinicalVerbs(_ arguments: [String]) throws {
    let folder = try Self.folder()
    for name in ["csv", "xlsx"] {
      let words = [arguments[0], "t.\(name)"] + arguments.dropFirst()
      let run = try Command(arguments: words + ["-o", "from-\(name).csv"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(try Command(arguments: words + ["-o", "from-\(name).xlsx"], in: folder).status == 0)
    }
    let expected = try CSV(path: folder.path("from-csv.csv"))
    for name in ["from-xlsx.csv", "from-csv.xlsx", "from-xlsx.xlsx"] {
      #expect(try CSV(path: folder.path(name)).rows == expected.rows)
      #expect(try CSV(path: folder.path(name)).header == expected.header)
    }
  }

  /// A cohort, its table, and what is made of that, wide and long; one case has the same.
  @Test func featureTables() throws {
    let cohort = try SmallCohort(4), folder = cohort.folder
    try CSV(path: folder.path("cohort.csv")).write(to: folder.path("cohort.xlsx"))
    for layout in ["wide", "long"] {
      #expect(try cohort.extract("-o", "f-\(layout).csv", "--layout", layout).status == 0)
      let words = ["extract", "cohort.xlsx", "--recipe", "recipe.yaml", "-o", "\(layout).xlsx", "--layout", layout]
      let run = try Command(arguments: words, in: folder)
      #expect(run.status == 0 && run.errors == "\(layout).xlsx: 4 cases, 4 regions\n", "\(run.errors)")
      let expected = try CSV(path: folder.path("f-\(layout).csv"))
      #expect(try CSV(path: folder.path("\(layout).xlsx")) == expected)
      #expect(try Command("merge", "\(layout).run", "-o", "m.xlsx", "--layout", layout, in: folder).status == 0)
      #expect(try CSV(path: folder.path("m.xlsx")) == expected)
      for name in ["one.csv", "one.xlsx"] {
        let words = ["extract", "i0.nrrd", "m0.nrrd", "--recipe", "recipe.yaml", "-o", name, "--layout", layout]
        #expect(try Command(arguments: words, in: folder).status == 0)
      }
      #expect(try CSV(path: folder.path("one.xlsx")) == CSV(path: folder.path("one.csv")))
    }
    #expect(
      WholeFile.exists(folder.path("wide.run/cohort.xlsx")) && WholeFile.exists(folder.path("one.provenance.json")))
    for name in ["f-wide.csv", "wide.xlsx"] {
      let run = try Command("reliability", name, "--subject", "site", "-o", "r-\(name).xlsx", in: folder)
      #expect(run.status == 0, "\(run.errors)")
    }
    #expect(try CSV(path: folder.path("r-f-wide.csv.xlsx")) == CSV(path: folder.path("r-wide.xlsx.xlsx")))
  }

  @Test func placesOfErrors() throws {
    let folder = try TemporaryFolder()
    try CSV(header: ["y", "x"], rows: [["1", "2"], ["0", "high"], ["1", "3"]]).write(to: folder.path("t.xlsx"))
    let run = try Command("diagnostic", "t.xlsx", "--outcome", "y", "--marker", "x", in: folder)
    #expect(run.status == 2 && run.errors.contains("t.xlsx:3"), "\(run.errors)")
    try folder.write("y,x\n1,2\n", to: "text.xlsx")
    let text = try Command("diagnostic", "text.xlsx", "--outcome", "y", "--marker", "x", in: folder)
    #expect(
      text.status == 2 && text.errors.contains("text.xlsx: the name says .xlsx and it is no workbook."),
      "\(text.errors)")
  }
}
