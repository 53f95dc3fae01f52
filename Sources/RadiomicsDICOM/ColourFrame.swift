import RadiomicsFormats

/// A frame of three components, of which intensities are made where it is grey.
struct ColourFrame {
  let layout: PixelLayout
  /// One plane for each component.
  let isPlanar: Bool
  /// Luminance and two differences in place of red, green and blue.
  let isYBR: Bool
  /// Where intensities are measured; empty for everywhere. What is coloured outside, such as a logo, gets its luminance.
  let regions: [UltrasoundRegion]

  init(_ header: Header, _ layout: PixelLayout, _ regions: [UltrasoundRegion]) throws(FormatError) {
    let data = header.dataSet, colours = data.text(.photometricInterpretation) ?? "RGB"
    // Other codes are decoded to red, green and blue.
    let isAsStored = !header.transferSyntax.isEncapsulated || header.transferSyntax.name == "RLE"
    guard !isAsStored || ["RGB", "YBR_FULL"].contains(colours) else {
      throw FormatError(
        header.path,
        "its colours are stored as \(colours), which is not read. Export it in grey (MONOCHROME2) or as RGB.")
    }
    self.layout = layout
    self.regions = regions
    isPlanar = isAsStored && data.integer(.planarConfiguration) == 1
    isYBR = isAsStored && colours == "YBR_FULL"
  }

  /// Intensities of grey pixels.
  /// - Returns: How many pixels are coloured where that counts, and the first of them.
  func grey(_ bytes: [UInt8], into target: UnsafeMutableRawBufferPointer) -> (count: Int, first: SIMD2<Int>?) {
    let width = layout.bitsAllocated / 8, count = layout.rows * layout.columns, middle = 1 << (layout.bitsStored - 1)
    var coloured = 0, first: SIMD2<Int>?
    bytes.withUnsafeBytes { bytes in
      func sample(_ index: Int, _ component: Int) -> Int {
        let place = width * (isPlanar ? component * count + index : 3 * index + component)
        return width == 1
          ? Int(bytes[place]) : Int(bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self))
      }
      for index in 0..<count {
        let a = sample(index, 0), b = sample(index, 1), c = sample(index, 2)
        let isGrey = isYBR ? b == middle && c == middle : a == b && b == c
        if !isGrey {
          let x = index % layout.columns, y = index / layout.columns
          if regions.isEmpty || regions.contains(where: { $0.holds(x, y) }) {
            coloured += 1
            first = first ?? [x, y]
          }
        }
        // ITU-R BT.601.
        let intensity = isYBR || isGrey ? a : (299 * a + 587 * b + 114 * c + 500) / 1000
        if width == 1 {
          target[index] = UInt8(truncatingIfNeeded: intensity)
        } else {
          target.storeBytes(of: UInt16(truncatingIfNeeded: intensity), toByteOffset: 2 * index, as: UInt16.self)
        }
      }
    }
    return (coloured, first)
  }
}
