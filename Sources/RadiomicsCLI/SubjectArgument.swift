import ArgumentParser

/// Whose rows they are, where patients have several.
struct SubjectArgument: ParsableArguments {
  @Option(
    name: .customLong("subject"),
    help: ArgumentHelp(
      "The column that names the patients, where some have several rows: patients are counted, and errors allow for it.",
      valueName: "column"))
  var column: String?
}
