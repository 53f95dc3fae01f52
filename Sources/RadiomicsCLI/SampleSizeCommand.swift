import ArgumentParser
import Radiomics
import RadiomicsReport
import RadiomicsStatistics

struct SampleSizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample-size", abstract: "How many patients a prediction model needs, before any are collected.",
    discussion: """
      The criteria of Riley et al. for the development of a model, in the numbers of
      R's pmsampsize, whose names are understood too; and those for its validation
      elsewhere, in the numbers of pmvalsampsize:

        radiomics sample-size binary --parameters 24 --prevalence 0.174 --r2 0.288
        radiomics sample-size binary --parameters 24 --prevalence 0.174 --c 0.8
        radiomics sample-size survival --parameters 30 --rate 0.065 --timepoint 2 \\
          --meanfup 2.07 --r2 0.051
        radiomics sample-size continuous --parameters 25 --r2 0.2 --intercept 1.9 --sd 0.6
        radiomics sample-size validation --prevalence 0.018 --c 0.8 --lpnormal=-5,2.5
        radiomics sample-size validation --incidence 0.3 --timepoint 5 --lpsd 0.8

      Every column that a model could have chosen is a candidate parameter, not only
      those that it keeps.
      """, subcommands: [SampleSizeBinary.self, SampleSizeSurvival.self, SampleSizeContinuous.self, Validation.self])
}

/// What the sizes of all kinds of outcomes share.
struct SampleSizeArguments: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Coefficients that are candidates.", valueName: "number"))
  var parameters: Int
  @Option(name: .long, help: "By what factor coefficients may shrink, to allow for overfitting.") var shrinkage = 0.9
  @OptionGroup var files: NumberFiles
}

/// Where numbers are written that have no figure.
struct NumberFiles: ParsableArguments, NamesFurtherFiles {
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the result here: .csv, .tsv, .xlsx or .json.", valueName: "file"))
  var output: String?
  @Option(name: .long, help: "What is printed when there is no --output.") var format = PrintedFormat.text
  @Option(name: .long, help: ArgumentHelp("Write a page here (.html).", valueName: "file")) var report: String?

  func validate() throws { try checkPage(report) }

  /// Writes the page, and the numbers to a file or to the terminal.
  func write(_ found: Report) throws {
    if let output { _ = try StatisticsFile(output) }
    try found.write(to: output, page: report, format: format)
  }

  func addFiles(to files: inout CommandFiles) { files.written += [Report.provenance(beside: output)].compactMap { $0 } }
}

/// R² of a model of a binary or survival outcome, by either name.
struct CoxSnellArgument: ParsableArguments {
  @Option(
    name: [.customLong("r2"), .customLong("csrsquared")],
    help: ArgumentHelp("Cox and Snell's R² that is expected, adjusted for optimism.", valueName: "number"))
  var r2: Double?
  @Option(
    name: .customLong("nagrsquared"),
    help: ArgumentHelp(
      "Nagelkerke's R² instead; Cox and Snell's from it is rounded to three decimals, as by pmsampsize.",
      valueName: "number"))
  var nagelkerke: Double?

  /// Cox and Snell's.
  /// - `other`: From the C statistic, if that was given.
  func value(largest: Double, or other: Double? = nil, words: String) throws -> Double {
    let given = [r2, nagelkerke.map { ($0 * largest * 1000).rounded() / 1000 }, other].compactMap { $0 }
    guard given.count == 1, let value = given.first else {
      throw ValidationError("there \(given.isEmpty ? "is none" : "are several") of \(words), must be one of them.")
    }
    return value
  }
}

struct SampleSizeBinary: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "binary", abstract: "For a model of an outcome of two values.")

  @Option(name: .long, help: ArgumentHelp("Share of patients with the event.", valueName: "share")) var prevalence:
    Double
  @OptionGroup var expected: CoxSnellArgument
  @Option(
    name: [.customLong("c"), .customLong("cstatistic")],
    help: ArgumentHelp("The C statistic (AUC) that is expected, instead of R².", valueName: "number"))
  var concordance: Double?
  @OptionGroup var size: SampleSizeArguments

  func validate() throws {
    if let concordance, !(concordance > 0.5 && concordance < 1) {
      throw ValidationError("--c: is \(concordance), must be above 0.5 and below 1.")
    }
    guard prevalence > 0, prevalence < 1 else {
      throw ValidationError("--prevalence: is \(prevalence), must be above 0 and below 1.")
    }
  }

  func run() throws {
    let r2 = try expected.value(
      largest: DevelopmentSampleSize.largestRSquared(prevalence: prevalence),
      or: concordance.map { LinearPredictors.coxSnell(concordance: $0, prevalence: prevalence) },
      words: "--r2, --nagrsquared and --c")
    let found = try DevelopmentSampleSize.binary(
      parameters: size.parameters, rSquared: r2, prevalence: prevalence, shrinkage: size.shrinkage)
    try size.files.write(found.report(command: GivenCommand(self)))
  }
}

struct SampleSizeSurvival: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survival", abstract: "For a model of a time until an event.",
    discussion: "All times are in one unit, such as years; the rate is the number of events per unit of follow-up.")

  @Option(name: .long, help: ArgumentHelp("Events per unit of follow-up.", valueName: "number")) var rate: Double
  @Option(name: .long, help: ArgumentHelp("The time for which risks are predicted.", valueName: "time")) var timepoint:
    Double
  @Option(name: .long, help: ArgumentHelp("Mean follow-up of a patient.", valueName: "time")) var meanfup: Double
  @OptionGroup var expected: CoxSnellArgument
  @OptionGroup var size: SampleSizeArguments

  func validate() throws {
    for (name, value) in [("rate", rate), ("timepoint", timepoint), ("meanfup", meanfup)]
    where !(value > 0 && value.isFinite) {
      throw ValidationError("--\(name): is \(value), must be above 0.")
    }
  }

  func run() throws {
    let r2 = try expected.value(
      largest: DevelopmentSampleSize.largestRSquared(rate: rate, meanFollowUp: meanfup), words: "--r2 and --nagrsquared"
    )
    let found = try DevelopmentSampleSize.survival(
      parameters: size.parameters, rSquared: r2, rate: rate, time: timepoint, meanFollowUp: meanfup,
      shrinkage: size.shrinkage)
    try size.files.write(found.report(command: GivenCommand(self)))
  }
}

struct SampleSizeContinuous: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "continuous", abstract: "For a model of a number.")

  @Option(
    name: [.customLong("r2"), .customLong("rsquared")],
    help: ArgumentHelp("R² that is expected, adjusted for optimism.", valueName: "number"))
  var r2: Double
  @Option(
    name: [.customLong("intercept"), .customLong("mean")],
    help: ArgumentHelp("Mean of the outcome.", valueName: "number"))
  var mean: Double
  @Option(name: .long, help: ArgumentHelp("Standard deviation of the outcome.", valueName: "number")) var sd: Double
  @Option(name: .long, help: "By what factor the upper limit of the mean may lie above it.") var mmoe = 1.1
  @OptionGroup var size: SampleSizeArguments

  func run() throws {
    let found = try DevelopmentSampleSize.continuous(
      parameters: size.parameters, rSquared: r2, mean: mean, sd: sd, shrinkage: size.shrinkage, margin: mmoe)
    try size.files.write(found.report(command: GivenCommand(self)))
  }
}

extension SampleSizeCommand {
  struct Validation: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "validation",
      abstract: "For a validation elsewhere, of a model of two values, of a time until an event or of a number.",
      discussion: """
        For two values: --prevalence and --c, and how linear predictors (log odds) will
        be distributed: --lpnormal MEAN,SD, --lpbeta A,B for the shapes of the predicted
        probabilities, or neither for normal ones that follow from the other two.
        For a time: --incidence by --timepoint, and --lpsd, the SD of linear predictors
        (log hazard ratios); hazards are constant, and patients are seen until
        --followup unless they are lost before.
        For a number: --r2, --sd, and --citlciwidth in the outcome's unit.
        """)

    @Option(name: .long, help: ArgumentHelp("Share of patients with the event.", valueName: "share")) var prevalence:
      Double?
    @Option(
      name: [.customLong("c"), .customLong("cstatistic")],
      help: ArgumentHelp("The C statistic that is expected.", valueName: "number"))
    var concordance: Double?
    @Option(name: .long, help: ArgumentHelp("Mean and SD of linear predictors.", valueName: "mean,sd")) var lpnormal:
      String?
    @Option(name: .long, help: ArgumentHelp("Shapes of predicted probabilities.", valueName: "a,b")) var lpbeta: String?
    @Option(name: .long, help: "Observed over expected events.") var oe = 1.0
    @Option(name: .long, help: "Calibration slope.") var cslope = 1.0
    @Option(name: .long, help: "Width of 95 % limits of observed over expected events.") var oeciwidth = 0.2
    @Option(name: .long, help: "Width of 95 % limits of the calibration slope.") var csciwidth = 0.2
    @Option(name: .long, help: "Width of 95 % limits of the C statistic, or of R².") var cstatciwidth = 0.1
    @Option(
      name: .long,
      help: ArgumentHelp("Risk above which patients would be treated: adds the net benefit.", valueName: "risk"))
    var threshold: Double?
    @Option(name: .long, help: "Width of 95 % limits of the net benefit over the prevalence.") var nbciwidth = 0.2
    @Option(
      name: [.customLong("r2"), .customLong("rsquared")],
      help: ArgumentHelp("R² that is expected, of a number.", valueName: "number"))
    var r2: Double?
    @Option(name: .long, help: ArgumentHelp("Standard deviation of a number.", valueName: "number")) var sd: Double?
    @Option(
      name: .long,
      help: ArgumentHelp("Width of 95 % limits of the mean difference from predictions.", valueName: "number"))
    var citlciwidth: Double?
    @Option(
      name: .long,
      help: ArgumentHelp("Share of patients with the event by the timepoint, of a time.", valueName: "share"))
    var incidence: Double?
    @Option(name: .long, help: ArgumentHelp("The time for which risks are predicted.", valueName: "time"))
    var timepoint: Double?
    @Option(name: .long, help: ArgumentHelp("SD of linear predictors of a time.", valueName: "number"))
    var lpsd: Double?
    @Option(name: .long, help: "Share of patients lost before the timepoint.") var lost = 0.0
    @Option(
      name: .long,
      help: ArgumentHelp("Until when patients are seen; without it until the timepoint.", valueName: "time"))
    var followup: Double?
    @OptionGroup var files: NumberFiles

    func validate() throws {
      let asked = [
        prevalence != nil && concordance != nil, incidence != nil && timepoint != nil && lpsd != nil,
        r2 != nil && sd != nil && citlciwidth != nil,
      ]
      guard asked.count(where: { $0 }) == 1 else {
        throw ValidationError(
          "what is asked: must be either --prevalence and --c, or --incidence, --timepoint and --lpsd, or --r2, --sd and --citlciwidth."
        )
      }
      guard lpnormal == nil || lpbeta == nil else {
        throw ValidationError("--lpnormal and --lpbeta: are both given, must be one of them.")
      }
    }

    /// Two numbers with a comma between.
    private func pair(_ text: String, of option: String) throws -> (Double, Double) {
      let numbers = text.split(separator: ",").map { Double($0.filter { $0 != " " }) }
      guard numbers.count == 2, let first = numbers[0], let second = numbers[1] else {
        throw ValidationError("--\(option): is '\(text)', must be two numbers with a comma between.")
      }
      return (first, second)
    }

    func run() throws {
      try files.write(try found().report(command: GivenCommand(self)))
    }

    private func found() throws -> ValidationSampleSize {
      if let incidence, let timepoint, let lpsd {
        var plan = ValidationSampleSize.Survival(
          time: timepoint, incidence: incidence, spread: lpsd, followUp: followup)
        (plan.lost, plan.observedOverExpected) = (lost, oe)
        (plan.ratioWidth, plan.slopeWidth, plan.concordanceWidth) = (oeciwidth, csciwidth, cstatciwidth)
        return try ValidationSampleSize.survival(plan)
      }
      guard let prevalence, let concordance else {
        return try ValidationSampleSize.continuous(
          rSquared: r2!, slope: cslope, sd: sd!, rSquaredWidth: cstatciwidth, slopeWidth: csciwidth,
          differenceWidth: citlciwidth!)
      }
      var predictors = LinearPredictors.concordance(concordance, prevalence: prevalence)
      if let lpnormal {
        let (mean, sd) = try pair(lpnormal, of: "lpnormal")
        predictors = .normal(mean: mean, sd: sd)
      }
      if let lpbeta {
        let (a, b) = try pair(lpbeta, of: "lpbeta")
        predictors = .beta(a, b)
      }
      var plan = ValidationSampleSize.Binary(
        prevalence: prevalence, concordance: concordance, predictors: predictors)
      (plan.observedOverExpected, plan.slope) = (oe, cslope)
      (plan.ratioWidth, plan.slopeWidth, plan.concordanceWidth) = (oeciwidth, csciwidth, cstatciwidth)
      (plan.benefitWidth, plan.threshold) = (nbciwidth, threshold)
      return try ValidationSampleSize.binary(plan)
    }
  }
}
