import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsReport
import RadiomicsRuns

struct FilterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter", abstract: "What a filter makes of an image.",
    discussion: """
      The filter is written as in a recipe's layer; 'radiomics describe' lists
      filters, 'radiomics describe mean' has the settings of one. A filter with
      several responses writes a file for each, with its name before the ending.

        radiomics filter ct.nii.gz --filter 'mean: {support: 5}' -o mean.nii.gz
        radiomics filter ct.nrrd --filter 'laplacian_of_gaussian: {sigma: 2}' \\
          -o log.nrrd --figure log.png

      Responses are written in single precision; the figure shows the first one.
      The image is taken as it is, without resampling; a recipe's layers filter the
      prepared image ('radiomics extract --save-steps' writes what they make of it).
      """)

  @Argument(help: "The image.") var image: String
  @Option(name: .long, help: ArgumentHelp("The filter, as in a recipe.", valueName: "NAME: {…}")) var filter: String
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the response here.", valueName: "file")) var output: String
  @Option(name: .long, help: ArgumentHelp("A slice before and after, as PNG.", valueName: "file.png"))
  var figure: String?
  @Option(
    name: .long, help: ArgumentHelp("The figure's slice, from 0; the middle one if none is named.", valueName: "number")
  )
  var slice: Int?
  @Option(name: .long, help: ArgumentHelp("The volume of a 4-D image, from 0.", valueName: "number")) var volume: Int?
  @Option(name: .long, help: "Which form places a NIfTI file.") var niftiForm: NIfTIForm?
  @OptionGroup var series: SeriesArguments
  @Option(name: .long, help: ArgumentHelp("Threads; all there are if not said.", valueName: "number")) var jobs: Int?
  @Option(name: .long, help: ArgumentHelp("Most memory: 4GB, 512M.", valueName: "amount")) var maxMemory: MemoryAmount?
  @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

  func run() throws {
    guard !["", "none"].contains(self.filter.split(separator: " ").joined()) else {
      throw ValidationError("--filter: names no filter, must be written as NAME: {…}; 'radiomics describe' lists them.")
    }
    let filter = try Catalogue.standard.filter(yaml: filter, place: "--filter")
    let outputs = try Dictionary(uniqueKeysWithValues: filter.responses.map { ($0, try path(of: $0)) })
    var files = CommandFiles(self)
    files.written += outputs.values.filter { $0 != output }
    try files.check()
    if let figure, !figure.lowercased().hasSuffix(".png") {
      throw ValidationError("\(figure): is no .png file, must end in .png.")
    }
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
    var options = Study.Options()
    options.volume = volume
    options.niftiForm = niftiForm
    options.series = series.options
    let stored = try StudyReader(options: options, sources: [series.dicom()]).image(image)
    if !quiet { Terminal.report(stored.findings) }
    let scan = stored.volumes[0]
    if !quiet { Terminal.report(filter.findings(on: scan.geometry)) }
    let slice = slice ?? scan.geometry.size.z / 2
    guard (0..<scan.geometry.size.z).contains(slice) else {
      throw ValidationError("--slice is \(slice), must be from 0 to \(scan.geometry.size.z - 1).")
    }
    let resources = Resources(jobs: jobs ?? JobCount.preset, memory: maxMemory?.bytes)
    try scan.filtered(by: filter, named: image, resources) { response, before, after in
      try write(after, to: outputs[response]!)
      if let figure, response == filter.responses[0] {
        try OutputFile.write(SlicePair.png(before, after, slice: slice), to: figure)
        if !quiet { Terminal.report("\(figure): slice \(slice), before and after") }
      }
    }
  }

  /// The output's path, with the response's name before the ending where there are several.
  private func path(of response: String) throws -> String {
    guard !response.isEmpty else { return output }
    let endings = [".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd"]
    guard let ending = endings.first(where: { output.lowercased().hasSuffix($0) }) else {
      throw ValidationError("\(output): must end in one of \(endings.joined(separator: ", ")).")
    }
    return "\(output.dropLast(ending.count))_\(response)\(output.suffix(ending.count))"
  }

  private func write(_ response: Volume<Double>, to path: String) throws {
    let scan = Scan(geometry: response.geometry, samples: .float(response.voxels.map(Float.init)))
    try ImageFormats.write(scan, to: path)
    if !quiet {
      let values = response.voxels, low = values.min() ?? 0, high = values.max() ?? 0
      Terminal.report("\(path): responses from \(shortText(low)) to \(shortText(high))")
    }
  }
}
