import RadiomicsStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The coefficient of one covariate in a Cox model with Efron's ties, by Newton's method, for tests that need no more.
func coxSlope(_ covariate: [Double], _ times: SurvivalTimes) -> (coefficient: Double, error: Double) {
  let order = times.stop.indices.sorted { times.stop[$0] > times.stop[$1] }
  let center = covariate.reduce(0, +) / Double(covariate.count), x = covariate.map { $0 - center }
  var slope = 0.0, information = 0.0
  for _ in 0..<50 {
    var score = 0.0, start = 0
    var risk = (zero: 0.0, first: 0.0, second: 0.0)
    information = 0
    while start < order.count {
      let end = order[start...].firstIndex { times.stop[$0] != times.stop[order[start]] } ?? order.count
      var dead = (zero: 0.0, first: 0.0, second: 0.0), count = 0
      for row in order[start..<end] {
        let weight = exp(slope * x[row]), (first, second) = (weight * x[row], weight * x[row] * x[row])
        risk = (risk.zero + weight, risk.first + first, risk.second + second)
        if times.isEvent[row] {
          dead = (dead.zero + weight, dead.first + first, dead.second + second)
          score += x[row]
          count += 1
        }
      }
      for index in 0..<count {
        let part = Double(index) / Double(count), zero = risk.zero - part * dead.zero
        let mean = (risk.first - part * dead.first) / zero
        score -= mean
        information += (risk.second - part * dead.second) / zero - mean * mean
      }
      start = end
    }
    slope += score / information
    if abs(score) < 1e-11 { break }
  }
  return (slope, 1 / information.squareRoot())
}
