import ArgumentParser
import Radiomics

/// Writes what the C bound works on: the region's padded grey levels and its intensities.
struct DumpLevels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "levels", abstract: "Writes the grey levels of a region for the C bound.",
    discussion: """
      A line 'nx ny nz levels voxels', then nx·ny·nz bytes (x fastest, 0 outside the
      region, one voxel of padding all around), then the region's intensities as
      native single-precision numbers.
      """)

  @Argument(help: "The image.") var image: String
  @Argument(help: "The mask.") var mask: String
  @Argument(help: "The file to write.") var output: String

  func run() throws {
    let study = try Study(image: image, mask: mask)
    guard case .success(let region) = Preparation().prepare(ImagedRegion(study.image, study.regions[0].voxels)).region,
      case .success(let discretised) = Discretisation.fixedBinNumber(count: 32)
        .levels(of: region.intensities, range: nil)
    else { throw ValidationError("\(image): the region cannot be discretised.") }
    let levels = GreyLevels(discretised, of: region)
    let size = levels.size
    var bytes = Array("\(size.x) \(size.y) \(size.z) \(levels.count) \(levels.voxelCount)\n".utf8)
    bytes += (0..<size.x * size.y * size.z).map { UInt8(levels.level(at: $0)) }
    region.intensities.map { Float($0) }.withUnsafeBytes { bytes += $0 }
    try OutputFile.write(bytes, to: output)
  }
}
