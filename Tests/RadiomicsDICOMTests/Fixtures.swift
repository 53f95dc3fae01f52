import Foundation
import Radiomics
import RadiomicsDICOM
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsTestSupport

/// DICOM files made for a test.
struct Slice {
  var sopClass = "1.2.840.10008.5.1.4.1.1.2"
  var modality = "CT"
  var series = "1.2.3.4"
  var position: [Double]? = [-10, -20, 30]
  var orientation: [Double] = [1, 0, 0, 0, 1, 0]
  var spacing: [Double]? = [0.8, 0.5]
  var columns = 4, rows = 3
  var pixels: [Int16] = (0..<12).map { Int16($0) }
  var slope = 1.0, intercept = 0.0
  /// What is put in, or taken out, at last.
  var edit: (inout DataSet) -> Void = { _ in }

  var dataSet: DataSet {
    DataSet { data in
      data.set(.specificCharacterSet, VR("CS"), "ISO_IR 192")
      data.set(.sopClassUID, VR("UI"), sopClass)
      data.set(.sopInstanceUID, VR("UI"), UID.new())
      data.set(.modality, VR("CS"), modality)
      data.set(.patientName, VR("PN"), "Doe^Jane")
      data.set(.patientID, VR("LO"), "secret-17")
      data.set(.patientBirthDate, VR("DA"), "19700102")
      data.set(.studyDate, VR("DA"), "20200304")
      data.set(.studyInstanceUID, VR("UI"), "1.2.3")
      data.set(.seriesInstanceUID, VR("UI"), series)
      data.set(.seriesNumber, VR("IS"), "7")
      data.set(.frameOfReferenceUID, VR("UI"), "1.2.9")
      if let position {
        data.set(.imagePositionPatient, decimals: position)
        data.set(.imageOrientationPatient, decimals: orientation)
      }
      if let spacing { data.set(.pixelSpacing, decimals: spacing) }
      data.set(.rows, VR("US"), rows)
      data.set(.columns, VR("US"), columns)
      data.set(.samplesPerPixel, VR("US"), 1)
      data.set(.photometricInterpretation, VR("CS"), "MONOCHROME2")
      data.set(.bitsAllocated, VR("US"), 16)
      data.set(.bitsStored, VR("US"), 16)
      data.set(.highBit, VR("US"), 15)
      data.set(.pixelRepresentation, VR("US"), 1)
      data.set(.rescaleSlope, decimals: [slope])
      data.set(.rescaleIntercept, decimals: [intercept])
      data.setPixels(pixels)
      edit(&data)
    }
  }
}

extension DataSet {
  mutating func setPixels(_ pixels: [Int16]) {
    set(.pixelData, VR("OW"), [])
    elements[.pixelData] = Element(vr: VR("OW"), value: .bytes(pixels.withUnsafeBytes { Array($0) }))
  }
}

extension TemporaryFolder {
  /// Writes a DICOM file.
  @discardableResult
  func write(_ data: DataSet, to name: String) throws -> String {
    try DICOMObject.write(together: [(DICOMObject(dataSet: data), path(name))])
    return path(name)
  }

  /// Writes a DICOM file whose frames are codes, one fragment each.
  @discardableResult
  func writeEncapsulated(_ data: DataSet, frames: [[UInt8]], syntax: String, to name: String) throws -> String {
    var data = data
    data.elements[.pixelData] = nil
    let written = Array(try Data(contentsOf: URL(fileURLWithPath: try write(data, to: name))))
    func little(_ count: Int, bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }
    // Behind the preamble, 'DICM' and the length of the meta header.
    let end = 144 + (0..<4).reduce(0) { $0 | Int(written[140 + $1]) << (8 * $1) }
    let uid = Array(syntax.utf8) + (syntax.utf8.count % 2 == 0 ? [] : [0])
    let meta = [2, 0, 0x10, 0] + Array("UI".utf8) + little(uid.count, bytes: 2) + uid
    var file = written[..<132] + [2, 0, 0, 0] + Array("UL".utf8) + [4, 0] + little(meta.count, bytes: 4) + meta
    file += written[end...] + [0xE0, 0x7F, 0x10, 0] + Array("OB".utf8) + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    for item in [[]] + frames {
      let even = item + (item.count % 2 == 0 ? [] : [0])
      file += [0xFE, 0xFF, 0, 0xE0] + little(even.count, bytes: 4) + even
    }
    return try write(Array(file + [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]), to: name)
  }

  /// Writes a series of slices at positions along z; slice i holds 100 · i more in each pixel.
  func write(_ slice: Slice, at positions: [Double], edit: (Int, inout Slice) -> Void = { _, _ in }) throws {
    for (index, z) in positions.enumerated() {
      var slice = slice
      slice.position![2] = z
      slice.pixels = slice.pixels.map { $0 + Int16(100 * index) }
      edit(index, &slice)
      try write(slice.dataSet, to: "slice\(index).dcm")
    }
  }
}

/// The sentence with which something is refused; nil if it is not.
func refusal(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch { return "\(error)" }
}

/// A DICOM image, read as commands read it.
func image(_ path: String, _ edit: (inout Study.Options) -> Void = { _ in }) throws -> StoredImage {
  var options = Study.Options()
  edit(&options)
  return try StudyReader(options: options, sources: [DICOMSource()]).image(path)
}

/// Every voxel, x fastest.
func voxels(_ scan: Scan) -> [Double] { scan.volume(in: scan.geometry.box).voxels }

/// Every voxel of the first volume.
func voxels(_ stored: StoredImage) -> [Double] { voxels(stored.volumes[0]) }
