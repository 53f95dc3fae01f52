import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct GridMatchTests {
  private let image: Geometry

  init() throws {
    image = try Geometry(
      size: [40, 30, 20], spacing: [1, 1.5, 3], origin: [-20, 15, 100],
      direction: Matrix3([0.8, 0.6, 0], [-0.6, 0.8, 0], [0, 0, 1]))
  }

  private func moved(by shift: SIMD3<Double>) throws -> Geometry {
    try Geometry(size: image.size, spacing: image.spacing, origin: image.origin + shift, direction: image.direction)
  }

  /// Accepted within half a hundredth of a voxel, refused beyond.
  @Test func tolerance() throws {
    #expect(GridMatch(image, to: image) == .same)
    #expect(GridMatch(try moved(by: [0, 0, 0.0149]), to: image) == .same)
    guard case .different(let words) = GridMatch(try moved(by: [0, 0, 0.0151]), to: image) else {
      Issue.record("a shift of 0.00503 voxels must be refused")
      return
    }
    #expect(words.joined().contains("0.0151 mm"), "\(words)")
  }

  @Test func saysWhatDiffersAndByHowMuch() throws {
    func words(_ mask: Geometry) -> String {
      guard case .different(let words) = GridMatch(mask, to: image) else { return "same" }
      return words.joined(separator: "; ")
    }
    #expect(
      words(try moved(by: [3, 4, 0])).contains("origin: mask [-17, 19, 100] mm, image [-20, 15, 100] mm (by 5 mm)"))
    let coarse = try Geometry(
      size: [20, 30, 20], spacing: [2, 1.5, 3], origin: image.origin, direction: image.direction)
    #expect(words(coarse).contains("size: mask 20 x 30 x 20, image 40 x 30 x 20 voxels"))
    #expect(words(coarse).contains("spacing: mask [2, 1.5, 3] mm, image [1, 1.5, 3] mm (by 1 mm)"))
    let straight = try Geometry(size: image.size, spacing: image.spacing, origin: image.origin)
    #expect(words(straight).contains("direction: axes x, y, z turned by 36.87, 36.87, 0 degrees"))
    // A small error of spacing that adds up to more than the tolerance over the volume.
    let stretched = try Geometry(
      size: image.size, spacing: [1.0002, 1.5, 3], origin: image.origin, direction: image.direction)
    #expect(words(stretched).contains("spacing"))
  }

  /// The same voxels with axes in another order or direction are found, and put in order.
  @Test(arguments: [
    (SIMD3(0, 1, 2), [true, true, false]), (SIMD3(2, 0, 1), [false, false, false]),
    (SIMD3(1, 0, 2), [false, true, true]),
  ])
  func reorders(_ axes: SIMD3<Int>, _ flips: [Bool]) throws {
    let voxels = (0..<image.count).map { Int32($0) }
    let volume = Volume(geometry: image, voxels: voxels)
    let mask = volume.reordered(axes: axes, flips: flips)
    guard case .reordered(let back, let backFlips) = GridMatch(mask.geometry, to: image) else {
      Issue.record("not recognised")
      return
    }
    let again = mask.reordered(axes: back, flips: backFlips)
    #expect(again.voxels == voxels)
    // Each voxel stays at its place in the patient.
    for index in [SIMD3(0, 0, 0), SIMD3(39, 0, 7), SIMD3(3, 29, 19)] {
      let place = image.position(of: SIMD3<Double>(index))
      let other = mask.geometry.index(of: place).rounded(.toNearestOrAwayFromZero)
      #expect(mask[Int(other.x), Int(other.y), Int(other.z)] == volume[index.x, index.y, index.z])
    }
  }

  @Test func nearestFollowsTheGrid() throws {
    let volume = Volume(geometry: image, voxels: (0..<image.count).map { Int32($0 + 1) })
    let box = Box(lower: [-1, 5, 2], size: [4, 3, 2])
    let moved = volume.nearest(on: image.cropped(to: box), outside: 0)
    #expect(moved[0, 0, 0] == 0 && moved[1, 0, 0] == volume[0, 5, 2] && moved[3, 2, 1] == volume[2, 7, 3])
  }

  /// One slice has no second corner along z: its thickness counts.
  @Test func sliceThickness() throws {
    let slice = try Geometry(size: [4, 4, 1], spacing: [1, 1, 3])
    let thin = try Geometry(size: [4, 4, 1], spacing: [1, 1, 1])
    #expect(GridMatch(slice, to: slice) == .same)
    #expect(GridMatch(thin, to: slice) != .same)
  }
}
