import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsNumerics

/// Writes synthetic CT-like studies, the same on every machine.
struct MakeCases: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make", abstract: "Writes synthetic studies NAME_image.nii.gz and NAME_mask.nii.gz.",
    discussion: """
      crop1e4 … crop1e7: an ellipsoid of 10⁴ … 10⁷ voxels in a box with 16 voxels
      around it. scan1e4, scan1e6: the same in a scan of 512 × 512 × 300. Waves and
      noise, int16, voxels of 0.98 × 0.98 × 1.25 mm. Files that exist are kept.
      """)

  @Argument(help: "The folder.") var folder: String
  @Argument(help: "Which ones; all if none is named.") var names: [String] = []

  func run() throws {
    try WholeFile.makeFolder(folder)
    for name in names.isEmpty ? ["crop1e4", "crop1e5", "crop1e6", "crop1e7", "scan1e4", "scan1e6"] : names {
      guard let voxels = Double(name.dropFirst(4)), voxels >= 1, name.hasPrefix("crop") || name.hasPrefix("scan") else {
        throw ValidationError("'\(name)' must be such as crop1e5 or scan1e6.")
      }
      let paths = ["image", "mask"].map { "\(folder)/\(name)_\($0).nii.gz" }
      guard !paths.allSatisfy(WholeFile.exists) else { continue }
      let ellipsoid = Ellipsoid(voxels: voxels, scan: name.hasPrefix("scan") ? SIMD3(512, 512, 300) : nil)
      try ImageFormats.write(try ellipsoid.image(), to: paths[0])
      try ImageFormats.write(try ellipsoid.mask(), to: paths[1])
    }
  }
}

/// An ellipsoid with half axes 1.2 : 1 : 0.75 in the middle of a grid.
private struct Ellipsoid {
  let half: SIMD3<Double>
  let size: SIMD3<Int>

  init(voxels: Double, scan: SIMD3<Int>?) {
    half = SIMD3(1.2, 1, 0.75) * cbrt(voxels * 3 / (4 * .pi * 1.2 * 0.75))
    let half = half
    size = scan ?? SIMD3((0..<3).map { 2 * (Int(half[$0].rounded(.up)) + 16) + 1 })
  }

  private func geometry() throws -> Geometry {
    try Geometry(
      size: size, spacing: SIMD3(0.9765625, 0.9765625, 1.25), origin: .zero, direction: .identity)
  }

  /// 1 inside.
  func mask() throws -> Scan {
    let middle = SIMD3<Double>(size &- 1) / 2
    var mask = [UInt8](repeating: 0, count: size.x * size.y * size.z)
    for z in 0..<size.z {
      for y in 0..<size.y {
        let dy = (Double(y) - middle.y) / half.y, dz = (Double(z) - middle.z) / half.z
        let rest = 1 - dy * dy - dz * dz
        guard rest >= 0 else { continue }
        let reach = half.x * rest.squareRoot(), row = size.x * (y + size.y * z)
        for x in max(0, Int((middle.x - reach).rounded(.up)))...min(size.x - 1, Int(middle.x + reach)) {
          mask[row + x] = 1
        }
      }
    }
    return Scan(geometry: try geometry(), mask: mask)
  }

  /// Waves of ±60 along each axis around 40, and noise of standard deviation 60.
  func image() throws -> Scan {
    let waves = (0..<3).map { axis in
      (0..<size[axis]).map { 60 * sin(Double($0) * [0.21, 0.17, 0.19][axis] + Double(axis)) }
    }
    var random = SeededGenerator(seed: 20_240_607)
    var samples: [Int16] = []
    samples.reserveCapacity(size.x * size.y * size.z)
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x {
          // The sum of four uniform numbers of 16 bits is nearly normal, with variance 4/12.
          let bits = random.next()
          let sum = (0..<4).reduce(0) { $0 + Int(truncatingIfNeeded: bits >> (16 * $1)) & 0xFFFF }
          let noise = 60 * (Double(sum) / 65_536 - 2) * 3.squareRoot()
          samples.append(Int16((40 + waves[0][x] + waves[1][y] + waves[2][z] + noise).rounded()))
        }
      }
    }
    return Scan(geometry: try geometry(), samples: .int16(samples))
  }
}
