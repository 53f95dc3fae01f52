import RadiomicsCore
import RadiomicsImaging

/// How responses to rotated kernels become one.
public enum Pooling: String, ChoiceSetting {
  /// The largest response at each voxel.
  case max
  /// Their mean at each voxel.
  case average
}

/// Kernels to be applied one after the other along x, y and, in the volume, z, and again for further stages.
struct AxisPasses: Hashable {
  /// 2 or 3.
  let axes: Int
  /// A multiple of `axes`.
  var kernels: [AxisKernel]

  /// The product of kernels turned by all right angles: 24 in the volume, 4 in slices (IBSI 2, appendix on
  /// pseudo-rotational invariance); some may be equal.
  var rotations: [AxisPasses] {
    let orders =
      axes == 2 ? [[0, 1], [1, 0]] : [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]]
    return orders.enumerated().flatMap { number, order in
      (0..<1 << axes).compactMap { flips -> AxisPasses? in
        // A rotation keeps the handedness: flips and the order's exchanges are even together.
        let isOddOrder = number >= orders.count / 2
        guard flips.nonzeroBitCount % 2 == (isOddOrder ? 1 : 0) else { return nil }
        let turned = kernels.indices.map { index -> AxisKernel in
          let axis = index % axes, kernel = kernels[index - axis + order[axis]]
          return flips >> axis & 1 == 1 ? kernel.reversed : kernel
        }
        return AxisPasses(axes: axes, kernels: turned)
      }
    }
  }

  /// The same with kernels that begin with a positive weight; the response is the same times `sign`.
  var positive: AxisPasses { AxisPasses(axes: axes, kernels: kernels.map(\.positive)) }
  var sign: Double { kernels.reduce(1) { $0 * $1.sign } }
}

extension Volume<Double> {
  /// Hands on the response to each of several sequences of passes, with the indices of those that are equal. Passes that
  /// sequences begin with alike are made once.
  func forEachResponse(
    to sequences: [AxisPasses], _ boundary: Boundary, _ lanes: Lanes, take: (Volume, [Int]) -> Void
  ) {
    func go(_ image: Volume, _ indices: [Int], _ pass: Int) {
      guard pass < sequences[indices[0]].kernels.count else { return take(image, indices) }
      var kernels: [AxisKernel] = [], groups: [AxisKernel: [Int]] = [:]
      for index in indices {
        let kernel = sequences[index].kernels[pass]
        if groups[kernel] == nil { kernels.append(kernel) }
        groups[kernel, default: []].append(index)
      }
      for kernel in kernels {
        go(
          image.convolved(with: kernel, along: pass % sequences[indices[0]].axes, boundary, lanes), groups[kernel]!,
          pass + 1)
      }
    }
    go(self, Array(sequences.indices), 0)
  }

  /// The responses to a sequence of passes turned by all right angles, pooled. Those that differ by sign only are made once.
  func pooledResponse(
    to passes: AxisPasses, _ pooling: Pooling, _ boundary: Boundary, _ lanes: Lanes
  ) -> Volume {
    let rotations = passes.rotations
    var pool = [Double](repeating: pooling == .max ? -.infinity : 0, count: voxels.count)
    forEachResponse(to: rotations.map(\.positive), boundary, lanes) { response, indices in
      let signs = indices.map { rotations[$0].sign }
      switch pooling {
      case .average:
        let weight = signs.reduce(0, +) / Double(rotations.count)
        if weight != 0 { for index in pool.indices { pool[index] += weight * response.voxels[index] } }
      case .max:
        for sign in Set(signs).sorted() {
          for index in pool.indices { pool[index] = Swift.max(pool[index], sign * response.voxels[index]) }
        }
      }
    }
    return Volume(geometry: geometry, voxels: pool)
  }
}
