import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

extension Catalogue {
  /// A filter as a recipe's layer writes it, `mean: {support: 5}`; `place` is how errors call it.
  public func filter(yaml: String, place: String) throws(SettingError) -> any ImageFilter {
    try filter(Setting(yaml: yaml, file: place))
  }
}

extension Scan {
  /// Hands each response map of a filter to the whole image on as soon as it is made; `name` is how errors call the image.
  /// - Throws: `StudyError` if the filter cannot be applied to this image, or a voxel of it is not a number.
  public func filtered(
    by filter: some ImageFilter, named name: String, _ resources: Resources = Resources(),
    each take: (_ response: String, _ before: Volume<Double>, _ after: Volume<Double>) throws -> Void
  ) throws {
    let filterName = type(of: filter).name
    if let obstacle = filter.obstacle(on: geometry) { throw StudyError.at(name, "'\(filterName)' \(obstacle).") }
    let needed =
      MemoryEstimate.program + (ImageSize(self).sampleBytes + 24) * geometry.count + filter.workingMemory(on: geometry)
    if let limit = resources.memory, needed > limit {
      throw StudyError.memory(
        "\(name): '\(filterName)'", needed: MemoryEstimate.text(needed), limit: MemoryEstimate.text(limit),
        otherwise: "crop the image")
    }
    let image = volume(in: geometry.box), count = image.voxels.count { !$0.isFinite }
    guard count == 0 else {
      throw StudyError.at(
        name,
        "\(count) voxels are not numbers (NaN or infinite), which a filter hands on to their neighbours. Correct the "
          + "image.")
    }
    var failure: (any Error)?
    filter.apply(to: image, keeping: geometry.box, resources.lanes) { index, response in
      guard failure == nil else { return }
      guard response.voxels.allSatisfy(\.isFinite) else {
        failure = StudyError.at(
          name, "'\(filterName)' gives responses that are no numbers: its settings or the intensities are too extreme.")
        return
      }
      do { try take(filter.responses[index], image, response) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
