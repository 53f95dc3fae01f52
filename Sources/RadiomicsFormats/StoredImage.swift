import RadiomicsCore
import RadiomicsImaging

/// What an image file holds, on LPS grids in mm. The axes stay as stored; only their placement is expressed in LPS.
public struct StoredImage: Sendable {
  /// The volumes that were chosen, in the file's order.
  public let volumes: [Scan]
  /// How many volumes the file holds.
  public let volumeCount: Int
  /// The named segments of a label map; empty if the file names none.
  public let segments: [Segment]
  /// What the user should know about the file.
  public let findings: [Finding]
  /// Paths of the files that hold the image, each once, in the order read: first the one that was named, then the other
  /// half of a pair or the files that a header lists. A relative path is relative to the working folder.
  public let files: [String]
  /// How the image was made, by its header.
  public let acquisition: [AcquisitionFact]
  /// Symbol of the unit of intensities, if the header tells: HU, SUV.
  public let unit: String?
  /// Intensities that mean "no measurement", if the header names them.
  public let padding: ClosedRange<Double>?
  /// The parts of the image where its grid holds, such as the regions of an ultrasound image; empty for all of it.
  public let measurable: [Box]

  /// An image that was read; a path that occurs again in `files` is left out.
  public init(
    volumes: [Scan], volumeCount: Int, segments: [Segment] = [], findings: [Finding] = [], files: [String] = [],
    acquisition: [AcquisitionFact] = [], unit: String? = nil, padding: ClosedRange<Double>? = nil,
    measurable: [Box] = []
  ) {
    self.volumes = volumes
    self.volumeCount = volumeCount
    self.segments = segments
    self.findings = findings
    self.acquisition = acquisition
    self.unit = unit
    self.padding = padding
    self.measurable = measurable
    // Bytes, as names that differ in their normal form alone are equal strings but other files.
    var seen: Set<[UInt8]> = []
    self.files = files.filter { seen.insert(Array($0.utf8)).inserted }
  }
}

/// One thing that an image's header says on how it was made.
public struct AcquisitionFact: Sendable, Hashable {
  /// The field, with its unit: `tube_voltage_kv`.
  public let name: String
  /// Its value; several where slices differ.
  public let values: [Value]

  /// A number or a text.
  public enum Value: Sendable, Hashable {
    case number(Double)
    case text(String)
  }

  /// A fact.
  public init(_ name: String, _ values: [Value]) {
    self.name = name
    self.values = values
  }
}

/// A named region of a label map: the voxels of `volume` that equal `label`.
public struct Segment: Sendable, Hashable {
  /// The name, such as "Liver".
  public let name: String
  /// The voxel value.
  public let label: Int
  /// The volume of the file, from 0.
  public let volume: Int

  /// A named region.
  public init(name: String, label: Int, volume: Int) {
    self.name = name
    self.label = label
    self.volume = volume
  }
}

/// Which volumes of a file are read.
public enum VolumeChoice: Sendable, Hashable {
  /// The only one; a file of several is refused.
  case only
  /// The one with this number, from 0.
  case index(Int)
  /// Every one.
  case all

  package func indices(of count: Int, path: String) throws(FormatError) -> [Int] {
    switch self {
    case .only:
      guard count == 1 else {
        throw FormatError(
          path, "it holds \(count) volumes, one must be chosen.", advice: .chooseVolume(last: count - 1))
      }
      return [0]
    case .index(let index):
      guard index >= 0, index < count else {
        throw FormatError(
          path, "volume \(index) is asked for, the file holds \(count). Ask for one from 0 to \(count - 1).")
      }
      return [index]
    case .all: return Array(0..<count)
    }
  }
}

/// Which of NIfTI's two placements is used.
public enum NIfTIForm: String, ChoiceSetting {
  /// The affine matrix.
  case sform
  /// The quaternion, offset and voxel sizes.
  case qform
}

/// How a file is read.
public struct ReadingOptions: Sendable, Hashable {
  /// Which volumes.
  public var volume: VolumeChoice
  /// Which placement of a NIfTI file; nil: sform, if there is none qform, if there is none the voxel sizes.
  public var niftiForm: NIfTIForm?
  /// How a series of files is read.
  public var series = SeriesOptions()
  /// From which value on a voxel of a soft mask belongs.
  public var maskThreshold: Double?

  /// Reading of `volume`.
  public init(volume: VolumeChoice = .only, niftiForm: NIfTIForm? = nil) {
    self.volume = volume
    self.niftiForm = niftiForm
  }
}
