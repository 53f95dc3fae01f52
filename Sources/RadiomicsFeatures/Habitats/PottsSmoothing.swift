import RadiomicsCore
import RadiomicsImaging

/// A Markov random field over the labels of a region's voxels: the sum of what each voxel's label costs it, and of β / d for each pair of
/// neighbours (26) with different labels, d mm apart. Neighbours outside the region do not vote. Besag 1986,
/// doi:10.1111/j.2517-6161.1986.tb01412.x.
///
/// The energy is lowered by iterated conditional modes: each voxel takes the label that is cheapest beside its neighbours, again and again until
/// none changes. Voxels that are neighbours of each other are never changed at once: those of one of 27 colours are, three apart along each
/// axis, so that nothing depends on the number of lanes. Cost: 26 neighbours of each voxel, in each sweep.
package struct PottsSmoothing: Sendable {
  /// What is reached.
  package struct Result: Sendable, Hashable {
    /// From 0, in the order of the voxels.
    package let labels: [UInt8]
    package let sweeps: Int
    /// After each sweep; that of the beginning first.
    package let energies: [Double]
  }

  private let voxels: [Int32]
  private let colours: [[Int32]]
  /// The grid has a border of one voxel outside.
  private let size: SIMD3<Int>
  private let offsets: [Int], weights: [Double]

  /// - `region`: Its voxels.
  /// - `beta`: mm; 0 changes nothing.
  package init(_ region: RowSpans, spacing: SIMD3<Double>, beta: Double) {
    let box = region.boundingBox ?? Box(lower: .zero, size: [1, 1, 1])
    size = box.size &+ 2
    var voxels: [Int32] = [], colours = [[Int32]](repeating: [], count: 27)
    voxels.reserveCapacity(region.count)
    for span in region.spans {
      let y = span.y - box.lower.y + 1, z = span.z - box.lower.z + 1
      for x in span.x - box.lower.x + 1..<span.x - box.lower.x + 1 + span.count {
        colours[x % 3 + 3 * (y % 3) + 9 * (z % 3)].append(Int32(voxels.count))
        voxels.append(Int32(x + size.x * (y + size.y * z)))
      }
    }
    (self.voxels, self.colours) = (voxels, colours.filter { !$0.isEmpty })
    var offsets: [Int] = [], weights: [Double] = []
    for z in -1...1 {
      for y in -1...1 {
        for x in -1...1 where (x, y, z) != (0, 0, 0) {
          let way = SIMD3(Double(x), Double(y), Double(z)) * spacing
          offsets.append(x + size.x * (y + size.y * z))
          weights.append(beta / (way * way).sum().squareRoot())
        }
      }
    }
    (self.offsets, self.weights) = (offsets, weights)
  }

  private static let outside: UInt8 = 255, step = 4096

  /// - `costs`: By label, what it costs each voxel, in the region's order.
  /// - `start`: Labels to begin with; the cheapest of each voxel if nil.
  package func smoothed(_ costs: [[Double]], most: Int = 100, _ lanes: Lanes) -> Result {
    var grid = [UInt8](repeating: Self.outside, count: size.x * size.y * size.z)
    for (place, voxel) in voxels.enumerated() {
      grid[Int(voxel)] = UInt8(costs.indices.min { costs[$0][place] < costs[$1][place] } ?? 0)
    }
    var energies = [energy(grid, costs)], sweeps = 0, changed = 1
    while changed > 0, sweeps < most {
      changed = 0
      for colour in colours {
        let steps = (colour.count + Self.step - 1) / Self.step
        changed += grid.withUnsafeMutableBufferPointer { grid in
          nonisolated(unsafe) let labels = grid.baseAddress!
          return lanes.map(steps) { number in
            update(colour[number * Self.step..<min((number + 1) * Self.step, colour.count)], labels, costs)
          }.reduce(0, +)
        }
      }
      sweeps += 1
      energies.append(energy(grid, costs))
    }
    return Result(labels: voxels.map { grid[Int($0)] }, sweeps: sweeps, energies: energies)
  }

  /// Voxels of one colour take their cheapest labels.
  /// - Returns: How many changed.
  private func update(_ some: ArraySlice<Int32>, _ grid: UnsafeMutablePointer<UInt8>, _ costs: [[Double]]) -> Int {
    var changed = 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: costs.count) { gains in
      for place in some {
        let voxel = Int(voxels[Int(place)]), own = Int(grid[voxel])
        for label in 0..<costs.count { gains[label] = -costs[label][Int(place)] }
        for (offset, weight) in zip(offsets, weights) {
          let neighbour = grid[voxel &+ offset]
          if neighbour != Self.outside { gains[Int(neighbour)] += weight }
        }
        var best = own
        for label in 0..<costs.count where gains[label] > gains[best] { best = label }
        guard best != own else { continue }
        grid[voxel] = UInt8(best)
        changed += 1
      }
    }
    return changed
  }

  private func energy(_ grid: [UInt8], _ costs: [[Double]]) -> Double {
    var sum = 0.0
    for (place, voxel) in voxels.enumerated() {
      let own = grid[Int(voxel)]
      sum += costs[Int(own)][place]
      for (offset, weight) in zip(offsets, weights) {
        let neighbour = grid[Int(voxel) + offset]
        // Each pair is met from both sides.
        if neighbour != Self.outside, neighbour != own { sum += weight / 2 }
      }
    }
    return sum
  }
}
