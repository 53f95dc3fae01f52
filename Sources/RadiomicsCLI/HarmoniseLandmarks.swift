import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsReport
import RadiomicsRuns

struct HarmoniseLandmarks: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "landmarks",
    abstract: "Learns a standard scale of intensities from training images, and keeps it in a recipe (Nyúl).",
    discussion: """
      MR's intensities have no unit. The percentiles of training images are averaged on one
      scale; a recipe that has them brings each image to it before anything is measured:

        radiomics harmonise landmarks train/*.nii.gz --recipe ibsi-mr --above 0 -o mr.yaml
        radiomics extract cohort.csv --recipe mr.yaml -o features.csv
      """)

  @Argument(help: ArgumentHelp("The training images: NIfTI, NRRD or MetaImage.", valueName: "image")) var images:
    [String]
  @Option(
    name: .long,
    help: ArgumentHelp("The recipe that gets the scale: a file or a preset.", valueName: "file or preset")) var recipe:
    String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Only voxels above this intensity count, such as 0.", valueName: "intensity"))
  var above: Double?
  @Option(
    name: .long, help: ArgumentHelp("Percentages of the landmarks, ascending, with commas.", valueName: "numbers"))
  var percentages = "1,10,20,30,40,50,60,70,80,90,99"
  @Option(name: .long, help: ArgumentHelp("The ends of the scale.", valueName: "low,high")) var onto = "1,100"
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the recipe here (.yaml).", valueName: "file")) var output:
    String
  @OptionGroup var messages: MessageArguments

  private func numbers(_ text: String, _ option: String) throws -> [Double] {
    let numbers = text.split(separator: ",").map { Double(String($0).trimmed) }
    let known = numbers.compactMap { $0 }
    guard known.count == numbers.count, known.count > 1, zip(known, known.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw ValidationError("\(option): is '\(text)', must be ascending numbers with commas.")
    }
    return known
  }

  func addFiles(to files: inout CommandFiles) { files.written.append(provenancePath(for: output)) }

  func validate() throws {
    let percentages = try numbers(percentages, "--percentages")
    guard percentages[0] >= 0, percentages[percentages.count - 1] <= 100 else {
      throw ValidationError("--percentages: is '\(self.percentages)', must be from 0 to 100.")
    }
    guard try numbers(onto, "--onto").count == 2 else {
      throw ValidationError("--onto: is '\(onto)', must be two numbers.")
    }
  }

  func run() throws {
    let given = try RecipeOption.read(recipe), lanes = Lanes(jobs: JobCount.preset)
    if let method = given.preparation.normalise?.method, method != .nyul {
      messages.report([
        Finding(.warning, recipe, "normalises by \(method.rawValue); \(output) does it by landmarks instead.")
      ])
    }
    var found: [Intensities] = [], inputs: [ResultProvenance.Input] = []
    for path in images {
      let (scan, input) = try readImage(path)
      found.append(Intensities(whole: scan, above: above, lanes))
      inputs.append(input)
    }
    let ends = try numbers(onto, "--onto"), places = try numbers(percentages, "--percentages")
    let landmarks: IntensityLandmarks
    do throws(UndefinedError) {
      landmarks = try IntensityLandmarks(
        learning: found, percentages: places, onto: ends[0]...ends[1], lanes)
    } catch { throw ValidationError("\(images.joined(separator: ", ")): \(error.reason).") }
    var normalise = Normalisation()
    (normalise.method, normalise.landmarks, normalise.above) = (.nyul, landmarks, above)
    let count = "\(images.count) training image\(images.count == 1 ? "" : "s")"
    let text = try given.normalising(normalise, description: "\(given.name) on a standard scale of \(count)").yaml
    _ = try Recipe(yaml: text, file: output)
    try OutputFile.write(together: [
      (bytes: Array(text.utf8), path: output),
      (
        bytes: Array(ResultProvenance(inputs, command: GivenCommand(self)).file([]).utf8),
        path: provenancePath(for: output)
      ),
    ])
    if messages.saysNotes { Terminal.report("\(output): \(landmarks.scale.count) landmarks of \(count)") }
  }
}
