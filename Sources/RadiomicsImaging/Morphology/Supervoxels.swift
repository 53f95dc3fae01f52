import RadiomicsCore

/// An image cut into connected pieces of similar intensity and size: simple linear iterative clustering (SLIC). Achanta et
/// al. 2012, doi:10.1109/TPAMI.2012.120; in three dimensions and mm.
package struct Supervoxels: Sendable {
  /// The piece of each voxel, from 0.
  package let labels: [Int32]
  /// Number of pieces.
  package let count: Int

  /// - `image`: Intensities, scaled to 0 … 1 within.
  /// - `volume`: The volume that a piece should have, mm³.
  /// - `compactness`: The weight of distance (in edges of such a piece) against intensity.
  package init(of image: Volume<Double>, volume: Double, compactness: Double = 0.05, iterations: Int = 10) {
    let geometry = image.geometry, size = geometry.size, spacing = geometry.spacing
    let edge = cbrt(volume), low = image.voxels.min() ?? 0, high = image.voxels.max() ?? 0
    let scale = high > low ? 1 / (high - low) : 0
    let intensities = image.voxels.map { ($0 - low) * scale }
    var step = SIMD3<Int>.zero, cells = SIMD3<Int>.zero
    for axis in 0..<3 {
      step[axis] = max(1, min(size[axis], Int((edge / spacing[axis]).rounded())))
      cells[axis] = (size[axis] + step[axis] - 1) / step[axis]
    }
    var centres: [Centre] = []
    for z in 0..<cells.z {
      for y in 0..<cells.y {
        for x in 0..<cells.x {
          let middle = SIMD3(x, y, z) &* step &+ SIMD3(step.x / 2, step.y / 2, step.z / 2)
          let place = SIMD3(min(middle.x, size.x - 1), min(middle.y, size.y - 1), min(middle.z, size.z - 1))
          let intensity = intensities[place.x + size.x * (place.y + size.y * place.z)]
          centres.append(Centre(place: SIMD3<Double>(place), intensity: intensity))
        }
      }
    }
    var labels = [Int32](repeating: 0, count: intensities.count)
    let weight = spacing * spacing * (compactness * compactness / (edge * edge))
    for _ in 0..<iterations { assign(&labels, &centres, intensities, size, step, weight) }
    (self.labels, count) = facePieces(of: labels, size: size)
  }
}

/// Where a piece is, and how bright.
private struct Centre {
  var place: SIMD3<Double>
  var intensity: Double
}

/// Each voxel goes to the centre that is nearest by (ΔI)² + (m Δs / S)², of those within one edge S; then centres move to
/// the means of their voxels.
private func assign(
  _ labels: inout [Int32], _ centres: inout [Centre], _ intensities: [Double], _ size: SIMD3<Int>, _ step: SIMD3<Int>,
  _ weight: SIMD3<Double>
) {
  var nearest = [Double](repeating: .infinity, count: intensities.count)
  for (number, centre) in centres.enumerated() {
    let place = SIMD3<Int>(centre.place.rounded(.toNearestOrEven))
    for z in max(0, place.z - step.z)...min(size.z - 1, place.z + step.z) {
      for y in max(0, place.y - step.y)...min(size.y - 1, place.y + step.y) {
        let dz = Double(z) - centre.place.z, dy = Double(y) - centre.place.y
        let base = weight.z * dz * dz + weight.y * dy * dy, row = size.x * (y + size.y * z)
        for x in max(0, place.x - step.x)...min(size.x - 1, place.x + step.x) {
          let dx = Double(x) - centre.place.x, change = intensities[row + x] - centre.intensity
          let distance = base + weight.x * dx * dx + change * change
          if distance < nearest[row + x] {
            nearest[row + x] = distance
            labels[row + x] = Int32(number)
          }
        }
      }
    }
  }
  var sums = [(place: SIMD3<Double>, intensity: Double, count: Double)](
    repeating: (.zero, 0, 0), count: centres.count)
  for index in labels.indices {
    let label = Int(labels[index])
    sums[label].place += SIMD3(
      Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y)))
    sums[label].intensity += intensities[index]
    sums[label].count += 1
  }
  for (number, sum) in sums.enumerated() where sum.count > 0 {
    centres[number] = Centre(place: sum.place / sum.count, intensity: sum.intensity / sum.count)
  }
}

/// Pieces of equal labels that hang together by faces, numbered in the order of their first voxels, x fastest. Cost: linear.
/// - Returns: The piece of each voxel, from 0, and the number of pieces.
package func facePieces<Label: Equatable>(of labels: [Label], size: SIMD3<Int>) -> (pieces: [Int32], count: Int) {
  var parts = [Int32](repeating: -1, count: labels.count), count: Int32 = 0, stack: [Int] = []
  for start in labels.indices where parts[start] < 0 {
    parts[start] = count
    stack.append(start)
    while let index = stack.popLast() {
      let x = index % size.x, y = index / size.x % size.y, z = index / (size.x * size.y)
      func visit(_ isInside: Bool, _ other: Int) {
        guard isInside, parts[other] < 0, labels[other] == labels[start] else { return }
        parts[other] = count
        stack.append(other)
      }
      visit(x > 0, index - 1)
      visit(x < size.x - 1, index + 1)
      visit(y > 0, index - size.x)
      visit(y < size.y - 1, index + size.x)
      visit(z > 0, index - size.x * size.y)
      visit(z < size.z - 1, index + size.x * size.y)
    }
    count += 1
  }
  return (parts, Int(count))
}
