import RadiomicsCore

/// What is said of a multiregional spatial interaction matrix as of a co-occurrence matrix (Wu et al. 2018, doi:10.1148/radiol.2018172462): its
/// elements as parts of all, whose rows are labels 0 (outside), 1, 2, … The numbers of labels count, so that their order must mean something.
package struct InteractionFeatures: Sendable, Hashable {
  /// Σ p (i − j)².
  package let contrast: Double
  /// Σ p / (1 + (i − j)²).
  package let homogeneity: Double
  /// Σ p².
  package let energy: Double
  /// Σ p (i − μ)(j − μ) / σ²; nil where all voxels are of one label.
  package let correlation: Double?

  /// - `matrix`: Symmetric, not all 0.
  package init(_ matrix: [[Int]]) {
    let sum = Double(matrix.joined().reduce(0, +))
    var contrast = 0.0, homogeneity = 0.0, energy = 0.0, mean = 0.0, square = 0.0, product = 0.0
    for (i, row) in matrix.enumerated() {
      for (j, count) in row.enumerated() {
        let p = Double(count) / sum, difference = Double((i - j) * (i - j))
        contrast += p * difference
        homogeneity += p / (1 + difference)
        energy += p * p
        mean += p * Double(i)
        square += p * Double(i * i)
        product += p * Double(i * j)
      }
    }
    (self.contrast, self.homogeneity, self.energy) = (contrast, homogeneity, energy)
    let variance = square - mean * mean
    correlation = variance > 1e-12 ? (product - mean * mean) / variance : nil
  }
}
