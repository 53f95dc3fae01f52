import RadiomicsImaging

/// What is done with samples, of whichever type they are.
protocol SampleVisitor {
  associatedtype Result
  func visit<Sample: FixedWidthInteger & Sendable>(integers samples: [Sample]) -> Result
  func visit<Sample: BinaryFloatingPoint & Sendable>(reals samples: [Sample]) -> Result
}

extension Scan.Samples {
  /// Hands the samples over in their own type.
  func visited<Visitor: SampleVisitor>(by visitor: Visitor) -> Visitor.Result {
    switch self {
    case .int8(let samples): visitor.visit(integers: samples)
    case .uint8(let samples): visitor.visit(integers: samples)
    case .int16(let samples): visitor.visit(integers: samples)
    case .uint16(let samples): visitor.visit(integers: samples)
    case .int32(let samples): visitor.visit(integers: samples)
    case .uint32(let samples): visitor.visit(integers: samples)
    case .int64(let samples): visitor.visit(integers: samples)
    case .uint64(let samples): visitor.visit(integers: samples)
    case .float(let samples): visitor.visit(reals: samples)
    case .double(let samples): visitor.visit(reals: samples)
    }
  }
}
