import RadiomicsFormats

extension DICOMSeries {
  /// Frames without those that repeat an earlier one at the same place: the same intensities of every pixel.
  /// - `frames`: In the order of their places.
  /// - `marks`: What must be equal beside the pixels.
  func withoutCopies(_ frames: [Frame], alike marks: [Mark]) throws(FormatError) -> [Frame] {
    var kept: [Frame] = [], pixels: [Int: [UInt8]] = [:], place = 0
    for frame in frames {
      if let first = kept.last, !frame.isAt(first) {
        place = kept.count
        pixels = [:]
      }
      var isCopy = false
      for index in place..<kept.count where !isCopy && kept[index].isLike(frame, marks) {
        if pixels[index] == nil { pixels[index] = try self.pixels(of: kept[index]) }
        isCopy = try self.pixels(of: frame) == pixels[index]
      }
      if !isCopy { kept.append(frame) }
    }
    return kept
  }

  /// A frame's samples with the layout in front, so that equal bytes are equal samples.
  private func pixels(of frame: Frame) throws(FormatError) -> [UInt8] {
    let source = try FrameSource(headers[frame.header]), layout = source.layout
    return [UInt8(layout.bitsAllocated), layout.isSigned ? 1 : 0] + (try source.bytes(of: frame.index))
  }
}

extension Frame {
  /// Whether both lie in one plane.
  fileprivate func isAt(_ other: Frame) -> Bool {
    abs(((position ?? .zero) - (other.position ?? .zero)).dot(normal)) < Stack.Spread.same
  }

  /// Whether both have one place, scale and marks.
  fileprivate func isLike(_ other: Frame, _ marks: [Mark]) -> Bool {
    rescale == other.rescale && ((position ?? .zero) - (other.position ?? .zero)).length < Stack.Spread.same
      && marks.allSatisfy { self.marks[$0] == other.marks[$0] }
  }

  /// For messages: the file's name, with the frame's number if it has several.
  var title: String { Path.name(of: path) + (number.map { ", frame \($0)" } ?? "") }
}

extension Stack {
  /// What is wrong with frames at the place of others, by the files' names.
  func repetition(_ spread: Spread) -> FormatError {
    let pairs = spread.distances.indices.dropFirst().filter {
      spread.distances[$0] - spread.distances[$0 - 1] < Spread.same
    }
    let shown = pairs.prefix(3).map { "\(frames[$0 - 1].title) and \(frames[$0].title)" }.joined(separator: "; ")
    let more = pairs.count > 3 ? " and \(pairs.count - 3) more" : ""
    func sentence(_ files: String) -> String {
      "\(pairs.count) of \(frames.count) slices lie at the place of another with other pixels\(files), and nothing "
        + "in the files tells them apart (acquisition, echo time, time …). Keep only the files that belong to one volume, or "
        + "list them in a .txt file."
    }
    return FormatError(path, sentence(" (\(shown)\(more))"), plain: sentence(""))
  }
}
