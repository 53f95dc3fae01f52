import RadiomicsReport

extension ManualPage {
  /// Names of results that a page explains, by page; `hr_ci95` and the like go by the name within.
  package static let resultNames: [String: [String]] = [
    "resampling": words(
      """
      corrected samples apparent
      """),
    "logistic": words(
      """
      or deviance null_deviance aic model model0 model1 profile_ci nagelkerke_R2 loglik loglik0 loglik1
      loglik_null vcov robust_vcov_HC0
      """),
    "cox": words(
      """
      hr hr_per_sd coef robust robust_se robust_chisq robust_df robust_score lr_chisq lrt_chisq lrt lrt_df
      wald_chisq wald_df score_chisq score_df score baseline cumhaz p_lr
      lr wald
      """),
    "fine-gray": words(
      """
      fine_gray fine_gray_coef fine_gray_se_robust fine_gray_p
      """),
    "auc": words(
      """
      auc1 auc2 standardised pauc pauc_corrected var_delong cov_delong hanley_mcneil_se D diff roc_sens
      roc_spec roc_thresholds n_pos n_neg
      logit
      """),
    "three-ways": words(
      """
      within_site pooled fold_mean site_gap
      """),
    "updating": words(
      """
      in_the_large recalibration refit chosen
      """),
    "youden": words(
      """
      threshold cutoff youden_threshold youden_sens youden_spec youden_J topleft_threshold
      """),
    "two-by-two": words(
      """
      TP FP FN TN sens spec sensitivity specificity ppv npv lr_pos lr_neg dor mcc f1 accuracy est wilson
      wilson_cc clopper_pearson agresti_coull jeffreys clustered
      """),
    "mcnemar": words(
      """
      b p_exact chisq_clustered p_clustered
      """),
    "calibration": words(
      """
      calibration_in_the_large citl intercept_with_slope slope test_intercept0_slope1_chisq U_p O_over_E
      observed expected brier brier_scaled brier_parts log_loss spiegelhalter_z spiegelhalter_p
      hosmer_lemeshow resolution uncertainty within_groups ICI_lowess p_external p_internal df_external
      brier_null calibration0 calibration1
      """),
    "decision-curve": words(
      """
      net_benefit treat_all treat_none interventions_avoided_per_100
      base extended
      """),
    "kaplan-meier": words(
      """
      surv survival n_risk nevent median quantiles q q_lower q_upper time times cumhaz_nelson_aalen
      se_cumhaz rmst rmst_tau
      """),
    "log-rank": words(
      """
      log_rank peto
      """),
    "optimal-cut": words(
      """
      cut n_low n_high p_uncorrected
      """),
    "gray": words(
      """
      gray_stat
      """),
    "cumulative-incidence": words(
      """
      cif event_free event_free_std_err event_1 event_2
      """),
    "concordance": words(
      """
      c concordant discordant tied_x tied_y tied_xy concordance_n/G2 concordance_S concordance_S/G
      concordance_I c0 c1 delta_harrell_c
      """),
    "uno": words(
      """
      c_survC1 c_train_censoring tau
      """),
    "gonen-heller": words(
      """
      gonen_heller K K_smooth
      """),
    "auc-t": words(
      """
      auc_t auc_t_timeROC auc_t_sksurv auc_t_train_censoring mean_auc auc_t_first delta_auc_t
      """),
    "brier-t": words(
      """
      brier_t brier_t_sksurv brier_t_train_censoring ibs ibs_null brier_t_first
      """),
    "survival-calibration": words(
      """
      calibration_slope calibration_t ICI E50 E90
      """),
    "zph": words(
      """
      ph_p zph_km zph_km_p zph_rank zph_identity zph_log GLOBAL
      """),
    "nri": words(
      """
      NRI NRI+ NRI- nri_ev nri_ne nri_events nri_nonevents categorical_nri nri_category table_events
      table_nonevents up_events down_events up_nonevents down_nonevents Pr(Up|Case) Pr(Down|Case)
      Pr(Down|Ctrl) Pr(Up|Ctrl) z_pencina2008 p_pencina2008 nri_cont_km nri_cont_ipw
      survival_nri_km_category survival_nri_km_cont survival_nri_ipw_category survival_nri_ipw_cont
      z_events z_nonevents
      full
      """),
    "idi": words(
      """
      idi_exact idi_events idi_nonevents is_increase_events ip_increase_nonevents discrimination_slope0
      discrimination_slope1 continuous_nri_idi continuous_nri_half median_improvement survidinri
      """),
    "added-value": words(
      """
      delta_auc auc0 brier0 brier1 brier_difference
      """),
    "interaction": words(
      """
      ratio_of_HR ratio_of_OR treatment_hr_at treatment_hr_curve treatment_or_at treatment_or_curve
      no_effect_at prognostic_p_untreated prognostic_p_main_effects main_effects log_hr log_or
      difference_of_differences n_untreated n_treated events_untreated events_treated
      ratio
      """),
    "qualitative-interaction": words(
      """
      Q gail_simon_stat
      gail_simon
      """),
    "treatment-selection": words(
      """
      benefit_mean benefit_var benefit_quantiles prevalence_untreated prevalence_treated risk_treated
      risk_untreated prop_marker_negative_model theta_model theta_empirical TG_total_gain
      average_benefit_pos_model average_benefit_pos_empirical B_neg_model B_neg_empirical predictiveness
      percentile
      """),
    "multiplicity": words(
      """
      holm bh
      """),
    "icc": words(
      """
      ICC icc_form ICC_agreement_single ICC_consistency_scanner between_sd F k df1 df2 ICC_consistency
      """),
    "repeatability": words(
      """
      wSD wVar wCV_rms wCV_lognormal wCV_mean_of_cv wCV_sd_over_grand_mean wCV wcv rc RC RC_2.77
      RC_within_session pctRC_rms pctRC_log pctRC log_wSD RDC RDC_all rc_over_between_sd
      """),
    "reliability": words(
      """
      noise_floor phantom_variance patients_variance
      n_rows n_missing n_subjects n_complete subjects columns_tested columns_kept mean min max derived
      families
      """),
    "reml": words(
      """
      varcomp varcomp_profile varcomp_se reml_criterion singular Residual
      subject session scanner reader processing
      """),
    "estimate": words(
      """
      se z p df ci lower upper value n rows events missing std_err var
      chisq difference
      """),
    "dice": words(
      """
      jaccard kappa volume_similarity precision_b_vs_a recall_b_vs_a n_a n_b intersection union
      mean_offdiag
      """),
    "hausdorff": words(
      """
      hd hd_directed hd95_max_of_directed_linear hd95_pooled_linear hd95_mean_of_directed_linear
      hd95_max_of_directed_higher hd95_max_of_directed_lower assd_pooled_mean assd_mean_of_means
      asd_directed msd_median rms voxel_hd average_hd n_border
      """),
    "bland-altman": words(
      """
      bias sd loa proportional_bias proportional_bias_slope pct_bias pct_sd log_ratio_bias log_ratio_sd
      pitman_morgan pitman_morgan_r
      """),
    "ccc": words(
      """
      scale_shift location_shift bias_correction_Cb
      """),
    "batch-effect": words(
      """
      share kruskal brown_forsythe
      """),
    "batch-mixing": words(
      """
      silhouette kbet
      """),
    "harmonise-check": words(
      """
      cramers_v confounding mixing
      """),
    "sample-size": words(
      """
      sample_size shrinkage rsquared max_r2a nag_r2 epp spp overall
      """),
    "validation-sample-size": words(
      """
      width
      """),
    "recist": words(
      """
      sum change_baseline change_nadir target non_target new best best_change
      """),
    "irecist": words(
      """
      irecist_target irecist_non_target irecist_overall
      """),
    "who-response": words(
      """
      who_sum who_overall
      """),
    "volume-response": words(
      """
      volume_sum volume_overall
      """),
    "genomics": words(
      """
      effect r t p_simes p_max pairs_tested pairs_found genes_tested genes_found clusters_tested
      clusters_found fdr_level pairs_found_without_site
      """),
    "surface-dice": words(
      """
      surface_overlap surface_area robust_hausdorff avg_surface_distance surface_dice
      """),
    "added-path-length": words(
      """
      added_path_length added_path_pixels
      """),
    "staple": words(
      """
      majority
      """),
    "linearity": words(
      """
      intercept
      """),
  ]

  private static func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }

  /// The page that explains a name of a result: `auc_ci95_delong`, `p_holm`.
  package static func ofResult(named name: String) -> ManualPage? {
    var name: String? = name
    while let current = name {
      if let page = statistics.first(where: { $0.names.contains(current) }) { return page }
      if let page = statistics.first(where: { $0.name == current }) { return page }
      name = innerName(of: current)
    }
    return nil
  }
}
