import RadiomicsCore

/// The grey level of each voxel of a region.
public struct DiscretisedIntensities: Sendable {
  /// Level of each voxel in span order, 1 … `count`.
  public let levels: VoxelLevels
  /// Ng: the number of levels, empty ones included.
  public let count: Int
  /// Voxels of each level from 1 on.
  public let voxelCounts: [Int]
  /// Intensity at the lower edge of level 1 and width of a level, where levels are equally wide; for `none` 0.5 and 1.
  public let edge: (first: Double, width: Double)?

  /// Gives each intensity the level that `level` says.
  package init(
    of intensities: Intensities, count: Int, edge: (first: Double, width: Double)?, _ lanes: Lanes,
    _ level: @Sendable (Double) -> UInt16
  ) {
    var voxelCounts = [Int](repeating: 0, count: count)
    switch intensities.form {
    case .coded(let coded):
      let table = zip(coded.intensities, coded.counts).map { $1 > 0 ? level($0) : 0 }
      for (level, voxels) in zip(table, coded.counts) where voxels > 0 { voxelCounts[Int(level) - 1] += voxels }
      levels = VoxelLevels(form: .coded(coded.codes, table))
    case .single(let numbers):
      levels = VoxelLevels(form: .plain(lanes.map(numbers) { level(Double($0)) }))
    case .double(let numbers): levels = VoxelLevels(form: .plain(lanes.map(numbers, level)))
    }
    if case .plain(let levels) = levels.form {
      voxelCounts = Array(occurrences(levels, of: count + 1, lanes).dropFirst())
    }
    self.count = count
    self.voxelCounts = voxelCounts
    self.edge = edge
  }
}

/// Levels of voxels in span order.
public struct VoxelLevels: RandomAccessCollection, Sendable {
  package enum Form: Sendable {
    /// Codes of intensities, and the level of each code.
    case coded([UInt16], [UInt16])
    case plain([UInt16])
  }

  package let form: Form

  init(form: Form) { self.form = form }

  public var startIndex: Int { 0 }

  public var endIndex: Int {
    switch form {
    case .coded(let codes, _): codes.count
    case .plain(let levels): levels.count
    }
  }

  public subscript(voxel: Int) -> UInt16 {
    switch form {
    case .coded(let codes, let levels): levels[Int(codes[voxel])]
    case .plain(let levels): levels[voxel]
    }
  }

  /// A code for each voxel, and what `table` makes of the level that each code stands for.
  package func coded(by table: [UInt16]) -> (codes: [UInt16], values: [UInt16]) {
    switch form {
    case .coded(let codes, let levels): (codes, levels.map { table[Int($0)] })
    case .plain(let levels): (levels, table)
    }
  }
}

extension Lanes {
  /// `value` of each element, in stretches of fixed length.
  fileprivate func map<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ value: @Sendable (Element) -> Value
  ) -> [Value] {
    let stretch = 1 << 16
    return [Value](unsafeUninitializedCapacity: elements.count) { buffer, filled in
      nonisolated(unsafe) let values = buffer.baseAddress
      forEach((elements.count + stretch - 1) / stretch) { step in
        elements.withUnsafeBufferPointer { elements in
          for index in step * stretch..<Swift.min(elements.count, (step + 1) * stretch) {
            (values! + index).initialize(to: value(elements[index]))
          }
        }
      }
      filled = elements.count
    }
  }
}
