import Foundation
import Radiomics
import RadiomicsDICOM

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
  if let folder = try? source.folder(path) {
    for series in folder.series {
      _ = series.title
      _ = series.volumes
      _ = series.regionNames
    }
  }
  let image = try? source.image(path, mask: nil, options)
  options.series.quantity = .stored
  _ = try? source.image(path, mask: nil, options)
  let grid = image?.volumes.first?.geometry ?? (try? Geometry(size: [64, 64, 8], origin: [-32, -32, -4]))
  if let grid { _ = try? source.mask(path, on: (path, grid), options) }
  _ = try? source.mask(path, on: nil, options)
  return 0
}
