import RadiomicsCore
import RadiomicsNumerics

/// How rows are drawn again, or held out, so that what is found on some of them can be judged on others. Patients are drawn, held
/// out and weighted whole: rows of one patient never part.
///
/// One rule says which random numbers count: replicate *r* of a seed has a generator of its own,
/// `SeededGenerator(seed:replicate:)`. So replicates can be computed in any order and on any number of lanes with the same result,
/// and the first hundred of a thousand replicates are those of a hundred.
package enum ResamplingDesign: Sendable, Hashable {
  /// So many samples with replacement, of as many patients as there are; the patients not drawn are held out. Efron 1979,
  /// doi:10.1214/aos/1176344552.
  case bootstrap(Int)
  /// So many times each patient gets a weight from the exponential distribution with mean and variance 1, and nobody is held out.
  /// Uno et al. 2013, doi:10.1002/sim.5647.
  case reweighting(Int)
  /// Patients in as many parts of equal size, to within one patient, each part held out once; all that so many times.
  case folds(Int, repeats: Int)
  /// Each patient is held out once.
  case leaveOneOut
  /// Each group of patients, such as a hospital, is held out once.
  case leaveOneGroupOut
  /// A share of patients, rounded and at least one, is held out, so many times.
  case holdOut(share: Double, repeats: Int)
}

extension ResamplingDesign: SettingValue, Documented {
  package static let name = "resampling"
  package static let summary =
    "How rows are drawn again, or held out, so that what is found on some can be judged on others."
  package static var definition: String { "written as \(expectation)" }
  package static let limits = "Patients are drawn, held out and weighted whole: rows of one patient never part."
  package static let reference =
    "Efron 1979, doi:10.1214/aos/1176344552; Uno et al. 2013, doi:10.1002/sim.5647"
  package static var expectation: String {
    "{bootstrap: N}, {reweighting: N}, {folds: N} or {folds: {parts: N, repeats: N}}, leave_one_out, leave_one_group_out, or "
      + "{hold_out: {share: 0 to 1, repeats: N}}"
  }

  package init(setting: Setting) throws(SettingError) {
    switch setting.value {
    case .text("leave_one_out"): self = .leaveOneOut
    case .text("leave_one_group_out"): self = .leaveOneGroupOut
    default:
      guard setting.entries.count == 1, let (key, place, value) = setting.entries.first else {
        throw Self.mismatch(setting)
      }
      switch key {
      case "bootstrap": self = .bootstrap(try Self.count(value))
      case "reweighting": self = .reweighting(try Self.count(value))
      case "folds":
        if case .map = value.value {
          let folds = try Folds(setting: value)
          self = .folds(folds.parts, repeats: folds.repeats)
        } else {
          self = .folds(try Self.count(value, from: 2), repeats: 1)
        }
      case "hold_out":
        let part = try HeldOut(setting: value)
        self = .holdOut(share: part.share, repeats: part.repeats)
      default:
        let known = ["bootstrap", "reweighting", "folds", "leave_one_out", "leave_one_group_out", "hold_out"]
        throw SettingError(
          place: place,
          message: "there is no design '\(key)', must be \(Self.expectation).\(didYouMean(key, among: known))")
      }
    }
  }

  private static func count(_ setting: Setting, from least: Int = 1) throws(SettingError) -> Int {
    let count = try Int(setting: setting)
    guard (least...100_000).contains(count) else {
      throw setting.error("the number is \(count), must be from \(least) to 100000.")
    }
    return count
  }

  package var settingValue: Setting.Value {
    switch self {
    case .bootstrap(let count): .map([.init("bootstrap", .integer(count))])
    case .reweighting(let count): .map([.init("reweighting", .integer(count))])
    case .folds(let parts, 1): .map([.init("folds", .integer(parts))])
    case .folds(let parts, let repeats):
      .map([.init("folds", .map([.init("parts", .integer(parts)), .init("repeats", .integer(repeats))]))])
    case .leaveOneOut: .text("leave_one_out")
    case .leaveOneGroupOut: .text("leave_one_group_out")
    case .holdOut(let share, let repeats):
      .map([.init("hold_out", .map([.init("share", .number(share)), .init("repeats", .integer(repeats))]))])
    }
  }
}

/// `{parts: 10, repeats: 5}`.
private struct Folds: Configurable {
  static let name = "folds"
  static let summary = "Patients in parts of equal size, each held out once."
  static let reference = ResamplingDesign.reference
  static var parameters: [Parameter<Self>] {
    [
      Parameter("parts", \.parts, isRequired: true, in: 2...100_000, "Number of parts."),
      Parameter("repeats", \.repeats, in: 1...100_000, "How often patients are cut anew."),
    ]
  }
  var parts = 10, repeats = 1
}

/// `{share: 0.3, repeats: 100}`.
private struct HeldOut: Configurable {
  static let name = "hold_out"
  static let summary = "A share of patients is held out."
  static let reference = ResamplingDesign.reference
  static var parameters: [Parameter<Self>] {
    [
      Parameter("share", \.share, isRequired: true, in: .leastNonzeroMagnitude...1, "Share of patients held out."),
      Parameter("repeats", \.repeats, in: 1...100_000, "How often they are drawn anew."),
    ]
  }
  var share = 0.3, repeats = 1
}

/// The rows of one replicate.
package struct Replicate: Sendable, Hashable {
  /// The rows that count: drawn ones as often as they were drawn, in the order of the draw; else in the order of the table.
  package let rows: [Int]
  /// The rows that are held out, in the order of the table.
  package let heldOut: [Int]
  /// Weights of `rows`; nil where all are 1.
  package let weights: [Double]?
}

/// All replicates of a design.
package struct Replicates: Sendable {
  /// How rows are drawn.
  package let design: ResamplingDesign
  /// Where random numbers begin.
  package let seed: UInt64
  /// The rows of each patient, and the patients of each group; patients and groups in the order of their first row.
  private let patients: [[Int]], groups: [[Int]]

  /// - `rows`: Number of rows.
  /// - `patients`: A number for each row, equal for rows of the same patient; nil where each row is one.
  /// - `groups`: A number for each row, equal for rows of the same group, for `leaveOneGroupOut`. A patient belongs to the group of
  ///   its first row.
  package init(
    _ design: ResamplingDesign, rows: Int, patients: [Int]? = nil, groups: [Int]? = nil, seed: UInt64
  ) {
    (self.design, self.seed) = (design, seed)
    let members = patients.map(Self.members) ?? (0..<rows).map { [$0] }
    self.patients = members
    self.groups = groups.map { groups in Self.members(members.map { groups[$0[0]] }) } ?? []
  }

  private static func members(_ codes: [Int]) -> [[Int]] {
    var members: [[Int]] = [], place: [Int: Int] = [:]
    for (row, code) in codes.enumerated() {
      if let known = place[code] {
        members[known].append(row)
      } else {
        place[code] = members.count
        members.append([row])
      }
    }
    return members
  }

  /// Number of replicates.
  package var count: Int {
    switch design {
    case .bootstrap(let count), .reweighting(let count), .holdOut(_, let count): max(0, count)
    case .folds(let parts, let repeats): max(0, min(parts, patients.count)) * max(0, repeats)
    case .leaveOneOut: patients.count
    case .leaveOneGroupOut: groups.count
    }
  }

  /// A replicate, by its number from 0.
  package subscript(number: Int) -> Replicate {
    switch design {
    case .bootstrap:
      var generator = SeededGenerator(seed: seed, replicate: number)
      let drawn = patients.indices.map { _ in generator.below(patients.count) }, inside = Set(drawn)
      return Replicate(
        rows: drawn.flatMap { patients[$0] },
        heldOut: patients.indices.filter { !inside.contains($0) }.flatMap { patients[$0] }.sorted(), weights: nil)
    case .reweighting:
      var generator = SeededGenerator(seed: seed, replicate: number)
      var weights = [Double](repeating: 0, count: patients.reduce(0) { $0 + $1.count })
      for rows in patients {
        let weight = -log1p(-generator.uniform())
        for row in rows { weights[row] = weight }
      }
      return Replicate(rows: Array(weights.indices), heldOut: [], weights: weights)
    case .folds(let parts, _):
      // Folds of one repeat cut the same order of patients.
      let parts = min(parts, patients.count), part = number % parts
      let order = shuffled(number / parts), n = patients.count
      return holdingOut(order[part * n / parts..<(part + 1) * n / parts])
    case .leaveOneOut: return holdingOut([number])
    case .leaveOneGroupOut: return holdingOut(groups[number][...])
    case .holdOut(let share, _):
      let held = min(max(1, Int((share * Double(patients.count)).rounded())), max(1, patients.count - 1))
      return holdingOut(shuffled(number)[..<min(held, patients.count)])
    }
  }

  /// All patients in an order that the generator of a number gives. Fisher and Yates, by Durstenfeld 1964,
  /// doi:10.1145/364520.364540.
  private func shuffled(_ number: Int) -> [Int] {
    var generator = SeededGenerator(seed: seed, replicate: number), order = Array(patients.indices)
    for place in order.indices.dropFirst().reversed() { order.swapAt(place, generator.below(place + 1)) }
    return order
  }

  private func holdingOut(_ held: ArraySlice<Int>) -> Replicate {
    let held = Set(held)
    func rows(_ isHeld: Bool) -> [Int] {
      patients.indices.filter { held.contains($0) == isHeld }.flatMap { patients[$0] }.sorted()
    }
    return Replicate(rows: rows(false), heldOut: rows(true), weights: nil)
  }

  /// What is found in each replicate, in the order of their numbers, whatever the number of lanes.
  package func map<Value: Sendable>(on lanes: Lanes, _ body: @Sendable (Replicate) -> Value) -> [Value] {
    lanes.map(count) { body(self[$0]) }
  }
}

extension SeededGenerator {
  /// The generator of one of several replicates: its state is output *replicate* + 1 of the generator whose state is the first
  /// output of the seed's, so that neither neighbouring seeds nor neighbouring replicates share numbers.
  init(seed: UInt64, replicate: Int) {
    var first = SeededGenerator(seed: seed)
    self.init(seed: SeededGenerator.output(UInt64(truncatingIfNeeded: replicate), of: first.next()))
  }
}
