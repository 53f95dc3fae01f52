import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

extension Study {
  /// Checks that what a recipe calls the unit of intensities may be the image's.
  /// - Returns: What to say where it cannot be, but the refusal is overridden or no header tells.
  /// - Throws: `StudyError` if header or conversion say another unit.
  package func checkUnit(of recipe: Recipe) throws(StudyError) -> [Finding] {
    var findings = ([recipe] + recipe.also).flatMap(widthsWithoutUnit)
    for recipe in [recipe] + recipe.also where recipe.intensityUnit != "1" {
      guard let contradiction = contradiction(to: recipe) else {
        findings += doubts(recipe.intensityUnit)
        continue
      }
      let sentence = "the recipe's intensity_unit is \(recipe.intensityUnit), \(contradiction)"
      guard options.allowed.contains(.unit) else {
        throw StudyError.at(
          imagePath,
          "\(sentence).", .chooseRecipe(orAllow: Refusal.unit.rawValue))
      }
      findings.append(Finding(.warning, imagePath, "\(sentence); measured nevertheless, as unit is allowed."))
    }
    return findings
  }

  /// A warning where bins have a fixed width though intensities have no unit, as those of MR.
  private func widthsWithoutUnit(_ recipe: Recipe) -> [Finding] {
    guard modality == "MR", recipe.preparation.normalise == nil else { return [] }
    let families = recipe.layers.flatMap(\.families).filter {
      if case .fixedBinSize = $0.discretisation { true } else { false }
    }
    guard let first = families.first else { return [] }
    return [
      Finding(
        .warning, imagePath,
        "the image is MR, whose intensities have no unit, and '\(type(of: first).name)' has bins of a fixed width: the same tissue has other "
          + "grey levels on each scanner. Normalise, or use a fixed_bin_number.")
    ]
  }

  /// The modality that the header names.
  private var modality: String? {
    guard case .text(let name) = acquisition.first(where: { $0.name == "modality" })?.values.first else { return nil }
    return name
  }

  /// The rest of a sentence, where the recipe's unit is not the image's.
  private func contradiction(to recipe: Recipe) -> String? {
    // A normalisation may make one unit of another.
    if recipe.preparation.normalise == nil, let intensityUnit, intensityUnit != recipe.intensityUnit {
      return "the image's intensities are in \(intensityUnit)"
    }
    let owners = ["HU": ["CT"], "SUV": ["PT", "NM"]]
    guard let modality, let owners = owners[recipe.intensityUnit], !owners.contains(modality) else { return nil }
    return "the image's modality is \(modality), must be \(owners.joined(separator: " or "))"
  }

  /// What to say of values that are not as the unit has them, where no header tells.
  private func doubts(_ unit: String) -> [Finding] {
    guard modality == nil, intensityUnit == nil else { return [] }
    switch unit {
    case "HU" where !image.hasValue(where: { $0 < 0 }):
      return [
        Finding(
          .warning, imagePath,
          "the recipe's intensity_unit is HU, but no voxel of the image is below 0, and air is -1000 HU. Check that it is a "
            + "CT, and that its intensities are not shifted.")
      ]
    case "SUV" where image.hasValue(where: { $0 > 1000 }):
      return [
        Finding(
          .warning, imagePath,
          "the recipe's intensity_unit is SUV, but intensities above 1000 occur. Check that it is PET, and converted to "
            + "uptake values.")
      ]
    default: return []
    }
  }
}

extension Scan {
  /// Whether an intensity answers; slice by slice, so that the first that does ends the search.
  fileprivate func hasValue(where answers: (Double) -> Bool) -> Bool {
    let size = geometry.size
    return (0..<size.z).contains { z in
      volume(in: Box(lower: [0, 0, z], size: [size.x, size.y, 1])).voxels.contains(where: answers)
    }
  }
}
