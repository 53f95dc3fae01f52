import ArgumentParser

/// Who must have sealed a signature.
struct SignedByArgument: ParsableArguments {
  @Option(
    name: .customLong("signed-by"),
    help: ArgumentHelp("The public key (Base64) that must have sealed the signature.", valueName: "key"))
  var key: String?
}
