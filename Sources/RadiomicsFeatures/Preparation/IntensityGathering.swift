import RadiomicsCore
import RadiomicsImaging

extension Intensities {
  /// The intensities of `image` within `mask`, a mask on its grid.
  package init(of image: RegionImage, in mask: RowSpans, _ lanes: Lanes = Lanes(jobs: 1)) {
    switch image.source {
    case .made(let voxels):
      self = gathered(
        reals: SampleRows(samples: voxels, size: image.geometry.size, lower: .zero), mask, IntensityConversion(), lanes)
    case .stored(let scan, let lower, let conversion):
      self = scan.samples.visited(
        by: Gathering(size: scan.geometry.size, lower: lower, mask: mask, conversion: conversion, lanes: lanes))
    }
  }
}

/// Samples, x fastest over a grid of `size`; `lower` is the voxel where the mask's grid begins.
struct SampleRows<Sample: Sendable>: Sendable {
  let samples: [Sample]
  let size, lower: SIMD3<Int>

  @inline(__always)
  func start(of span: RowSpans.Span) -> Int {
    lower.x + span.x + size.x * (lower.y + span.y + size.y * (lower.z + span.z))
  }
}

private struct Gathering: SampleVisitor {
  let size, lower: SIMD3<Int>
  let mask: RowSpans
  let conversion: IntensityConversion
  let lanes: Lanes

  func visit<Sample: FixedWidthInteger & Sendable>(integers samples: [Sample]) -> Intensities {
    let rows = SampleRows(samples: samples, size: size, lower: lower)
    return gatheredCodes(integers: rows, mask, conversion, lanes)
      ?? gathered(reals: rows, mask, conversion, lanes) { Double($0) }
  }

  func visit<Sample: BinaryFloatingPoint & Sendable>(reals samples: [Sample]) -> Intensities {
    gathered(reals: SampleRows(samples: samples, size: size, lower: lower), mask, conversion, lanes) { Double($0) }
  }
}

/// Voxels that one lane takes at once.
private let stretch = 1 << 17

/// Whether codes from 0 to `range` pay for `count` voxels.
private func pays(_ range: Double, _ count: Int) -> Bool { range <= 65_535 && range <= 4 * Double(count) + 1024 }

/// Codes of whole samples; nil where they lie too far apart, or are not finite once converted.
private func gatheredCodes<Sample: FixedWidthInteger & Sendable>(
  integers rows: SampleRows<Sample>, _ mask: RowSpans, _ conversion: IntensityConversion, _ lanes: Lanes
) -> Intensities? {
  let extremes = lanes.mapStretches(of: mask) { lowestAndHighest(of: rows, $0) }
  guard let lowest = extremes.map(\.lowest).min(), let highest = extremes.map(\.highest).max() else { return nil }
  let range = Sample.Magnitude(truncatingIfNeeded: highest &- lowest)
  guard pays(Double(range), mask.count) else { return nil }
  var intensities = (0...Int(range)).map { conversion(Double(lowest &+ Sample(truncatingIfNeeded: $0))) }
  guard intensities.allSatisfy(\.isFinite) else { return nil }
  let falls = intensities[0] > intensities[intensities.count - 1]
  if falls { intensities.reverse() }
  let made = codes(mask, count: intensities.count, lanes) { codes, spans in
    rows.samples.withUnsafeBufferPointer { samples in
      var codes = codes
      for span in spans {
        let row = samples.baseAddress! + rows.start(of: span)
        if falls {
          for x in 0..<span.count { codes[x] = distance(from: row[x], to: highest) }
        } else {
          for x in 0..<span.count { codes[x] = distance(from: lowest, to: row[x]) }
        }
        codes += span.count
      }
    }
  }
  return Intensities(
    .coded(Intensities.Codes(codes: made.codes, intensities: intensities, counts: made.counts)), count: mask.count,
    bounds: intensities[0]...intensities[intensities.count - 1])
}

/// high − low, below 2^16, even where it is beyond the samples' own type.
@inline(__always)
private func distance<Sample: FixedWidthInteger>(from low: Sample, to high: Sample) -> UInt16 {
  UInt16(truncatingIfNeeded: Sample.Magnitude(truncatingIfNeeded: high &- low))
}

private func lowestAndHighest<Sample: FixedWidthInteger>(
  of rows: SampleRows<Sample>, _ spans: ArraySlice<RowSpans.Span>
) -> (lowest: Sample, highest: Sample) {
  var lowest = Sample.max, highest = Sample.min
  rows.samples.withUnsafeBufferPointer { samples in
    for span in spans {
      let row = samples.baseAddress! + rows.start(of: span)
      for x in 0..<span.count {
        lowest = row[x] < lowest ? row[x] : lowest
        highest = row[x] > highest ? row[x] : highest
      }
    }
  }
  return (lowest, highest)
}

/// Codes where all are whole and near each other, else single precision where that is exact, else double.
func gathered<Sample: Sendable>(
  reals rows: SampleRows<Sample>, _ mask: RowSpans, _ conversion: IntensityConversion, _ lanes: Lanes,
  _ number: @Sendable (Sample) -> Double
) -> Intensities {
  @Sendable func intensity(_ sample: Sample) -> Double { conversion(number(sample)) }
  let traits = lanes.mapStretches(of: mask) { spans in
    var traits = Traits()
    rows.forEach(spans) { _, sample in traits.add(intensity(sample)) }
    return traits
  }
  guard var all = traits.first else { return Intensities(.double([]), count: 0, bounds: nil) }
  for traits in traits.dropFirst() { all.add(traits) }
  let bounds = all.isFinite ? all.lowest...all.highest : nil
  if all.isFinite, all.isWhole, pays(all.highest - all.lowest, mask.count) {
    let lowest = all.lowest, range = Int(all.highest - lowest)
    let made = codes(mask, count: range + 1, lanes) { codes, spans in
      rows.forEach(spans) { codes[$0] = UInt16(truncatingIfNeeded: Int32(intensity($1) - lowest)) }
    }
    let coded = Intensities.Codes(
      codes: made.codes, intensities: (0...range).map { lowest + Double($0) }, counts: made.counts)
    return Intensities(.coded(coded), count: mask.count, bounds: bounds)
  }
  if all.isSingle {
    let numbers = lanes.values(of: mask) { numbers, spans in
      rows.forEach(spans) { (numbers + $0).initialize(to: Float(intensity($1))) }
    }
    return Intensities(.single(numbers), count: mask.count, bounds: bounds)
  }
  let numbers = lanes.values(of: mask) { numbers, spans in
    rows.forEach(spans) { (numbers + $0).initialize(to: intensity($1)) }
  }
  return Intensities(.double(numbers), count: mask.count, bounds: bounds)
}

func gathered(
  reals rows: SampleRows<Double>, _ mask: RowSpans, _ conversion: IntensityConversion, _ lanes: Lanes
) -> Intensities {
  gathered(reals: rows, mask, conversion, lanes) { $0 }
}

/// What numbers have in common.
private struct Traits: Sendable {
  var lowest = Double.infinity, highest = -Double.infinity
  var isFinite = true, isWhole = true, isSingle = true

  @inline(__always)
  mutating func add(_ number: Double) {
    lowest = number < lowest ? number : lowest
    highest = number > highest ? number : highest
    isFinite = isFinite && number - number == 0
    // Adding 1.5 · 2^52 rounds to whole numbers up to 2^51.
    isWhole = isWhole && (number + 0x1.8p52) - 0x1.8p52 == number
    isSingle = isSingle && (Double(Float(number)) == number || number.isNaN)
  }

  mutating func add(_ other: Traits) {
    lowest = min(lowest, other.lowest)
    highest = max(highest, other.highest)
    isFinite = isFinite && other.isFinite
    isWhole = isWhole && other.isWhole
    isSingle = isSingle && other.isSingle
  }
}

extension SampleRows {
  /// Each sample of runs with its place among them.
  @inline(__always)
  fileprivate func forEach(_ spans: ArraySlice<RowSpans.Span>, _ body: (Int, Sample) -> Void) {
    samples.withUnsafeBufferPointer { samples in
      var voxel = 0
      for span in spans {
        let row = samples.baseAddress! + start(of: span)
        for x in 0..<span.count { body(voxel &+ x, row[x]) }
        voxel += span.count
      }
    }
  }
}

extension Lanes {
  /// The results for stretches of a mask's runs.
  fileprivate func mapStretches<Value: Sendable>(
    of mask: RowSpans, _ body: @Sendable (ArraySlice<RowSpans.Span>) -> Value
  ) -> [Value] {
    let stretches = mask.stretches(of: stretch)
    return map(stretches.count) { body(mask.spans[stretches[$0].spans]) }
  }

  /// A value for each voxel of a mask: `fill` writes those of some runs.
  fileprivate func values<Value: Sendable>(
    of mask: RowSpans, _ fill: @Sendable (UnsafeMutablePointer<Value>, ArraySlice<RowSpans.Span>) -> Void
  ) -> [Value] {
    let stretches = mask.stretches(of: stretch)
    return [Value](unsafeUninitializedCapacity: mask.count) { buffer, filled in
      nonisolated(unsafe) let values = buffer.baseAddress
      forEach(stretches.count) { fill(values! + stretches[$0].start, mask.spans[stretches[$0].spans]) }
      filled = mask.count
    }
  }
}

/// Codes of a mask's voxels, which `fill` writes, and how many voxels have each.
private func codes(
  _ mask: RowSpans, count number: Int, _ lanes: Lanes,
  _ fill: @Sendable (UnsafeMutablePointer<UInt16>, ArraySlice<RowSpans.Span>) -> Void
) -> (codes: [UInt16], counts: [Int]) {
  let codes = lanes.values(of: mask, fill)
  return (codes, occurrences(codes, of: number, lanes))
}

/// How often each of 0 ..< `number` occurs.
func occurrences(_ codes: [UInt16], of number: Int, _ lanes: Lanes) -> [Int] {
  let length = max(stretch, 16 * number), stretches = (codes.count + length - 1) / length
  let parts = lanes.map(stretches) { step in
    codes.withUnsafeBufferPointer { codes in
      let part = codes[step * length..<min(codes.count, (step + 1) * length)]
      return occurrences(UnsafeBufferPointer(rebasing: part), of: number)
    }
  }
  var counts = [Int](repeating: 0, count: number)
  for part in parts { for code in 0..<number { counts[code] += Int(part[code]) } }
  return counts
}

/// Four tables by turns, as a count that was just raised is not ready to be raised again.
private func occurrences(_ codes: UnsafeBufferPointer<UInt16>, of number: Int) -> [UInt32] {
  var tables = [UInt32](repeating: 0, count: 4 * number)
  tables.withUnsafeMutableBufferPointer { tables in
    let first = tables.baseAddress!, second = first + number, third = second + number, fourth = third + number
    var index = 0
    while index + 4 <= codes.count {
      first[Int(codes[index])] &+= 1
      second[Int(codes[index + 1])] &+= 1
      third[Int(codes[index + 2])] &+= 1
      fourth[Int(codes[index + 3])] &+= 1
      index += 4
    }
    for index in index..<codes.count { first[Int(codes[index])] &+= 1 }
  }
  return (0..<number).map { tables[$0] + tables[$0 + number] + tables[$0 + 2 * number] + tables[$0 + 3 * number] }
}
