import RadiomicsCore
import RadiomicsStatistics

extension DevelopmentSampleSize {
  /// How many patients, for people and files; names in files are those of the R package pmsampsize.
  package func report(command: GivenCommand? = nil) -> Report {
    var head = Section("", answer)
    head.facts = [.init("sample_size", .integer(size)), .init("parameters", .integer(parameters))]
    head.quantities = [StatisticGroup("", numbers)]
    head.places = .json
    var shown = Section("", answer), perParameter = eventsPerPatient == nil ? "SPP" : "EPP"
    shown.places = [.text, .page]
    shown.table = TextTable(
      [["criterion", "patients", "shrinkage", perParameter, ""]]
        + criteria.map {
          [
            $0.name, "\($0.size)", shortText($0.shrinkage, digits: 3),
            shortText(self.perParameter($0.size), digits: 3), $0.meaning,
          ]
        }, right: [1, 2, 3])
    perParameter = perParameter.lowercased()
    let each = criteria.map { criterion in
      var section = Section()
      section.places = [.json, .table]
      section.row = criterion.name
      section.facts = [.init("criterion", .text(criterion.name))]
      section.quantities = [
        StatisticGroup(
          "",
          [
            Statistic("sample_size", criterion.size), Statistic("shrinkage", criterion.shrinkage),
            Statistic(perParameter, self.perParameter(criterion.size)),
          ])
      ]
      return section
    }
    var report = Report(
      "Sample size for a prediction model", [head, shown, Section("criteria", listing: each)],
      table: .rows("criterion"), findings: [], provenance: ResultProvenance([], command: command))
    report.question = ["How many patients the development of a prediction model needs at least (Riley et al. 2020)."]
    report.answers = [answer + "."]
    return report
  }

  private var answer: String {
    let events = events.map { " with \(Int(($0 - 1e-9).rounded(.up))) events" } ?? ""
    return "at least \(size) patients\(events) for \(parameters) candidate parameter\(parameters == 1 ? "" : "s")"
  }

  private var numbers: [Statistic] {
    var numbers = [Statistic("rsquared", rSquared)]
    if let events {
      numbers += [
        Statistic("max_r2a", largestRSquared), Statistic("nag_r2", rSquared / largestRSquared),
        Statistic("events", events), Statistic("epp", perParameter(size)),
      ]
    } else {
      numbers.append(Statistic("spp", perParameter(size)))
    }
    if let overall {
      numbers += [
        Statistic("overall", overall.value), Statistic("overall_lower", overall.lower),
        Statistic("overall_upper", overall.upper),
      ]
    }
    return numbers
  }
}

extension ValidationSampleSize {
  /// How many patients, for people and files.
  package func report(command: GivenCommand? = nil) -> Report {
    let events = events.map { " with \(Int(($0 - 1e-9).rounded(.up))) events" } ?? ""
    let answer = "at least \(size) patients\(events)"
    var head = Section("", answer), shown = Section("", answer)
    head.places = .json
    head.facts = [.init("sample_size", .integer(size))]
    head.quantities = self.events.map { [StatisticGroup("", [Statistic("events", $0)])] } ?? []
    shown.places = [.text, .page]
    shown.table = TextTable(
      [["criterion", "patients", "expected", "error", "95 % width", ""]]
        + criteria.map {
          [
            $0.name, "\($0.size)", shortText($0.value, digits: 3), shortText($0.error, digits: 3),
            shortText($0.width, digits: 3), $0.meaning,
          ]
        }, right: [1, 2, 3, 4])
    let each = criteria.map { criterion in
      var section = Section()
      section.places = [.json, .table]
      section.row = criterion.name
      section.facts = [.init("criterion", .text(criterion.name))]
      section.quantities = [
        StatisticGroup(
          "",
          [
            Statistic("sample_size", criterion.size), Statistic("expected", criterion.value),
            Statistic("se", criterion.error), Statistic("width", criterion.width),
          ])
      ]
      return section
    }
    var report = Report(
      "Sample size for an external validation", [head, shown, Section("criteria", listing: each)],
      table: .rows("criterion"), findings: [], provenance: ResultProvenance([], command: command))
    report.question = ["How many patients the validation of a prediction model elsewhere needs at least."]
    report.answers = [answer + "."]
    return report
  }
}
