import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension Combat {
  /// Features in units of what is left after batches, covariates and an intercept for each subject; with the intercepts. Beer et al. 2020,
  /// doi:10.1016/j.neuroimage.2020.117129.
  func longitudinal(_ rows: TrainingRows) throws(ModelError) -> [(BatchDesign.Standardisation, [Double])] {
    let labels = try rows.table.batchLabels(subject ?? "", "subject"), subjects = Factor(name: subject ?? "", labels)
    guard subjects.levels.count < labels.count else {
      throw ModelError.at(
        "'\(subject ?? "")'",
        "each of \(labels.count) rows is of a subject of its own, must be several of some. Use parametric."
      )
    }
    return rows.values.map { column in
      let present = column.indices.filter { column[$0] != nil }
      return Self.longitudinal(
        present.map { column[$0]! }, present.map { rows.design.codes[$0] },
        rows.design.covariates.columns == 0
          ? Matrix(columns: [], rows: present.count) : rows.design.covariates.rows(present),
        present.map { subjects.codes[$0] }, subjects.levels.count, rows.factor.levels, residualVariance)
    }
  }

  private static func longitudinal(
    _ y: [Double], _ codes: [Int], _ covariates: Matrix, _ subjects: [Int], _ subjectCount: Int, _ names: [String],
    _ estimator: ResidualVariance
  ) -> (BatchDesign.Standardisation, [Double]) {
    let batches = names.count, members = (0..<batches).map { batch in codes.indices.filter { codes[$0] == batch } }
    if let batch = members.firstIndex(of: []) {
      return (.left(Reason("it has no value in batch '\(names[batch])'")), [])
    }
    for (batch, rows) in members.enumerated() where rows.count > 1 && rows.allSatisfy({ y[$0] == y[rows[0]] }) {
      return (.left(Reason("it has one value in all rows of batch '\(names[batch])'")), [])
    }
    guard Set(subjects).count < subjects.count else { return (.left("no subject has two values of it"), []) }
    let center = mean(y)
    let design = Matrix(
      columns: (0..<batches).map { batch in codes.map { $0 == batch ? 1 : 0 } }
        + (0..<covariates.columns).map(covariates.column), rows: y.count)
    guard let model = RandomIntercept(design, y.map { $0 - center }, subjects: subjects, count: subjectCount) else {
      return (.left("no model with an intercept for each subject can be fitted to it"), [])
    }
    let n = Double(y.count), levels = Array(model.coefficients.prefix(batches))
    let level = zip(levels, members).reduce(0) { $0 + $1.0 * Double($1.1.count) / n }
    let variance =
      switch estimator {
      case .reml: model.variance
      case .msr: RadiomicsNumerics.variance(model.residuals) * (n - 1) / n
      }
    guard variance > 0 else { return (.left("subjects, batches and covariates explain all of it"), []) }
    let sd = variance.squareRoot()
    let samples = members.enumerated().map { batch, rows in
      let values = rows.map { (model.residuals[$0] + levels[batch] - level) / sd }, center = mean(values)
      return BatchSample(
        count: rows.count, mean: center, squares: pairwiseSum(values) { ($0 - center) * ($0 - center) })
    }
    let fit = StandardisedFeature(
      mean: level + center, slopes: Array(model.coefficients.dropFirst(batches)), variance: variance, samples: samples)
    return (.fitted(fit), model.intercepts)
  }
}
