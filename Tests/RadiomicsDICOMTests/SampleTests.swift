import Crypto
import Foundation
import Radiomics
import RadiomicsDICOM
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Sample files of other makers: voxels and geometry as pydicom, SimpleITK and highdicom read them.
@Suite(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)")) struct SampleTests {
  static func rows(_ cases: [String]) throws -> [[String: String]] {
    try ReferenceData.table("dicom/expected.csv").filter { row in cases.contains { row["case"]!.hasPrefix($0) } }
  }

  private func expect(_ voxels: [Double], _ geometry: Geometry, like row: [String: String]) throws {
    #expect(geometry.size == SIMD3(Int(row["columns"]!)!, Int(row["rows"]!)!, Int(row["slices"]!)!), "\(row["path"]!)")
    #expect(voxels.reduce(0, +) == Double(row["sum"]!)!, "\(row["path"]!)")
    let digest = voxels.withUnsafeBytes { SHA256.hash(data: $0) }.map { String(format: "%02x", $0) }.joined()
    #expect(digest == row["digest"]!, "\(row["path"]!)")
    for (text, vector) in [(row["spacing"]!, geometry.spacing), (row["origin"]!, geometry.origin)] where !text.isEmpty {
      for (axis, number) in text.split(separator: " ").enumerated() {
        // Files write positions and spacings with up to six decimals; SimpleITK computes the distance of slices from them.
        let decimals = min(6, number.split(separator: ".").last?.count ?? 0)
        #expect(abs(Double(number)! - vector[axis]) <= 0.5 * pow(10, -Double(decimals)) * (1 + 1e-9), "\(row["path"]!)")
      }
    }
  }

  @Test func images() throws {
    let reader = StudyReader(sources: [DICOMSource()])
    for row in try Self.rows(["pydicom", "SimpleITK", "highdicom"]) where row["case"] != "pydicom frames" {
      var options = Study.Options()
      options.series.series = row["path"] == "ct-3slice" ? "CT" : nil
      let chosen = StudyReader(options: options, sources: [DICOMSource()])
      let scan = try (row["path"] == "ct-3slice" ? chosen : reader).image(ReferenceData.path("dicom/" + row["path"]!))
        .volumes[0]
      try expect(scan.volume(in: scan.geometry.box).voxels, scan.geometry, like: row)
    }
  }

  @Test func segments() throws {
    for row in try Self.rows(["segment"]) {
      let path = ReferenceData.path("dicom/" + row["path"]!)
      let mask = try #require(try DICOMSource().mask(path, on: nil, .init(volume: .all)))
      let number = Int(row["case"]!.split(separator: " ")[1])!
      let label = try #require(mask.labels.first { $0.value == number })
      try expect(label.voxels.mask.map(Double.init), mask.geometry, like: row)
    }
  }

  /// The segmentation on its image is the label map that its makers give.
  @Test func liverIsTheLabelMap() throws {
    var options = Study.Options()
    options.series.series = "CT"
    let folder = ReferenceData.path("dicom/ct-3slice")
    let fromSegmentation = try Study(image: folder, mask: folder, options: options, sources: [DICOMSource()])
    let fromLabels = try Study(
      image: folder, mask: folder + "/liver_seg_expected.nrrd", options: options, sources: [DICOMSource()])
    #expect(fromSegmentation.regions.map(\.name) == ["Liver"])
    #expect(fromSegmentation.regions[0].voxels == fromLabels.regions[0].voxels)
    for name in ["spine_seg", "heart_seg", "liver_spine_seg"] {
      let study = try Study(image: folder, mask: folder + "/\(name).nrrd", options: options, sources: [DICOMSource()])
      #expect(!study.regions.isEmpty)
    }
  }

  /// Padding of −2000 stored is −3024 HU; the liver holds none.
  @Test func paddingOfImplicitFiles() throws {
    var options = Study.Options()
    options.series.series = "CT"
    let folder = ReferenceData.path("dicom/ct-3slice")
    let stored = try StudyReader(options: options, sources: [DICOMSource()]).image(folder)
    #expect(stored.padding == -3024 ... -3024)
    let study = try Study(image: folder, mask: folder, options: options, sources: [DICOMSource()])
    #expect(!study.findings.contains { $0.message.contains("padding") })
  }

  /// A multi-frame file and the files it was made from are one volume; a label map on that grid is its mask.
  @Test func multiframeIsTheSeries() throws {
    let folder = ReferenceData.path("dicom/multiframe")
    var options = Study.Options()
    options.series.series = "Image 23x38x3"
    let single = try StudyReader(options: options, sources: [DICOMSource()]).image(folder).volumes[0]
    let multi = try Study(image: folder + "/mf.dcm", mask: folder + "/label.nrrd", sources: [DICOMSource()])
    #expect(single.samples == multi.image.samples)
    #expect(GridMatch(single.geometry, to: multi.image.geometry) == .same)
    #expect(!multi.regions.isEmpty)
  }

  /// Frames decode though their places are lost; measuring them is refused.
  @Test func framesWithoutPlaces() throws {
    let path = ReferenceData.path("dicom/enhanced/emri_small.dcm")
    let row = try Self.rows(["pydicom frames"])[0]
    let file = try DICOMFile(path)
    var voxels: [Double] = []
    for frame in 0..<10 {
      var samples = [UInt16](repeating: 0, count: 4096)
      try samples.withUnsafeMutableBytes { try file.decode(frame: frame, into: $0) }
      voxels += samples.map(Double.init)
    }
    try expect(voxels, Geometry(size: [64, 64, 10]), like: row)
    let words = refusal { _ = try StudyReader(sources: [DICOMSource()]).image(path) }
    #expect(words?.contains("no position, orientation or spacing") == true)
  }

  @Test(arguments: ["MR_truncated", "no_meta"]) func refusesDamage(_ name: String) throws {
    let path = ReferenceData.path("dicom/transfer-syntaxes/\(name).dcm")
    let words = try #require(refusal { _ = try StudyReader(sources: [DICOMSource()]).image(path) })
    #expect(words.contains("DICOM") || words.contains("cut short"))
  }

  @Test func lossIsSaid() throws {
    let stored = try StudyReader(sources: [DICOMSource()]).image(
      ReferenceData.path("dicom/transfer-syntaxes/JPEG-lossy.dcm"))
    #expect(stored.findings.contains { $0.severity == .warning && $0.message.contains("compressed with loss") })
  }

  /// A damaged value representation does no harm: the pixels are those of the dose file it was made from.
  @Test func badRepresentation() throws {
    let reader = StudyReader(sources: [DICOMSource()])
    let bad = try reader.image(ReferenceData.path("dicom/transfer-syntaxes/badVR.dcm")).volumes[0]
    #expect(bad.geometry.size == [10, 10, 1])
  }
}
