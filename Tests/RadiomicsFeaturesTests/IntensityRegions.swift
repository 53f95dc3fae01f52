import Foundation
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging
import Testing

/// Regions and comparisons for the families on intensities and their histograms.
enum IntensityRegions {
  /// A row of voxels of 1 mm, all inside.
  static func row(_ intensities: [Double], range: ClosedRange<Double>? = nil) -> Region {
    region(intensities, size: [intensities.count, 1, 1], range: range) { _ in true }
  }

  /// Intensities, x fastest, those whose index satisfies `isInside` in the region.
  static func region(
    _ intensities: [Double], size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], range: ClosedRange<Double>? = nil,
    where isInside: (Int) -> Bool
  ) -> Region {
    let geometry = Geometry(unchecked: size, spacing: spacing, origin: .zero, direction: .identity)
    let spans = RowSpans(size: size, where: isInside)
    return Region(
      image: Volume(geometry: geometry, voxels: intensities), morphological: spans, intensity: spans, range: range)
  }

  /// Reproducible numbers from 0 to below `count`.
  static func scattered(_ number: Int, below count: UInt64, seed: UInt64) -> [Double] {
    var state = seed
    return (0..<number).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double((state >> 33) % count)
    }
  }

  /// The cells of a family without aggregation by tag, as a recipe measures them.
  static func cells<Family: FeatureFamily>(_ family: Family, _ region: Region) throws -> [String: Cell] {
    var levels: GreyLevels?
    if Family.takesLevels, let discretisation = family.discretisation {
      levels = GreyLevels(try discretisation.levels(of: region.intensities, range: region.range).get(), of: region)
    }
    let cells = family.cells(of: region, levels, Resources())
    #expect(cells.count == Family.features.count)
    for case .value(let value) in cells { #expect(value.isFinite) }
    return Dictionary(uniqueKeysWithValues: zip(Family.features.map(\.tag), cells))
  }

  /// Rounded to three significant digits, as IBSI compares.
  static func rounded(_ value: Double) -> Double { Double(String(format: "%.2e", value)) ?? .nan }

  /// Expects the family's features, in order, to be those of a table of the IBSI 1 manual: tag, code, value ± 0.
  static func expect<Family: FeatureFamily>(
    _ family: Family, on region: Region, _ table: [(tag: String, code: String, value: Double)]
  ) throws {
    let cells = try cells(family, region)
    #expect(Family.features.map(\.tag) == table.map(\.tag))
    #expect(Family.features.map(\.ibsi) == table.map(\.code))
    for (tag, _, value) in table {
      #expect(cells[tag]?.value.map(rounded) == value, "\(tag) is \(String(describing: cells[tag]))")
    }
  }
}
