import RadiomicsCore
import RadiomicsNumerics

/// Which rows belong to the same patient: numbers from 0; nil where each row is a patient.
extension [Int]? {
  /// Those of some of the rows.
  package func rows(_ rows: [Int]) -> [Int]? { map { all in rows.map { all[$0] } } }
  /// The number of patients among so many rows.
  package func patients(_ rows: Int) -> Int { map { Set($0).count } ?? rows }
  /// Sums of the rows' influences within patients.
  package func sums(_ influence: [Double]) -> [Double] {
    guard let self else { return influence }
    var sums = [Double](repeating: 0, count: (self.max() ?? -1) + 1)
    for (row, patient) in self.enumerated() { sums[patient] += influence[row] }
    return sums
  }
  /// The variance of an estimate by the rows' influences on it, summed within patients.
  package func variance(of influence: [Double]) -> Double {
    let patients = Double(patients(influence.count))
    return pairwiseSum(sums(influence)) { $0 * $0 } * patients / (patients - 1)
  }
  /// Patients and, where one may have several rows, rows.
  package func counts(_ rows: Int) -> [Statistic] {
    self == nil ? [Statistic("n", rows)] : [Statistic("n", patients(rows)), Statistic("rows", rows)]
  }
}
