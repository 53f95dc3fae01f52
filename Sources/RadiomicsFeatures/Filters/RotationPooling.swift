import RadiomicsCore
import RadiomicsImaging

/// How responses to rotated kernels become one.
public enum Pooling: String, ChoiceSetting {
  /// The largest response at each voxel.
  case max
  /// Their mean at each voxel.
  case average
}

/// A kernel that is a product of one along each axis, with the boundary condition it is applied with.
struct SeparableKernel: Hashable {
  /// Along x, y and, in the volume, z.
  var axes: [AxisKernel]

  /// The kernel turned by all right angles: 24 in the volume, 4 in slices (IBSI 2, appendix on pseudo-rotational
  /// invariance); some may be equal.
  var rotations: [SeparableKernel] {
    let isPlanar = axes.count == 2
    let orders =
      isPlanar ? [[0, 1], [1, 0]] : [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]]
    return orders.enumerated().flatMap { number, order in
      (0..<8).compactMap { flips -> SeparableKernel? in
        guard flips < 1 << axes.count else { return nil }
        // A rotation keeps the handedness: flips and the order's exchanges are even together.
        let isOddOrder = number >= orders.count / 2
        guard flips.nonzeroBitCount % 2 == (isOddOrder ? 1 : 0) else { return nil }
        return SeparableKernel(
          axes: order.indices.map { flips >> $0 & 1 == 1 ? axes[order[$0]].reversed : axes[order[$0]] })
      }
    }
  }
}

extension Volume<Double> {
  /// The response to a separable kernel and, where `pooling` is given, its rotations pooled. Kernels that differ by sign
  /// only are applied once, and passes along x and y that several have in common are made once.
  func response(
    to kernel: SeparableKernel, pooling: Pooling?, _ boundary: Boundary, _ lanes: Lanes
  ) -> Volume {
    guard let pooling else {
      return kernel.axes.enumerated().reduce(self) { $0.convolved(with: $1.1, along: $1.0, boundary, lanes) }
    }
    let all = distinct(kernel.rotations)
    var pooled = Pool(pooling, of: kernel.rotations.count)
    for (x, first) in grouped(all, by: 0) {
      let alongX = convolved(with: x, along: 0, boundary, lanes)
      for (y, second) in grouped(first, by: 1) {
        let alongY = alongX.convolved(with: y, along: 1, boundary, lanes)
        for (z, third) in kernel.axes.count == 3 ? grouped(second, by: 2) : [(y, second)] {
          let response = kernel.axes.count == 3 ? alongY.convolved(with: z, along: 2, boundary, lanes) : alongY
          let times = third.reduce((plus: 0, minus: 0)) { ($0.plus + $1.times.plus, $0.minus + $1.times.minus) }
          pooled.add(response.voxels, times)
        }
      }
    }
    return Volume(geometry: geometry, voxels: pooled.result)
  }
}

/// A kernel whose axis kernels are in their positive form, and how often it occurs with each sign.
private typealias Signed = (kernel: SeparableKernel, times: (plus: Int, minus: Int))

private func distinct(_ rotations: [SeparableKernel]) -> [Signed] {
  var order: [SeparableKernel] = [], times: [SeparableKernel: (plus: Int, minus: Int)] = [:]
  for rotation in rotations {
    let signs = rotation.axes.map(\.sign), positive = SeparableKernel(axes: rotation.axes.map(\.positive))
    if times[positive] == nil { order.append(positive) }
    if signs.reduce(1, *) > 0 {
      times[positive, default: (0, 0)].plus += 1
    } else {
      times[positive, default: (0, 0)].minus += 1
    }
  }
  return order.map { ($0, times[$0]!) }
}

/// By the kernel along an axis, in the order of the first occurrence.
private func grouped(_ kernels: [Signed], by axis: Int) -> [(AxisKernel, [Signed])] {
  var order: [AxisKernel] = [], groups: [AxisKernel: [Signed]] = [:]
  for kernel in kernels {
    let key = kernel.kernel.axes[axis]
    if groups[key] == nil { order.append(key) }
    groups[key, default: []].append(kernel)
  }
  return order.map { ($0, groups[$0]!) }
}

/// Responses pooled voxel by voxel.
private struct Pool {
  private let pooling: Pooling
  private let scale: Double
  private(set) var result: [Double] = []

  init(_ pooling: Pooling, of count: Int) {
    self.pooling = pooling
    scale = 1 / Double(count)
  }

  /// Adds a response that occurs so many times as it is, and with the opposite sign.
  mutating func add(_ response: [Double], _ times: (plus: Int, minus: Int)) {
    let isFirst = result.isEmpty
    if isFirst { result = [Double](repeating: pooling == .max ? -.infinity : 0, count: response.count) }
    switch pooling {
    case .average:
      let weight = Double(times.plus - times.minus) * scale
      if weight != 0 { for index in result.indices { result[index] += weight * response[index] } }
    case .max where times.minus == 0:
      for index in result.indices { result[index] = Swift.max(result[index], response[index]) }
    case .max where times.plus == 0:
      for index in result.indices { result[index] = Swift.max(result[index], -response[index]) }
    case .max: for index in result.indices { result[index] = Swift.max(result[index], abs(response[index])) }
    }
  }
}
