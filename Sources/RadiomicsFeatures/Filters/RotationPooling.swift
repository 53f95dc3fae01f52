import RadiomicsCore
import RadiomicsImaging

/// How responses to rotated kernels become one.
public enum Pooling: String, ChoiceSetting {
  /// The largest response at each voxel.
  case max
  /// Their mean at each voxel.
  case average
}

/// A kernel for x, y and, in the volume, z, and again for further stages.
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
  /// Hands on the part `box` of the response to each of several sequences of passes, with the indices of those that are
  /// equal. Passes that sequences begin with alike are made once, each as far as the next ones need it; the last axis comes
  /// first, as rows along x take longest, unless sequences are to be handed on in order.
  func forEachResponse(
    to sequences: [AxisPasses], keeping box: Box, _ boundary: Boundary, inOrder: Bool = false, _ lanes: Lanes,
    take: (Volume, [Int]) -> Void
  ) {
    let axes = sequences[0].axes, count = sequences[0].kernels.count
    func axis(_ pass: Int) -> Int { inOrder ? pass % axes : axes - 1 - pass % axes }
    func kernel(_ pass: Int, _ sequence: Int) -> AxisKernel {
      sequences[sequence].kernels[pass - pass % axes + axis(pass)]
    }
    // What is kept along a pass's axis; of a periodic image all that is not yet the result.
    let kept = (0..<count).map { pass -> Range<Int> in
      let along = axis(pass), all = 0..<geometry.size[along], later = stride(from: pass + axes, to: count, by: axes)
      let reach = later.reduce(0) { sum, pass in sum + sequences.indices.map { kernel(pass, $0).reach }.max()! }
      guard reach > 0, boundary == .periodic else {
        return (box.lower[along] - reach..<box.upper[along] + reach).clamped(to: all)
      }
      return all
    }
    func go(_ image: Volume, _ indices: [Int], _ pass: Int) {
      guard pass < count else { return take(image, indices) }
      var kernels: [AxisKernel] = [], groups: [AxisKernel: [Int]] = [:]
      for index in indices {
        let kernel = kernel(pass, index)
        if groups[kernel] == nil { kernels.append(kernel) }
        groups[kernel, default: []].append(index)
      }
      let start = pass < axes ? 0 : kept[pass - axes].lowerBound
      let range = kept[pass].lowerBound - start..<kept[pass].upperBound - start
      for kernel in kernels {
        go(
          image.convolved(with: kernel, along: axis(pass), keeping: range, boundary, lanes), groups[kernel]!, pass + 1)
      }
    }
    var part = geometry.box
    for axis in axes..<3 { (part.lower[axis], part.size[axis]) = (box.lower[axis], box.size[axis]) }
    go(cropped(to: part), Array(sequences.indices), 0)
  }

  /// The responses to a sequence of passes turned by all right angles, pooled. Those that differ by sign only are made once.
  func pooledResponse(
    to passes: AxisPasses, _ pooling: Pooling, keeping box: Box, _ boundary: Boundary, _ lanes: Lanes
  ) -> Volume {
    let rotations = passes.rotations, grid = geometry.cropped(to: box)
    var pool = [Double](repeating: pooling == .max ? -.infinity : 0, count: grid.count)
    forEachResponse(to: rotations.map(\.positive), keeping: box, boundary, lanes) { response, indices in
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
    return Volume(geometry: grid, voxels: pool)
  }
}
