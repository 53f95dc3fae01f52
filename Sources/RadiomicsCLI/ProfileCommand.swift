import ArgumentParser
import Radiomics
import RadiomicsDICOM

/// A profile, and what the user says of the acquisition.
struct ProfileArguments: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Measure as this biomarker profile prescribes: conformance, and values with their uncertainty.", valueName: "file"
    ))
  var profile: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --profile: what no header says, such as tube_voltage_kv=120; may be repeated.", valueName: "name=value"))
  var fact: [String] = []

  func validate() throws {
    for text in fact where AcquisitionFact(argument: text) == nil {
      throw ValidationError("--fact: is '\(text)', must be name=value, such as tube_voltage_kv=120.")
    }
    if !fact.isEmpty, profile == nil {
      throw ValidationError("--fact: needs --profile FILE, whose conditions it answers.")
    }
  }

  private var facts: [AcquisitionFact] { fact.compactMap(AcquisitionFact.init(argument:)) }

  /// The profile, if one was named, applied to what is measured.
  func applied(to recipe: @autoclosure () throws -> Recipe, refuses: Bool) throws -> AppliedProfile? {
    guard let path = profile else { return nil }
    let profile = try BiomarkerProfile(yaml: WholeFile.text(of: path), file: path)
    return try AppliedProfile(profile, to: recipe(), facts: facts, refuses: refuses)
  }
}

extension AppliedProfile {
  /// Says which conditions are not met, and ends there if such a case is refused.
  func report(_ conformance: ProfileConformance, _ messages: MessageArguments) throws {
    guard refuses, !conformance.isConforming else { return messages.report(conformance.warnings) }
    for finding in conformance.warnings.typed { Terminal.report("error: \(finding.place): \(finding.message)") }
    Terminal.report("error: the case does not conform to \(profile.title); nothing was measured (--strict).")
    throw ExitCode.notMet
  }
}

extension ProfiledResult {
  /// The quantities with their uncertainty: among the results, or beside a table on the error stream.
  func show(onTerminal: Bool) throws {
    let conforms = conformance.isConforming ? "conforms" : "DOES NOT CONFORM"
    var text = "\n\(conformance.profile.title): \(conforms)\n"
    for value in values { text += "region \(value.region)  \(value.quantity.column)  \(value.text)\n" }
    if onTerminal { try Terminal.show(text) } else { Terminal.report(String(text.dropFirst().dropLast())) }
  }
}

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Biomarker profiles: what is measured, how, under which conditions, how far it repeats.",
    discussion: """
      A profile makes a feature a quantity:

        name: ct-nodule-mean
        version: 1
        measurands:
          - column: stat_mean
            feature: Q4LE                 # IBSI code or tag
            unit: HU
            fingerprint: 1f0c6a…          # of the column: 'profile check' prints it
            claim: { rc: 4.2, source: "Smith 2024, doi:…", range: [-100, 100] }
        conditions:                       # names as in the provenance
          modality: CT
          tube_voltage_kv: { value: 120, tolerance: 5 }
          slice_thickness_mm: { at_most: 2.5 }
          reconstruction_kernel: { one_of: [B30f, B31f] }
        segmentation: outlined by one trained reader

      claim takes rc or wsd (in the unit), or wcv (a fraction) or pct_rc where errors
      grow with the value. 'radiomics extract … --profile FILE' measures by it.
      """,
    subcommands: [Check.self, Schema.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Whether a profile is valid, fits a recipe, and an acquisition conforms.")
    @Argument(help: "The profile, a YAML file.") var profile: String
    @Option(
      name: .long,
      help: ArgumentHelp("The recipe: compares columns, units and fingerprints.", valueName: "file or preset"))
    var recipe: String?
    @Option(
      name: .long, help: ArgumentHelp("An image: compares its acquisition with the conditions.", valueName: "image"))
    var image: String?
    @Option(name: .long, help: ArgumentHelp("What no header says; may be repeated.", valueName: "name=value"))
    var fact: [String] = []
    @OptionGroup var series: SeriesArguments

    func validate() throws {
      for text in fact where AcquisitionFact(argument: text) == nil {
        throw ValidationError("--fact: is '\(text)', must be name=value, such as tube_voltage_kv=120.")
      }
    }

    func run() throws {
      let read = try BiomarkerProfile(yaml: WholeFile.text(of: profile), file: profile)
      var rows = [["measurand", "feature", "unit", "claim"]]
      for quantity in read.quantities {
        rows.append([
          quantity.column, quantity.feature, quantity.unit, quantity.claim?.basis(unit: quantity.unit) ?? "none",
        ])
      }
      try Terminal.show("\(read.title): valid\n" + Terminal.columns(rows))
      if let recipe {
        let recipe = try RecipeOption.read(recipe)
        for quantity in read.quantities {
          if let column = recipe.columns.first(where: { $0.column == quantity.column }) {
            try Terminal.show("\(quantity.column): fingerprint \(column.fingerprint)\n")
          }
        }
        if let mismatch = read.mismatch(recipe) {
          Terminal.report("error: \(mismatch)")
          throw ExitCode.notMet
        }
      }
      let facts = fact.compactMap(AcquisitionFact.init(argument:))
      guard image != nil || !facts.isEmpty else { return }
      var reading = Study.Options()
      reading.series = series.options
      let stored = try image.map { try StudyReader(options: reading, sources: [try series.dicom()]).image($0) }
      let conformance = ProfileConformance(read, given: facts, header: stored?.acquisition ?? [])
      try Terminal.show(
        Terminal.columns(
          [["condition", "must be", "found", ""]]
            + conformance.findings.map { [$0.condition.name, $0.condition.text, $0.found ?? "-", $0.verdict.rawValue] })
      )
      if !conformance.isConforming { throw ExitCode.notMet }
    }
  }

  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "schema", abstract: "The JSON Schema of profiles, for editors.")
    func run() throws { try Terminal.show(BiomarkerProfile.schema) }
  }
}
