import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct DiagnosticCommandTests {
  /// 60 patients: a marker that is higher in events, one that is not, two sexes, a missing value.
  private static func table() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 9), lines = ["y,m,n.3D_avg,sex,p,word"]
    for row in 0..<60 {
      let event = row % 3 == 0, marker = generator.normal() + (event ? 1.2 : 0), other = generator.normal()
      let p = 1 / (1 + exp(0.9 - marker))
      lines.append(
        "\(event ? 1 : 0),\(row == 7 ? "" : numberText(marker)),\(numberText(other)),\(row % 2 == 0 ? "f" : "m"),\(numberText(p)),\(row)x"
      )
    }
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "t.csv")
    return folder
  }

  @Test func markersModelFigureAndPage() throws {
    let folder = try Self.table()
    let run = try Command(
      "diagnostic", "t.csv", "--outcome", "y", "--marker", "m", "--marker", "n.3D_avg", "--group", "sex", "--model",
      "m * sex",
      "--bootstrap", "20", "--probability", "p", "--prevalence", "0.1", "--part", "specificity:0.8-1", "--figure",
      "f.svg",
      "--report", "r.html", "-o", "o.json", in: folder)
    #expect(run.status == 0 && run.errors.contains("1 of 60 are left out"), "\(run.errors)")
    let result = try #require(
      JSONSerialization.jsonObject(with: Data(folder.read("o.json").utf8)) as? [String: Any])
    #expect(result["n"] as? Int == 59 && result["events"] as? Int == 20 && result["missing"] as? Int == 1)
    let markers = try #require(result["markers"] as? [[String: Any]])
    #expect((markers[0]["auc"] as? Double ?? 0) > 0.65 && markers[0]["var_delong"] != nil && markers[0]["pauc"] != nil)
    let cutoff = try #require(markers[0]["cutoff"] as? [String: Any])
    #expect(((cutoff["sensitivity"] as? [String: Any])?["wilson"] as? [Double])?.count == 2)
    #expect(cutoff["ppv_at_prev_10pct"] != nil)
    let comparisons = try #require(result["comparisons"] as? [[String: Any]])
    #expect(
      comparisons.map { $0["test"] as? String }
        == ["delong_unpaired", "delong_unpaired", "delong_paired", "mcnemar_sensitivity", "mcnemar_specificity"])
    let predictions = try #require(result["predictions"] as? [[String: Any]])
    #expect(predictions.map { $0["apparent"] as? Bool } == [false, true])
    let corrected = try #require(predictions[1]["corrected"] as? [String: Any]),
      apparent = try #require(predictions[1]["calibration"] as? [String: Any])
    #expect((corrected["auc"] as? Double ?? 1) < (apparent["auc"] as? Double ?? 0))
    #expect(try folder.read("f.svg").hasPrefix("<svg ") && folder.read("r.html").contains("</html>"))
  }

  @Test func cutsChosenElsewhereAndOtherRows() throws {
    let folder = try Self.table()
    let cut = try Command("diagnostic", "t.csv", "--outcome", "y", "--marker", "0 - m", "--cut=-0.5", in: folder)
    #expect(cut.status == 0 && cut.output.contains("threshold  -0.5"), "\(cut.errors)")
    #expect(cut.errors.contains("smaller values go with the event"))
    let table = try Command("diagnostic", "t.csv", "--outcome", "y", "--marker", "m", "--format", "csv", in: folder)
    #expect(table.output.hasPrefix("marker,n_pos,n_neg,auc,ci95_1,ci95_2,"), "\(table.output)")
    let other = try Command(
      "diagnostic", "t.csv", "--outcome", "y", "--model", "m", "--validate", "t.csv", in: folder)
    #expect(other.status == 0 && other.output.contains("predictions by model\n"), "\(other.errors)")
  }

  @Test(arguments: [
    (["--outcome", "y"], "there is nothing to judge"), (["--outcome", "z", "--marker", "m"], "there is no column 'z'"),
    (["--outcome", "y", "--marker", "mm"], "Did you mean 'm'?"),
    (["--outcome", "word", "--marker", "m"], "must have two"),
    (["--outcome", "y", "--marker", "word"], "must be a number"),
    (["--outcome", "y", "--probability", "m"], "must be from 0 to 1"),
    (["--outcome", "y", "--marker", "m", "--cut", "best"], "must be youden, closest"),
    (["--outcome", "y", "--marker", "m", "--cut", "cost:3"], "needs --prevalence"),
    (["--outcome", "y", "--marker", "m", "--part", "specificity:1-0.5"], "must be like specificity:0.9-1"),
    (["--outcome", "y", "--marker", "m", "--prevalence", "10"], "must be above 0 and below 1"),
    (["--outcome", "y", "--marker", "m", "--firth"], "needs --model"),
    (["--outcome", "y", "--model", "y"], "separate events"),
    (["--outcome", "y", "--model", "m +"], "it ends where a column must stand"),
    (["--outcome", "y", "--marker", "m", "--figure", "t.png"], "must end in .svg"),
    (["--outcome", "y", "--marker", "m", "-o", "t.csv"], "is named twice"),
  ])
  func refuses(_ arguments: [String], _ sentence: String) throws {
    let run = try Command(arguments: ["diagnostic", "t.csv"] + arguments, in: try Self.table())
    #expect(run.status == 2 && run.errors.contains(sentence) && run.output.isEmpty, "\(run.errors)")
  }
}
