import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsNumerics

/// Small images and what tests of filters do with them.
enum FilterImages {
  /// An image from a function of its voxels' places; `spacing` mm.
  static func image(
    _ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], _ value: (_ x: Int, _ y: Int, _ z: Int) -> Double
  ) throws -> Volume<Double> {
    var voxels: [Double] = []
    for z in 0..<size.z { for y in 0..<size.y { for x in 0..<size.x { voxels.append(value(x, y, z)) } } }
    return Volume(geometry: try Geometry(size: size, spacing: spacing), voxels: voxels)
  }

  /// Numbers from −100 to 100 from a seed.
  static func random(
    _ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], seed: UInt64 = 11
  ) throws -> Volume<Double> {
    var generator = SeededGenerator(seed: seed)
    return try image(size, spacing: spacing) { _, _, _ in generator.uniform() * 200 - 100 }
  }

  /// cos or sin of 2π (k·x / n), times a factor.
  static func wave(
    _ k: SIMD3<Int>, _ size: SIMD3<Int>, _ shape: (Double) -> Double, times factor: Double = 1
  ) throws -> Volume<Double> {
    try image(size) { x, y, z in
      let turns = (0..<3).reduce(0.0) { $0 + Double([x, y, z][$1] * k[$1] % size[$1]) / Double(size[$1]) }
      return factor * shape(2 * .pi * turns)
    }
  }

  /// The image with its first two axes turned by 90°: voxel (x, y) goes to (y, n − 1 − x).
  static func turned(_ image: Volume<Double>) throws -> Volume<Double> {
    let size = image.geometry.size
    return try FilterImages.image([size.y, size.x, size.z]) { x, y, z in image[size.x - 1 - y, x, z] }
  }

  /// Largest difference of two images.
  static func difference(_ a: Volume<Double>, _ b: Volume<Double>) -> Double {
    precondition(a.geometry.size == b.geometry.size)
    return zip(a.voxels, b.voxels).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

extension ImageFilter {
  /// Its only response.
  func response(to image: Volume<Double>, jobs: Int = 1) -> Volume<Double> {
    responses(to: image, Lanes(jobs: jobs))[0]
  }
}
