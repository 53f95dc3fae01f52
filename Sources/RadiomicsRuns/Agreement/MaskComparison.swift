import Radiomics
import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsReport

/// Masks of several readers on one grid, region by region.
///
///     let comparison = try MaskComparison(["anna.nii.gz", "ben.nii.gz"])
///     for region in comparison.regions { print(region.name, comparison.pairs(of: region)) }
package struct MaskComparison: Sendable {
  /// One region in each mask; without voxels where a mask does not have it.
  package struct ComparedRegion: Sendable {
    /// Label number, name, or `union`.
    package let name: String
    /// Its number in a label map.
    let label: Int
    /// One for each mask.
    package let masks: [RowSpans]
  }

  /// The paths as given.
  package let paths: [String]
  /// The grid of all masks.
  package let geometry: Geometry
  /// The regions.
  package let regions: [ComparedRegion]
  /// What was noticed.
  package let findings: [Finding]
  /// The masks' files, of several the SHA-256 over theirs.
  let inputs: [ResultProvenance.Input]

  /// Reads masks onto the grid of `image`, or else of the first of them.
  /// - `sources`: What else than files of voxels is read.
  /// - Throws: `FormatError` or `StudyError` with a sentence that says what to do.
  package init(
    _ paths: [String], image: String? = nil, options: Study.Options = Study.Options(), sources: [any ImageSource] = []
  ) throws {
    guard (2...64).contains(paths.count) else {
      throw StudyError.at("agreement", "\(paths.count) masks were given, must be from 2 to 64.")
    }
    if options.region == .components {
      throw StudyError.at(
        "region 'components'", "parts of different masks do not correspond to each other. Name labels, or 'union'.")
    }
    var reader = StudyReader(options: options, sources: sources)
    if let image { reader = try reader.choosingPart(of: image, by: paths[0]) }
    var grid = try image.map { (path: $0, geometry: try reader.image($0, mask: paths[0]).volumes[0].geometry) }
    var maps: [LabelMap] = [], findings: [Finding] = [], inputs: [ResultProvenance.Input] = []
    for path in paths {
      let (stored, found, files) = try reader.labels(path, on: grid)
      let digest = try StudyInput(role: "mask", path: path, files: files).digest().sha256
      inputs.append(ResultProvenance.Input(path, sha256: digest))
      let target = grid ?? (path: path, geometry: stored.geometry)
      let (map, moved) = try stored.matched(
        to: target.geometry, named: target.path, tolerance: options.gridTolerance, resample: options.resamplesMask)
      grid = target
      maps.append(map)
      findings += found + moved + map.leftOut(options.region)
    }
    self.paths = paths
    self.inputs = inputs
    geometry = grid!.geometry
    let (regions, notes) = try Self.regions(maps, options.region, geometry.size)
    self.regions = regions
    self.findings = findings + notes
  }

  private static func regions(
    _ maps: [LabelMap], _ choice: RegionChoice, _ size: SIMD3<Int>
  ) throws(StudyError) -> ([ComparedRegion], [Finding]) {
    var chosen: [[MaskLabel]] = [], missing: [StudyError] = []
    for map in maps {
      do {
        chosen.append(map.labels.isEmpty && map.refused.isEmpty ? [] : try map.labels(choice))
      } catch {
        chosen.append([])
        missing.append(error)
      }
    }
    if missing.count == maps.count { throw missing[0] }
    var findings = missing.map { Finding(.warning, "agreement", "\($0.description) It counts as empty there.") }
    if choice == .union {
      let masks = chosen.map { RowSpans(unionOf: $0.map(\.voxels), size: size) }
      return ([ComparedRegion(name: "union", label: 1, masks: masks)], findings)
    }
    func name(_ label: MaskLabel) -> String { label.name ?? "\(label.value)" }
    if chosen.allSatisfy({ $0.count <= 1 }), let first = chosen.joined().first {
      let names = chosen.map { $0.first.map(name) }
      if Set(names.compactMap { $0 }).count > 1 {
        let list = zip(maps, names).map { "\($0.path): \($1.map { "'\($0)'" } ?? "none")" }.joined(separator: ", ")
        findings.append(Finding(.note, "agreement", "each mask has one region; they are compared (\(list))."))
      }
      let masks = chosen.map { $0.first?.voxels ?? RowSpans(size: size, spans: []) }
      return ([ComparedRegion(name: name(first), label: first.value, masks: masks)], findings)
    }
    let isNamed = chosen.joined().allSatisfy { $0.name != nil }
    if !isNamed { findings += try numbersInsteadOfNames(maps, chosen) }
    func key(_ label: MaskLabel) -> String { isNamed ? label.name! : "\(label.value)" }
    var keys: [String] = []
    for label in chosen.joined() where !keys.contains(key(label)) { keys.append(key(label)) }
    if !isNamed { keys.sort { Int($0)! < Int($1)! } }
    let regions = keys.map { wanted in
      let label = chosen.joined().first { key($0) == wanted }!
      let masks = chosen.map { labels in
        RowSpans(unionOf: labels.filter { key($0) == wanted }.map(\.voxels), size: size)
      }
      return ComparedRegion(name: wanted, label: label.value, masks: masks)
    }
    if regions.isEmpty {
      let masks = maps.map { _ in RowSpans(size: size, spans: []) }
      return ([ComparedRegion(name: "1", label: 1, masks: masks)], findings)
    }
    for region in regions {
      for (map, mask) in zip(maps, region.masks) where mask.isEmpty && !map.labels.isEmpty {
        findings.append(Finding(.warning, map.path, "has no region '\(region.name)'; it counts as empty there."))
      }
    }
    return (regions, findings)
  }
}

extension MaskComparison {
  /// That regions are matched by number although some have names; numbers must then not contradict names.
  private static func numbersInsteadOfNames(
    _ maps: [LabelMap], _ chosen: [[MaskLabel]]
  ) throws(StudyError) -> [Finding] {
    var names: [Int: (name: String, path: String)] = [:]
    for (map, labels) in zip(maps, chosen) {
      for label in labels {
        guard let name = label.name else { continue }
        if let other = names[label.value], other.name != name {
          throw StudyError.at(
            "label \(label.value)",
            "is '\(other.name)' in \(other.path) and '\(name)' in \(map.path), and other masks have no names to match by. Compare one region at a time.",
            .chooseRegion)
        }
        names[label.value] = (name, map.path)
      }
    }
    guard !names.isEmpty else { return [] }
    return [Finding(.warning, "agreement", "not all regions have names; they are matched by their numbers.")]
  }
}

/// Which voxels are the consensus of several readers.
package enum ConsensusRule: String, Sendable, CaseIterable {
  /// Those that more than half of them hold inside.
  case majority
  /// Those that STAPLE holds inside with a probability of at least one half.
  case staple
}

extension MaskComparison {
  /// The consensus of all readers as a label map with the numbers of the regions; numbered anew where two share one. A
  /// voxel in several regions gets the last one's number, which is a warning.
  /// - Throws: `StudyError` if a region's number does not fit.
  package func consensus(
    _ rule: ConsensusRule
  ) throws(StudyError) -> (scan: Scan, segments: [Segment], findings: [Finding]) {
    var voxels = [UInt16](repeating: 0, count: geometry.count), findings: [Finding] = []
    let hasOwnNumbers = Set(regions.map(\.label)).count == regions.count
    let regions = regions.enumerated().map { (region: $1, label: hasOwnNumbers ? $1.label : $0 + 1) }
    if !hasOwnNumbers {
      findings.append(Finding(.note, "consensus", "regions share numbers in the masks; they are numbered anew."))
    }
    for (region, label) in regions {
      guard (1...65535).contains(label) else {
        throw StudyError.at("region '\(region.name)'", "its number is \(label), must be from 1 to 65535 in a file.")
      }
      let votes = Votes(region.masks)
      guard let consensus = rule == .majority ? votes.majority : SimultaneousTruth(votes)?.consensus else { continue }
      let covered = consensus.values(of: voxels).count { $0 != 0 }
      if covered > 0 {
        findings.append(
          Finding(
            .warning, "consensus",
            "region '\(region.name)' overlaps others by \(covered) voxels, which get its number.", advice: .chooseRegion
          ))
      }
      consensus.fill(&voxels, with: UInt16(label))
    }
    let isSmall = regions.allSatisfy { $0.label < 256 }
    let samples: Scan.Samples = isSmall ? .uint8(voxels.map { UInt8($0) }) : .uint16(voxels)
    return (
      Scan(geometry: geometry, samples: samples),
      regions.map { Segment(name: $0.region.name, label: $0.label, volume: 0) }, findings
    )
  }
}
