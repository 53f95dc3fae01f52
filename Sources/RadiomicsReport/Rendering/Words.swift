/// What the names of files are called on pages. A name that is not listed is taken apart: `hr_ci` is the limits of `hr`, and so on.
private let words: [String: String] = [
  // Counts and the area under the curve.
  "n": "patients or rows", "rows": "rows", "events": "events", "n_pos": "events", "n_neg": "others", "nevent": "events",
  "auc": "area under the curve", "auc1": "first area", "auc2": "second area", "auc0": "area of the base prediction",
  "delta_auc": "gain in area", "pauc": "partial area", "pauc_corrected": "partial area, corrected",
  "var_delong": "variance of the area", "cov_delong": "covariance of the areas", "diff": "difference",
  "hanley_mcneil_se": "standard error by Hanley and McNeil", "D": "Welch's statistic",
  // Cuts.
  "threshold": "cut", "youden_threshold": "cut with the largest Youden index", "youden_sens": "sensitivity at that cut",
  "youden_spec": "specificity at that cut", "youden_J": "Youden index",
  "topleft_threshold": "cut nearest to the corner",
  "TP": "true positives", "FP": "false positives", "FN": "false negatives", "TN": "true negatives",
  "sens": "sensitivity", "spec": "specificity", "ppv": "positive predictive value", "npv": "negative predictive value",
  "lr_pos": "positive likelihood ratio", "lr_neg": "negative likelihood ratio", "dor": "diagnostic odds ratio",
  "mcc": "Matthews correlation", "f1": "F1 score", "est": "estimate",
  "clustered": "limits for patients with several rows",
  "wilson": "Wilson's limits", "wilson_cc": "Wilson's limits with continuity correction",
  "clopper_pearson": "Clopper and Pearson's limits", "agresti_coull": "Agresti and Coull's limits",
  "jeffreys": "Jeffreys' limits",
  // Tests.
  "z": "z", "p": "P", "df": "degrees of freedom", "chisq": "chi-squared", "p_exact": "exact P",
  "lrt_df": "degrees of freedom", "wald_df": "degrees of freedom", "score_df": "degrees of freedom",
  "wald_p": "P by Wald",
  "score_p": "P of the score test", "difference_of_differences": "difference of differences",
  "difference_z": "its z", "difference_p": "its P", "difference_se": "its standard error",
  "mcnemar.b": "positive by the first alone", "mcnemar.c": "positive by the second alone", "c": "concordance",
  "chisq_clustered": "chi-squared, of patients",
  "p_clustered": "P, of patients", "lr_chisq": "likelihood-ratio chi-squared",
  "lrt_chisq": "likelihood-ratio chi-squared",
  "lr_p": "P of the likelihood ratio", "lrt_p": "P of the likelihood ratio", "p_lr": "P of the likelihood ratio",
  "wald_chisq": "Wald's chi-squared", "score_chisq": "score chi-squared", "robust_score": "robust score chi-squared",
  "robust_chisq": "robust chi-squared", "loglik": "log likelihood", "loglik0": "log likelihood of the base model",
  "loglik1": "log likelihood of the extended model", "p_holm": "P by Holm", "p_bh": "P by Benjamini and Hochberg",
  "holm_p": "P by Holm", "bh_p": "P by Benjamini and Hochberg", "p_uncorrected": "P without correction",
  "Q": "Cochran's Q", "gail_simon_stat": "Gail and Simon's statistic", "gail_simon_p": "P by Gail and Simon",
  "gray_stat": "Gray's statistic", "gray_p": "P by Gray", "ph_p": "P of proportional hazards",
  // Calibration and scores.
  "calibration_in_the_large": "calibration in the large", "citl_se": "its standard error", "slope": "calibration slope",
  "intercept_with_slope": "intercept beside the slope", "nagelkerke_R2": "Nagelkerke's R²",
  "test_intercept0_slope1_chisq": "chi-squared of intercept 0 and slope 1", "U_p": "P of miscalibration",
  "O_over_E": "observed over expected", "observed": "observed", "expected": "expected",
  "brier": "Brier score", "brier0": "Brier score of the base prediction",
  "brier1": "Brier score of the extended prediction",
  "brier_difference": "difference of Brier scores", "brier_scaled": "scaled Brier score",
  "brier_null": "Brier score without a prediction", "ibs": "integrated Brier score",
  "ibs_null": "integrated Brier score without a prediction", "log_loss": "logarithmic loss",
  "spiegelhalter_z": "Spiegelhalter's z", "spiegelhalter_p": "P by Spiegelhalter",
  "ICI_lowess": "integrated calibration index", "ICI": "integrated calibration index", "E50": "median miscalibration",
  "E90": "90th percentile of miscalibration", "within_groups": "within groups", "reliability": "reliability",
  "df_external": "degrees of freedom, other data", "p_external": "P, other data", "p_internal": "P, own data",
  "samples": "samples used",
  // Survival.
  "median": "median survival time", "quantiles": "quantiles of survival time", "q_lower": "their lower limits",
  "q_upper": "their upper limits", "time": "time", "times": "times", "n_risk": "at risk", "surv": "survival",
  "std_err": "standard error", "lower": "lower limit", "upper": "upper limit",
  "cumhaz_nelson_aalen": "cumulative hazard by Nelson and Aalen", "se_cumhaz": "its standard error",
  "rmst_tau": "horizon of the restricted mean", "rmst": "restricted mean survival time", "var": "variance",
  "coef": "coefficient", "se": "standard error", "hr": "hazard ratio", "or": "odds ratio",
  "hr_per_sd": "hazard ratio for a standard deviation", "concordance": "concordance", "cut": "cut",
  "n_low": "patients below", "n_high": "patients at or above", "auc_t": "area under the curve at a time",
  "mean_auc": "mean area", "K": "Gönen and Heller's K", "K_smooth": "smooth K", "cif": "cumulative incidence",
  "event_free": "without any event", "cumhaz": "cumulative hazard", "log_rank": "log-rank test",
  "peto": "Peto and Peto's test", "gonen_heller": "Gönen and Heller's concordance", "brier_t": "Brier score",
  "fine_gray": "Fine and Gray's model", "baseline": "baseline", "zph_km_p": "P of proportional hazards",
  "calibration_slope": "calibration slope", "auc_t_first": "area under the curve at a time, of the event coming first",
  "brier_t_first": "Brier score of the event coming first",
  // Treatment.
  "ratio_of_HR": "ratio of hazard ratios", "ratio_of_OR": "ratio of odds ratios", "no_effect_at": "no effect at",
  "prognostic_p_untreated": "P of the marker without treatment",
  "prognostic_p_main_effects": "P of the marker without interaction", "tau": "horizon",
  "prevalence_untreated": "events without treatment", "prevalence_treated": "events with treatment",
  "benefit_mean": "mean benefit", "benefit_var": "variance of benefit",
  "prop_marker_negative_model": "share whom treatment would harm", "theta_model": "gain of treating by the marker",
  "theta_empirical": "gain of treating by the marker, observed", "TG_total_gain": "total gain",
  "average_benefit_pos_model": "benefit of the others", "B_neg_model": "harm of marker-negatives",
  "average_benefit_pos_empirical": "benefit of the others, observed",
  "B_neg_empirical": "harm of marker-negatives, observed", "benefit_quantiles": "quantiles of benefit",
  // Reclassification.
  "nri": "net reclassification improvement", "NRI": "net reclassification improvement",
  "nri_ev": "improvement of events",
  "nri_ne": "improvement of others", "nri_events": "improvement of events", "nri_nonevents": "improvement of others",
  "idi": "integrated discrimination improvement", "c0": "concordance of the base prediction",
  "c1": "concordance of the extended prediction",
  "delta_auc.auc1": "area of the extended prediction", "up_events": "events moved up",
  "down_events": "events moved down",
  "up_nonevents": "others moved up", "down_nonevents": "others moved down", "z_pencina2008": "z by Pencina 2008",
  "p_pencina2008": "P by Pencina 2008", "is_increase_events": "rise among events",
  "ip_increase_nonevents": "fall among others", "discrimination_slope0": "discrimination slope, base",
  "discrimination_slope1": "discrimination slope, extended", "se_full": "standard error, full variance",
  "ci95_full": "95 % limits, full variance", "idi_exact": "improvement without the grid",
  "continuous_nri_half": "half the continuous net reclassification", "median_improvement": "median improvement",
  "NRI+": "improvement of events", "NRI-": "improvement of others", "Pr(Up|Case)": "events moved up",
  "Pr(Down|Case)": "events moved down", "Pr(Down|Ctrl)": "others moved down", "Pr(Up|Ctrl)": "others moved up",
  "nri_cont_km": "continuous improvement by Kaplan and Meier", "nri_cont_ipw": "continuous improvement by weights",
  "ci_diff": "limits of the difference", "icc": "intraclass correlation", "between_sd": "SD between subjects",
  "wcv": "within-subject CV", "rc": "repeatability coefficient", "median icc": "median intraclass correlation",
  // Overlap and distances.
  "dice": "Dice's coefficient", "jaccard": "Jaccard's index", "kappa": "Cohen's kappa",
  "volume_similarity": "similarity of volumes", "precision_b_vs_a": "precision of B", "recall_b_vs_a": "recall of A",
  "n_a": "voxels of A", "n_b": "voxels of B", "intersection": "voxels of both", "union": "voxels of either",
  "hd": "Hausdorff distance", "hd_directed": "directed Hausdorff distances", "mean_offdiag": "mean Dice",
  "calibration0": "calibration of the base prediction", "calibration1": "calibration of the extended prediction",
  "hr_ci": "limits of the hazard ratio", "median_ci": "limits of the median", "ratio_ci": "limits of the ratio",
  "log_rank.observed": "events observed", "log_rank.expected": "events expected", "lr_chisq.p": "P",
  // Groups.
  "calibration": "calibration and scores", "corrected": "corrected for optimism",
  "brier_parts": "parts of the Brier score",
  "hosmer_lemeshow": "Hosmer and Lemeshow's test", "lrt": "likelihood-ratio test",
]

/// Names that are listed.
package var listedNames: [String] { words.keys.sorted() }

/// What a listed name is called on a page.
func word(for name: String) -> String? { words[name] }

/// What the name of a file is called on a page.
/// - `group`: Where it stands; some names mean another thing there.
func label(of name: String, in group: String = "") -> String {
  if let word = words["\(group).\(name)"] { return word }
  if let word = words[name] { return word }
  if let (of, at) = limitsName(name) {
    let what = of.map { $0 == "logit" ? "area, on the logit scale" : label(of: $0) } ?? "the estimate"
    return "limits of \(what == "the estimate" && at == nil ? "the area" : what)"
      + (at.map { $0 == "diff" ? "" : ", \($0)" } ?? "")
  }
  for value in ["ppv", "npv"] where name.hasPrefix(value + "_at_prev_") && name.hasSuffix("pct") {
    return "\(label(of: value)) at \(name.dropFirst(12).dropLast(3)) %"
  }
  for affix in affixes where affix.form != nil {
    if let inner = affix.inner(name) { return affix.form! + label(of: inner) }
  }
  return String(name.map { $0 == "_" ? " " : $0 })
}

/// What stands before or after the name of a statistic and says what of it is meant.
private struct Affix {
  let text: String, isPrefix: Bool
  /// How pages say it; nil where they say it otherwise.
  let form: String?

  init(_ text: String, isPrefix: Bool = false, _ form: String? = nil) {
    (self.text, self.isPrefix, self.form) = (text, isPrefix, form)
  }

  /// The name within; nil of one that has no such part.
  func inner(_ name: String) -> String? {
    guard name.count > text.count, isPrefix ? name.hasPrefix(text) : name.hasSuffix(text) else { return nil }
    return String(isPrefix ? name.dropFirst(text.count) : name.dropLast(text.count))
  }
}

private let affixes = [
  Affix("_se", "standard error of "), Affix("_p", "P of "), Affix("_df", "degrees of freedom of "),
  Affix("_lower", "lower limit of "), Affix("_upper", "upper limit of "),
  Affix("se_", isPrefix: true, "standard error of "), Affix("z_", isPrefix: true, "z of "),
  Affix("p_", isPrefix: true, "P of "), Affix("_z"), Affix("_before"), Affix("_after"), Affix("_session"),
  Affix("_scanner"), Affix("_reader"), Affix("_processing"),
]

/// The name of a statistic without its outermost part that says what of it, where or when: `hr_ci95` → `hr`, `se_idi` → `idi`,
/// `calibration_t124` → `calibration_t`, `lrt.chisq` → `lrt`; nil of a bare name.
package func innerName(of name: String) -> String? {
  if let dot = name.firstIndex(where: { ".:".contains($0) }), name[dot...].dropFirst().first?.isLetter == true {
    return String(name[..<dot])
  }
  if let place = name.firstRange(of: "_at_prev_") { return String(name[..<place.lowerBound]) }
  if let (of, _) = limitsName(name), of != nil || name != "ci" { return of ?? "ci" }
  for affix in affixes { if let inner = affix.inner(name) { return inner } }
  let number = name.reversed().prefix { $0.isNumber || $0 == "." }
  guard !number.isEmpty, case let rest = name.dropLast(number.count), let last = rest.last, "_t".contains(last) else {
    return nil
  }
  return last == "_" ? String(rest.dropLast()) : rest.hasSuffix("_t") ? String(rest) : nil
}

/// What stands before and after `ci` and its level in the name of limits: `auc_ci95_logit`; nil of another name. The last `ci` counts.
private func limitsName(_ name: String) -> (of: String?, at: String?)? {
  let parts = name.split(separator: "_", omittingEmptySubsequences: false)
  func isLimits(_ part: Substring) -> Bool {
    part.hasPrefix("ci") && part.dropFirst(2).allSatisfy { "0123456789.".contains($0) }
  }
  guard let place = parts.lastIndex(where: isLimits) else { return nil }
  func joined(_ parts: ArraySlice<Substring>) -> String? { parts.isEmpty ? nil : parts.joined(separator: "_") }
  return (joined(parts[..<place]), joined(parts[(place + 1)...]))
}
