import RadiomicsCore
import RadiomicsImaging

/// A wavelet with a filter for low and one for high frequencies, by PyWavelets' names.
public struct Wavelet: SettingValue, Hashable {
  /// `haar`, `db3`, `coif1`, `sym8`, `bior2.4`, `rbio2.4`.
  public let name: String
  /// Filters of decomposition, of the same even length.
  let low, high: [Double]

  public static let expectation = "haar, db2 to db20, sym2 to sym20, coif1 to coif5, or bior and rbio with 1.1 to 6.8"

  /// Coiflet 1.
  public init() { self.init(Self.all.first { $0.name == "coif1" }!) }

  private init(_ other: Wavelet) { self = other }

  private init(name: String, low: [Double], reconstruction: [Double]) {
    self.name = name
    self.low = low
    high = reconstruction.enumerated().map { $0.offset % 2 == 0 ? -$0.element : $0.element }
  }

  public init(setting: Setting) throws(SettingError) {
    let written = try String(setting: setting), name = written == "db1" ? "haar" : written
    guard let wavelet = Self.all.first(where: { $0.name == name }) else {
      throw setting.error(
        "there is no wavelet '\(written)', must be \(Self.expectation).\(didYouMean(written, among: Self.all.map(\.name)))"
      )
    }
    self = wavelet
  }

  public var settingValue: Setting.Value { .text(name) }

  private static let all: [Wavelet] = {
    var wavelets: [(name: String, filters: [[Double]])] = []
    for word in waveletCoefficients.split(whereSeparator: \.isWhitespace) {
      if let number = Double(word) {
        let last = wavelets[wavelets.count - 1].filters.count - 1
        wavelets[wavelets.count - 1].filters[last].append(number)
      } else if word == "/" {
        wavelets[wavelets.count - 1].filters.append([])
      } else {
        wavelets.append((String(word), [[]]))
      }
    }
    return wavelets.flatMap { name, filters -> [Wavelet] in
      let low = filters[0]
      guard let reconstruction = filters.dropFirst().first else {
        return [Wavelet(name: name, low: low, reconstruction: low.reversed())]
      }
      return [
        Wavelet(name: name, low: low, reconstruction: reconstruction),
        Wavelet(
          name: "r\(name.replacing("bior", with: "bio"))", low: reconstruction.reversed(),
          reconstruction: low.reversed()),
      ]
    }
  }()

  /// The filter for one letter, L or H, with `spacing` − 1 zeros after each weight, centred on the sample in its middle.
  func kernel(_ letter: Character, spacing: Int) -> AxisKernel {
    let weights = letter == "L" ? low : high
    var spaced = [Double](repeating: 0, count: weights.count * spacing)
    for (index, weight) in weights.enumerated() { spaced[index * spacing] = weight }
    return AxisKernel(spaced, centre: spaced.count / 2)
  }
}
