import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging

extension Stack {
  /// Decodes the frames onto their grid.
  /// - `scale`: Multiplies every intensity, such as to an uptake value.
  func read(_ series: DICOMSeries, on geometry: Geometry, lanes: Lanes) throws(FormatError) -> Scan {
    let layouts = try layouts(series)
    let rescales = Set(frames.map(\.rescale))
    let common = layouts.values.first!
    guard layouts.values.allSatisfy({ $0.stores(likeThat: common) }) else {
      throw FormatError(
        path, "its files store pixels in different types (bits or sign). Choose files of one reconstruction.")
    }
    if rescales.count == 1, let rescale = rescales.first {
      if rescale.slope == 1, rescale.intercept != 0, common.bitsAllocated == 16,
        let shift = Int32(exactly: rescale.intercept)
      {
        return Scan(geometry: geometry, samples: try shifted(series, by: shift, isSigned: common.isSigned, lanes))
      }
      let samples = try samples(series, common, lanes)
      return Scan(geometry: geometry, samples: samples, slope: rescale.slope, intercept: rescale.intercept)
    }
    // Slices with their own slopes, as in PET, have no common sample type.
    let values = try samples(series, common, lanes).doubles, plane = rows * columns
    let voxels = values.indices.map { index in
      let rescale = frames[index / plane].rescale
      return rescale.slope * values[index] + rescale.intercept
    }
    return Scan(geometry: geometry, samples: .double(voxels))
  }

  /// Samples of 16 bits plus a whole number, so that CT stays whole Hounsfield units: in 16 bits with sign, and in place, if
  /// all fit, else in 32.
  private func shifted(
    _ series: DICOMSeries, by shift: Int32, isSigned: Bool, _ lanes: Lanes
  ) throws(FormatError) -> Scan.Samples {
    var samples: [Int16] = try decoded(series, lanes)
    func number(_ sample: Int16) -> Int32 { isSigned ? Int32(sample) : Int32(UInt16(bitPattern: sample)) }
    var lowest = Int32.max, highest = Int32.min
    for sample in samples {
      let value = number(sample)
      lowest = min(lowest, value)
      highest = max(highest, value)
    }
    guard Int64(lowest) + Int64(shift) >= Int64(Int16.min), Int64(highest) + Int64(shift) <= Int64(Int16.max) else {
      return .int32(samples.map { number($0) &+ shift })
    }
    for index in samples.indices { samples[index] = Int16(truncatingIfNeeded: number(samples[index]) &+ shift) }
    return .int16(samples)
  }

  private func layouts(_ series: DICOMSeries) throws(FormatError) -> [Int: PixelLayout] {
    var layouts: [Int: PixelLayout] = [:]
    for number in Set(frames.map(\.header)).sorted() {
      let header = series.headers[number], layout = try PixelLayout(header)
      try layout.check(header, fileSize: WholeFile.size(of: header.path))
      layouts[number] = layout
    }
    return layouts
  }

  /// All samples as they are stored, x fastest.
  private func samples(_ series: DICOMSeries, _ layout: PixelLayout, _ lanes: Lanes) throws(FormatError) -> Scan.Samples
  {
    switch (layout.bitsAllocated, layout.isSigned, layout.isFloat) {
    case (8, true, false): .int8(try decoded(series, lanes))
    case (8, false, false): .uint8(try decoded(series, lanes))
    case (16, true, false): .int16(try decoded(series, lanes))
    case (16, false, false): .uint16(try decoded(series, lanes))
    case (32, true, false): .int32(try decoded(series, lanes))
    case (32, false, false): .uint32(try decoded(series, lanes))
    case (32, _, true): .float(try decoded(series, lanes))
    default: .double(try decoded(series, lanes))
    }
  }

  /// Frames of one file are decoded one after the other, files on several lanes.
  private func decoded<Sample: BitwiseCopyable & Sendable>(
    _ series: DICOMSeries, _ lanes: Lanes
  ) throws(FormatError) -> [Sample] {
    var jobs: [Int: [Int]] = [:]
    for (slice, frame) in frames.enumerated() { jobs[frame.header, default: []].append(slice) }
    let work = jobs.sorted { $0.key < $1.key }
    let plane = rows * columns
    var failures: [FormatError] = []
    let samples = [Sample](unsafeUninitializedCapacity: plane * frames.count) { buffer, filled in
      nonisolated(unsafe) let start = buffer.baseAddress!
      failures = lanes.map(work.count) { number -> FormatError? in
        do throws(FormatError) {
          let (header, slices) = work[number]
          let source = try FrameSource(series.headers[header])
          for slice in slices {
            let target = UnsafeMutableBufferPointer(start: start + slice * plane, count: plane)
            try source.decode(frames[slice].index, frames[slice].regions, into: target)
          }
          return nil
        } catch {
          return error
        }
      }.compactMap { $0 }
      filled = failures.isEmpty ? plane * frames.count : 0
    }
    if let failure = failures.first { throw failure }
    return samples
  }
}

/// A file whose frames are decoded to grey samples.
struct FrameSource {
  let header: Header
  let file: DICOMFile
  let layout: PixelLayout
  /// Pixels in floating point, which are not coded by frames.
  let whole: [UInt8]?

  init(_ header: Header) throws(FormatError) {
    self.header = header
    file = try DICOMFile(header.path)
    layout = try PixelLayout(header)
    whole = header.pixelTag == .pixelData ? nil : try file.floats(of: header.pixelTag!)
  }

  /// A frame's samples as they are stored, in colour if they are, in this machine's byte order.
  func bytes(of frame: Int) throws(FormatError) -> [UInt8] {
    let size = layout.frameSize
    if let whole { return Array(whole[frame * size..<(frame + 1) * size]) }
    try layout.check(header, fileSize: WholeFile.size(of: file.path))
    var failure: FormatError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      do throws(FormatError) {
        let target = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: size)
        try file.decode(frame: frame, into: target)
        layout.normalise(target)
        filled = size
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// - `regions`: Where coloured pixels are refused; empty for everywhere.
  func decode<Sample: BitwiseCopyable>(
    _ frame: Int, _ regions: [UltrasoundRegion], into target: UnsafeMutableBufferPointer<Sample>
  ) throws(FormatError) {
    let bytes = UnsafeMutableRawBufferPointer(target)
    if let whole {
      whole.withUnsafeBytes {
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[frame * bytes.count..<(frame + 1) * bytes.count]))
      }
      return
    }
    guard layout.samples == 3 else {
      try file.decode(frame: frame, into: bytes)
      return layout.normalise(bytes)
    }
    let (coloured, first) = try ColourFrame(header, layout, regions).grey(self.bytes(of: frame), into: bytes)
    if let first {
      throw FormatError(
        file.path,
        "\(coloured) of its pixels, the first in column \(first.x) and row \(first.y) from 0, are coloured, so they have no "
          + "single intensity. Export the image in grey, without overlays or Doppler; or make it grey by a formula that you "
          + "report, and give it as NRRD or NIfTI with the size of its pixels.")
    }
  }
}

extension PixelLayout {
  /// Whether samples of both fit one array.
  func stores(likeThat other: PixelLayout) -> Bool {
    bitsAllocated == other.bitsAllocated && isSigned == other.isSigned && isFloat == other.isFloat
  }
}

extension DICOMFile {
  /// Floating-point pixels as bytes in this machine's order.
  fileprivate func floats(of tag: Tag) throws(FormatError) -> [UInt8] {
    guard case .numbers(let numbers)? = dataSet.elements[tag]?.value else { return try bytes(of: tag) }
    return tag == .floatPixelData
      ? numbers.map { Float($0) }.withUnsafeBytes { Array($0) } : numbers.withUnsafeBytes { Array($0) }
  }
}

extension Scan.Samples {
  /// Samples as numbers.
  fileprivate var doubles: [Double] {
    switch self {
    case .int8(let values): values.map { Double($0) }
    case .uint8(let values): values.map { Double($0) }
    case .int16(let values): values.map { Double($0) }
    case .uint16(let values): values.map { Double($0) }
    case .int32(let values): values.map { Double($0) }
    case .uint32(let values): values.map { Double($0) }
    case .int64(let values): values.map { Double($0) }
    case .uint64(let values): values.map { Double($0) }
    case .float(let values): values.map { Double($0) }
    case .double(let values): values
    }
  }
}
