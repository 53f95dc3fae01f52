import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// Where maps are written.
public enum MapTarget: Sendable, Hashable {
  /// A folder, one file for each feature with this ending (`nii.gz`), named like its column.
  case folder(String, ending: String)
  /// One 4-D NIfTI file, one volume for each feature.
  case file(String)

  /// A file if the path ends as an image does, else a folder of files with `ending`.
  /// - `others`: Endings that the caller writes itself.
  /// - Throws: `StudyError` if the file is no NIfTI, or the ending names no format.
  public init(_ path: String, ending: String? = nil, others: [String] = []) throws(StudyError) {
    let lowered = path.lowercased()
    if ImageFormats.named(path) != nil {
      guard lowered.hasSuffix(".nii") || lowered.hasSuffix(".nii.gz") else {
        throw StudyError.at(
          path, "several maps in one file are written as .nii or .nii.gz. Choose one of these, or a folder.")
      }
      if let ending {
        throw StudyError.at("format", "is \(ending), but \(path) is one file and says its format itself. Leave it out.")
      }
      self = .file(path)
    } else {
      let ending = ending ?? "nii.gz"
      let isWritable = !["img", "hdr", "img.gz", "hdr.gz"].contains(ending.lowercased())
      guard others.contains(ending) || isWritable && ImageFormats.named("map." + ending) != nil else {
        let endings = ["nii", "nii.gz", "nrrd", "nhdr", "mha", "mhd"] + others
        throw StudyError.at(
          "format", "is \(ending), must be \(endings.dropLast().joined(separator: ", ")) or \(endings.last!).")
      }
      self = .folder(path, ending: ending)
    }
  }

  /// The files of maps of these columns.
  public func files(_ columns: [String]) -> [String] {
    switch self {
    case .folder(let path, let ending): columns.map { "\(path)/\($0).\(ending)" }
    case .file(let path): [path]
    }
  }

  /// Where the provenance stands.
  public var provenance: String {
    switch self {
    case .folder(let path, _): path + "/maps.provenance.json"
    case .file(let path):
      (path.lowercased().hasSuffix(".nii.gz") ? String(path.dropLast(7)) : String(path.dropLast(4)))
        + ".provenance.json"
    }
  }
}

/// Writes one map to a file of a folder in a form of its own.
public typealias WriteMap = (Volume<Double>, Measurand, _ path: String) throws(FormatError) -> Void

/// Writes maps, one after the other, on the grid of the whole image.
struct MapWriter {
  /// Where each map is: a file's name, and its volume, from 0.
  private(set) var places: [(file: String, volume: Int)] = []
  private let target: MapTarget
  private let grid: Geometry
  private let mask: RowSpans
  private let lower: SIMD3<Int>
  private let fill: Double
  private let series: NIfTISeries?
  private let writeFile: WriteMap?

  /// - `count`: the number of maps.
  /// - `mask`: the voxels that have values, on a part of `grid` whose first voxel is `lower`.
  init(
    _ target: MapTarget, count: Int, grid: Geometry, _ mask: RowSpans, at lower: SIMD3<Int>, fill: Double,
    _ writeFile: WriteMap?
  ) throws(FormatError) {
    self.target = target
    self.writeFile = writeFile
    self.grid = grid
    self.mask = mask
    self.lower = lower
    self.fill = fill
    switch target {
    case .folder(let path, _):
      try WholeFile.makeFolder(path)
      series = nil
    case .file(let path): series = try NIfTISeries(path, count: count)
    }
  }

  mutating func write(_ map: FeatureMap) throws(FormatError) {
    var voxels = [Double](repeating: fill, count: grid.count)
    map.place(on: mask, in: &voxels, size: grid.size, at: lower)
    let volume = Volume(geometry: grid, voxels: voxels), scan = Scan(volume)
    switch target {
    case .folder(let path, let ending):
      let name = map.measurand.column + "." + ending
      if let writeFile {
        try writeFile(volume, map.measurand, path + "/" + name)
      } else {
        try ImageFormats.write(scan, to: path + "/" + name)
      }
      places.append((name, 0))
    case .file(let path):
      try series?.append(scan)
      places.append((Path.name(of: path), places.count))
    }
  }

  func finish() throws(FormatError) { try series?.finish() }
}
