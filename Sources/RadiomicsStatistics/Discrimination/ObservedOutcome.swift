import RadiomicsCore
import RadiomicsNumerics

/// What came of rows: predictions are held against it.
package enum ObservedOutcome: Sendable, Hashable {
  /// Whether the event happened; a larger prediction makes it likelier.
  case events([Bool])
  /// When it happened; a larger prediction makes it earlier.
  case times(SurvivalTimes)
  /// When which of several events happened; a larger prediction makes event 1 likelier and earlier.
  case competing(CompetingTimes)
  /// A number, in its unit; a larger prediction makes it larger.
  case numbers([Double])

  /// Number of rows.
  package var count: Int {
    switch self {
    case .events(let isEvent): isEvent.count
    case .times(let times): times.count
    case .competing(let times): times.count
    case .numbers(let numbers): numbers.count
    }
  }

  /// Number of events; nil of numbers.
  package var events: Int? {
    switch self {
    case .events(let isEvent): isEvent.count { $0 }
    case .times(let times): times.events
    case .competing(let times): times.events(of: 1)
    case .numbers: nil
    }
  }

  /// Rows of which observation ends by the event; nil where there are no times.
  var eventRows: [Int]? {
    switch self {
    case .times(let times): times.stop.indices.filter { times.isEvent[$0] }
    case .competing(let times): times.stop.indices.filter { times.kinds[$0] == 1 }
    case .events, .numbers: nil
    }
  }

  /// Its numbers; nil of events.
  var numbers: [Double]? { if case .numbers(let numbers) = self { numbers } else { nil } }

  /// Some of the rows.
  package func rows(_ rows: [Int]) -> ObservedOutcome {
    switch self {
    case .events(let isEvent): .events(rows.map { isEvent[$0] })
    case .times(let times): .times(times.rows(rows))
    case .competing(let times): .competing(times.rows(rows))
    case .numbers(let numbers): .numbers(rows.map { numbers[$0] })
    }
  }

  /// Times of which the same pairs can be compared in the same sense, so that one count of pairs serves every outcome: events end
  /// before all others; the largest number ends first; who had another event is seen for ever without event 1.
  var comparable: SurvivalTimes {
    let times: SurvivalTimes?
    switch self {
    case .events(let isEvent): times = try? SurvivalTimes(stop: isEvent.map { $0 ? 1 : 2 }, isEvent: isEvent)
    case .times(let own): times = own
    case .competing(let own):
      let end = (own.stop.max() ?? 0) + 1
      times = try? SurvivalTimes(
        stop: zip(own.anyEvent.stop, own.kinds).map { $1 > 1 ? end : $0 }, isEvent: own.kinds.map { $0 == 1 })
    case .numbers(let numbers):
      times = try? SurvivalTimes(stop: RankTree.ranks(numbers).map { -Double($0) }, isEvent: numbers.map { _ in true })
    }
    guard let times else { preconditionFailure("ones, twos and ranks are times") }
    return times
  }
}
