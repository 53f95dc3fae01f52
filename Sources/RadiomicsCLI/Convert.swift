import ArgumentParser
import Radiomics

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "An image or mask from one format to another.",
    discussion: """
      Formats follow the names: .nii .nii.gz .nrrd .nhdr .mha .mhd. Voxels keep
      their place and, unless a scale must be applied, their type.

        radiomics convert ct.nrrd ct.nii.gz
        radiomics convert dynamic.nii.gz first.mha --volume 0
      """)

  @Argument(help: "The file to read.") var input: String
  @Argument(help: "The file to write.") var output: String
  @Option(name: .long, help: ArgumentHelp("The volume of a 4-D file, from 0.", valueName: "number")) var volume: Int?
  @Option(name: .long, help: "Which form places a NIfTI file.") var niftiForm: NIfTIForm?
  @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

  func run() throws {
    if input == output { throw ValidationError("\(output): is the input, must be another file.") }
    var reading = ReadingOptions()
    reading.niftiForm = niftiForm
    reading.volume = volume.map { .index($0) } ?? .only
    let stored = try ImageFormats.read(path: input, options: reading)
    if !quiet { Terminal.report(stored.findings) }
    let segments = stored.segments.filter { $0.volume == volume ?? 0 }
    if !quiet, !segments.isEmpty, ImageFormats.named(output)?.keepsSegments == false {
      Terminal.report("warning: \(output): the format keeps no names of segments; labels keep their numbers.")
    }
    try ImageFormats.write(stored.volumes[0], to: output, segments: segments)
    let size = stored.volumes[0].geometry.size
    if !quiet { Terminal.report("\(output): \(size.x) x \(size.y) x \(size.z) voxels") }
  }
}
