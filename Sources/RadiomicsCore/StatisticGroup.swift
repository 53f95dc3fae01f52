/// Statistics that belong together, or the reason why there are none.
public struct StatisticGroup: Sendable, Hashable {
  /// Key in JSON and beginning of names in tables; empty for what stands at the top.
  public let name: String
  /// What was computed.
  public let statistics: [Statistic]
  /// Why nothing was.
  public let reason: Reason?

  /// What was computed.
  public init(_ name: String, _ statistics: [Statistic]) {
    (self.name, self.statistics, reason) = (name, statistics, nil)
  }
  /// Why nothing was.
  public init(_ name: String, _ reason: Reason) { (self.name, statistics, self.reason) = (name, [], reason) }
}

extension [StatisticGroup] {
  /// Entries of a JSON object: one for each group, or for each statistic of a group without a name.
  package var json: [Setting.Value.Entry] {
    flatMap { group -> [Setting.Value.Entry] in
      if group.name.isEmpty { return group.statistics.json }
      let reason = group.reason.map { Setting.Value.map([.init("reason", .text($0.text))]) }
      return [.init(group.name, reason ?? .map(group.statistics.json))]
    }
  }
}
