import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

extension Scan {
  /// Standard deviation of the noise, from what a wavelet finds diagonal in slices: median |HH| / 0.6745, by coif1 along both
  /// axes. Donoho and Johnstone 1994, doi:10.1093/biomet/81.3.425; Chang et al. 2000, doi:10.1109/83.862633; Zwanenburg
  /// et al. 2019, doi:10.1038/s41598-018-36938-4. Of at most 48 slices, evenly spread. A constant background (padding, air
  /// that was set to one value) has no noise and would pull the median down, so places where HH is 0 but for rounding are
  /// left out. Nil if a slice is smaller than the wavelet.
  public func noiseLevel(lanes: Lanes = Lanes(jobs: 1)) -> Double? {
    let size = geometry.size, kernel = AxisKernel(highPass, centre: highPass.count / 2)
    guard min(size.x, size.y) >= highPass.count else { return nil }
    let step = max(1, (size.z + 47) / 48), slices = Array(stride(from: (size.z - 1) % step / 2, to: size.z, by: step))
    let details = lanes.map(slices.count) { n -> [Double] in
      let slice = volume(in: Box(lower: [0, 0, slices[n]], size: [size.x, size.y, 1]))
      let largest = slice.voxels.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
      return slice.convolved(with: kernel, along: 0, .mirror).convolved(with: kernel, along: 1, .mirror).voxels
        .compactMap { $0.isFinite && abs($0) > 1e-12 * largest ? abs($0) : nil }
    }
    let sorted = ascending(details.flatMap { $0 }, lanes)
    return sorted.isEmpty ? 0 : percentile(50, of: sorted) / 0.6745
  }
}

/// coif1's high-pass filter: its low-pass backwards with alternating signs.
private let highPass: [Double] = [
  0.07273261951252645, 0.3378976624574818, -0.8525720202116004, 0.3848648468648578, 0.07273261951252645,
  -0.015655728135791993,
]
