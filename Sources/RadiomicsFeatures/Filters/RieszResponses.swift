import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Derivatives of an isotropic filter's response, made of the image's transform.
struct RieszResponses: Sendable {
  let grid: Geometry
  let dimension: FilterDimension
  private let continued: ContinuedImage
  private let frequencies: FrequencyGrid
  private let factors: @Sendable (FrequencyGrid.Eight) -> SIMD8<Double>

  init(_ filter: any IsotropicFilter, on grid: Geometry) {
    self.grid = grid
    dimension = filter.dimension
    continued = filter.continued(grid)
    frequencies = FrequencyGrid(continued.size, dimension.axes)
    factors = filter.factors(on: grid, frequencies)
  }

  /// The image's transform.
  func spectrum(of image: Volume<Double>, _ lanes: Lanes) -> VolumeSpectrum {
    VolumeSpectrum(of: image.voxels, at: continued.source, alongZ: dimension == .volume, lanes)
  }

  /// The response of orders l₁, l₂ and l₃ along the image's axes.
  func response(_ order: [Int], of spectrum: consuming VolumeSpectrum, _ lanes: Lanes) -> Volume<Double> {
    let weight = rieszWeight(order), factors = factors
    spectrum.multiply(turns: order.reduce(0, +), on: frequencies, lanes) {
      factors($0) * rieszFactors($0, order) * weight
    }
    var response = [Double](repeating: 0, count: grid.count)
    spectrum.write(to: &response, at: continued.target, lanes)
    return Volume(geometry: grid, voxels: response)
  }

  /// The response of orders l₁, l₂ and l₃ along the voxels' own axes: of all responses of the same L along the image's,
  /// as many times √(m₁! m₂! m₃! / l₁! l₂! l₃!) as (u·ν)^l₁ (v·ν)^l₂ (w·ν)^l₃ has of ν₁^m₁ ν₂^m₂ ν₃^m₃.
  func response(
    _ order: [Int], along axes: LocalAxes, of spectrum: borrowing VolumeSpectrum, _ lanes: Lanes
  ) -> Volume<Double> {
    let degree = order.reduce(0, +), depth = dimension == .volume ? degree : 0
    var sum = Volume(geometry: grid, voxels: [Double](repeating: 0, count: grid.count))
    for third in 0...depth {
      for second in 0...degree - third {
        let part = [degree - second - third, second, third], scale = rieszWeight(order) / rieszWeight(part)
        axes.add(response(part, of: spectrum.copy(lanes), lanes), of: part, in: order, scale: scale, to: &sum, lanes)
      }
    }
    return sum
  }
}

/// √(L! / l₁! l₂! l₃!).
func rieszWeight(_ order: [Int]) -> Double {
  func factorial(_ n: Int) -> Double { (1...max(1, n)).reduce(1) { $0 * Double($1) } }
  return (factorial(order.reduce(0, +)) / order.map(factorial).reduce(1, *)).squareRoot()
}

/// ν₁^l₁ ν₂^l₂ ν₃^l₃ / |ν|ᴸ, and 0 at ν = 0.
func rieszFactors(_ frequency: FrequencyGrid.Eight, _ order: [Int]) -> SIMD8<Double> {
  let square = frequency.square, isZero = square .== 0
  let inverse = 1 / square.replacing(with: 1, where: isZero).squareRoot()
  let x = frequency.x * inverse, y = frequency.y * inverse, z = frequency.z * inverse
  var product = SIMD8<Double>(repeating: 1)
  for _ in 0..<order[0] { product *= x }
  for _ in 0..<order[1] { product *= y }
  for _ in 0..<order[2] { product *= z }
  return product.replacing(with: 0, where: isZero)
}
