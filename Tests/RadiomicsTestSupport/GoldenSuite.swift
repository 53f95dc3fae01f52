import Synchronization
import Testing

/// Which suite tests which golden cases, so that a case that none tests is found.
public enum GoldenSuite: String, Sendable, CaseIterable {
  case addedValue, agreement, clusters, cohort, competingRisks, components, cox, derivedReliability, diagnostic,
    distributions, genes
  case harmonisation, landmarks, models, multiplicity, nets, pipeline, predictive, reliability, selection, stacking,
    steps, survival, survivalAccuracy, trees

  /// How the names of its cases begin, by file.
  public var starts: [String: [String]] {
    switch self {
    case .addedValue:
      [
        "f_added_value": [
          "lrt_", "delta_auc", "continuous_", "categorical_", "difference_", "survival_", "survidinri",
        ],
        "n_added_value": [""],
      ]
    case .agreement:
      ["a_segmentation": ["overlap_", "surfel_", "border_", "itk_", "staple_", "majority_vote", "pairwise_dice"]]
    case .clusters: ["u_clusters": [""]]
    case .cohort: ["l_models": ["formula_", "zph_", "concordance_", "crr_", "gray_", "states"]]
    case .competingRisks: ["d_prognostic": ["fine_gray", "gray_test", "aalen"]]
    case .components: ["b_reliability": ["vc_", "mom_"]]
    case .cox: ["d_prognostic": ["cox_", "performance_", "cause_specific"], "d2_survival_python": ["cox"]]
    case .derivedReliability: ["b_reliability": ["derived"]]
    case .diagnostic: ["c_diagnostic": [""], "m_diagnostic": [""], "k_distributions": ["binomial_"]]
    case .distributions: ["k_distributions": ["normal_", "t_", "F", "chi_square", "noncentral_t"]]
    case .genes: ["h_radiogenomics": ["mass_univariate", "all_pairs", "spearman"]]
    case .harmonisation:
      [
        "g_harmonisation": ["combat_", "train_test", "site_effect"], "g2_harmonisation_sva": [""],
        "p_harmonisation": [""],
      ]
    case .landmarks: ["q_landmarks": [""]]
    case .models: ["l_models": ["glm_", "firth_", "cox_", "curve_", "rmst_", "survdiff_"]]
    case .multiplicity: ["k_distributions": ["multiplicity"]]
    case .nets:
      [
        "h_radiogenomics": [
          "enet_gaussian", "enet_logistic", "lasso_gaussian", "ridge_gaussian", "lambda_sequence", "cv_gaussian",
        ],
        "p_nets": [""],
      ]
    case .pipeline: ["h_radiogenomics": ["cv_logistic"], "i_pipeline": ["nested_cv"]]
    case .predictive: ["e_predictive": [""]]
    case .reliability: ["b_reliability": ["icc_", "anova", "ccc", "bland_altman", "qiba"], "o_reliability": [""]]
    case .selection: ["i_pipeline": ["mrmr_", "stability_"]]
    case .stacking: ["i_pipeline": ["stacking"]]
    case .steps: ["r_steps": [""]]
    case .survival:
      [
        "d_prognostic": ["km_", "logrank_", "concordance_"], "d2_survival_python": ["harrell_c"],
        "f_added_value": ["delta_harrell_c", "lrt_cox"],
      ]
    case .trees: ["s_trees": [""]]
    case .survivalAccuracy:
      [
        "d_prognostic": ["uno_c", "gonen", "timeROC", "score_auc", "calibration"],
        "d2_survival_python": ["uno_c", "cumulative_dynamic_auc", "brier"],
      ]
    }
  }

  /// Whether it tests a case.
  public func tests(_ reference: StatisticalReference) -> Bool {
    !reference.isInformative && (starts[reference.file] ?? []).contains { reference.id.hasPrefix($0) }
  }

  /// Its cases.
  public var cases: [StatisticalReference] {
    starts.keys.sorted().flatMap { StatisticalReference.cases($0) }.filter { tests($0) }
  }

  /// Keys of the cases of which a value was compared.
  static let compared = Mutex<Set<String>>([])
}

/// A suite that compares a value of each of its golden cases, or fails.
public struct GoldenTrait: SuiteTrait, TestScoping {
  let suite: GoldenSuite

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await function()
    // Of a suite that runs in part only, some are not compared.
    guard Set(CommandLine.arguments).isDisjoint(with: ["--filter", "--skip"]) else { return }
    let compared = GoldenSuite.compared.withLock { $0 }
    let missing = suite.cases.map(\.key).filter { !compared.contains($0) }
    if !missing.isEmpty { Issue.record("no value was compared of \(missing.joined(separator: ", "))") }
  }
}

extension SuiteTrait where Self == GoldenTrait {
  /// The suite tests the golden cases that `suite` names, those of the reference data where it is there.
  public static func golden(_ suite: GoldenSuite) -> Self { GoldenTrait(suite: suite) }
}
