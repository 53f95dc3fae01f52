import RadiomicsImaging

/// Runs along x of each value other than 0, by ascending value. Linear.
/// - `stopsAtImages`: give up, with nil, once there are more than 32 values and runs are on average shorter than
///   two voxels: labels come in blocks, intensities do not.
func labelRuns<Label: FixedWidthInteger & BitwiseCopyable>(
  _ values: [Label], size: SIMD3<Int>, stopsAtImages: Bool = false
) -> [(Int, RowSpans)]? {
  let step = 8 / (Label.bitWidth / 8)
  return values.withUnsafeBufferPointer { values in
    let bytes = UnsafeRawBufferPointer(values)
    func word(_ index: Int) -> UInt64 {
      bytes.loadUnaligned(fromByteOffset: index * (Label.bitWidth / 8), as: UInt64.self)
    }
    return labelRuns(
      size: size, stopsAtImages: stopsAtImages,
      afterBackground: { start, end in
        var index = start
        while index + step <= end, word(index) == 0 { index += step }
        while index < end, values[index] == 0 { index += 1 }
        return index
      },
      afterRun: { start, end in
        var index = start + 1
        // Words that agree one voxel apart go on with the same value.
        while index + step <= end, word(index) == word(index - 1) { index += step }
        while index < end, values[index] == values[start] { index += 1 }
        return index
      }, label: { values[$0] })
  }
}

/// Runs of labels that are found one by one.
func labelRuns<Label: FixedWidthInteger>(
  size: SIMD3<Int>, stopsAtImages: Bool = false, label: (Int) -> Label
) -> [(Int, RowSpans)]? {
  labelRuns(
    size: size, stopsAtImages: stopsAtImages,
    afterBackground: { start, end in
      var index = start
      while index < end, label(index) == 0 { index += 1 }
      return index
    },
    afterRun: { start, end in
      let first = label(start)
      var index = start + 1
      while index < end, label(index) == first { index += 1 }
      return index
    }, label: label)
}

/// - `afterBackground`: the first index of a stretch whose label is not 0; its end if there is none.
/// - `afterRun`: the first index after the run that begins at the stretch's first.
@inline(__always)
private func labelRuns<Label: FixedWidthInteger>(
  size: SIMD3<Int>, stopsAtImages: Bool, afterBackground: (Int, Int) -> Int, afterRun: (Int, Int) -> Int,
  label: (Int) -> Label
) -> [(Int, RowSpans)]? {
  var spans: [[RowSpans.Span]] = [], places: [Label: Int] = [:]
  var last: (label: Label, place: Int)?
  var runs = 0, voxels = 0
  for z in 0..<size.z {
    for y in 0..<size.y {
      let row = size.x * (y + size.y * z), end = row + size.x
      var index = afterBackground(row, end)
      while index < end {
        let value = label(index), start = index
        index = afterRun(start, end)
        if value != last?.label {
          let place = places[value] ?? spans.count
          if place == spans.count {
            places[value] = place
            spans.append([])
          }
          last = (value, place)
        }
        spans[last!.place].append(RowSpans.Span(x: start - row, y: y, z: z, count: index - start))
        runs += 1
        voxels += index - start
        index = afterBackground(index, end)
      }
    }
    if stopsAtImages && spans.count > 32 && voxels < 2 * runs { return nil }
  }
  return places.sorted { $0.key < $1.key }.map { (Int($0.key), RowSpans(size: size, spans: spans[$0.value])) }
}
