import RadiomicsCore
import RadiomicsStatistics

extension ReliabilityReport {
  /// How far features can be trusted, for people and files.
  package func report(command: GivenCommand? = nil) -> Report {
    var report = Report(
      "Reliability of \(features.count) feature\(features.count == 1 ? "" : "s")", sections, table: .rows("feature"),
      findings: findings,
      provenance: ResultProvenance(ResultProvenance.Input.files(of: table.table, used: table.count), command: command))
    report.question = [
      "How far features can be trusted: how much of what differs between rows differs between subjects, and how much is error.",
      rowsText + ". Intervals have a confidence of \(percentText(1 - analysis.alpha)).",
    ]
    report.answers = answers
    report.figure = { heatmap() }
    report.caption = "One row for each feature; dark is good, for shares of variance dark is much."
    return report
  }

  private var rowsText: String {
    let conditions = analysis.conditions.roles.map { "\($0.factor.levels.count) \($0.role.rawValue)s" }
    return
      "\(table.count) rows, \(analysis.conditions.subject.levels.count) subjects"
      + (conditions.isEmpty ? "" : ", " + conditions.joined(separator: ", "))
      + "; components \((analysis.terms + ["Residual"]).joined(separator: ", ")) by \(analysis.method.rawValue)"
  }

  /// What was found, in plain words.
  private var answers: [String] {
    let known = features.compactMap { $0["icc"]?.value }.sorted()
    guard !known.isEmpty else { return ["No feature has an intraclass correlation."] }
    let median = (known[(known.count - 1) / 2] + known[known.count / 2]) / 2, good = known.count { $0 >= 0.75 }
    let all =
      "The median intraclass correlation of \(known.count) feature\(known.count == 1 ? "" : "s") is "
      + "\(shortText(median, digits: 3)), from \(shortText(known[0], digits: 3)) to \(shortText(known[known.count - 1], digits: 3)); "
      + "\(good) reach 0.75."
    let kept = keptCount.map {
      "\($0) of \(features.count) features are kept by \(requirements.map(\.description).joined(separator: " and "))."
    }
    return [all] + [kept].compactMap { $0 }
  }

  private var sections: [Section] {
    var head = Section("", rowsText)
    head.places = .text
    head.sentences = Set(features.compactMap(\.difference)).map(\.description).sorted().map {
      "bias, shifts and limits of agreement: \($0)"
    }
    var each = Section(isNewBlock: true, title: "Features")
    each.places = [.text, .page]
    each.table = TextTable(featureRows, right: Set(1...8))
    var dashes = Section(isNewBlock: true, title: "")
    dashes.places = [.text, .page]
    dashes.sentences = dashReasons
    return [head, facts, each, dashes] + (summaries.count > 1 ? [familiesForPeople] : []) + [
      families, Section("features", listing: features.indices.map(section)),
    ]
  }

  private var facts: Section {
    let conditions = analysis.conditions.roles.map { role in
      Setting.Value.Entry(role.role.rawValue, .integer(role.factor.levels.count))
    }
    var section = Section()
    section.places = .json
    section.facts = [
      .init("table", .text(table.path)), .init("rows", .integer(table.count)),
      .init("subjects", .integer(analysis.conditions.subject.levels.count)), .init("conditions", .map(conditions)),
      .init("components", .list((analysis.terms + ["Residual"]).map { .text($0) })),
      .init("method", .text(analysis.method.rawValue)), .init("confidence", .number(1 - analysis.alpha)),
      .init("columns_tested", .integer(features.count)),
    ]
    guard let keptCount else { return section }
    section.facts += [
      .init("require", .list(requirements.map { .text($0.description) })), .init("columns_kept", .integer(keptCount)),
    ]
    return section
  }

  /// All features have a noise floor or its reason, or none has.
  private var hasPhantom: Bool { features.first?["noise_floor"] != nil }

  private var featureRows: [[String]] {
    let head =
      [
        "feature", "icc", "lower", "upper", "between_sd", "min", "max", "wcv", "rc", "unit", "largest error", "",
      ] + (hasPhantom ? ["noise floor"] : [])
    return [head]
      + features.enumerated().map { index, feature in
        let numbers = ["icc", "icc_lower", "icc_upper", "between_sd", "min", "max", "wcv", "rc"].map { name in
          feature[name]?.value.map { shortText($0, digits: 3) } ?? "-"
        }
        let dominant = feature.dominantError.map { name in
          "\(name) \(shortText(100 * (feature["share.\(name)"]?.value ?? 0), digits: 2)) %"
        }
        let verdict = verdicts.map { $0[index].isKept ? "keep" : "drop: " + $0[index].reasons[0] }
        let why = feature["icc"]?.reason.map { "(\($0))" }
        return [feature.column.name] + numbers
          + [feature.column.unit == "1" ? "" : feature.column.unit, dominant ?? "-", verdict ?? why ?? ""]
          + (hasPhantom ? [feature["noise_floor"]?.value.map { shortText($0, digits: 2) } ?? "-"] : [])
      }
  }

  /// Why numbers of the table are missing; the reason of an icc without verdict stands in its row.
  private var dashReasons: [String] {
    ["icc", "icc_lower", "between_sd", "wcv", "rc"].flatMap { name -> [String] in
      var names: [Reason: [String]] = [:]
      for feature in features {
        let isSaid = name == "icc" ? verdicts == nil : name == "icc_lower" && feature["icc"]?.value == nil
        if isSaid { continue }
        if let reason = feature[name]?.reason { names[reason, default: []].append(feature.column.name) }
      }
      let order = Dictionary(uniqueKeysWithValues: features.enumerated().map { ($1.column.name, $0) })
      return names.sorted { order[$0.value[0]]! < order[$1.value[0]]! }.map { reason, features in
        let others = features.count - 1
        return
          "\(name) of '\(features[0])'\(others > 0 ? " and \(others) other\(others == 1 ? "" : "s")" : "") is -: \(reason.text)."
      }
    }
  }

  private var familiesForPeople: Section {
    let lines = summaries.map { summary in
      [summary.group, "\(summary.count)", shortText(summary.median, digits: 3)] + (summary.kept.map { ["\($0)"] } ?? [])
    }
    var section = Section(isNewBlock: true, title: "Families")
    section.places = [.text, .page]
    section.table = TextTable(
      [["family, filter", "columns", "median icc"] + (verdicts == nil ? [] : ["kept"])] + lines, right: [1, 2, 3])
    return section
  }

  private var families: Section {
    let each = summaries.map { summary in
      var section = Section()
      section.places = .json
      section.facts =
        [
          .init("family", .text(summary.group)), .init("columns", .integer(summary.count)),
          .init("median_icc", .number(summary.median)),
        ] + (summary.kept.map { [.init("kept", .integer($0))] } ?? [])
      return section
    }
    return Section("families", listing: each)
  }

  private func section(_ index: Int) -> Section {
    let feature = features[index], column = feature.column, verdict = verdicts?[index]
    var section = Section()
    section.places = [.json, .table]
    section.row = column.name
    section.rowTexts = [
      ("unit", column.unit), ("scale", column.scale?.rawValue ?? ""), ("icc_form", feature.form),
      ("dominant_error", feature.dominantError ?? ""), ("difference", feature.difference?.description ?? ""),
    ]
    section.facts = [
      .init("feature", .text(column.name)), .init("unit", .text(column.unit)),
      .init("scale", column.scale.map { .text($0.rawValue) } ?? .null), .init("icc_form", .text(feature.form)),
      .init("dominant_error", feature.dominantError.map { .text($0) } ?? .null),
      .init("difference", feature.difference.map { .text($0.description) } ?? .null),
    ]
    if let verdict {
      let word = verdict.isKept ? "keep" : "drop"
      section.rowTexts += [("verdict", word), ("reason", verdict.reasons.joined(separator: "; "))]
      section.facts += [
        .init("verdict", .text(word)), .init("verdict_reasons", .list(verdict.reasons.map { .text($0) })),
      ]
    }
    section.quantities = feature.groups
    return section
  }
}
