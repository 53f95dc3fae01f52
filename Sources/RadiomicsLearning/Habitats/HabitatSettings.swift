import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// How habitats are found.
package struct HabitatSettings: Sendable, Hashable, Codable {
  /// What is clustered.
  package enum Design: String, Sendable, Hashable, Codable, CaseIterable {
    /// Voxels of all subjects together.
    case pooled
    /// The means of small connected pieces of all subjects together.
    case supervoxel
    /// Each subject's voxels by themselves; the clusters are matched to prototypes.
    case subject
  }

  /// What a cluster is.
  package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    case kmeans
    /// Gaussians of any covariance, and of covariances without correlations.
    case mixture
    case diagonal = "diagonal-mixture"

    /// The covariances of a mixture; nil without one.
    var shape: GaussianMixture.Shape? {
      switch self {
      case .kmeans: nil
      case .mixture: .full
      case .diagonal: .diagonal
      }
    }
  }

  /// What describes a voxel, in this order, as it was written.
  package var images: [String]
  package var design = Design.pooled
  package var method = Method.kmeans
  /// Voxels, or supervoxels, of each subject: the same number, so that large tumours do not decide. All where there are fewer.
  package var sampled = 1000
  /// Starts of k-means, of which the best stays, and of it in each bootstrap.
  package var restarts = 10, bootstrapRestarts = 2
  /// Samples of patients with replacement.
  package var bootstraps = 100
  /// The seed of all that is drawn.
  package var seed = 1
  /// Volume of supervoxels, mm³, and how much distance counts against values.
  package var supervoxel = 27.0, compactness = 0.5
  /// The weight of neighbours when a model is applied, mm; 0: none.
  package var beta = 0.0

  package init(images: [String]) { self.images = images }

  /// - Throws: `ModelError` for settings that do not go together.
  package func check(_ counts: ClosedRange<Int>) throws(ModelError) {
    guard counts.lowerBound >= 2, counts.upperBound <= KMeans.most else {
      throw ModelError.at(
        "number of habitats", "is \(counts.lowerBound) to \(counts.upperBound), must be from 2 to \(KMeans.most).")
    }
    guard design != .subject || method == .kmeans else {
      throw ModelError.at(
        "design", "is subject, whose clusters are matched by their centres, must go with kmeans. Choose another design."
      )
    }
    guard sampled >= 10, restarts >= 1, bootstraps >= 0, seed >= 0, supervoxel > 0, beta >= 0, beta.isFinite else {
      throw ModelError.at(
        "settings",
        "must sample 10 voxels at least, start once at least, and have no negative numbers. Change the one that is not."
      )
    }
  }
}

/// Some of a subject's voxels, or supervoxels: a coordinate for each image, in its own unit.
package struct HabitatSample: Sendable {
  package let subject: String
  package let points: ClusterPoints

  package init(_ subject: String, _ points: ClusterPoints) { (self.subject, self.points) = (subject, points) }
}

/// Medians and interquartile ranges of training voxels, by which each image is scaled: (x − median) / (IQR / 1.349), which are mean and standard
/// deviation of a normal sample, and which a few bright voxels do not change.
package struct HabitatScaling: Sendable, Hashable, Codable {
  /// By image.
  package let medians: [Double], scales: [Double]

  /// - Throws: `ModelError` if an image does not vary.
  init(_ points: ClusterPoints, _ names: [String]) throws(ModelError) {
    var medians: [Double] = [], scales: [Double] = []
    for image in 0..<points.dimensions {
      let sorted = points.column(image).sorted()
      let range = percentile(75, of: sorted) - percentile(25, of: sorted)
      let scale = range > 0 ? range / 1.349 : points.variances[image].squareRoot()
      guard scale > 0, scale.isFinite else {
        throw ModelError.at(
          "image '\(names[image])'",
          "has the value \(shortText(sorted[0])) at all sampled voxels, must vary. Leave it out.")
      }
      medians.append(percentile(50, of: sorted))
      scales.append(scale)
    }
    (self.medians, self.scales) = (medians, scales)
  }

  /// Columns in units of the training voxels.
  func scaled(_ columns: [[Double]]) -> ClusterPoints {
    ClusterPoints(
      columns.enumerated().map { image, column in column.map { ($0 - medians[image]) / scales[image] } })
  }

  func scaled(_ points: ClusterPoints) -> ClusterPoints { scaled((0..<points.dimensions).map(points.column)) }

  /// A place in the images' units.
  func unscaled(_ place: [Double]) -> [Double] {
    place.enumerated().map { image, value in medians[image] + value * scales[image] }
  }
}
