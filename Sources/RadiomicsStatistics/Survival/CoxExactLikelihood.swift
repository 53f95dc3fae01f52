import RadiomicsCore

extension RiskSets {
  /// The most steps of arithmetic that one evaluation of the exact likelihood may take: less than a second, of which a fit needs some
  /// twenty.
  private static let mostSteps = 3e8

  /// - Throws: `ModelError` if so many events happen at the same time that the exact likelihood would take too long.
  func requireFewTies(columns: Int) throws(ModelError) {
    func cost(_ step: Step) -> Double {
      Double(step.end - step.begin - max(0, step.left - step.leavingBegin)) * Double(step.events)
        * Double((1 + columns) * (1 + columns))
    }
    guard steps.reduce(0, { $0 + cost($1) }) > Self.mostSteps, let worst = steps.max(by: { cost($0) < cost($1) }) else {
      return
    }
    throw ModelError.exactTies(
      "\(worst.events) events at one time among \(worst.end - worst.begin) rows at risk would take too long. Use efron, which is close to "
        + "it where few of those at risk have the event, or record times more finely.")
  }
}

extension CoxLikelihood {
  /// With discrete times: of d events in a risk set the denominator is the sum of products of risks over all subsets of d rows,
  /// that is the elementary symmetric polynomial of degree d, here with its derivatives row by row. Gail, Lubin and Rubinstein
  /// 1981, doi:10.1093/biomet/68.3.703. O(d p²) for each row of each risk set.
  func exactEvaluation(_ coefficients: [Double]) -> Evaluation {
    let predictors = predictors(coefficients)
    var result = Evaluation(
      score: [Double](repeating: 0, count: columns), information: [Double](repeating: 0, count: columns * columns))
    var members: [Int] = [], begin = -1, place = 0
    for step in sets.steps {
      if begin != step.begin { (begin, place, members) = (step.begin, step.begin, []) }
      members += place..<step.end
      place = step.end
      let gone = Set(sets.leaving[step.leavingBegin..<max(step.leavingBegin, step.left)])
      let present = gone.isEmpty ? members : members.filter { !gone.contains($0) }
      for event in step.firstEvent..<step.end {
        result.logLikelihood += predictors[event]
        for j in 0..<columns { result.score[j] += design[event * columns + j] }
      }
      // Risks over their largest: a common factor cancels, as it does in the likelihood.
      let largest = present.reduce(-Double.infinity) { max($0, predictors[$1]) }
      let polynomial = SymmetricPolynomial(
        present.map { exp(predictors[$0] - largest) }, degree: step.events, columns: columns
      ) { row, j in design[present[row] * columns + j] }
      result.logLikelihood -= log(polynomial.value) + Double(step.events) * largest + polynomial.logScale
      for j in 0..<columns {
        let first = polynomial.first[j] / polynomial.value
        result.score[j] -= first
        for i in 0..<columns {
          let other = polynomial.first[i] / polynomial.value
          result.information[j * columns + i] += polynomial.second[j * columns + i] / polynomial.value - first * other
        }
      }
    }
    return result
  }
}

/// The sum of products of all subsets of `degree` values exp(x'β), over exp(`logScale`), and its derivatives by β.
private struct SymmetricPolynomial {
  var value = 0.0, first: [Double], second: [Double], logScale = 0.0

  init(_ values: [Double], degree: Int, columns p: Int, _ design: (_ row: Int, _ column: Int) -> Double) {
    // The polynomials of degrees 0 to d of the rows so far.
    var e = [Double](repeating: 0, count: degree + 1)
    var de = [Double](repeating: 0, count: (degree + 1) * p), dde = [Double](repeating: 0, count: (degree + 1) * p * p)
    e[0] = 1
    for (row, u) in values.enumerated() {
      let x = (0..<p).map { design(row, $0) }
      for k in stride(from: min(degree, row + 1), through: 1, by: -1) {
        for j in 0..<p {
          for i in 0..<p {
            dde[(k * p + j) * p + i] +=
              u
              * (dde[((k - 1) * p + j) * p + i] + x[j] * de[(k - 1) * p + i] + x[i] * de[(k - 1) * p + j] + x[j] * x[i]
                * e[k - 1])
          }
        }
        for j in 0..<p { de[k * p + j] += u * (de[(k - 1) * p + j] + x[j] * e[k - 1]) }
        e[k] += u * e[k - 1]
      }
      // Many subsets of large risk sets would overflow.
      let size = e.max()!
      if size > 1e150 {
        for k in e.indices { e[k] /= size }
        for k in de.indices { de[k] /= size }
        for k in dde.indices { dde[k] /= size }
        logScale += log(size)
      }
    }
    value = e[degree]
    first = Array(de[(degree * p)...])
    second = Array(dde[(degree * p * p)...])
  }
}
