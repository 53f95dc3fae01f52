import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Whether markers tell who benefits from a treatment. Each marker is judged by itself.
package struct PredictiveAnalysis: Sendable {
  /// What is asked.
  package struct Options: AsksOfRoles, Sendable {
    /// Who is who.
    package var roles = Roles()
    /// Columns or calculations.
    package var markers: [String] = []
    /// The right side of a formula of what else counts.
    package var adjust: String?
    /// Degrees of freedom of a spline of the marker; nil for a straight line.
    package var spline: Int?
    /// Where the marker is cut into groups.
    package var cuts: [Double] = []
    /// Values of the marker at which the treatment's effect is given, as they stand in the table.
    package var places: [String] = []
    /// Until when risks are computed, if outcomes are times.
    package var horizon: Double?
    /// What is done with patients censored before.
    package var censoring = CensoringRule.remove
    /// Whether chance decided who was treated.
    package var isRandomised = false
    /// One minus the level of confidence.
    package var alpha = 0.05
    /// Samples with replacement for limits of the benefit's summaries; 0 for none.
    package var bootstraps = 0
    /// Where random samples begin.
    package var seed: UInt64 = 1
    /// Threads that samples may use.
    package var lanes = Lanes(jobs: 1)
    /// A straight line, 95 %.
    package init() {}
  }

  /// One marker.
  package struct Marker: Sendable {
    /// Its column.
    package let name: String
    /// Rows used, patients of whom they are, and rows left out as a value is missing.
    package let count: Int, patients: Int, missing: Int
    /// Events.
    package let events: Int
    /// The models.
    package let interaction: TreatmentInteraction
    /// Values of the marker, and the treatment's effect there.
    package let places: Column.Values, effects: [EstimateCell]
    /// The effect over the marker's range; empty for categories.
    package let curve: [(value: Double, effect: EstimateCell)]
    /// In groups by the marker.
    package let subgroups: TreatmentSubgroups
    /// Benefits in risk; nil for times without a horizon, or where the reason says so.
    package let selection: TreatmentSelection?, noSelection: Reason?
    /// Limits of their summaries.
    package let limits: [Statistic]
    /// p of the interaction corrected for the number of markers, by Holm, and by Benjamini and Hochberg.
    package internal(set) var holm = 1.0, benjaminiHochberg = 1.0
  }

  /// The outcome's columns.
  package let outcome: OutcomeColumns
  /// The treatment's column, and what it is in either arm.
  package let treatment: String, control: String, treated: String
  /// What was asked.
  package let options: Options
  /// Rows of the table.
  package let count: Int
  /// One for each marker asked for.
  package let markers: [Marker]
  /// What was noticed.
  package let findings: [Finding]

  /// - Throws: `ModelError` with a sentence that says what must be.
  package init(_ table: Table, _ options: Options) throws(ModelError) {
    guard !options.markers.isEmpty else { throw ModelError.at("predictive", "nothing is asked about, name a marker.") }
    guard let outcome = options.outcome else {
      throw ModelError.at("predictive", "no outcome is named, must be a column of two values, or a time and an event.")
    }
    let trial = try Trial(
      table, outcome, treatment: options.treatment, positive: options.positive, subject: options.subject)
    (self.outcome, self.options, count) = (trial.outcome, options, table.count)
    (treatment, control, treated) = (trial.treatment, trial.control, trial.treated)
    let (judged, failures) = try Self.judged(trial, options)
    markers = Self.adjusted(judged)
    findings =
      failures + Self.remarks(markers, trial, options)
      + OutcomeCoding.guess(treatment, event: treated, named: nil, role: "the treatment")
      + OutcomeCoding.guess(trial.outcome.event, event: markers[0].interaction.frame.event, named: options.positive)
      + table.subjectFindings(
        options.subject, modelled: table.namesClusters(options.adjust))
  }

  /// Each marker by itself; one that has no model takes no other with it.
  private static func judged(_ trial: Trial, _ options: Options) throws(ModelError) -> ([Marker], failures: [Finding]) {
    for name in options.markers {
      var trial = trial
      _ = try trial.add(name)
    }
    var markers: [Marker] = [], failures: [Finding] = [], first: ModelError?
    for name in options.markers {
      do throws(ModelError) {
        markers.append(try Marker(trial, name, options))
      } catch {
        if first == nil { first = error }
        failures.append(Finding(.warning, name, "is left out. \(error.description)"))
      }
    }
    if markers.isEmpty, let first { throw first }
    return (markers, failures)
  }

  /// With P values that hold for all markers together; one without a P is not counted.
  private static func adjusted(_ markers: [Marker]) -> [Marker] {
    var markers = markers
    let known = markers.indices.filter { markers[$0].interaction.p.isFinite }
    let p = known.map { min(1, max(0, markers[$0].interaction.p)) }
    let holm = Multiplicity.holm.adjusted(p), rate = Multiplicity.benjaminiHochberg.adjusted(p)
    for (place, index) in known.enumerated() {
      (markers[index].holm, markers[index].benjaminiHochberg) = (holm[place], rate[place])
    }
    return markers
  }
}

extension PredictiveAnalysis.Marker {
  init(_ trial: Trial, _ text: String, _ options: PredictiveAnalysis.Options) throws(ModelError) {
    interaction = try TreatmentInteraction(trial, marker: text, spline: options.spline, adjust: options.adjust)
    name = interaction.marker
    count = interaction.trial.table.count
    patients = interaction.trial.clusters.patients(count)
    missing = trial.all - count
    events = interaction.frame.outcome.isEvent.count { $0 }
    places = try Self.places(options.places, interaction)
    effects = try interaction.effects(at: places)
    let grid = interaction.grid()
    curve = zip(grid, try interaction.effects(at: .numbers(grid))).map { ($0, $1) }
    subgroups = try TreatmentSubgroups(
      interaction, adjust: options.adjust, cuts: options.cuts, horizon: options.horizon)
    var selection: TreatmentSelection?, reason: Reason?
    if case .survival = trial.outcome, options.horizon == nil {
      reason = "outcomes are times, and there is no horizon until which events count"
    } else {
      do throws(ModelError) {
        // Of the marker alone, in the rows of the model.
        selection = try TreatmentSelection(
          interaction.trial, marker: name, spline: options.spline, horizon: options.horizon, options.censoring)
      } catch {
        reason = Reason(error.sentence)
      }
    }
    (self.selection, noSelection) = (selection, reason)
    limits =
      options.bootstraps > 0
      ? selection?.bootstrap(
        options.bootstraps, seed: options.seed, alpha: options.alpha, on: options.lanes) ?? [] : []
  }

  private static func places(_ texts: [String], _ interaction: TreatmentInteraction) throws(ModelError)
    -> Column.Values
  {
    guard !texts.isEmpty else { return interaction.typicalValues }
    guard case .numbers = interaction.values else { return .categories(texts) }
    var numbers: [Double] = []
    for text in texts {
      guard let number = Double(text), number.isFinite else {
        throw ModelError.at("marker '\(interaction.marker)'", "is asked about at '\(text)', must be a number.")
      }
      numbers.append(number)
    }
    return .numbers(numbers)
  }

  /// The values of the marker at which effects are given, as texts.
  package var placeNames: [String] {
    switch places {
    case .numbers(let numbers): numbers.map { shortText($0 ?? 0, digits: 6) }
    case .categories(let words): words.map { $0 ?? "" }
    }
  }
}

extension ModelError {
  /// Without the full stop, as reasons are.
  var sentence: String { description.hasSuffix(".") ? String(description.dropLast()) : description }
}
