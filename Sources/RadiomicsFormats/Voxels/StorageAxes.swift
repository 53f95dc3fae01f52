/// How the samples of a file's volumes follow each other: up to three axes of space, and others that number the volumes.
struct StorageAxes {
  /// Samples along x, y and z.
  let size: SIMD3<Int>
  /// Samples from one to the next along x, y and z.
  let strides: SIMD3<Int>
  /// Length and stride of the axes that number the volumes, the first running fastest.
  private let others: [(length: Int, stride: Int)]
  /// Number of volumes.
  let volumeCount: Int
  /// Samples of all volumes.
  let count: Int

  /// - `sizes`: Length of every axis, the fastest first.
  /// - `spatial`: Which are x, y and z; z, and y, may be missing.
  init(sizes: [Int], spatial: [Int], path: String) throws(FormatError) {
    precondition(spatial.count <= 3, "space has three axes")
    var size = SIMD3(1, 1, 1), strides = SIMD3(1, 1, 1), others: [(Int, Int)] = []
    var count = 1, volumeCount = 1
    for (axis, length) in sizes.enumerated() {
      guard length > 0 else {
        throw FormatError(path, "the size of axis \(axis + 1) is \(length), must be at least 1.")
      }
      if let place = spatial.firstIndex(of: axis) {
        size[place] = length
        strides[place] = count
      } else {
        others.append((length, count))
        volumeCount &*= length
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product <= Int.max / 16 else {
        throw FormatError(
          path, "the header names \(sizes.map(String.init).joined(separator: " x ")) samples, too many.")
      }
      count = product
    }
    for place in spatial.count..<3 { strides[place] = count }
    self.size = size
    self.strides = strides
    self.others = others
    self.volumeCount = volumeCount
    self.count = count
  }

  /// Samples in a volume.
  var volumeSize: Int { size.x * size.y * size.z }

  /// Whether the samples of a volume follow each other without gaps, x fastest.
  var isContiguous: Bool {
    (size.x == 1 || strides.x == 1) && (size.y == 1 || strides.y == size.x)
      && (size.z == 1 || strides.z == size.x * size.y)
  }

  /// Where a volume's first sample is.
  func offset(ofVolume volume: Int) -> Int {
    var rest = volume, offset = 0
    for (length, stride) in others {
      offset += rest % length * stride
      rest /= length
    }
    return offset
  }
}
