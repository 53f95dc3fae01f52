import RadiomicsCore

extension Finding.Advice {
  /// The advice as what to type.
  var typed: String {
    switch self {
    case .correctOptimism: "Correct it by --bootstrap 200, or name other rows by --validate."
    case .leaveColumnsOut: "Leave columns out, or correct the optimism by --bootstrap 200."
    case .chooseCut: "Name one chosen before by --cut NUMBER."
    case .chooseCutOf(let marker): "Name a cut on its own scale by --cut '\(marker)=NUMBER'."
    case .chooseGroups: "Name a cut chosen before by --cut NUMBER."
    case .sayRandomised: "Say --randomised if it was."
    case .weighCensored: "--censoring weight makes up for them."
    case .nameSheet: "Name the sheet that is meant by --sheet NAME."
    case .nameSubjects: "Name the patients' column by --subject if some have several rows."
    case .takeSubjects(let column, let notClusters):
      "Name the column by --subject \(column)\(notClusters ? " in place of cluster()" : "")."
    }
  }
}

extension [Finding] {
  /// The findings with advice that can be typed.
  var typed: [Finding] { map { $0.worded(\.typed) } }
}
