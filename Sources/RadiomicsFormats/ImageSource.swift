import RadiomicsCore
import RadiomicsImaging

/// Where images and masks come from that are more than one file of voxels, such as series of DICOM. A program hands its
/// sources to what reads; without any, only `ImageFormats` are read.
public protocol ImageSource: Sendable {
  /// Whether `path` is for this source.
  func recognises(_ path: String) -> Bool
  /// The images with their masks that a folder holds, and what is left out; nothing where there is no such pair.
  func cases(in path: String) -> (cases: [SourceCase], findings: [Finding])
  /// Where the volumes at `path` lie, by their numbers, if they are parts of one picture, so that the place of a mask says
  /// which is meant; empty where it does not. No pixels are read.
  /// - `mask`: Where the mask is; it may say which of several images is meant.
  func parts(_ path: String, mask: String, _ options: ReadingOptions) throws(FormatError) -> [PicturePart]
  /// The image at `path`.
  /// - `mask`: Where its mask is; it may say which of several images is meant.
  func image(_ path: String, mask: String?, _ options: ReadingOptions) throws(FormatError) -> StoredImage
  /// The mask at `path`, on its own grid or, if it has none, on that of `image`; nil if an image of labels is there.
  /// - `image`: The image and its path; without one, a mask that has no grid of its own is refused.
  func mask(_ path: String, on image: (path: String, geometry: Geometry)?, _ options: ReadingOptions)
    throws(FormatError)
    -> StoredMask?
}

extension ImageSource {
  /// None: no image is a picture of parts.
  public func parts(_ path: String, mask: String, _ options: ReadingOptions) throws(FormatError) -> [PicturePart] { [] }
}

/// A part of a picture whose pixels have a size of their own, such as the regions of an ultrasound image.
public struct PicturePart: Sendable, Hashable {
  /// The whole picture's grid by this part's size of pixels.
  public let geometry: Geometry
  /// Where in the picture pixels have that size.
  public let boxes: [Box]
  /// In words: size of pixels, and where.
  public let title: String

  /// A part of a picture.
  public init(geometry: Geometry, boxes: [Box], title: String) {
    (self.geometry, self.boxes, self.title) = (geometry, boxes, title)
  }
}

/// An image and its mask that one path holds.
public struct SourceCase: Sendable, Hashable {
  /// Which image of the path and which mask, as a cohort's columns `series` and `mask_series` choose them; nil where there is
  /// one alone.
  public let series, maskSeries: String?
  /// Such as `CT`; nil if it is not known.
  public let modality: String?

  /// An image and its mask.
  public init(series: String?, maskSeries: String?, modality: String?) {
    (self.series, self.maskSeries, self.modality) = (series, maskSeries, modality)
  }
}

/// A region that cannot be a mask.
public struct RefusedRegion: Sendable, Hashable {
  /// Its number.
  public let value: Int
  /// Its name.
  public let name: String
  /// The rest of a sentence.
  public let why: String

  /// A region that cannot be a mask.
  public init(value: Int, name: String, why: String) {
    self.value = value
    self.name = name
    self.why = why
  }
}

/// A mask as regions on a grid.
public struct StoredMask: Sendable {
  /// The grid.
  public let geometry: Geometry
  /// The regions that have voxels.
  public let labels: [MaskLabel]
  /// Regions that cannot be a mask.
  public let refused: [RefusedRegion]
  /// What the user should know.
  public let findings: [Finding]
  /// The files it was read from.
  public let files: [String]

  /// A mask that was read.
  public init(
    geometry: Geometry, labels: [MaskLabel], refused: [RefusedRegion] = [], findings: [Finding] = [],
    files: [String] = []
  ) {
    self.geometry = geometry
    self.labels = labels
    self.refused = refused
    self.findings = findings
    self.files = files
  }
}

extension Finding {
  /// What to say of a label of which voxels lie where the image has none; nil if there are none.
  package static func partOutside(_ count: Int, of label: MaskLabel, _ path: String) -> Finding? {
    guard count > 0 else { return nil }
    let name = label.name.map { "region '\($0)'" } ?? "label \(label.value)"
    return Finding(
      .warning, path,
      "\(name): \(count) of \(label.voxels.count) voxels of the mask lie outside the image and are not measured.")
  }
}

/// How a series of files is read.
public struct SeriesOptions: Sendable, Hashable {
  /// Which series, where a path holds several: its UID, description, number, `/regex/` over the description, or a
  /// modality; nil: the only one, or the one that the mask refers to.
  public var series: String?
  /// Which series of the mask's path.
  public var maskSeries: String?
  /// Interpolate missing slices and uneven distances.
  public var allowsGaps = false
  /// Put the slices of a tilted gantry above each other.
  public var resamplesTilt = false
  /// Give voxels whose size and place are not known a grid of 1 mm, as for another format; features need real ones.
  public var usesUnitGrid = false
  /// What PET is converted to; nil: SUV by body weight.
  public var quantity: PETQuantity?
  /// PET: seconds from injection to the begin of the scan; nil: by the file's times.
  public var uptake: Double?
  /// What becomes of voxels whose centres lie on a contour.
  public var contourEdge = ContourEdge.half

  /// The only series, as it is.
  public init() {}
}

/// Whether a voxel belongs to a region whose contour runs through its centre.
public enum ContourEdge: String, ChoiceSetting {
  /// On the sides of smaller x and y it does: regions that share an edge share no voxel.
  case half
  /// Always: what programs mean that draw contours through the outermost voxels of a mask.
  case inside
}

/// What the intensities of a PET image are.
public enum PETQuantity: String, ChoiceSetting {
  /// Uptake by body weight, g/mL.
  case suvbw
  /// Uptake by body surface area (Du Bois), cm²/mL.
  case suvbsa
  /// Uptake by ideal body weight (Devine), g/mL.
  case suvibw
  /// Uptake by lean body mass after Janmahasatian, g/mL.
  case sul
  /// Uptake by lean body mass after James, g/mL.
  case sulJames = "sul-james"
  /// The file's own units.
  case stored
}
