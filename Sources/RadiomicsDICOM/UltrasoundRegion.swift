import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

/// A part of an ultrasound image whose pixels have a size: an item of Sequence of Ultrasound Regions (PS3.3 C.8.5.5) that
/// shows tissue or flow in two dimensions with centimetres along both.
struct UltrasoundRegion: Sendable, Hashable {
  /// Distance of pixel centres along a row and down a column, mm.
  let spacing: SIMD2<Double>
  /// First and last pixel, column and row from 0.
  let first, last: SIMD2<Int>

  /// Nil for M-mode, spectra, curves and graphics, and where units or sizes are others.
  private init?(_ item: DataSet, size: SIMD2<Int>) {
    guard [nil, 0x0001].contains(item.integer(.regionSpatialFormat)), item.integer(.physicalUnitsXDirection) == 3,
      item.integer(.physicalUnitsYDirection) == 3, let x = item.number(.physicalDeltaX),
      let y = item.number(.physicalDeltaY), x != 0, y != 0
    else { return nil }
    spacing = [10 * abs(x), 10 * abs(y)]
    first = [item.integer(.regionLocationMinX0) ?? 0, item.integer(.regionLocationMinY0) ?? 0]
    last = [
      min(item.integer(.regionLocationMaxX1) ?? .max, size.x - 1),
      min(item.integer(.regionLocationMaxY1) ?? .max, size.y - 1),
    ]
    guard first.x >= 0, first.y >= 0, first.x <= last.x, first.y <= last.y else { return nil }
  }

  /// The regions of an image with a size.
  static func all(_ data: DataSet) -> [UltrasoundRegion] {
    let size = SIMD2(data.integer(.columns) ?? 0, data.integer(.rows) ?? 0)
    return data.items(.sequenceOfUltrasoundRegions).compactMap { UltrasoundRegion($0, size: size) }
  }

  /// Whether pixels of both have one size.
  func agrees(with other: SIMD2<Double>) -> Bool {
    abs(spacing.x / other.x - 1) < 1e-4 && abs(spacing.y / other.y - 1) < 1e-4
  }

  func holds(_ x: Int, _ y: Int) -> Bool { x >= first.x && x <= last.x && y >= first.y && y <= last.y }

  /// On an image of so many slices.
  func box(slices: Int) -> Box {
    Box(lower: [first.x, first.y, 0], size: [last.x - first.x + 1, last.y - first.y + 1, slices])
  }

  /// In words.
  var title: String { "columns \(first.x) to \(last.x), rows \(first.y) to \(last.y)" }
}

extension [UltrasoundRegion] {
  /// In words: size of pixels, and where.
  var title: String {
    guard let spacing = first?.spacing else { return "" }
    return
      "pixels of \(shortText(spacing.x)) x \(shortText(spacing.y)) mm in \(map(\.title).joined(separator: " and "))"
  }
}
