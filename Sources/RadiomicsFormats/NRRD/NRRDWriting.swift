import RadiomicsImaging

extension NRRD {
  /// Writes `.nrrd`, or `.nhdr` with the voxels beside it in `.raw.gz`; gzipped, in LPS. NRRD has no slope: samples with
  /// one are widened to double. Segments become the key/value pairs of 3D Slicer.
  /// - Throws: `FormatError` if the file cannot be written.
  public static func write(_ scan: Scan, to path: String, segments: [Segment]) throws(FormatError) {
    let scan = scan.withScalingApplied
    let header = header(of: scan) + keys(of: segments)
    let voxels = Gzip.compress(scan.samples.withBytes { Array($0) })
    guard path.lowercased().hasSuffix(".nhdr") else {
      let file = try StagedFile(path)
      try file.append(Array((header + "\n").utf8))
      try file.append(voxels)
      return try OutputFile.commit([file])
    }
    let voxelPath = String(path.dropLast(5)) + ".raw.gz"
    let dataFile = try StagedFile(voxelPath)
    try dataFile.append(voxels)
    let file = try StagedFile(path)
    try file.append(Array((header + "data file: \(Path.name(of: voxelPath))\n").utf8))
    try OutputFile.commit([dataFile, file])
  }

  private static func keys(of segments: [Segment]) -> String {
    segments.enumerated().map { index, segment in
      let pairs = [
        ("ID", "Segment_\(index + 1)"), ("LabelValue", "\(segment.label)"), ("Layer", "0"),
        ("Name", NRRDHeader.escaped(segment.name)),
      ]
      return pairs.map { "Segment\(index)_\($0):=\($1)\n" }.joined()
    }.joined()
  }

  private static func header(of scan: Scan) -> String {
    let geometry = scan.geometry
    let steps = (0..<3).map { "(\(written(geometry.direction[$0] * geometry.spacing[$0], separator: ",")))" }
    return """
      NRRD0004
      type: \(scan.samples.type.rawValue)
      dimension: 3
      space: left-posterior-superior
      sizes: \(geometry.size.x) \(geometry.size.y) \(geometry.size.z)
      space directions: \(steps.joined(separator: " "))
      kinds: domain domain domain
      endian: \(isLittleEndian ? "little" : "big")
      encoding: gzip
      space origin: (\(written(geometry.origin, separator: ",")))

      """
  }
}
