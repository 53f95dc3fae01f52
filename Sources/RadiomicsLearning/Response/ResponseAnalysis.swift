import RadiomicsCore
import RadiomicsStatistics

/// Response of each subject of a table of lesions, by every criterion that its columns allow.
package struct ResponseAnalysis: Sendable {
  /// One subject's responses.
  package struct Subject: Sendable {
    package let lesions: LesionTable.Subject
    package let recist: Recist, immune: ImmuneRecist
    /// Nil where products or volumes of target lesions are not known at the baseline.
    package let products: ProductResponse?, volumes: VolumeResponse?

    package var name: String { lesions.name }
    /// By RECIST 1.1, until progression; nil without a second visit.
    package var best: ResponseCategory? { recist.visits.isEmpty ? nil : Recist.best(recist.visits.map(\.overall)) }

    /// Change of the sum since the baseline at each later visit, as a share of it; nil where a sum is not known.
    package var changes: [Double?] {
      recist.visits.map { visit in
        recist.baseline == 0 ? nil : visit.sum.map { Double($0 - recist.baseline) / Double(recist.baseline) }
      }
    }

    /// The least of them until progression, that visit included; nil where there is none.
    package var bestChange: Double? {
      let end = recist.visits.firstIndex { $0.overall == .progressive }.map { $0 + 1 } ?? recist.visits.count
      return changes[..<end].compactMap { $0 }.min()
    }
  }

  package let subjects: [Subject]
  /// What the times of visits are.
  package let timeName: String
  package let findings: [Finding]
  /// The rows that were read.
  package let table: Table

  /// - `limits`: Changes of volumes that count.
  /// - Throws: `StudyError` with the place of what cannot be.
  package init(_ table: Table, limits: VolumeResponse.Limits = .init()) throws(StudyError) {
    let lesions = try LesionTable(table)
    subjects = lesions.subjects.map { subject in
      let recist = Recist(subject.lesions, visits: subject.visits.count)
      return Subject(
        lesions: subject, recist: recist, immune: ImmuneRecist(recist),
        products: ProductResponse(subject.lesions, recist), volumes: VolumeResponse(subject.lesions, recist, limits))
    }
    (timeName, findings, self.table) = (lesions.timeName, lesions.findings, table)
  }

  /// Number of subjects by best response.
  package var counts: [(category: ResponseCategory, count: Int)] {
    ResponseCategory.allCases.map { category in (category, subjects.count { $0.best == category }) }
  }
}

extension ResponseAnalysis.Subject {
  /// Why a number or response of a visit is not there; empty where all is.
  /// - `visit`: From 0, the first after the baseline.
  package func reason(_ visit: Int) -> String {
    let found = recist.visits[visit], index = visit + 1
    var reasons: [String] = []
    let targets = lesions.lesions.filter { $0.role == .target }
    if targets.isEmpty { reasons.append("no target lesions") }
    let lost = targets.filter { $0.size(index) == nil }.map { "'\($0.name)'" }
    if !lost.isEmpty {
      let number =
        lost.count == 1 ? "target lesion \(lost[0]) is" : "target lesions \(lost.joined(separator: ", ")) are"
      reasons.append(
        "\(number) not evaluable" + (found.target == .progressive ? ": the others alone reach progression" : ""))
    }
    if found.isReappearance { reasons.append("a target lesion that was gone is back after complete response") }
    if found.sum != nil, found.nadir == 0, !targets.isEmpty {
      reasons.append("the nadir is 0: there is no share of it")
    }
    return reasons.joined(separator: "; ")
  }
}
