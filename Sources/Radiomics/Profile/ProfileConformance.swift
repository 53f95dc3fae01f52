import RadiomicsCore
import RadiomicsFormats

/// How an acquisition stands to a profile.
public struct ProfileConformance: Sendable {
  /// One condition with what was found.
  public struct Finding: Sendable, Hashable {
    /// The condition.
    public let condition: ProfileCondition
    /// Pass, fail or unknown.
    public let verdict: ProfileCondition.Verdict
    /// What the user says, else the header; nil if neither does.
    public let found: String?
    /// What the header says where the user says something else.
    public let contradiction: String?
  }

  /// The profile.
  public let profile: BiomarkerProfile
  /// One for each condition.
  public let findings: [Finding]

  /// Compares facts with the conditions of a profile.
  /// - `given`: What the user says, the first of a name; it stands before the header.
  /// - `header`: What the image's header says.
  public init(_ profile: BiomarkerProfile, given: [AcquisitionFact], header: [AcquisitionFact]) {
    self.profile = profile
    findings = profile.conditions.map { condition in
      let said = given.first { $0.name == condition.name }, read = header.first { $0.name == condition.name }
      let contradicts = said != nil && read != nil && said?.text.lowercased() != read?.text.lowercased()
      let fact = said ?? read
      return Finding(
        condition: condition, verdict: condition.verdict(fact), found: fact?.text,
        contradiction: contradicts ? read?.text : nil)
    }
  }

  /// Fail if a condition is not met, unknown if nobody knows of one, else pass.
  public var verdict: ProfileCondition.Verdict {
    let verdicts = Set(findings.map(\.verdict))
    return verdicts.contains(.fail) ? .fail : verdicts.contains(.unknown) ? .unknown : .pass
  }

  /// Whether every condition is met; one that nobody knows of is not.
  public var isConforming: Bool { verdict == .pass }

  /// A warning for each condition that is not met, or that user and header tell differently.
  public var warnings: [RadiomicsCore.Finding] {
    findings.compactMap { finding in
      let name = finding.condition.name
      if finding.verdict != .pass {
        let found = finding.found.map { "is \($0)" } ?? "is unknown"
        return .init(
          .warning, name, "\(found), \(profile.title) asks for \(finding.condition.text).",
          advice: finding.found == nil ? .tellFact(name) : nil)
      }
      return finding.contradiction.map {
        .init(.warning, name, "is \(finding.found ?? "") as given, and \($0) by the header. What was given counts.")
      }
    }
  }

  /// For the provenance.
  package var json: Setting.Value {
    .map([
      .init("profile", .text(profile.name)), .init("version", .text(profile.version)),
      .init("conforming", .flag(isConforming)),
      .init(
        "conditions",
        .list(
          findings.map { finding in
            .map(
              [
                .init("condition", .text(finding.condition.name)), .init("must_be", .text(finding.condition.text)),
                .init("found", finding.found.map { .text($0) } ?? .null),
                .init("verdict", .text(finding.verdict.rawValue)),
              ] + (finding.contradiction.map { [.init("header", .text($0))] } ?? []))
          })),
      .init("segmentation", profile.segmentation.map { .text($0) } ?? .null),
    ])
  }
}

extension AcquisitionFact {
  /// `NAME=VALUE`, as a user gives it; nil if it is nothing of the kind.
  public init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
    let text = String(argument[argument.index(after: sign)...])
    guard !text.isEmpty else { return nil }
    self.init(String(argument[..<sign]), text: text)
  }

  /// What a user writes: a number if it is one.
  package init(_ name: String, text: String) { self.init(name, [Double(text).map { .number($0) } ?? .text(text)]) }

  /// Its values, for people.
  var text: String {
    values.map { value in
      switch value {
      case .number(let number): numberText(number)
      case .text(let text): text
      }
    }.joined(separator: ", ")
  }
}
