extension Finding {
  /// What to do about a finding, for whoever says it in words of their own: the command line names options, a program its arguments.
  public enum Advice: Sendable, Hashable {
    /// Correct a model's optimism by samples with replacement, or judge it on other rows.
    case correctOptimism
    /// Leave columns out of a model that fits chance, or correct its optimism.
    case leaveColumnsOut
    /// Name a cut that was chosen before, or on the scale of a marker whose cut divides nobody.
    case chooseCut
    case chooseCutOf(String)
    /// Name the cut of a marker's groups that was chosen before.
    case chooseGroups
    /// Say that a treatment was randomised, if it was.
    case sayRandomised
    /// Weigh patients by the censoring.
    case weighCensored
    /// Name the column of the patients, some of whom may have several rows.
    case nameSubjects
    /// Name the sheet of a workbook that is meant.
    case nameSheet
    /// Name this column as that of the patients; in place of the clusters of a model.
    case takeSubjects(String, notClusters: Bool)

    /// Its name in files: `correct-optimism`.
    package var code: String {
      switch self {
      case .correctOptimism: "correct-optimism"
      case .leaveColumnsOut: "leave-columns-out"
      case .chooseCut, .chooseCutOf: "choose-cut"
      case .chooseGroups: "choose-groups"
      case .sayRandomised: "say-randomised"
      case .weighCensored: "weigh-censored"
      case .nameSubjects, .takeSubjects: "name-subjects"
      case .nameSheet: "name-sheet"
      }
    }

    /// The advice where nobody says it otherwise.
    package var text: String {
      switch self {
      case .correctOptimism: "Correct it by samples with replacement, or judge it on other rows."
      case .leaveColumnsOut: "Leave columns out, or correct the optimism by samples with replacement."
      case .chooseCut: "Name one chosen before."
      case .chooseCutOf: "Name a cut on its own scale."
      case .chooseGroups: "Name a cut chosen before."
      case .sayRandomised: "Say so if it was."
      case .weighCensored: "Weights by the censoring make up for them."
      case .nameSubjects: "Name the patients' column if some have several rows."
      case .nameSheet: "Name the sheet that is meant."
      case .takeSubjects(let column, let notClusters):
        "Name '\(column)' as the patients' column\(notClusters ? " in place of cluster()" : "")."
      }
    }
  }
}
