import RadiomicsNumerics

/// An image continued beyond its edges, for circular convolution: where its samples are read, and where those of the
/// image itself are written.
package struct ContinuedImage: Sendable {
  /// Places in the image, nil for zeros.
  package let source: SamplePlaces
  /// Places in an image of the same size, nil for what lies beyond.
  package let target: SamplePlaces

  /// `length` samples along each axis, the first of them `before` voxels ahead of the image's first. The image's axes
  /// take the order `axes`, and `slices` are those of the last.
  package init(
    _ size: SIMD3<Int>, before: SIMD3<Int>, length: SIMD3<Int>, _ boundary: Boundary, axes: [Int] = [0, 1, 2],
    slices: Range<Int>? = nil
  ) {
    let strides = [1, size.x, size.x * size.y]
    func places(_ place: (_ axis: Int, _ index: Int) -> Int?) -> SamplePlaces {
      let all = (0..<3).map { n in
        let range = n == 2 ? slices ?? 0..<length[n] : 0..<length[n]
        return range.map { place(n, $0 - before[n]).map { $0 * strides[axes[n]] } }
      }
      return SamplePlaces(x: all[0], y: all[1], z: all[2])
    }
    source = places { boundary.place($1, of: size[axes[$0]]) }
    target = places { 0..<size[axes[$0]] ~= $1 ? $1 : nil }
  }

  /// Samples along each axis.
  package var size: SIMD3<Int> { source.size }
}
