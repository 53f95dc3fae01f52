extension Volume<UInt8> {
  /// Squared distance from each voxel centre to the nearest voxel centre of the mask (voxels that are not 0), mm²; 0
  /// inside, infinite for an empty mask.
  ///
  /// Exact, one axis after the other: along x by two scans, along y and z by the lower envelope of parabolas.
  /// Felzenszwalb and Huttenlocher, Theory of Computing 8 (2012) 415, doi:10.4086/toc.2012.v008a019. Cost: linear.
  public func squaredDistances() -> Volume<Double> {
    let size = geometry.size, spacing = geometry.spacing
    var distances = [Double](repeating: .infinity, count: voxels.count)
    for row in stride(from: 0, to: voxels.count, by: size.x) {
      scanRow(voxels, &distances, from: row, length: size.x, spacing: spacing.x)
    }
    if size.y > 1 {
      for plane in 0..<size.z {
        lowerEnvelopes(
          &distances, from: plane * size.x * size.y, lines: size.x, length: size.y, step: size.x, spacing: spacing.y)
      }
    }
    if size.z > 1 {
      lowerEnvelopes(
        &distances, from: 0, lines: size.x * size.y, length: size.z, step: size.x * size.y, spacing: spacing.z)
    }
    return Volume<Double>(geometry: geometry, voxels: distances)
  }
}

/// Squared distance to the nearest voxel of the mask in a row along x.
private func scanRow(_ mask: [UInt8], _ distances: inout [Double], from: Int, length: Int, spacing: Double) {
  var nearest: Int?
  for x in 0..<length {
    if mask[from + x] != 0 { nearest = x }
    if let nearest {
      let distance = Double(x - nearest) * spacing
      distances[from + x] = distance * distance
    }
  }
  nearest = nil
  for x in (0..<length).reversed() {
    if mask[from + x] != 0 { nearest = x }
    if let nearest {
      let distance = Double(nearest - x) * spacing
      distances[from + x] = min(distances[from + x], distance * distance)
    }
  }
}

/// d[p] = min_q (f[q] + (s (p − q))²) along each of `lines` neighbouring lines f[n] = values[from + line + n · step].
/// `sites` are the q whose parabolas make up the lower envelope, `starts` where each begins. Parabolas at q and q + g meet
/// at the middle + (f[q + g] − f[q]) / (2 s² g).
private func lowerEnvelopes(
  _ values: inout [Double], from: Int, lines: Int, length: Int, step: Int, spacing: Double
) {
  let inverses = (0...length).map { 1 / (2 * spacing * spacing * Double($0)) }
  let heights = [Double](repeating: 0, count: length), starts = heights
  let sites = [Int](repeating: 0, count: length)
  values.withUnsafeMutableBufferPointer { values in
    inverses.withUnsafeBufferPointer { inverses in
      var (heights, starts, sites) = (heights, starts, sites)
      heights.withUnsafeMutableBufferPointer { heights in
        starts.withUnsafeMutableBufferPointer { starts in
          sites.withUnsafeMutableBufferPointer { sites in
            for line in from..<from + lines {
              let f = values.baseAddress! + line
              var count = 0
              for q in 0..<length {
                let height = f[q &* step]
                guard height < .infinity else { continue }
                var start = -Double.infinity
                while count > 0 {
                  let site = sites[count &- 1]
                  start = Double(q &+ site) * 0.5 + (height - heights[count &- 1]) * inverses[q &- site]
                  if start > starts[count &- 1] { break }
                  count &-= 1
                  start = -.infinity
                }
                sites[count] = q
                heights[count] = height
                starts[count] = start
                count &+= 1
              }
              guard count > 0 else { continue }
              var k = 0
              for p in 0..<length {
                while k &+ 1 < count, starts[k &+ 1] < Double(p) { k &+= 1 }
                let distance = Double(p &- sites[k]) * spacing
                f[p &* step] = heights[k] + distance * distance
              }
            }
          }
        }
      }
    }
  }
}
