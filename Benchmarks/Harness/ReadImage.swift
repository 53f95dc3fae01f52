import ArgumentParser
import Radiomics
import RadiomicsDICOM

/// Reads an image and says how long that took and how much memory the process needed at most.
struct ReadImage: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "read", abstract: "Reads an image, once.")

  @Argument(help: "The image, or a DICOM folder.") var path: String
  @Option(help: "Lanes.") var jobs = 1

  func run() throws {
    let (scan, cost) = try Cost.of {
      try StudyReader(sources: [DICOMSource(lanes: Lanes(jobs: jobs))]).image(path).volumes[0]
    }
    print("{\"seconds\": \(cost.cpu), \"voxels\": \(scan.geometry.count)}")
  }
}
