import RadiomicsCore

/// The samples of a volume in memory: along each axis, how far each lies from the volume's first number. Nil beyond an
/// edge, where a sample is 0 and none is written.
package struct SamplePlaces: Sendable {
  package let x, y, z: [Int?]

  package init(x: [Int?], y: [Int?], z: [Int?]) {
    (self.x, self.y, self.z) = (x, y, z)
  }

  /// All samples of a volume, x fastest.
  package init(_ size: SIMD3<Int>) {
    self.init(
      x: (0..<size.x).map { $0 }, y: (0..<size.y).map { $0 * size.x }, z: (0..<size.z).map { $0 * size.x * size.y })
  }

  /// Samples along each axis.
  package var size: SIMD3<Int> { [x.count, y.count, z.count] }

  /// Rows along x that lie in memory.
  fileprivate var rows: [SampleRow] {
    z.indices.flatMap { k in
      y.indices.compactMap { j in
        guard let z = z[k], let y = y[j] else { return nil }
        return SampleRow(y: j, z: k, start: y + z)
      }
    }
  }
}

/// A row of samples along x, and where it starts in memory.
private struct SampleRow {
  let y, z, start: Int
}

/// The discrete Fourier transform of a real volume of any size, F(k) = Σ f(t) exp(−2πi Σ kₐ tₐ / nₐ), along all axes or
/// slice by slice along x and y. Frequencies k and −k are conjugate, so only 0 to nx / 2 along x are kept.
///
/// Eight frequencies along x lie side by side and form a block; in a block y is fastest, then z. Transforms along y and z
/// need no other order, and along x sixteen rows are one step: eight as real, eight as imaginary parts.
/// Memory: 16 bytes for each frequency, about as much as the volume. Cost O(n log n).
package struct VolumeSpectrum: ~Copyable, Sendable {
  /// Whether z is transformed, too.
  package let isVolume: Bool
  private let elements: SpectrumElements
  private let transforms: [FourierTransform]

  /// Samples, and frequencies, along each axis.
  package var size: SIMD3<Int> { elements.size }

  /// Bytes that the spectrum of a volume takes.
  package static func memory(_ size: SIMD3<Int>) -> Int { (size.x / 16 + 1) * (size.y | 1) * size.z * 128 }

  /// Transforms a volume.
  package init(
    of volume: UnsafePointer<Double>, at places: SamplePlaces, alongZ isVolume: Bool, _ lanes: Lanes
  ) {
    let size = places.size, rows = places.rows
    self.init(size, isVolume, (0..<(isVolume ? 3 : 2)).map { FourierTransform(length: size[$0]) })
    if rows.count < size.y * size.z {
      lanes.forEach(elements.blocks) { [elements] in
        elements[$0, 0, 0].initialize(repeating: .zero, count: elements.block)
      }
    }
    forwardAlongX(rows, of: volume, at: places.x, lanes)
    transformPlanes(isForward: true, places.z.map { $0 != nil }, lanes)
  }

  private init(_ size: SIMD3<Int>, _ isVolume: Bool, _ transforms: [FourierTransform]) {
    elements = SpectrumElements(size)
    self.isVolume = isVolume
    self.transforms = transforms
  }

  deinit { elements.memory.deallocate() }

  /// The same once more.
  package func copy(_ lanes: Lanes) -> VolumeSpectrum {
    let other = VolumeSpectrum(size, isVolume, transforms)
    lanes.forEach(elements.blocks) { [elements, target = other.elements] in
      target[$0, 0, 0].initialize(from: elements[$0, 0, 0], count: elements.block)
    }
    return other
  }

  /// Multiplies by (−i)^turns and real factors: those of eight frequencies along x from `x` on, at y and z (0 for slices).
  /// They must be equal at k and −k for even turns, and opposite for odd ones.
  package mutating func multiply(
    turns: Int = 0, _ lanes: Lanes, by factors: @Sendable (_ x: Int, _ y: Int, _ z: Int) -> SIMD8<Double>
  ) {
    lanes.forEach(elements.blocks) { [elements, isVolume] block in
      for y in 0..<elements.size.y {
        var factor = isVolume ? .zero : factors(8 * block, y, 0)
        for z in 0..<elements.size.z {
          if isVolume { factor = factors(8 * block, y, z) }
          let element = elements[block, y, z], real = element[0] * factor, imaginary = element[1] * factor
          switch turns & 3 {
          case 0: (element[0], element[1]) = (real, imaginary)
          case 1: (element[0], element[1]) = (imaginary, -real)
          case 2: (element[0], element[1]) = (-real, -imaginary)
          default: (element[0], element[1]) = (-imaginary, real)
          }
        }
      }
    }
  }

  /// Every slice times one slice of another spectrum.
  package func times(slice: Int, of other: borrowing VolumeSpectrum, _ lanes: Lanes) -> VolumeSpectrum {
    precondition(!isVolume && !other.isVolume && size.x == other.size.x && size.y == other.size.y, "slices of one size")
    let product = VolumeSpectrum(size, isVolume, transforms)
    lanes.forEach(elements.blocks) { [elements, factors = other.elements, products = product.elements] block in
      for z in 0..<elements.size.z {
        let element = elements[block, 0, z], factor = factors[block, 0, slice], product = products[block, 0, z]
        for y in 0..<elements.size.y {
          let (a, b, c, d) = (element[2 * y], element[2 * y + 1], factor[2 * y], factor[2 * y + 1])
          product[2 * y] = a * c - b * d
          product[2 * y + 1] = a * d + b * c
        }
      }
    }
    return product
  }

  /// Transforms backward and writes the samples that `places` names. The spectrum is lost.
  package consuming func write(to volume: UnsafeMutablePointer<Double>, at places: SamplePlaces, _ lanes: Lanes) {
    transformPlanes(isForward: false, places.z.map { $0 != nil }, lanes)
    backwardAlongX(places.rows, to: volume, at: places.x, lanes)
  }
}

/// Elements of two vectors, real and imaginary parts of eight frequencies along x.
private struct SpectrumElements: @unchecked Sendable {
  let size: SIMD3<Int>
  /// Steps of eight frequencies along x.
  let blocks: Int
  /// Elements from one z to the next: an odd number, so that lines along z spread over the cache.
  let pitch: Int
  let memory: Vectors

  init(_ size: SIMD3<Int>) {
    self.size = size
    blocks = size.x / 16 + 1
    pitch = size.y | 1
    memory = allocateVectors(2 * blocks * pitch * size.z)
  }

  /// Vectors of a block.
  var block: Int { 2 * pitch * size.z }

  subscript(block: Int, y: Int, z: Int) -> Vectors { memory + 2 * (y + pitch * (z + size.z * block)) }
}

extension VolumeSpectrum {
  /// Lines along y of the slices in use, and lines along z. Backward is forward, written from the end.
  private borrowing func transformPlanes(isForward: Bool, _ slices: [Bool], _ lanes: Lanes) {
    let size = size, stride = 2 * elements.pitch
    lanes.forEach(elements.blocks) { [elements, isVolume, transforms] block in
      withVectors(4 * max(size.y, size.z)) { memory in
        func alongY() {
          for z in 0..<size.z where slices[z] {
            let line = elements[block, 0, z]
            transforms[1].transform(line, to: memory)
            put(memory, size.y, isForward, to: line, stride: 2)
          }
        }
        func alongZ() {
          guard isVolume else { return }
          for y in 0..<size.y {
            let line = elements[block, y, 0]
            for z in 0..<size.z {
              memory[2 * z] = line[stride * z]
              memory[2 * z + 1] = line[stride * z + 1]
            }
            transforms[2].transform(memory, to: memory + 2 * size.z)
            put(memory + 2 * size.z, size.z, isForward, to: line, stride: stride)
          }
        }
        if isForward { alongY() }
        alongZ()
        if !isForward { alongY() }
      }
    }
  }

  /// Sixteen rows at a time, a and b: with Z the transform of a + ib, A(k) = (Z(k) + Z̄(−k)) / 2 and
  /// B(k) = (Z(k) − Z̄(−k)) / 2i.
  private borrowing func forwardAlongX(
    _ rows: [SampleRow], of volume: UnsafePointer<Double>, at places: [Int?], _ lanes: Lanes
  ) {
    let n = size.x, transform = transforms[0]
    nonisolated(unsafe) let volume = volume
    lanes.forEach((rows.count + 15) / 16) { [elements] step in
      let group = rows[16 * step..<min(rows.count, 16 * step + 16)]
      withRowMemory(n, elements.blocks) { memory, spectra in
        if group.count < 16 || places.contains(nil) { memory.update(repeating: .zero, count: 2 * n) }
        let samples = numbers(memory)
        for (lane, row) in group.enumerated() {
          for (x, place) in places.enumerated() {
            if let place { samples[16 * x + lane] = volume[row.start + place] }
          }
        }
        transform.transform(memory, to: memory + 2 * n)
        separate(memory + 2 * n, n, into: spectra)
        forEachPart(of: group, in: elements) { element, part in
          element[0] = column(spectra + part.vector, part.lane)
          element[1] = column(spectra + part.vector + 1, part.lane)
        }
      }
    }
  }

  /// The same backward: Z(k) = A(k) + iB(k) and Z(−k) = Ā(k) + iB̄(k).
  private borrowing func backwardAlongX(
    _ rows: [SampleRow], to volume: UnsafeMutablePointer<Double>, at places: [Int?], _ lanes: Lanes
  ) {
    let n = size.x, transform = transforms[0]
    let scale = 1 / (Double(size.x * size.y) * Double(isVolume ? size.z : 1))
    nonisolated(unsafe) let volume = volume
    lanes.forEach((rows.count + 15) / 16) { [elements] step in
      let group = rows[16 * step..<min(rows.count, 16 * step + 16)]
      withRowMemory(n, elements.blocks) { memory, spectra in
        if group.count < 16 { spectra.update(repeating: .zero, count: 32 * elements.blocks) }
        forEachPart(of: group, in: elements) { element, part in
          setColumn(spectra + part.vector, part.lane, to: element[0])
          setColumn(spectra + part.vector + 1, part.lane, to: element[1])
        }
        join(spectra, n, into: memory + 2 * n)
        transform.transform(memory + 2 * n, to: memory)
        let samples = numbers(memory)
        for (lane, row) in group.enumerated() {
          for (x, place) in places.enumerated() {
            if let place { volume[row.start + place] = samples[16 * (x == 0 ? 0 : n - x) + lane] * scale }
          }
        }
      }
    }
  }
}

/// Memory for sixteen rows of n samples, as they are and transformed, and for the spectra of both eights: at each frequency
/// real and imaginary parts of the first, then of the second. Frequencies beyond n / 2 are 0.
private func withRowMemory(_ n: Int, _ blocks: Int, _ body: (_ rows: Vectors, _ spectra: Vectors) -> Void) {
  let memory = allocateVectors(4 * n + 32 * blocks), spectra = memory + 4 * n, kept = 4 * (n / 2 + 1)
  defer { memory.deallocate() }
  (spectra + kept).initialize(repeating: .zero, count: 32 * blocks - kept)
  body(memory, spectra)
}

/// Every block of every row of a group: its element, and where its parts lie in the group's spectra.
@inline(__always)
private func forEachPart(
  of group: ArraySlice<SampleRow>, in elements: SpectrumElements,
  _ body: (_ element: Vectors, _ part: (vector: Int, lane: Int)) -> Void
) {
  for (lane, row) in group.enumerated() {
    for block in 0..<elements.blocks {
      body(elements[block, row.y, row.z], (32 * block + (lane < 8 ? 0 : 2), lane & 7))
    }
  }
}

/// One lane of every fourth of 32 vectors.
@inline(__always)
private func column(_ vectors: Vectors, _ lane: Int) -> SIMD8<Double> {
  let n = numbers(vectors) + lane
  return [n[0], n[32], n[64], n[96], n[128], n[160], n[192], n[224]]
}

@inline(__always)
private func setColumn(_ vectors: Vectors, _ lane: Int, to column: SIMD8<Double>) {
  let n = numbers(vectors) + lane
  for k in 0..<8 { n[32 * k] = column[k] }
}

private func numbers(_ vectors: Vectors) -> UnsafeMutablePointer<Double> {
  UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: Double.self)
}

/// Writes `count` elements in order, or the first and then the others from the end.
private func put(_ elements: Vectors, _ count: Int, _ isForward: Bool, to target: Vectors, stride: Int) {
  for n in 0..<count {
    let from = elements + 2 * (isForward || n == 0 ? n : count - n), to = target + stride * n
    to[0] = from[0]
    to[1] = from[1]
  }
}

/// The transforms A and B of two real sequences, to half the length, of that of a + ib; four vectors each.
private func separate(_ both: Vectors, _ n: Int, into parts: Vectors) {
  for k in 0...n / 2 {
    let other = k == 0 ? 0 : n - k, part = parts + 4 * k
    let (real, imaginary) = (both[2 * k], both[2 * k + 1])
    let (mirrored, mirroredImaginary) = (both[2 * other], both[2 * other + 1])
    part[0] = (real + mirrored) * 0.5
    part[1] = (imaginary - mirroredImaginary) * 0.5
    part[2] = (imaginary + mirroredImaginary) * 0.5
    part[3] = (mirrored - real) * 0.5
  }
}

/// The transform of a + ib of those of a and b.
private func join(_ parts: Vectors, _ n: Int, into both: Vectors) {
  for k in 0...n / 2 {
    let other = k == 0 ? 0 : n - k, part = parts + 4 * k
    both[2 * other] = part[0] + part[3]
    both[2 * other + 1] = part[2] - part[1]
    both[2 * k] = part[0] - part[3]
    both[2 * k + 1] = part[1] + part[2]
  }
}
