import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsReport
import RadiomicsRuns

struct HarmoniseKernel: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "kernel",
    abstract: "Matches a sharp reconstruction kernel to a soft one by phantoms of both: one image, or for recipes.",
    discussion: """
      Each slice is multiplied, frequency by frequency, by the root of the ratio of the noise
      powers of two uniform phantoms (air or water), 1 at frequency 0 and never above 1. Sharp
      to soft only: what a soft kernel left out cannot be put back.

        radiomics harmonise kernel ct.nrrd --sharp water-B70.nrrd --soft water-B30.nrrd \\
          --within water.nrrd -o ct-soft.nrrd

      Without an image the match itself is kept, for a recipe that names the file in
      'preparation: {kernel: {file: B70-B30.json}}'; 'describe kernel' tells more.

        radiomics harmonise kernel --sharp water-B70.nrrd --soft water-B30.nrrd \\
          --within water.nrrd --sharp-name B70f --soft-name B30f -o B70-B30.json
      """)

  @Argument(help: ArgumentHelp("The image: NIfTI, NRRD or MetaImage.", valueName: "image")) var image: String?
  @Option(name: .long, help: ArgumentHelp("A uniform phantom by the image's kernel.", valueName: "image")) var sharp:
    String
  @Option(name: .long, help: ArgumentHelp("The same phantom by the soft kernel.", valueName: "image")) var soft: String
  @Option(
    name: .long,
    help: ArgumentHelp("A mask of where both phantoms are uniform; without it all of them is.", valueName: "mask"))
  var within: String?
  @Option(
    name: .long,
    help: ArgumentHelp("What headers call the sharp kernel; a recipe then refuses images of others.", valueName: "name")
  )
  var sharpName: String?
  @Option(
    name: .long,
    help: ArgumentHelp("What headers call the soft kernel; a recipe then refuses images of it.", valueName: "name"))
  var softName: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the matched image (.nrrd, .nii.gz), or the match (.json), here.", valueName: "file"))
  var output: String
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    let isMatch = output.lowercased().hasSuffix(".json")
    guard isMatch == (image == nil) else {
      throw ValidationError(
        image == nil
          ? "--output: is \(output), must end in .json: without an image the match itself is kept."
          : "--output: is \(output), must be an image. Leave the image out to keep the match itself.")
    }
    if image != nil, sharpName != nil || softName != nil {
      throw ValidationError("--sharp-name, --soft-name: belong to a match that is kept. Leave them, or the image, out.")
    }
  }

  func addFiles(to files: inout CommandFiles) { files.written.append(provenancePath(for: output)) }

  /// The inner part of the mask's box, a ball's among them, of which every voxel must be in the mask.
  private func box(_ phantom: Scan, _ path: String, _ mask: Scan?) throws -> Box {
    guard let within, let mask else { return phantom.geometry.box }
    switch GridMatch(mask.geometry, to: phantom.geometry) {
    case .same: break
    case .reordered:
      throw ValidationError("\(within): has the axes of \(path) in another order, must have the same grid.")
    case .different(let differences):
      throw ValidationError(
        "\(within): has another grid than \(path) (\(differences.joined(separator: "; "))), must have the same.")
    }
    let voxels = mask.volume(in: mask.geometry.box).voxels, size = mask.geometry.size
    var low = size, high = SIMD3<Int>(repeating: -1)
    for index in voxels.indices where voxels[index] > 0.5 {
      let place = SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
      for axis in 0..<3 { (low[axis], high[axis]) = (min(low[axis], place[axis]), max(high[axis], place[axis])) }
    }
    guard high.x >= 0 else { throw ValidationError("\(within): is empty, must show where the phantoms are uniform.") }
    var lower = low, inner = SIMD3<Int>.zero
    for axis in 0..<3 {
      let length = high[axis] - low[axis] + 1
      inner[axis] = max(1, Int(Double(length) / 3.0.squareRoot()) - 1)
      lower[axis] = low[axis] + (length - inner[axis]) / 2
    }
    for z in lower.z..<lower.z + inner.z {
      for y in lower.y..<lower.y + inner.y {
        let row = (z * size.y + y) * size.x
        guard voxels[row + lower.x..<row + lower.x + inner.x].allSatisfy({ $0 > 0.5 }) else {
          throw ValidationError("\(within): has holes in its middle, must be full there.")
        }
      }
    }
    return Box(lower: lower, size: inner)
  }

  private func spectrum(_ phantom: Scan, _ path: String, _ mask: Scan?, _ lanes: Lanes) throws -> NoiseSpectrum {
    let box = try box(phantom, path, mask)
    guard let found = NoiseSpectrum(of: phantom.volume(in: box), lanes) else {
      throw ValidationError(
        "\(path): the part of \(box.size.x) x \(box.size.y) voxels a slice has no noise, or is too small, must be at least 8 x 8."
      )
    }
    return found
  }

  func run() throws {
    let lanes = Lanes(jobs: JobCount.preset), own = try image.map(readImage)
    let (sharpScan, sharpInput) = try readImage(sharp)
    let (softScan, softInput) = try readImage(soft), mask = try within.map(readImage)
    for (scan, path) in [(sharpScan, sharp), (softScan, soft)] where abs(scan.geometry.direction[2].z) < 0.866 {
      throw ValidationError(
        "\(path): its slices are not axial, must be: a reconstruction kernel acts within axial slices.")
    }
    let spacing = sharpScan.geometry.spacing
    var match: KernelMatch
    let spectra = (
      sharp: try spectrum(sharpScan, sharp, mask?.scan, lanes), soft: try spectrum(softScan, soft, mask?.scan, lanes)
    )
    do throws(UndefinedError) {
      match = try KernelMatch(sharp: spectra.sharp, soft: spectra.soft, pixel: max(spacing.x, spacing.y))
    } catch {
      throw ValidationError("\(sharp), \(soft): \(error.reason).")
    }
    if let scan = own?.scan {
      let matched = match.apply(to: scan.volume(in: scan.geometry.box), lanes)
      try ImageFormats.write(
        Scan(geometry: scan.geometry, samples: .float(matched.voxels.map { Float($0) })), to: output)
    } else {
      (match.sharp, match.soft) = (sharpName, softName)
      try OutputFile.write(match.kept, to: output)
    }
    let inputs = [own?.input, sharpInput, softInput, mask?.input].compactMap { $0 }
    try OutputFile.write(
      ResultProvenance(inputs, command: GivenCommand(self)).file([]), to: provenancePath(for: output))
    if messages.saysNotes {
      let half = zip(match.frequencies ?? [], match.gains ?? []).first { $1 < 0.5 }.map { shortText($0.0, digits: 2) }
      Terminal.report("\(output): waves are halved from \(half ?? "no frequency") 1/mm on")
    }
  }
}

/// An image of one volume, and its file for the provenance.
func readImage(_ path: String) throws -> (scan: Scan, input: ResultProvenance.Input) {
  let stored = try ImageFormats.read(path: path, options: ReadingOptions())
  guard stored.volumes.count == 1 else {
    throw ValidationError("\(path): has \(stored.volumes.count) volumes, must have one.")
  }
  let digest = try StudyInput(role: "image", path: path, files: stored.files).digest().sha256
  return (stored.volumes[0], ResultProvenance.Input(path, sha256: digest))
}
