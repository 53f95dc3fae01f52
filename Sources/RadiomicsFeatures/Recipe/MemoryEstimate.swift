import RadiomicsCore
import RadiomicsImaging

/// How much memory a measurement takes at its peak, by what takes it: known from sizes, before anything is allocated.
public struct MemoryEstimate: Sendable, Hashable {
  /// Something that takes memory.
  public struct Part: Sendable, Hashable {
    /// In plain words: `image`, `region`, `grey levels`, `glszm` …
    public let name: String
    /// Its bytes.
    public let bytes: Int
  }

  /// What is in memory at the same time, largest first.
  public let parts: [Part]

  /// All together.
  public var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }

  /// `2.1 GB (glszm 0.97 GB, image 0.25 GB, …)`, the three largest named.
  public var text: String {
    "\(Self.text(bytes)) (\(parts.prefix(3).map { "\($0.name) \(Self.text($0.bytes))" }.joined(separator: ", ")))"
  }

  /// Bytes as a person reads them: `1.5 GB`, `640 MB`.
  public static func text(_ bytes: Int) -> String {
    bytes >= 1_000_000_000
      ? "\(shortText(Double(bytes) / 1e9, digits: 2)) GB" : "\(shortText(Double(bytes) / 1e6, digits: 2)) MB"
  }

  /// Bytes of the program itself, where the system reads its file in large pages: 27 million of them were counted, and
  /// each part that is added to the program adds to them.
  package static let program = 31_000_000

  init(_ parts: [Part]) {
    self.parts = parts.filter { $0.bytes > 0 }.sorted { $0.bytes != $1.bytes ? $0.bytes > $1.bytes : $0.name < $1.name }
  }
}

/// Sizes of a region that memory depends on.
public struct RegionSize: Sendable, Hashable {
  /// Voxels of the region.
  public let voxels: Int
  /// Runs along x that it consists of.
  public let runs: Int
  /// Size of its box.
  public let box: SIMD3<Int>
  /// Voxels of its box with one voxel around.
  public let boxVoxels: Int
  /// Bytes that an intensity takes: 2 where they are few different ones, 4 or 8.
  public let intensityBytes: Int

  init(voxels: Int, runs: Int, box: SIMD3<Int>, intensityBytes: Int) {
    self.voxels = voxels
    self.runs = runs
    self.intensityBytes = intensityBytes
    self.box = box
    boxVoxels = (box.x + 2) * (box.y + 2) * (box.z + 2)
  }
}

/// The image that is measured, as far as memory depends on it.
public struct ImageSize: Sendable, Hashable {
  /// Its grid.
  public let geometry: Geometry
  /// Bytes of a sample as stored.
  public let sampleBytes: Int
  /// Whether samples are whole numbers.
  public let isWhole: Bool

  /// An image that need not exist yet.
  public init(geometry: Geometry, sampleBytes: Int, isWhole: Bool) {
    self.geometry = geometry
    self.sampleBytes = sampleBytes
    self.isWhole = isWhole
  }

  /// Of an image that was read.
  public init(_ scan: Scan) {
    let (bytes, isWhole) =
      switch scan.samples {
      case .int8, .uint8: (1, true)
      case .int16, .uint16: (2, true)
      case .int32, .uint32: (4, true)
      case .int64, .uint64: (8, true)
      case .float: (4, false)
      case .double: (8, false)
      }
    self.init(geometry: scan.geometry, sampleBytes: bytes, isWhole: isWhole)
  }
}

extension Recipe {
  /// What measuring `mask`, a mask on the image's grid, takes, the image itself included. `families` that need most are
  /// measured at the same time. Between 0 and 30 % above what the system then counts.
  ///
  /// Not counted: reading the files, which is over by then; Moran's I and Geary's C, which take what memory is left or
  /// say that it is too little.
  public func memory(
    for image: ImageSize, _ mask: RowSpans, atOnce families: Int = 1, wholeImage: Bool = false
  ) -> MemoryEstimate {
    var standing = [
      MemoryEstimate.Part(name: "program", bytes: MemoryEstimate.program),
      MemoryEstimate.Part(name: "image", bytes: image.geometry.count * image.sampleBytes),
    ]
    guard let box = mask.boundingBox else { return MemoryEstimate(standing) }
    let sizes = preparation.sizes(of: image, mask, box, margin: margin(on:))
    let whole = max(wholeImage ? preparation.figuresBytes(image) : 0, preparation.normalisationBytes(image))
    standing.append(MemoryEstimate.Part(name: "region", bytes: sizes.standing))
    let levels = MemoryEstimate.Part(
      name: "grey levels",
      bytes: Set(layers.flatMap(\.families).compactMap(\.levelled)).reduce(0) {
        $0 + $1.levelBytes * sizes.region.boxVoxels
          + (sizes.region.intensityBytes == 2 ? 0 : 2 * sizes.region.voxels)
      })
    let work = layers.flatMap(\.families)
      .map { MemoryEstimate.Part(name: type(of: $0).name, bytes: $0.workingMemory(sizes.region)) }
      .sorted { $0.bytes > $1.bytes }.prefix(families)
    let preparing = MemoryEstimate.Part(name: "preparation", bytes: max(sizes.preparing, whole))
    let filtering = filteringParts(of: image, box)
    return [standing + [preparing], standing + filtering + [levels] + work].map(MemoryEstimate.init).max {
      $0.bytes < $1.bytes
    }!
  }
}

extension Recipe {
  /// What the largest filter takes: the part of the image that it works on as numbers, its response, and its work.
  private func filteringParts(of image: ImageSize, _ box: Box) -> [MemoryEstimate.Part] {
    layers.compactMap { layer -> MemoryEstimate.Part? in
      guard let filter = layer.filter,
        let (new, _) = try? preparation.boxes(around: box, of: image.geometry, margin: layer.margin(on:)),
        filter.obstacle(on: new.whole) == nil
      else { return nil }
      let voxels = new.box.size.x * new.box.size.y * new.box.size.z
      return MemoryEstimate.Part(
        name: "filter \(type(of: filter).name)",
        bytes: 16 * voxels + filter.workingMemory(on: new.whole.cropped(to: new.box)))
    }.max { $0.bytes < $1.bytes }.map { [$0] } ?? []
  }
}

extension FeatureFamily {
  /// The discretisation whose grey levels it is handed.
  fileprivate var levelled: Discretisation? { Self.takesLevels ? discretisation : nil }
}

extension Discretisation {
  /// Bytes of a voxel's level: one up to 255 levels.
  fileprivate var levelBytes: Int {
    switch self {
    case .fixedBinNumber(let count, _), .equalProbability(let count): count <= 255 ? 1 : 2
    case .none, .fixedBinSize: 2
    }
  }
}

// Bytes that families take were measured on balls of 10⁴ to 5·10⁷ voxels.

extension Morphology {
  /// Surface and hull, of which runs along x are a measure.
  public func workingMemory(_ region: RegionSize) -> Int { 500_000 + 1200 * region.runs }
}

extension SizeZone {
  /// Distances from the border, and zones of some slices.
  public func workingMemory(_ region: RegionSize) -> Int { 1_000_000 + 4 * region.boxVoxels }
}

extension DistanceZone {
  /// Distances from the border, and zones of some slices.
  public func workingMemory(_ region: RegionSize) -> Int { 1_000_000 + 4 * region.boxVoxels }
}

extension LocalIntensity {
  /// Some slices of whole numbers with those around that spheres reach.
  public func workingMemory(_ region: RegionSize) -> Int {
    let plane = pow(Double(region.boxVoxels), 2 / 3)
    return Int(30 * 1.5 * plane) * (region.intensityBytes == 2 ? 4 : 8)
  }
}

extension IntensityStatistics {
  /// Sorting takes three times the intensities; a few different ones are counted.
  public func workingMemory(_ region: RegionSize) -> Int {
    region.intensityBytes == 2 ? 2_000_000 : 3 * region.intensityBytes * region.voxels
  }
}

extension IntensityVolumeHistogram {
  /// Levels of two bytes; a few different intensities are counted.
  public func workingMemory(_ region: RegionSize) -> Int {
    region.intensityBytes == 2 ? 1_000_000 : 2 * region.voxels
  }
}

extension IntensityHistogram {
  /// Counts of levels.
  public func workingMemory(_ region: RegionSize) -> Int { 1_000_000 }
}

extension Preparation {
  /// Bytes of the prepared region, bytes that are needed to prepare it, and its sizes once prepared.
  fileprivate func sizes(
    of image: ImageSize, _ mask: RowSpans, _ box: Box, margin: (Geometry) -> SIMD3<Double>
  ) -> (standing: Int, preparing: Int, region: RegionSize) {
    let grid = image.geometry, runs = mask.spans.count
    guard let (new, old) = try? boxes(around: box, of: grid, margin: margin) else {
      return (0, 0, RegionSize(voxels: 0, runs: 0, box: .zero, intensityBytes: 2))
    }
    let made = new.box.size.x * new.box.size.y * new.box.size.z
    // The matched slices' part, once more while slices are put together, and a slice with its spectrum for some lanes.
    let matching =
      kernel == nil ? 0 : 16 * old.box.size.x * old.box.size.y * old.box.size.z + 200 * grid.size.x * grid.size.y
    let operations = max(matching, region == nil ? 0 : 24 * made)
    guard resample != nil else {
      let isCoded = kernel == nil && image.isWhole && image.sampleBytes <= 2 || round == .hounsfield
      let size = RegionSize(
        voxels: mask.count, runs: runs, box: box.size,
        intensityBytes: isCoded ? 2 : image.sampleBytes == 4 && normalise == nil ? 4 : 8)
      return ((kernel == nil ? 0 : 8 * made) + 6 * 32 * runs + size.intensityBytes * size.voxels, operations, size)
    }
    let lines = Double(runs) * grid.spacing.y * grid.spacing.z / (new.whole.spacing.y * new.whole.spacing.z)
    let grids = maskGrids(box, of: old, onto: new) ?? (old, new), part = grids.target.box.size
    let size = RegionSize(
      voxels: Int(Double(mask.count) * grid.voxelVolume / new.whole.voxelVolume), runs: max(runs, Int(lines)),
      box: part,
      intensityBytes: round == .hounsfield ? 2 : 8)
    let passes = max(
      resamplingBytes(of: old, onto: new) - 8 * made, resamplingBytes(of: grids.source, onto: grids.target))
    let standing = 8 * made + 6 * 32 * size.runs + size.intensityBytes * size.voxels
    return (standing, max(passes, operations), size)
  }

  /// The whole image's intensities, which a normalisation by it takes, and sorts where they are not few.
  fileprivate func normalisationBytes(_ image: ImageSize) -> Int {
    guard normalise?.within == .image else { return 0 }
    if image.isWhole && image.sampleBytes <= 2 { return 2 * image.geometry.count }
    return ([.percentileRange, .nyul].contains(normalise?.method) || normalise?.above != nil ? 4 : 1)
      * max(4, image.sampleBytes) * image.geometry.count
  }

  /// Figures of the whole image are taken of every voxel, after resampling, too.
  fileprivate func figuresBytes(_ image: ImageSize) -> Int {
    guard let resample, let grid = try? image.geometry.resampled(to: resample.spacing, align: resample.align) else {
      return 8 * image.geometry.count
    }
    return 8 * image.geometry.count + 24 * max(image.geometry.count, grid.count)
  }
}
