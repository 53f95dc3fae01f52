import RadiomicsCore

extension CombatStep {
  /// Whether there is a number for each batch and feature.
  var isWhole: Bool {
    let count = features.count, batches = levels.count
    let tables = [locations, scales]
    let hasAll =
      fingerprints.count == count && mean.count == count && variance.count == count
      && slopes.allSatisfy { $0.count == count }
      && slopes.count == covariates?.design.names.count ?? 0 && counts.count == batches
      && tables.allSatisfy { $0.count == batches && $0.allSatisfy { $0.count == count } }
      && (reference.map { (0..<batches).contains($0) } ?? true) && variance.allSatisfy { $0 > 0 }
      && scales.allSatisfy { $0.allSatisfy { $0 > 0 } }
    let areUnique = Set(levels).count == batches && Set(features).count == count
    let subjectsFit =
      subjects.map {
        $0.keys.count == $0.intercepts.count && Set($0.keys).count == $0.keys.count
          && $0.intercepts.allSatisfy { $0.count == count }
      } ?? true
    let factsFit = acquisition.allSatisfy { $0.words.count == batches && $0.numbers.count == batches }
    return hasAll && areUnique && subjectsFit && factsFit
      && (components?.fits(features: count, batches: batches) ?? true)
  }
}

extension ComponentEffects {
  fileprivate func fits(features: Int, batches: Int) -> Bool {
    let k = loadings.count
    return means.count == features && loadings.allSatisfy { $0.count == features } && centers.count == k
      && variances.count == k && variances.allSatisfy { $0 > 0 } && scales.allSatisfy { $0.allSatisfy { $0 > 0 } }
      && locations.count == batches && scales.count == batches && (locations + scales).allSatisfy { $0.count == k }
  }
}
