import RadiomicsCore

/// Samples a part of an image at the voxel centres of a grid whose slices are parallel to the image's but turned within
/// their plane. Along the third axis first, then in each slice by the weights of `resample`, which are the same for all
/// slices. Positions outside the image take the value at its border.
package func resampleTurned(
  _ image: consuming Volume<Double>, of source: CroppedGrid, onto grid: Geometry, by interpolation: Interpolation,
  _ lanes: Lanes = Lanes(jobs: 1)
) -> Volume<Double> {
  precondition(
    (source.whole.direction[2] - grid.direction[2]).length < 1e-6, "a grid that is turned about its third axis")
  let size = source.box.size, lower = SIMD3<Double>(source.box.lower), last = SIMD3<Double>(source.whole.size &- 1)
  func coordinate(_ index: SIMD3<Double>, _ axis: Int) -> Double {
    let place = source.whole.index(of: grid.position(of: index))[axis]
    let inside = min(last[axis], max(0, place)), whole = inside.rounded()
    return (abs(inside - whole) < AxisSampling.coordinateNoise ? whole : inside) - lower[axis]
  }
  func sampling(_ coordinates: [Double], _ axis: Int) -> AxisSampling {
    AxisSampling(at: coordinates, length: size[axis], by: interpolation, edge: .border)
  }
  var voxels = image.voxels
  let slices = sampling((0..<grid.size.z).map { coordinate([0, 0, Double($0)], 2) }, 2)
  if slices.isOfCoefficients { makeSplineCoefficients(&voxels, size: size, along: 2, lanes) }
  voxels = apply(slices, to: voxels, size: size, along: 2, lanes)

  let plane = grid.size.x * grid.size.y, sliceSize = SIMD3(size.x, size.y, grid.size.z)
  let places = (0..<plane).map { SIMD3(Double($0 % grid.size.x), Double($0 / grid.size.x), 0) }
  let columns = sampling(places.map { coordinate($0, 0) }, 0), rows = sampling(places.map { coordinate($0, 1) }, 1)
  if columns.isOfCoefficients { makeSplineCoefficients(&voxels, size: sliceSize, along: 0, lanes) }
  if rows.isOfCoefficients { makeSplineCoefficients(&voxels, size: sliceSize, along: 1, lanes) }
  let turned = lanes.map(grid.size.z) { [voxels] z in
    voxels.withUnsafeBufferPointer {
      inPlane(UnsafeBufferPointer(rebasing: $0[z * size.x * size.y..<(z + 1) * size.x * size.y]), size.x, columns, rows)
    }
  }
  return Volume(geometry: grid, voxels: turned.flatMap { $0 })
}

/// result[i] = Σ_s Σ_t rows[s, i] · columns[t, i] · slice[row of s, column of t]
private func inPlane(
  _ slice: UnsafeBufferPointer<Double>, _ width: Int, _ columns: AxisSampling, _ rows: AxisSampling
) -> [Double] {
  (0..<columns.count).map { i in
    var sum = 0.0
    for s in 0..<rows.taps {
      let row = rows.indices[s * rows.count + i] * width
      var along = 0.0
      for t in 0..<columns.taps {
        let n = t * columns.count + i
        along += (columns.weights?[n] ?? 1) * slice[row + columns.indices[n]]
      }
      sum += (rows.weights?[s * rows.count + i] ?? 1) * along
    }
    return sum
  }
}
