import Foundation
import RadiomicsTestSupport
import Testing

struct SampleSizeCommandTests {
  @Test func saysHowManyPatients() throws {
    let folder = try TemporaryFolder()
    let text = try Command(
      "sample-size", "binary", "--parameters", "24", "--prevalence", "0.174", "--r2", "0.288", in: folder)
    #expect(text.status == 0 && text.errors.isEmpty)
    #expect(text.output.hasPrefix("at least 662 patients with 116 events for 24 candidate parameters\n"))
    let json = try Command(
      "sample-size", "survival", "--parameters", "30", "--rate", "0.065", "--timepoint", "2", "--meanfup", "2.07",
      "--csrsquared", "0.051", "--format", "json", in: folder)
    #expect(json.output.contains("\"sample_size\": 5143") && json.output.contains("\"max_r2a\": 0.55"))
    let number = try Command(
      "sample-size", "continuous", "--parameters", "25", "--r2", "0.2", "--intercept", "1.9", "--sd", "0.6", "-o",
      "size.csv", in: folder)
    #expect(number.status == 0)
    let csv = try String(contentsOf: folder.url.appendingPathComponent("size.csv"), encoding: .utf8)
    #expect(csv.hasPrefix("criterion,sample_size,shrinkage,spp\nshrinkage,918,"))
    let validation = try Command(
      "sample-size", "validation", "--prevalence", "0.018", "--c", "0.8", "--lpnormal=-5,2.5", "--oeciwidth", "1",
      in: folder)
    #expect(validation.output.contains("c_statistic      4252"))
    // Without loss, 0.7 / (0.3 SE²) with SE = asinh(0.1) / 1.96 is 899.4.
    let times = try Command(
      "sample-size", "validation", "--incidence", "0.3", "--timepoint", "5", "--lpsd", "0.8", "--format", "json",
      in: folder)
    #expect(
      times.status == 0 && times.output.contains(#""criterion": "oe""#)
        && times.output.contains(#""sample_size": 900,"#))
  }

  /// Nagelkerke's R² of pmsampsize: 0.15 · 0.6032 is rounded to 0.09, which needs 1,899 patients.
  @Test func understandsNamesOfPmsampsize() throws {
    let folder = try TemporaryFolder()
    let found = try Command(
      "sample-size", "binary", "--parameters", "20", "--prevalence", "0.174", "--nagrsquared", "0.15", in: folder)
    #expect(found.output.hasPrefix("at least 1899 patients"))
  }

  @Test(arguments: [
    (["binary", "--parameters", "24", "--prevalence", "0.174"], "must be one of them"),
    (["binary", "--parameters", "24", "--prevalence", "1.2", "--r2", "0.2"], "--prevalence: is 1.2"),
    (["binary", "--parameters", "24", "--prevalence", "0.174", "--r2", "0.7"], "must be below 0.6032"),
    (["survival", "--parameters", "3", "--rate", "0", "--timepoint", "2", "--meanfup", "2", "--r2", "0.1"], "--rate"),
    (["validation", "--prevalence", "0.2", "--c", "0.7", "--lpnormal", "x"], "must be two numbers"),
    (["validation"], "either --prevalence and --c, or --incidence"),
    (["validation", "--incidence", "0.3", "--timepoint", "5"], "--incidence, --timepoint and --lpsd, or --r2"),
    (
      ["validation", "--incidence", "0.3", "--timepoint", "5", "--lpsd", "1", "--followup", "3"],
      "follow-up: is 3, must be 5"
    ),
  ])
  func refuses(_ arguments: [String], _ words: String) throws {
    let folder = try TemporaryFolder()
    let found = try Command(arguments: ["sample-size"] + arguments, in: folder)
    #expect(found.status == 2 && found.errors.contains(words), "\(found.errors)")
  }
}
