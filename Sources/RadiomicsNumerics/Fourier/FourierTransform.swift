import CKissFFT

/// Complex discrete Fourier transforms in double precision.
public enum FourierTransform {
  /// The smallest length of at least `n` with factors 2, 3 and 5 only.
  public static func fastLength(_ n: Int) -> Int {
    var length = max(1, n)
    while true {
      var rest = length
      for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
      if rest == 1 { return length }
      length += 1
    }
  }

  /// Transforms a 3-D array of interleaved (real, imaginary) values in place, x fastest; unscaled.
  /// Cost O(N log N) for sizes from `fastLength`.
  public static func transform(_ values: inout [Double], size: SIMD3<Int>) {
    precondition(values.count == 2 * size.x * size.y * size.z, "two numbers for each element")
    let strides = SIMD3(1, size.x, size.x * size.y)
    for axis in 0..<3 where size[axis] > 1 {
      let first = axis == 0 ? 1 : 0, second = axis == 2 ? 1 : 2
      transformLines(
        &values, length: size[axis], stride: strides[axis],
        inner: (size[first], strides[first]), outer: (size[second], strides[second]))
    }
  }

  /// Gathers the lines of one axis in blocks of `inner.count`, transforms and scatters them.
  private static func transformLines(
    _ values: inout [Double], length: Int, stride: Int,
    inner: (count: Int, stride: Int), outer: (count: Int, stride: Int)
  ) {
    var lines = [Double](repeating: 0, count: 2 * length * inner.count)
    var transformed = lines
    values.withUnsafeMutableBufferPointer { values in
      for o in 0..<outer.count {
        for n in 0..<length {
          var from = 2 * (o * outer.stride + n * stride)
          var to = 2 * n
          for _ in 0..<inner.count {
            lines[to] = values[from]
            lines[to + 1] = values[from + 1]
            from += 2 * inner.stride
            to += 2 * length
          }
        }
        kissfft_transform(length, inner.count, lines, &transformed)
        for n in 0..<length {
          var to = 2 * (o * outer.stride + n * stride)
          var from = 2 * n
          for _ in 0..<inner.count {
            values[to] = transformed[from]
            values[to + 1] = transformed[from + 1]
            to += 2 * inner.stride
            from += 2 * length
          }
        }
      }
    }
  }
}
