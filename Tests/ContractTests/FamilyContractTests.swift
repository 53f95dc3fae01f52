import Radiomics
import RadiomicsTestSupport
import Testing

/// Laws that every family of the catalogue keeps.
@Suite struct FamilyContractTests {
  static let names = Catalogue.standard.families.map { $0.name }
  private static let volumetric: Set = ["glcm", "glrlm", "glszm", "gldzm", "ngtdm", "ngldm"]

  /// A recipe of one family; textures with every aggregation, or the volumetric ones only.
  private func recipe(_ family: String, onlyVolumetric: Bool = false) throws -> Recipe {
    let directional = ["glcm", "glrlm"].contains(family)
    let aggregation =
      directional
      ? onlyVolumetric ? "[3D:avg, 3D:mrg]" : "[2D:avg, 2D:mrg, 2.5D:avg, 2.5D:mrg, 3D:avg, 3D:mrg]"
      : onlyVolumetric ? "3D" : "[2D, 2.5D, 3D]"
    let type = Catalogue.standard.families.first { $0.name == family }!
    var settings: [String] = []
    if Self.volumetric.contains(family) { settings.append("aggregation: \(aggregation)") }
    if type.needsLevels { settings.append("discretisation: none") }
    return try Recipe(
      yaml: "layers: [{families: [{\(family): {\(settings.joined(separator: ", "))}}]}]", file: "contract.yaml")
  }

  private func measure(_ recipe: Recipe, _ image: Volume<Double>, _ mask: Volume<UInt8>) -> [Cell] {
    let scan = Scan(geometry: image.geometry, samples: .double(image.voxels))
    return recipe.measurement(of: ImagedRegion(scan, RowSpans(size: mask.geometry.size, mask: mask.voxels))).cells
  }

  private func expectEqual(_ recipe: Recipe, _ cells: [Cell], _ others: [Cell], relative: Double) {
    for (measurand, (cell, other)) in zip(recipe.columns, zip(cells, others)) {
      switch (cell, other) {
      case (.value(let a), .value(let b)): expectClose(a, b, relative: relative, absolute: 1e-12, measurand.column)
      default: #expect(cell == other, "\(measurand.column)")
      }
    }
  }

  @Test(arguments: names)
  func identicalTwice(_ family: String) throws {
    let (image, mask) = try Phantoms.random()
    let recipe = try recipe(family)
    #expect(measure(recipe, image, mask) == measure(recipe, image, mask))
  }

  /// A region keeps its features wherever it lies in the image.
  @Test(arguments: names)
  func translation(_ family: String) throws {
    let (image, mask) = try Phantoms.random(side: 11, border: 4)
    let recipe = try recipe(family)
    let shifted = { (voxels: [Double]) in Array(voxels.dropFirst(1 + 11 + 121) + voxels.prefix(1 + 11 + 121)) }
    let moved = Volume(geometry: image.geometry, voxels: shifted(image.voxels))
    let movedMask = Volume(
      geometry: mask.geometry, voxels: shifted(mask.voxels.map(Double.init)).map { UInt8($0) })
    expectEqual(recipe, measure(recipe, image, mask), measure(recipe, moved, movedMask), relative: 1e-11)
  }

  /// Turning and mirroring an isotropic grid changes nothing in 3-D.
  @Test(
    arguments: names,
    [
      (SIMD3(1, 0, 2), [true, false, false]), (SIMD3(2, 1, 0), [false, false, true]),
      (SIMD3(0, 1, 2), [false, true, false]),
    ])
  func turns(_ family: String, _ turn: (SIMD3<Int>, [Bool])) throws {
    // Slices, columns and rows change places with the axes.
    guard ![PlaneDiameters.name, LesionDiameters.name].contains(family) || turn.0 == [0, 1, 2] else { return }
    let (image, mask) = try Phantoms.random()
    let recipe = try recipe(family, onlyVolumetric: true)
    let turned = image.reordered(axes: turn.0, flips: turn.1), turnedMask = mask.reordered(axes: turn.0, flips: turn.1)
    let plain = try Geometry(size: turned.geometry.size, spacing: turned.geometry.spacing)
    let cells = measure(
      recipe, Volume(geometry: plain, voxels: turned.voxels), Volume(geometry: plain, voxels: turnedMask.voxels))
    expectEqual(recipe, measure(recipe, image, mask), cells, relative: 1e-10)
  }

  /// A value or a reason, whatever the region: never a NaN, never a missing cell.
  @Test(arguments: names)
  func totalOnOddRegions(_ family: String) throws {
    let recipe = try recipe(family)
    for (name, image, mask) in try Self.oddRegions() {
      let cells = measure(recipe, image, mask)
      #expect(cells.count == recipe.columns.count, "\(name)")
      for (measurand, cell) in zip(recipe.columns, cells) {
        switch cell {
        case .value(let value): #expect(value.isFinite, "\(name): \(measurand.column) is \(value)")
        case .undefined(let reason): #expect(reason.text.count > 10, "\(name): \(measurand.column)")
        }
      }
    }
  }

  /// Single voxel, two voxels, a line, a plane, a flat cube, a full image, a region at the border, opposite corners.
  private static func oddRegions() throws -> [(String, Volume<Double>, Volume<UInt8>)] {
    let (image, _) = try Phantoms.random(side: 5, border: 0)
    func region(_ isInside: (Int, Int, Int) -> Bool) -> Volume<UInt8> {
      var mask: [UInt8] = []
      for z in 0..<5 { for y in 0..<5 { for x in 0..<5 { mask.append(isInside(x, y, z) ? 1 : 0) } } }
      return Volume(geometry: image.geometry, voxels: mask)
    }
    let flat = Volume(geometry: image.geometry, voxels: [Double](repeating: 3, count: 125))
    let slice = try Geometry(size: [5, 5, 1], spacing: [2, 2, 2])
    let planar = Volume(geometry: slice, voxels: Array(image.voxels.prefix(25)))
    return [
      ("single voxel", image, region { ($0, $1, $2) == (2, 2, 2) }),
      ("corner voxel", image, region { ($0, $1, $2) == (0, 0, 0) }),
      ("two voxels", image, region { $0 < 2 && $1 == 2 && $2 == 2 }),
      ("opposite corners", image, region { ($0, $1, $2) == (0, 0, 0) || ($0, $1, $2) == (4, 4, 4) }),
      ("line", image, region { _, y, z in y == 1 && z == 3 }),
      ("diagonal", image, region { $0 == $1 && $1 == $2 }),
      ("plane", image, region { _, _, z in z == 2 }),
      ("flat cube", flat, region { [$0, $1, $2].allSatisfy { (1...3).contains($0) } }),
      ("flat voxel", flat, region { ($0, $1, $2) == (2, 2, 2) }),
      ("full image", image, region { _, _, _ in true }),
      ("one slice", planar, Volume(geometry: slice, voxels: [UInt8](repeating: 1, count: 25))),
    ]
  }

  @Test(arguments: names)
  func unknownKeysAreRefused(_ family: String) {
    let error = #expect(throws: SettingError.self) {
      try Recipe(yaml: "layers:\n  - families:\n      - \(family): { binwidth: 3 }\n", file: "contract.yaml")
    }
    #expect(error?.description.hasPrefix("contract.yaml:3:") ?? false, "\(error?.description ?? "")")
    #expect(error?.description.contains("'\(family)' has no setting 'binwidth'") ?? false)
  }

  /// Tags, names and IBSI codes are declared once, and every feature says what it is.
  @Test func declarations() {
    let features = Catalogue.standard.families.flatMap { $0.features }
    #expect(features.count { $0.ibsi != nil } == 174)
    #expect(Set(features.map(\.tag)).count == features.count)
    for feature in features {
      #expect(feature.ibsi.map { $0.count == 4 } ?? true, "\(feature.tag)")
      #expect(feature.definition.count >= 3 && !feature.name.isEmpty, "\(feature.tag)")
    }
  }
}
