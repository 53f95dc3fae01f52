import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics

/// What images of a plan are made of.
extension SimulationPlan {
  /// The grid of its images.
  /// - Throws: `StudyError` if there is no such grid, or an image of it takes more memory than there is.
  func grid() throws(StudyError) -> Geometry {
    let size = SIMD3(Int(self.size.x), Int(self.size.y), Int(self.size.z))
    // Distances, object, texture and noise as doubles, their spectrum and its padding.
    let needed = 80 * Double(size.x) * Double(size.y) * Double(size.z), most = Double(MachineMemory.bytes)
    guard needed <= most else {
      throw StudyError.at(
        "simulation",
        "'size' is \(size.x) x \(size.y) x \(size.z), an image takes about \(MemoryEstimate.text(Int(needed))) to make, "
          + "and this machine has \(MemoryEstimate.text(Int(most))). Choose a smaller size.")
    }
    do throws(GeometryError) {
      return try Geometry(
        size: size, spacing: spacing, origin: spacing * SIMD3<Double>(size &- 1) * -0.5)
    } catch {
      throw StudyError.at("simulation", "\(error.description).")
    }
  }

  /// Gaussian noise smoothed to a length (σ of a Gaussian, mm) and scaled to a standard deviation.
  /// - `purpose`: What makes it differ from other fields.
  func field(
    _ purpose: String, length: Double, deviation: Double, _ geometry: Geometry, _ lanes: Lanes
  ) -> [Double] {
    var generator = SeededGenerator(seed: seedOf(purpose))
    var field = Volume(geometry: geometry, voxels: (0..<geometry.count).map { _ in generator.normal() })
    var power = 1.0
    for axis in 0..<3 {
      let sigma = length / geometry.spacing[axis], reach = Int((4 * sigma).rounded(.up))
      var weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
      let sum = weights.reduce(0, +)
      weights = weights.map { $0 / sum }
      power *= weights.reduce(0) { $0 + $1 * $1 }
      field = field.convolved(with: AxisKernel(weights), along: axis, .periodic, lanes)
    }
    let scale = deviation / power.squareRoot()
    return field.voxels.map { $0 * scale }
  }

  enum Power {
    case white, planned
  }

  /// Every slice times the kernel's transfer, and for noise the root of its spectrum, whose mean over all frequencies is
  /// taken as 1 so that the plan's standard deviation holds before the kernel.
  func filter(
    _ voxels: inout [Double], _ kernel: Kernel, _ power: Power, _ geometry: Geometry, _ lanes: Lanes
  ) {
    guard kernel != .none || power == .planned && !spectrum.isEmpty else { return }
    let size = geometry.size, spacing = geometry.spacing
    let frequency = { @Sendable (x: Int, y: Int) -> Double in
      let fx = Double(min(x, size.x - x)) / (Double(size.x) * spacing.x)
      let fy = Double(min(y, size.y - y)) / (Double(size.y) * spacing.y)
      return (fx * fx + fy * fy).squareRoot()
    }
    var level = 1.0
    if power == .planned, !spectrum.isEmpty {
      let sum = (0..<size.x * size.y).reduce(0.0) {
        $0 + spectrum.power(at: frequency($1 % size.x, $1 / size.x))
      }
      level = sum / Double(size.x * size.y)
    }
    let places = SamplePlaces(size)
    var transformed = VolumeSpectrum(of: voxels, at: places, alongZ: false, lanes)
    transformed.multiply(lanes) { [spectrum, level] x, y, _ in
      var factors = SIMD8<Double>.zero
      for n in 0..<8 where x + n < size.x {
        let f = frequency(x + n, y)
        let noise = power == .planned && level > 0 ? (spectrum.power(at: f) / level).squareRoot() : 1
        factors[n] = kernel.transfer(f) * noise
      }
      return factors
    }
    transformed.write(to: &voxels, at: places, lanes)
  }
}
