import ArgumentParser
import Radiomics
import RadiomicsDICOM

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "An image or mask from one format to another.",
    discussion: """
      Formats follow the names: .nii .nii.gz .nrrd .nhdr .mha .mhd; DICOM is read
      from files and folders. Voxels keep their place and, unless a scale must be
      applied, their type.

        radiomics convert ct.nrrd ct.nii.gz
        radiomics convert dynamic.nii.gz first.mha --volume 0
        radiomics convert series/ ct.nii.gz

      DICOM without size or place of its pixels, such as a screenshot, is written on
      a grid of 1 mm, with a warning; no feature is measured on it.

      Regions of a structure set or segmentation become a label map. Contours need
      the image on which they were drawn.

        radiomics convert seg.dcm labels.nrrd
        radiomics convert rtstruct.dcm labels.nrrd --image series/ --region '/GTV.*/'

      A mask on a DICOM image becomes a DICOM segmentation.

        radiomics convert labels.nrrd seg.dcm --image series/
      """)

  @Argument(help: "The file or DICOM folder to read.") var input: String
  @Argument(help: "The file to write.") var output: String
  @Option(name: .long, help: ArgumentHelp("The volume of a 4-D file, from 0.", valueName: "number")) var volume: Int?
  @Option(name: .long, help: "Which form places a NIfTI file.") var niftiForm: NIfTIForm?
  @Option(
    name: .long,
    help: ArgumentHelp("DICOM regions: the image whose grid the label map gets.", valueName: "image"))
  var image: String?
  @Option(
    name: .long,
    help: ArgumentHelp("DICOM regions: which, by exact name, number or /regex/; else each.", valueName: "which"))
  var region: String?
  @Option(name: .long, help: ArgumentHelp("Soft masks: a voxel of at least this value belongs.", valueName: "value"))
  var maskThreshold: Double?
  @OptionGroup var series: SeriesArguments
  @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

  func run() throws {
    let isSegmentation = output.lowercased().hasSuffix(".dcm")
    guard isSegmentation || ImageFormats.named(output) != nil else {
      throw ValidationError("\(output): the ending names no format (.nii .nii.gz .nrrd .nhdr .mha .mhd .dcm).")
    }
    var options = Study.Options()
    options.volume = volume
    options.niftiForm = niftiForm
    options.maskThreshold = maskThreshold
    options.region = RegionChoice(region ?? "each")
    options.series = series.options
    options.series.usesUnitGrid = image == nil
    let dicom = try series.dicom()
    if isSegmentation { return try writeSegmentation(options, dicom) }
    let reader = StudyReader(options: options, sources: [dicom])
    if let map = try reader.labelMap(input, image: image) {
      if !quiet { Terminal.report(map.findings) }
      return try write(map.scan, map.segments)
    }
    if let option = image.map({ _ in "--image" }) ?? region.map({ _ in "--region" }) {
      throw ValidationError("\(option): belongs to a DICOM structure set or segmentation; \(input) is an image.")
    }
    let stored = try reader.image(input)
    if !quiet { Terminal.report(stored.findings) }
    try write(stored.volumes[0], stored.segments.filter { $0.volume == volume ?? 0 })
  }

  private func writeSegmentation(_ options: Study.Options, _ dicom: DICOMSource) throws {
    guard let image else {
      throw ValidationError("\(output): a DICOM segmentation belongs to an image. Name its series: --image FOLDER.")
    }
    let study = try Study(image: image, mask: input, options: options, sources: [dicom])
    if !quiet { Terminal.report(study.findings) }
    try study.requireRegions()
    let regions = study.regions.map { OutlinedRegion(name: $0.name, voxels: $0.voxels) }
    let object = try dicom.reference(study, image: image, mask: input).segmentation(regions, .now)
    try DICOMObject.write(together: [(object, output)])
    if !quiet { Terminal.report("\(output): \(regions.count) segment\(regions.count == 1 ? "" : "s")") }
  }

  private func write(_ scan: Scan, _ segments: [Segment]) throws {
    if !quiet, !segments.isEmpty, ImageFormats.named(output)?.keepsSegments == false {
      Terminal.report("warning: \(output): the format keeps no names of segments; labels keep their numbers.")
    }
    try ImageFormats.write(scan, to: output, segments: segments)
    let size = scan.geometry.size
    if !quiet { Terminal.report("\(output): \(size.x) x \(size.y) x \(size.z) voxels") }
  }
}
