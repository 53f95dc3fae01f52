import Foundation
import RadiomicsDICOM

/// Whether refusals are printed, to see that inputs get where they should.
private let isTold = getenv("RADIOMICS_FUZZ_TOLD") != nil

/// Reads bytes as a DICOM file in every way a user can: listed, as an image, as a mask. Whatever they are, reading ends with
/// a result or a sentence.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let path = "/dev/shm/radiomics-fuzz-\(getpid()).dcm"
  guard let file = fopen(path, "w") else { return 0 }
  fwrite(bytes, 1, count, file)
  fclose(file)
  let source = DICOMSource()
  var options = ReadingOptions(volume: .all)
  options.maskThreshold = 0.5
  options.series.allowsGaps = true
  options.series.resamplesTilt = true
  do {
    for series in try source.folder(path).series {
      _ = series.title
      _ = series.volumes
      _ = series.regionNames
    }
  } catch {
    if isTold { FileHandle.standardError.write(Data("\(error)\n".utf8)) }
  }
  let image = try? source.image(path, mask: nil, options)
  options.series.quantity = .stored
  _ = try? source.image(path, mask: nil, options)
  let grid = image?.volumes.first?.geometry ?? (try? Geometry(size: [64, 64, 8], origin: [-32, -32, -4]))
  if let grid { _ = try? source.mask(path, on: (path, grid), options) }
  _ = try? source.mask(path, on: nil, options)
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The package manager calls the program's beginning by the target's name, so libFuzzer's own is not found.
@_cdecl("dicom_fuzz_main")
public func start(_ count: CInt, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  var count = count, words = words
  return runDriver(&count, &words) { fuzz($0, $1) }
}
