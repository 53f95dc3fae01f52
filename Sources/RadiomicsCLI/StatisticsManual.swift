import Radiomics
import RadiomicsCore
import RadiomicsImaging
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsReport
import RadiomicsRuns
import RadiomicsStatistics

extension ManualPage {
  /// Analyses, estimators and statistics.
  package static let statistics: [ManualPage] = {
    let diagnostic = Diagnosis.Options.self, prognostic = Prognosis.Options.self, added = AddedValue.Options.self,
      predictive = PredictiveAnalysis.Options.self, reliability = MeasuredTable.ReliabilityOptions.self
    return [
      ManualPage(of: diagnostic), ManualPage(of: prognostic), ManualPage(of: predictive), ManualPage(of: added),
      ManualPage(of: reliability, with: Roles.settingsManual + reliability.settingsManual),
    ] + models + [
      ManualPage(of: ResamplingDesign.self), ManualPage(of: Estimate.self, with: diagnostic.settings("confidence")),
      ManualPage(of: Multiplicity.self),
      ManualPage(of: ROC.self, with: diagnostic.settings("part", "group", "subject", "confidence")),
      ManualPage(of: ROC.Cut.self, with: diagnostic.settings("cut", "prevalence")),
      ManualPage(of: ThreeWays.self), ManualPage(of: ModelUpdating.self),
      ManualPage(of: TwoByTwo.self, with: diagnostic.settings("cut", "prevalence", "subject", "confidence")),
      ManualPage(of: McNemar.self, with: diagnostic.settings("cut", "subject")),
      ManualPage(of: Calibration.self, with: diagnostic.settings("probability", "model", "subject", "confidence")),
      ManualPage(of: DecisionCurve.self, with: diagnostic.settings("thresholds", "subject", "confidence")),
      ManualPage(of: KaplanMeier.self, with: prognostic.settings("group", "times", "interval", "confidence")),
      ManualPage(of: LogRankTest.self, with: prognostic.settings("group", "stratify")),
      ManualPage(of: CutSearch.self, with: prognostic.settings("cut")),
      ManualPage(of: GrayTest.self, with: prognostic.settings("cause", "group")),
      ManualPage(of: AalenJohansen.self, with: prognostic.settings("cause", "group", "times", "confidence")),
      ManualPage(of: ConcordanceIndex.self, with: prognostic.settings("horizon", "weights", "subject", "confidence")),
      ManualPage(of: CompetingConcordance.self),
      ManualPage(of: UnoConcordance.self, with: prognostic.settings("horizon", "subject", "confidence")),
      ManualPage(of: GonenHeller.self, with: prognostic.settings("confidence")),
      ManualPage(of: TimeDependentAUC.self, with: prognostic.settings("times", "subject", "confidence")),
      ManualPage(of: SurvivalBrier.self, with: prognostic.settings("times", "subject", "confidence")),
      ManualPage(of: SurvivalCalibration.self, with: prognostic.settings("times", "subject", "confidence")),
      ManualPage(of: ProportionalHazardsTest.self),
      ManualPage(of: Reclassification.self, with: added.settings("cuts", "difference", "horizon", "confidence")),
      ManualPage(of: DiscriminationImprovement.self, with: added.settings("horizon", "confidence")),
      ManualPage(
        of: TreatmentInteraction.self, with: predictive.settings("spline", "adjust", "subject", "confidence")),
      ManualPage(of: QualitativeInteraction.self, with: predictive.settings("cuts")),
      ManualPage(
        of: TreatmentSelection.self, with: predictive.settings("horizon", "censored", "bootstrap", "confidence")),
      ManualPage(of: IntraclassCorrelation.self, with: reliability.settings("method", "profile", "confidence")),
      ManualPage(of: BlandAltman.self, with: reliability.settings("confidence")),
      ManualPage(of: Repeatability.self, with: reliability.settings("scale", "confidence")),
      ManualPage(of: Concordance.self, with: reliability.settings("confidence")),
      ManualPage(of: Linearity.self, with: Roles.settings("truth")),
      ManualPage(of: LikelihoodEstimator.self, with: reliability.settings("terms", "profile")),
      ManualPage(of: MomentEstimator.self, with: reliability.settings("terms", "confidence")),
      ManualPage(of: HarmonisationCheck.self, with: HarmoniseStep.settingsManual), ManualPage(of: BatchEffectTest.self),
      ManualPage(of: ChangeSettings.self), ManualPage(of: MeasurementError.self), ManualPage(of: Trajectory.self),
      ManualPage(of: BatchMixing.self), ManualPage(of: DevelopmentSampleSize.self),
      ManualPage(of: ValidationSampleSize.self), ManualPage(of: Recist.self), ManualPage(of: ImmuneRecist.self),
      ManualPage(of: ProductResponse.self), ManualPage(of: VolumeResponse.self), ManualPage(of: Genomics.Options.self),
      agreement, ManualPage(of: Overlap.self),
      ManualPage(of: SurfaceDistances.self), ManualPage(of: BoundaryElements.self),
      ManualPage(of: AddedPathLength.self), ManualPage(of: SimultaneousTruth.self),
    ]
  }()

  private static let agreement = ManualPage(
    "agreement",
    "How well outlines of the same regions agree: overlap (dice), distances (hausdorff, surface-dice), added-path-length, and the "
      + "consensus of several (staple).",
    reference:
      "Taha and Hanbury 2015, doi:10.1186/s12880-015-0068-x; Maier-Hein et al. 2024, doi:10.1038/s41592-023-02151-z")
}

extension ManualPage {
  /// Estimators of formulas; studies, their steps and the models at the end of these. The step that harmonises has the page of the verb.
  private static var models: [ManualPage] {
    Estimators.all.map { ManualPage(of: $0) } + [ManualPage(of: StudyPlan.self)]
      + PipelineSteps.all.filter { $0.name != HarmonisationCheck.name }.map { ManualPage(of: $0) }
      + SignatureEstimators.all.map { ManualPage(of: $0) }
  }
}

extension Documented {
  /// Those of its settings that a statistic depends on.
  fileprivate static func settings(_ keys: String...) -> [SettingManual] {
    let all = settingsManual
    return keys.map { key in
      guard let setting = all.first(where: { $0.key == key }) else { preconditionFailure("\(name) has no '\(key)'") }
      return setting
    }
  }
}
