import RadiomicsImaging

/// A 4-D NIfTI file that is written volume by volume, so that only one need be in memory. It takes its name when it is
/// complete.
public final class NIfTISeries {
  private let file: StagedFile
  private let isCompressed: Bool
  private let count: Int
  private var written = 0

  /// A file of `count` volumes, `.nii` or `.nii.gz`; compressed, each volume is a member of its own.
  /// - Throws: `FormatError` if the file cannot be made or its name has another ending.
  public init(_ path: String, count: Int) throws(FormatError) {
    precondition(count > 0, "a series of volumes")
    let ending = path.lowercased()
    guard ending.hasSuffix(".nii") || ending.hasSuffix(".nii.gz") else {
      throw FormatError(path, "a file of several volumes is written as .nii or .nii.gz. Choose one of these.")
    }
    self.count = count
    isCompressed = ending.hasSuffix(".gz")
    file = try StagedFile(path)
  }

  /// Writes the next volume; all have the grid and sample type of the first, and neither slope nor intercept.
  /// - Throws: `FormatError` if it cannot be written.
  public func append(_ scan: Scan) throws(FormatError) {
    precondition(scan.slope == 1 && scan.intercept == 0, "samples as they are")
    let isLarge = max(scan.geometry.size.max(), count) > Int(Int16.max)
    let header = written == 0 ? NIfTIHeader.bytes(of: scan, version: isLarge ? 2 : 1, volumes: count) : []
    if isCompressed {
      try file.append(Gzip.compress(scan.samples.withBytes { header + $0 }))
    } else {
      try file.append(header)
      try file.append(scan.samples)
    }
    written += 1
  }

  /// Gives the file its name; all volumes must have been written.
  /// - Throws: `FormatError` if it cannot be completed.
  public func finish() throws(FormatError) {
    precondition(written == count, "\(written) of \(count) volumes were written")
    try OutputFile.commit([file])
  }
}
