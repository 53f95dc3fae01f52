import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsLearning

/// A kept model of habitats applied to a cohort: a folder with a label map for each case, a cohort of them, and what is known of each.
package struct HabitatApplication: Sendable {
  package let model: FittedHabitats
  /// SHA-256 of the model's file.
  package let modelSHA256: String
  package let reading: HabitatReading

  /// - `reading`: Of the images that the model names.
  /// - Throws: `StudyError` if a response of a filter is missing or more.
  package init(_ model: FittedHabitats, sha256: String, _ reading: HabitatReading) throws(StudyError) {
    guard reading.names == model.names else {
      throw StudyError.at(
        reading.cohort.path,
        "its images are \(reading.names.joined(separator: ", ")), must be those of the habitats: "
          + "\(model.names.joined(separator: ", ")).")
    }
    (self.model, modelSHA256, self.reading) = (model, sha256, reading)
  }

  /// What became of a run.
  package struct Summary: Sendable {
    package let written: Int
    package let failures: [HabitatFailure]
    package let findings: [Finding]
  }

  /// A case with its label map.
  struct Mapped: Sendable {
    let row: Int, file: String, voxels: Int, leftOut: Int
    let means: [[Double?]]
    let findings: [Finding]
  }

  /// Writes label maps (`NAME_habitats.nii.gz`), `cohort.csv` and `habitats.json` into a folder, which is made.
  /// - `progress`: Told after each case by any thread.
  package func write(to folder: String, _ lanes: Lanes, progress: @Sendable (Int) -> Void = { _ in }) throws -> Summary
  {
    try WholeFile.makeFolder(folder)
    let cohort = reading.cohort, names = Self.names(cohort)
    let found = lanes.map(cohort.count) { number -> Result<Mapped, HabitatFailure> in
      let result = reading.described(number, lanes).flatMap { region -> Result<Mapped, HabitatFailure> in
        do {
          return .success(try map(region, number, to: folder, names[number] + "_habitats.nii.gz", lanes))
        } catch {
          let failure = CaseFailure(error, words: reading.words)
          return .failure(
            HabitatFailure(row: number, name: cohort.name(of: number), reason: failure.shown, kept: failure.kept))
        }
      }
      progress(number)
      return result
    }
    var mapped: [Mapped] = [], failures: [HabitatFailure] = []
    for result in found {
      switch result {
      case .success(let one): mapped.append(one)
      case .failure(let failure): failures.append(failure)
      }
    }
    let folder = Path.slashed(folder)
    try OutputFile.write(together: [
      (text: try cohort.text(of: mapped, in: folder, model.settings.images), path: folder + HabitatFolder.cohortName),
      (text: HabitatFolder.text(self, mapped, failures), path: folder + HabitatFolder.recordName),
    ])
    return Summary(
      written: mapped.count, failures: failures, findings: cohort.findings + mapped.flatMap(\.findings))
  }

  private func map(
    _ region: DescribedRegion, _ number: Int, to folder: String, _ file: String, _ lanes: Lanes
  ) throws -> Mapped {
    let labels = try labels(region, lanes), count = model.habitats.count
    var voxels = [UInt8](repeating: 0, count: region.geometry.count), place = 0
    for span in region.voxels.spans {
      let start = region.voxels.offset(of: span)
      for index in start..<start + span.count {
        voxels[index] = labels[place] + 1
        place += 1
      }
    }
    try ImageFormats.write(Scan(geometry: region.geometry, mask: voxels), to: Path.slashed(folder) + file)
    return Mapped(
      row: number, file: file, voxels: labels.count, leftOut: region.leftOut, means: region.means(labels, count: count),
      findings: region.findings)
  }

  /// The habitat of each of a region's voxels, from 0.
  func labels(_ region: DescribedRegion, _ lanes: Lanes) throws -> [UInt8] {
    let settings = model.settings
    var costs: [[Double]]
    if settings.design == .supervoxel {
      let pieces = RegionSupervoxels(
        region.voxels, spacing: region.geometry.spacing, region.columns, volume: settings.supervoxel,
        compactness: settings.compactness)
      costs = try model.habitats.costs(pieces.means(region.columns), lanes).map { own in
        pieces.labels.map { own[Int($0)] }
      }
    } else {
      costs = try model.habitats.costs(region.columns, lanes)
    }
    guard settings.beta == 0 else {
      return PottsSmoothing(region.voxels, spacing: region.geometry.spacing, beta: settings.beta)
        .smoothed(costs, lanes).labels
    }
    var labels = [UInt8](repeating: 0, count: region.voxels.count), least = costs[0]
    for habitat in 1..<costs.count {
      for (voxel, cost) in costs[habitat].enumerated() where cost < least[voxel] {
        (labels[voxel], least[voxel]) = (UInt8(habitat), cost)
      }
    }
    return labels
  }

  /// Names of the cases' files: subject and what tells its scans apart, each once.
  private static func names(_ cohort: Cohort) -> [String] {
    let parts = ["timepoint", "session", "scanner", "reader", "region"]
    var seen: Set<String> = []
    return (0..<cohort.count).map { number in
      let words = [cohort.name(of: number)] + parts.compactMap { cohort.text($0, of: number) }
      let plain = words.joined(separator: "_").map {
        $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_"
      }
      var name = String(plain)
      while !seen.insert(name).inserted { name += "_\(number + 1)" }
      return name
    }
  }
}

extension Cohort {
  /// A cohort of label maps in a folder, with the images beside them.
  fileprivate func text(of mapped: [HabitatApplication.Mapped], in folder: String, _ images: [String]) throws -> String
  {
    let left: Set = ["region", "clip", "recipe", "series", "mask_series", "mask_volume"]
    let used = Set(["image"] + images + images.compactMap { $0.split(separator: "/").first.map(String.init) })
    let kept = places.names.indices.filter { !left.contains(places.names[$0]) }
    let rows = mapped.map { one in
      kept.map { column -> String in
        let name = places.names[column], text = self.rows[one.row][column]
        if name == "mask" { return one.file }
        return used.contains(name) && !text.isEmpty ? Path.relative(located(text), to: folder) : text
      }
    }
    return CSV(header: kept.map { places.names[$0] }, rows: rows).text()
  }
}

extension Path {
  /// A path as seen from a folder, so that both can be moved together.
  static func relative(_ path: String, to folder: String) -> String {
    func parts(_ path: String) -> [Substring] {
      var parts: [Substring] = []
      let whole = path.hasPrefix("/") ? path : slashed(workingFolder) + path
      for part in whole.split(separator: "/") where part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
      }
      return parts
    }
    let target = parts(path), from = parts(folder)
    let common = zip(target, from).prefix { $0 == $1 }.count
    return ([Substring](repeating: "..", count: from.count - common) + target[common...]).joined(separator: "/")
  }

  private static var workingFolder: String {
    guard let text = getcwd(nil, 0) else { return "/" }
    defer { free(text) }
    return String(cString: text)
  }
}
