import Radiomics
import RadiomicsCore
import RadiomicsImaging

/// What is measured of the agreement of masks.
package struct AgreementOptions: Sendable {
  /// Distances up to which surfaces agree, mm: surface Dice and added path length are given for each.
  package var tolerances: [Double] = []
  /// Which voxels make up a mask's border.
  package var border = BorderRule.faces

  /// No tolerance; borders by faces.
  package init() {}
}

/// The agreement of mask B with reference A on one grid, under the names of the field's tools.
package struct AgreementStatistics {
  let a: RowSpans
  let b: RowSpans
  let spacing: SIMD3<Double>
  let options: AgreementOptions

  /// Two masks on a grid with voxels of `spacing` (mm).
  package init(a: RowSpans, b: RowSpans, spacing: SIMD3<Double>, options: AgreementOptions) {
    self.a = a
    self.b = b
    self.spacing = spacing
    self.options = options
  }

  package func measured(lanes: Lanes) -> [Statistic] {
    overlap + distances(lanes) + elements(lanes) + paths
  }

  private var overlap: [Statistic] {
    let overlap = Overlap(a, b)
    return [
      Statistic("dice", overlap.dice, "Dice: 2 |A ∩ B| / (|A| + |B|)"),
      Statistic("jaccard", overlap.jaccard, "Jaccard: |A ∩ B| / |A ∪ B|"),
      Statistic("kappa", overlap.kappa, "Cohen's kappa over all voxels of the grid"),
      Statistic("volume_similarity", overlap.volumeSimilarity, "1 − ||A| − |B|| / (|A| + |B|)"),
      Statistic("precision_b_vs_a", overlap.precision, "|A ∩ B| / |B|"),
      Statistic("recall_b_vs_a", overlap.recall, "|A ∩ B| / |A|"),
      Statistic("n_a", overlap.a, "voxels of A"), Statistic("n_b", overlap.b, "voxels of B"),
      Statistic("intersection", overlap.intersection, "voxels of both"),
      Statistic("union", overlap.union, "voxels of either"),
    ]
  }

  private func distances(_ lanes: Lanes) -> [Statistic] {
    let distances = SurfaceDistances(a, b, spacing: spacing, rule: options.border, lanes: lanes)
    func mm(_ name: String, _ cell: Cell, _ meaning: String) -> Statistic {
      Statistic(name, cell, unit: "mm", meaning)
    }
    return [
      mm("hd", distances.hausdorff, "Hausdorff distance of borders"),
      Statistic("hd_directed", distances.directedHausdorff, unit: "mm", "from A to B, from B to A"),
      mm("hd95_max_of_directed_linear", distances.maximum95, "HD95: larger of both directed percentiles (MONAI)"),
      mm("hd95_pooled_linear", distances.pooled95, "HD95: percentile of all distances (MedPy)"),
      mm("hd95_mean_of_directed_linear", distances.mean95, "HD95: mean of both directed percentiles"),
      mm("hd95_max_of_directed_higher", distances.maximum95Higher, "HD95: larger one, next distance above"),
      mm("hd95_max_of_directed_lower", distances.maximum95Lower, "HD95: larger one, next distance below"),
      mm("assd_pooled_mean", distances.pooledMean, "ASSD: mean of all distances"),
      mm("assd_mean_of_means", distances.meanOfMeans, "ASSD: mean of both directed means"),
      Statistic("asd_directed", distances.directedMeans, unit: "mm", "mean from A to B, from B to A"),
      mm("msd_median", distances.median, "median of all distances"),
      mm("rms", distances.rootMeanSquare, "root mean square of all distances"),
      mm("voxel_hd", distances.voxelHausdorff, "Hausdorff distance of all voxels (ITK)"),
      mm("average_hd", distances.voxelMean, "mean distance of all voxels, 0 where both are (ITK)"),
      Statistic("n_border", distances.counts.map { .value(Double($0)) }, "border voxels of A, of B"),
    ]
  }

  private func elements(_ lanes: Lanes) -> [Statistic] {
    let elements = BoundaryElements(a, b, spacing: spacing, lanes: lanes)
    let robust = [100.0, 95].map {
      Statistic(
        "robust_hausdorff_\(numberText($0))", elements.robustHausdorff(percent: $0), unit: "mm",
        $0 == 95 ? "HD95: larger percentile by area (DeepMind)" : "largest distance of surfaces")
    }
    return robust + [
      Statistic("avg_surface_distance", elements.means, unit: "mm", "mean by area, from A, from B"),
      Statistic("surface_area", elements.areas.map { .value($0) }, unit: "mm2", "of A, of B"),
    ]
      + options.tolerances.flatMap { tolerance in
        [
          Statistic(
            "surface_dice_\(text(tolerance))", elements.surfaceDice(tolerance: tolerance),
            "surface Dice at \(numberText(tolerance)) mm"),
          Statistic(
            "surface_overlap_\(text(tolerance))", elements.overlap(tolerance: tolerance),
            "part of A's, of B's surface within \(numberText(tolerance)) mm"),
        ]
      }
  }

  private var paths: [Statistic] {
    ([0] + options.tolerances.filter { $0 > 0 }).flatMap { tolerance in
      let path = AddedPathLength(a, b, spacing: spacing, tolerance: tolerance)
      let ending = tolerance == 0 ? "" : "_\(text(tolerance))"
      let beyond = tolerance == 0 ? "" : ", where farther than \(numberText(tolerance)) mm"
      return [
        Statistic("added_path_length\(ending)", path.length, unit: "mm", "contour of A to be drawn anew\(beyond)"),
        Statistic("added_path_pixels\(ending)", path.pixels, "its pixels"),
      ]
    }
  }

  /// A tolerance in a name, with a fraction as in the names of other tools: `3.0`.
  private func text(_ tolerance: Double) -> String {
    let text = numberText(tolerance)
    return text.contains(".") || text.contains("e") ? text : text + ".0"
  }
}

/// What several readers agree on, under the names of the field's tools.
package struct ConsensusStatistics {
  let votes: Votes
  let truth: SimultaneousTruth?

  /// The votes of at least two readers.
  package init(_ masks: [RowSpans]) {
    votes = Votes(masks)
    truth = SimultaneousTruth(votes)
  }

  /// Majority: number of voxels and how many got 0, 1, … votes.
  package var majority: [Statistic] {
    let histogram = votes.histogram, half = histogram.count / 2
    return [
      Statistic("n", votes.majority.count, "voxels that more than half hold inside"),
      Statistic("n_ge_half", histogram[half...].reduce(0, +), "voxels that at least half hold inside"),
      Statistic("votes_histogram", histogram.map { .value(Double($0)) }, "voxels with 0, 1, … votes"),
    ]
  }

  /// STAPLE.
  package var staple: [Statistic] {
    guard let truth else {
      return [
        Statistic("sensitivity", .undefined("no mask has a voxel, or all have all: there is nothing to tell apart"))
      ]
    }
    return [
      Statistic("sensitivity", truth.sensitivity.map { .value($0) }, "of each reader"),
      Statistic("specificity", truth.specificity.map { .value($0) }, "of each reader"),
      Statistic("n_consensus_ge_half", truth.consensus.count, "voxels inside with probability of at least 1/2"),
      Statistic("sum_probability", truth.expectedCount, "expected voxels inside"),
      Statistic("prior", truth.prior, "mean share of the grid; depends on the field of view"),
      Statistic("iterations", truth.iterations),
    ]
  }

  /// The generalised conformity index.
  package var conformity: Statistic {
    Statistic("generalised_conformity_index", votes.conformityIndex, "Σ |Aᵢ ∩ Aⱼ| / Σ |Aᵢ ∪ Aⱼ|")
  }
}
