import RadiomicsCore
import RadiomicsNumerics

extension ROC {
  /// On which axis a part of the curve is chosen.
  package enum Axis: String, Sendable, CaseIterable { case specificity, sensitivity }

  /// Area under the part of the curve in which one axis lies in a range; with `isCorrected` from 0.5 for a marker without
  /// worth to 1 (McClish 1989, doi:10.1177/0272989X8900900307), undefined below 0.5.
  package func partialArea(_ axis: Axis, _ range: ClosedRange<Double>, isCorrected: Bool) -> EstimateCell {
    // Along the chosen axis from its upper end; the other one is what is added up.
    var path = points.map { axis == .specificity ? ($0.specificity, $0.sensitivity) : ($0.sensitivity, $0.specificity) }
    if axis == .specificity { path.reverse() }
    var area = 0.0
    for ((high, y1), (low, y2)) in zip(path, path.dropFirst()) where high > low {
      let top = min(high, range.upperBound), bottom = max(low, range.lowerBound)
      guard top > bottom else { continue }
      func height(_ x: Double) -> Double { y1 + (y2 - y1) * (high - x) / (high - low) }
      area += (top - bottom) * (height(top) + height(bottom)) / 2
    }
    let error = partialError(axis, range)
    guard isCorrected else { return .known(Estimate(area, error: error)) }
    let (a, b) = (1 - range.lowerBound, 1 - range.upperBound), least = (a * a - b * b) / 2, most = a - b
    guard area >= least else { return .undefined("the part's area is below that of a marker without worth") }
    return .known(Estimate((1 + (area - least) / (most - least)) / 2, error: error / (2 * (most - least))))
  }

  /// The standard error of the area under a part, by what each row adds to it: an event the stretch of the part in which it is
  /// positive, another row the height of the curve above it, or at the end of the part that is nearer. He and Escobar, Stat Med 27
  /// (2008) 5291; of the whole curve it is DeLong's. O(n).
  private func partialError(_ axis: Axis, _ range: ClosedRange<Double>) -> Double {
    // From 0 to 1 along one less the chosen axis the other one rises; a step is a stretch along the axis and a rise.
    let (a, b) = (1 - range.upperBound, 1 - range.lowerBound)
    let path = points.map {
      axis == .specificity ? (1 - $0.specificity, $0.sensitivity) : (1 - $0.sensitivity, $0.specificity)
    }
    let ends = zip(path, path.dropFirst()).map { first, second in
      (
        from: min(first.0, second.0), to: max(first.0, second.0), low: min(first.1, second.1),
        high: max(first.1, second.1)
      )
    }
    func height(_ step: Int, _ place: Double) -> Double {
      let end = ends[step]
      return end.low + (end.high - end.low) * (place - end.from) / (end.to - end.from)
    }
    let first = ends.indices.first { ends[$0].from <= a && a < ends[$0].to }.map { height($0, a) } ?? 0
    let last = ends.indices.first { ends[$0].from < b && b <= ends[$0].to }.map { height($0, b) } ?? 1
    let ofSteps = ends.indices.map { step in
      let end = ends[step], length = end.to - end.from, low = max(a, end.from), high = min(b, end.to)
      let middle = (low + high) / 2, inside = max(0, high - low)
      let positive = (inside > 0 ? inside * (middle - end.from) / length : 0) + max(0, b - max(a, end.to))
      let before = max(0, min(a, end.to) - end.from), after = max(0, end.to - max(b, end.from))
      let above =
        length > 0
        ? (before * first + (inside > 0 ? inside * height(step, middle) : 0) + after * last) / length : 0
      return (positive: positive, above: above)
    }
    let rises = axis == .specificity, kinds = [true, false]
    let ofRows = steps.indices.map { isEvent[$0] == rises ? ofSteps[steps[$0]].positive : ofSteps[steps[$0]].above }
    let groups = kinds.map { kind in ofRows.indices.filter { isEvent[$0] == kind }.map { ofRows[$0] } }
    guard let clusters else {
      return
        (RadiomicsNumerics.variance(groups[0]) / Double(positives) + RadiomicsNumerics.variance(groups[1])
        / Double(negatives)).squareRoot()
    }
    let centers = groups.map(mean)
    let own = PatientComponents(
      ofRows.indices.map { ofRows[$0] - centers[isEvent[$0] ? 0 : 1] }, isEvent, clusters, center: 0)
    return max(0, own.covariance(with: own)).squareRoot()
  }
}
