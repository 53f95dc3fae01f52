import RadiomicsImaging

extension MetaImage {
  /// Writes `.mha`, or `.mhd` with the voxels beside it in `.zraw`; compressed. MetaImage has no slope: samples with one
  /// are widened to double. Nor does it name segments.
  /// - Throws: `FormatError` if the file cannot be written.
  public static func write(_ scan: Scan, to path: String, segments: [Segment]) throws(FormatError) {
    let scan = scan.withScalingApplied
    let voxels = Zlib.compress(scan.samples.withBytes { Array($0) })
    guard path.lowercased().hasSuffix(".mhd") else {
      let file = try StagedFile(path)
      try file.append(Array(header(of: scan, compressedSize: voxels.count, dataFile: "LOCAL").utf8))
      try file.append(voxels)
      return try OutputFile.commit([file])
    }
    let voxelPath = String(path.dropLast(4)) + ".zraw"
    let dataFile = try StagedFile(voxelPath)
    try dataFile.append(voxels)
    let file = try StagedFile(path)
    let name = Path.name(of: voxelPath)
    try file.append(Array(header(of: scan, compressedSize: voxels.count, dataFile: name).utf8))
    try OutputFile.commit([dataFile, file])
  }

  private static func header(of scan: Scan, compressedSize: Int, dataFile: String) -> String {
    let geometry = scan.geometry
    let types: [SampleType: String] = [
      .int8: "CHAR", .uint8: "UCHAR", .int16: "SHORT", .uint16: "USHORT", .int32: "INT", .uint32: "UINT",
      .int64: "LONG_LONG", .uint64: "ULONG_LONG", .float: "FLOAT", .double: "DOUBLE",
    ]
    return """
      ObjectType = Image
      NDims = 3
      BinaryData = True
      BinaryDataByteOrderMSB = \(isLittleEndian ? "False" : "True")
      CompressedData = True
      CompressedDataSize = \(compressedSize)
      TransformMatrix = \((0..<3).map { written(geometry.direction[$0]) }.joined(separator: " "))
      Offset = \(written(geometry.origin))
      CenterOfRotation = 0 0 0
      ElementSpacing = \(written(geometry.spacing))
      DimSize = \(geometry.size.x) \(geometry.size.y) \(geometry.size.z)
      ElementType = MET_\(types[scan.samples.type] ?? "OTHER")
      ElementDataFile = \(dataFile)

      """
  }
}
