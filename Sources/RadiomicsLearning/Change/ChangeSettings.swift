import RadiomicsCore
import RadiomicsStatistics

/// What each scan is compared with.
package enum ChangeReference: String, ChoiceSetting {
  /// The first scan.
  case baseline
  /// The scan before.
  case previous
  /// The smallest before, the first included; of sizes only.
  case nadir
}

/// Until when subjects were seen, as rows for models of survival need it.
package struct FollowUp: Sendable, Hashable {
  /// What is made of it.
  package enum Form: Sendable, Hashable {
    /// One row for whoever is alive and scanned twice by a time, which is counted from there on.
    case landmark(Double)
    /// A row for each interval between scans, with what was known before it.
    case startStop
  }
  package var form: Form
  /// Columns of the end of observation, on the scale of the scans' times, and of the event that ends it.
  package var end: String, event: String
  /// The column of the time from which times count; nil for the subject's first scan.
  package var origin: String?

  package init(_ form: Form, end: String, event: String, origin: String? = nil) {
    (self.form, self.end, self.event, self.origin) = (form, end, event, origin)
  }
}

/// How scans of subjects are compared over time.
package struct ChangeSettings: Configurable {
  package static let name = "delta"
  package static let summary =
    "The change of features between scans of a subject, against the error of measurement; slope and area over time."
  package static let definition =
    "absolute = to − from; relative = (to − from) / |from|; log_ratio = log(to / from); verdict by t(0.975, df) √2 wSD"
  package static let limits =
    "A change beyond the error is no response yet: heterogeneity rises where a lesion merely shrinks. Subjects chosen for high "
    + "baselines come back towards the mean."
  package static let reference =
    "Raunig et al. 2015, doi:10.1177/0962280214537344; Anderson, Cain and Gelber 1983, doi:10.1200/JCO.1983.1.11.710"
  package static var parameters: [Parameter<Self>] {
    [
      Parameter("subject", \.subject, "The column that names the subjects."),
      Parameter("lesion", \.lesion, "The column that names lesions, the same at every scan of a subject."),
      Parameter("time", \.time, "The column of scans' times: dates, numbers, or words whose order is given."),
      Parameter("order", \.order, "Words of the time in their order, the first scan first."),
      Parameter("scanner", \.scanner, "The column that tells devices apart."),
      Parameter("reference", \.reference, "What each scan is compared with."),
      Parameter(
        "horizon", \.horizon, in: .positive,
        "Time from the first scan over which areas go; the shortest of all without it."
      ),
      .confidence(\.confidence),
    ]
  }

  package var subject = "subject", lesion: String?, time = "timepoint", order: [String] = [], scanner: String?
  package var reference = ChangeReference.baseline
  package var horizon: Double?
  package var confidence = 0.95
  /// What is made for models of survival; nil for the changes themselves.
  package var followUp: FollowUp?

  /// Change from the first scan.
  package init() {}

  package var alpha: Double { 1 - confidence }

  /// All columns that say who was scanned when: no features.
  package var columns: [String] {
    [subject, lesion, time, scanner, followUp?.end, followUp?.event, followUp?.origin].compactMap { $0 }
  }
}
