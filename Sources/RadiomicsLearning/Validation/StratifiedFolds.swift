import RadiomicsNumerics

/// Patients dealt into parts of equal size, to within one, so that each part has its share of every stratum, to within one: those
/// of a stratum are shuffled and dealt one to each part in turn, the next stratum going on where the one before ended. Kohavi
/// 1995, IJCAI, 1137–1143.
/// - `patients`: A number for each row, equal for rows of the same patient, which are in the same part.
/// - `strata`: A number for each row; a patient belongs to the largest of its rows'.
/// - `replicate`: Which of several ways to deal.
/// - Returns: The part of each row, from 0.
package func stratifiedFolds(
  _ parts: Int, patients: [Int], strata: [Int], seed: UInt64, replicate: Int = 0
) -> [Int] {
  var stratum: [Int: Int] = [:], order: [Int] = []
  for (patient, own) in zip(patients, strata) {
    if stratum[patient] == nil { order.append(patient) }
    stratum[patient] = max(stratum[patient] ?? own, own)
  }
  var generator = SeededGenerator(seed: seed, replicate: replicate), part: [Int: Int] = [:]
  let named = order.map { (patient: $0, stratum: stratum[$0]!) }
  for code in Set(named.map(\.stratum)).sorted() {
    var members = named.filter { $0.stratum == code }.map(\.patient)
    for place in members.indices.dropFirst().reversed() { members.swapAt(place, generator.below(place + 1)) }
    for member in members { part[member] = part.count % parts }
  }
  return patients.map { part[$0]! }
}
