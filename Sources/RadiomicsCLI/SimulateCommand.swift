import ArgumentParser
import Radiomics
import RadiomicsRuns

struct SimulateCommand: ParsableCommand, MakesFolders {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Phantoms whose true values and variance components are known.",
    discussion: """
      A plan says how many subjects, sessions and scanners there are and how much each
      adds to the mean; noise, its power spectrum, texture and reconstruction kernels:

        kind: lesions               # or uniform; readings: a table without images;
                                    # longitudinal: lesions under treatment
        subjects: 12
        sessions: 2
        scanners: 3
        variance: {subject: 100, subject:session: 4, scanner: 9, residual: 1}
        noise: 12
        spectrum: [[0, 0], [0.2, 1], [0.5, 0.2]]
        kernels: [soft, sharp]

      'radiomics describe simulation' lists all keys. The whole chain, with its truth:

        radiomics simulate plan.yaml -o phantoms
        radiomics extract phantoms/cohort.csv --recipe phantoms/recipe.yaml -o f.csv
        radiomics reliability f.csv --session session --scanner scanner \\
          --truth true_mean --components subject,subject:session,scanner
      """)

  @Argument(help: "The plan, a YAML file.") var plan: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder for images and cohort.csv; for readings the table (.csv).", valueName: "folder or file"))
  var output: String
  @Option(name: .long, help: ArgumentHelp("Seed, instead of the plan's.", valueName: "number")) var seed: Int?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Threads; without it as many as this process may use.", valueName: "number")
  )
  var jobs: Int?
  @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

  func validate() throws {
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
    if let seed, seed < 0 { throw ValidationError("--seed: is \(seed), must be a whole number from 0.") }
  }

  func run() throws {
    var simulation = try SimulationPlan(yaml: WholeFile.text(of: plan), file: plan)
    simulation.seed = seed ?? simulation.seed
    guard simulation.kind != .readings else {
      guard CSV.ending(of: output) != nil else {
        throw ValidationError("\(output): readings are a table, its name must end in .csv, .tsv or .xlsx.")
      }
      let table = try simulation.table()
      try table.write(to: output)
      if !quiet { Terminal.report("\(output): \(table.rows.count) rows, \(simulation.columns) features") }
      return
    }
    if Folder.exists(output), try !Folder.names(in: output, hidden: true).isEmpty {
      throw ValidationError("\(output): is a folder with files in it, must be a new one.")
    }
    if simulation.kind == .longitudinal {
      let cohort = try LongitudinalCohort(simulation)
      try cohort.write(to: output, lanes: Lanes(jobs: jobs ?? JobCount.preset)) { done, count in
        if !quiet, done == count || done % 50 == 0 { Terminal.report("\(done) of \(count) images") }
      }
      if !quiet { Terminal.report("\(output)/cohort.csv: \(cohort.scans.count) scans") }
      return
    }
    let cohort = try SimulatedCohort(simulation), count = cohort.examinations.count
    try cohort.write(to: output, lanes: Lanes(jobs: jobs ?? JobCount.preset)) { done in
      if !quiet, done == count || done % 50 == 0 { Terminal.report("\(done) of \(count) images") }
    }
    if !quiet { Terminal.report("\(output)/cohort.csv: \(count) examinations") }
  }
}
