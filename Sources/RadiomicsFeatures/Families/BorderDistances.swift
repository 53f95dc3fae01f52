import RadiomicsCore
import RadiomicsImaging

/// Manhattan distance of each voxel of a region's morphological mask from the nearest voxel outside.
package struct BorderDistances: Sendable {
  /// The mask's box with one voxel outside all around.
  private let box: Box
  /// Over the box, x fastest; 0 outside the mask. No mask is so wide that a distance exceeds 32,766.
  package let values: [Int16]

  /// Distances in the volume, or within each slice. The mask must not be empty.
  package init(_ region: Region, planar: Bool, _ lanes: Lanes) {
    guard let tight = region.morphological.boundingBox else { preconditionFailure("a mask with voxels") }
    let box = tight.grown(by: [1, 1, 1])
    let spans = region.morphological.placed(at: SIMD3<Int>.zero &- box.lower, in: box.size).spans
    let count = box.size.x * box.size.y * box.size.z
    self.box = box
    // Distances along rows, then along y and last along z: the shortest way may go along one axis after the other.
    values = [Int16](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = count
      nonisolated(unsafe) let values = buffer
      let parts = max(1, min(64, count >> 17))
      lanes.forEach(parts) { part in
        let slices = box.size.z * part / parts..<box.size.z * (part + 1) / parts
        let plane = box.size.x * box.size.y
        values[slices.lowerBound * plane..<slices.upperBound * plane].initialize(repeating: 0)
        var target = values.mutableSpan
        setAlongRows(spans, box.size, slices, &target)
        for z in slices { lowerAlongY(&target, box.size, z) }
      }
      guard !planar else { return }
      lanes.forEach(parts) { part in
        var target = values.mutableSpan
        lowerAlongZ(&target, box.size, box.size.y * part / parts..<box.size.y * (part + 1) / parts)
      }
    }
  }

  /// Where a voxel of the region's grid stands in `values`.
  package func index(of voxel: SIMD3<Int>) -> Int {
    let place = voxel &- box.lower
    return place.x + box.size.x * (place.y + box.size.y * place.z)
  }
}

/// Distances to the ends of the runs in `slices`.
private func setAlongRows(
  _ spans: [RowSpans.Span], _ size: SIMD3<Int>, _ slices: Range<Int>, _ values: inout MutableSpan<Int16>
) {
  var first = spans.partitioningIndex { $0.z >= slices.lowerBound }
  while first < spans.count, spans[first].z < slices.upperBound {
    let span = spans[first], start = span.x + size.x * (span.y + size.y * span.z)
    for x in 0..<(span.count &+ 1) / 2 {
      let distance = Int16(truncatingIfNeeded: min(x &+ 1, 32_766))
      values[unchecked: start &+ x] = distance
      values[unchecked: start &+ span.count &- 1 &- x] = distance
    }
    first += 1
  }
}

private func lowerAlongY(_ values: inout MutableSpan<Int16>, _ size: SIMD3<Int>, _ z: Int) {
  let slice = size.x * size.y * z
  for y in 1..<size.y { lower(&values, slice + size.x * y, by: -size.x, size.x) }
  for y in (0..<size.y - 1).reversed() { lower(&values, slice + size.x * y, by: size.x, size.x) }
}

private func lowerAlongZ(_ values: inout MutableSpan<Int16>, _ size: SIMD3<Int>, _ rows: Range<Int>) {
  let plane = size.x * size.y, first = size.x * rows.lowerBound, count = size.x * rows.count
  for z in 1..<size.z { lower(&values, plane * z + first, by: -plane, count) }
  for z in (0..<size.z - 1).reversed() { lower(&values, plane * z + first, by: plane, count) }
}

/// d(v) = min(d(v), d(v + step) + 1) for `count` voxels from `start` on. Inlined into loops over rows it would be tested
/// for overlaps of all rows, which there are, and not be vectorised.
@inline(never)
private func lower(_ distances: inout MutableSpan<Int16>, _ start: Int, by step: Int, _ count: Int) {
  for voxel in start..<start &+ count {
    distances[unchecked: voxel] = min(distances[unchecked: voxel], distances[unchecked: voxel &+ step] &+ 1)
  }
}

extension [RowSpans.Span] {
  /// The first index from which on `isBeyond` holds; it holds from somewhere to the end.
  fileprivate func partitioningIndex(where isBeyond: (Element) -> Bool) -> Int {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
