import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsLearning

/// A folder with label maps of habitats, as they were written when a model was applied.
package struct HabitatFolder: Sendable {
  static let cohortName = "cohort.csv", recordName = "habitats.json"
  private static let format = "radiomics-habitat-maps", version = 1

  /// A case's label map, and means of images in each habitat.
  struct Case: Sendable, Codable {
    let file: String, voxels: Int, leftOut: Int
    /// By habitat and image; nil of an empty habitat.
    let means: [[Double?]]

    enum CodingKeys: String, CodingKey { case file, voxels, leftOut = "left_out", means }
  }

  package let path: String
  package let model: FittedHabitats
  let modelSHA256: String
  package let cohort: Cohort
  let cases: [Case]

  /// - Throws: `FormatError`, `StudyError` or `ModelError` if it is no such folder.
  package init(_ path: String) throws {
    let folder = Path.slashed(path), record = folder + Self.recordName
    guard WholeFile.exists(record) else {
      throw StudyError.at(
        path, "has no \(Self.recordName), must be a folder that habitats were written to. Apply a model first.")
    }
    let value = try Setting.Value(json: try WholeFile.bytes(of: record), file: record)
    guard value["format"]?.asText == Self.format, value["version"]?.asInteger == Self.version,
      let model = value["model"], let sha256 = value["model_sha256"]?.asText, let cases = value["cases"]
    else {
      throw StudyError.at(record, "is no record of habitat maps of version \(Self.version). Apply the model again.")
    }
    self.model = try FittedHabitats(Array(model.json.utf8), path: record)
    do { self.cases = try cases.decoded() } catch {
      throw StudyError.at(record, "the list of cases is damaged. Apply the model again.")
    }
    modelSHA256 = sha256
    guard !self.cases.isEmpty else {
      throw StudyError.at(
        record, "there is no case in it, must be one at least. Apply the model to cases that can be read.")
    }
    let listed = self.cases, cohort = try Cohort(path: folder + Self.cohortName)
    guard cohort.count == listed.count, listed.indices.allSatisfy({ cohort.files(of: $0).mask == listed[$0].file })
    else {
      throw StudyError.at(
        cohort.path,
        "its rows are not the cases of \(Self.recordName), must be as they were written. Apply the model again.")
    }
    (self.path, self.cohort) = (path, cohort)
  }

  /// The label map of a case, and the image's geometry.
  /// - Throws: `FormatError` or `StudyError` if it cannot be read or has other labels.
  func labels(_ number: Int) throws -> Volume<UInt8> {
    let path = Path.slashed(path) + cases[number].file, scan = try ImageFormats.read(path: path).volumes[0]
    let values = scan.volume(in: scan.geometry.box).voxels, count = model.habitats.count
    guard values.allSatisfy({ $0 >= 0 && $0 <= Double(count) && $0 == $0.rounded() }) else {
      throw StudyError.at(
        path, "has other values than 0 to \(count), must be as it was written. Apply the model again.")
    }
    return Volume(geometry: scan.geometry, voxels: values.map { UInt8($0) })
  }

  static func text(
    _ application: HabitatApplication, _ mapped: [HabitatApplication.Mapped], _ failures: [HabitatFailure]
  ) -> String {
    let cases = mapped.map { Case(file: $0.file, voxels: $0.voxels, leftOut: $0.leftOut, means: $0.means) }
    let failed = failures.map { failure in
      Setting.Value.map([.init("subject", .text(failure.name)), .init("reason", .text(failure.kept))])
    }
    let value = Setting.Value.map([
      .init("format", .text(format)), .init("version", .integer(version)),
      .init("software", .text("swift-radiomics \(radiomicsVersion)")),
      .init("model_sha256", .text(application.modelSHA256)),
      .init("cohort_sha256", .text(application.reading.cohort.sha256)),
      .init("model", (try? Setting.Value(coding: application.model)) ?? .null),
      .init("cases", (try? Setting.Value(coding: cases)) ?? .null), .init("failed", .list(failed)),
    ])
    return value.json + "\n"
  }
}
