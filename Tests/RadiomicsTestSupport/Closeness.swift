import Testing

/// Expects `value` within `relative` · |expected| + `absolute` of `expected`.
public func expectClose(
  _ value: Double, _ expected: Double, relative: Double = 0, absolute: Double = 0, _ comment: String = "",
  at location: SourceLocation = #_sourceLocation
) {
  let tolerance = relative * abs(expected) + absolute
  #expect(
    abs(value - expected) <= tolerance, "\(comment) is \(value), expected \(expected) ± \(tolerance)",
    sourceLocation: location)
}
