import ArgumentParser
import Foundation
import Radiomics

/// Reads a study once; then each line of standard input is answered by one measurement and one line of JSON.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads a study, then measures once for each line of input.",
    discussion: """
      The lines: 'whole' is the measurement that users get; 'steps' times each step
      and family by itself; 'values' gives the features by column; 'maps' maps them
      at radius 1, into files that are thrown away. Answers are lines of JSON, times
      in CPU seconds.
      """)

  @Argument(help: "The image.") var image: String
  @Argument(help: "The mask.") var mask: String
  @Option(help: "A recipe file or preset.") var recipe = "benchmark"
  @Option(help: "Threads.") var jobs = 1

  func run() throws {
    let recipe =
      Preset.all.contains { $0.name == self.recipe }
      ? try Recipe(preset: self.recipe) : try Recipe(yaml: WholeFile.text(of: self.recipe), file: self.recipe)
    let study = try Study(image: image, mask: mask)
    let resources = Resources(jobs: jobs)
    report(.map([.init("voxels", .integer(study.regions.reduce(0) { $0 + $1.voxels.count }))]))
    while let line = readLine() {
      switch line {
      case "whole":
        let (_, cost) = try Cost.of { try study.measure(recipe, resources) }
        report(.map(cost.json))
      case "steps": report(.map([.init("steps", .map(steps(of: recipe, on: study, resources).map(\.json)))]))
      case "values": try report(.map([.init("values", .list(values(study.measure(recipe, resources))))]))
      case "maps": report(.map(try maps(recipe, study, resources).json))
      default: throw ValidationError("'\(line)' must be whole, steps, values or maps.")
      }
    }
  }

  private func maps(_ recipe: Recipe, _ study: Study, _ resources: Resources) throws -> Cost {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("radiomics-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let selection = try MapSelection(recipe), target = try MapTarget(folder, ending: "nii")
    return try Cost.of { try study.maps(recipe, selection, to: target, resources) }.1
  }

  /// The features of the first region; null where there is none. The codes of intensity-volume histogram features have
  /// the percentage after them, as two of them share one.
  private func values(_ result: StudyResult) -> [JSON] {
    zip(result.recipe.columns, result.measurements[0].cells).map { measurand, cell in
      let percentage = ["ivh_v10", "ivh_v90", "ivh_i10", "ivh_i90"].contains(measurand.feature.tag)
      let code = (measurand.feature.ibsi ?? "") + (percentage ? "_\(measurand.feature.tag.suffix(2))" : "")
      return .map([
        .init("column", .text(measurand.column)), .init("code", .text(code)),
        .init("value", cell.value.map { .number($0) } ?? .null),
      ])
    }
  }
}

extension Cost {
  fileprivate var json: [JSON.Entry] {
    [.init("cpu", .number(cpu)), .init("wall", .number(wall)), .init("peak_memory", .integer(Cost.peakMemory))]
  }
}
