import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

/// What a recipe takes of an image beside the region, and what there is to say of both.
package struct RecipeFit: Sendable {
  /// The tissues that the recipe normalises by, by their name in it, on the image's grid.
  package var tissues: [String: RowSpans] = [:]
  /// What the user should know.
  package var findings: [Finding] = []
}

extension Study {
  /// Checks that a recipe may be measured on this image, and finds the tissues that it normalises by.
  /// - Throws: `StudyError` if it is for other intensities, or a tissue has no mask.
  package func fit(of recipe: Recipe) throws(StudyError) -> RecipeFit {
    var fit = RecipeFit(findings: try checkUnit(of: recipe))
    for recipe in [recipe] + recipe.also {
      if let kernel = recipe.preparation.kernel { fit.findings += try check(kernel) }
      guard let name = recipe.preparation.normalise?.reference?.text, fit.tissues[name] == nil else { continue }
      let (tissue, findings) = try tissue(name)
      fit.tissues[name] = tissue
      fit.findings += findings
    }
    return fit
  }

  /// Below so many voxels the standard deviation of normal intensities is uncertain by more than a tenth, 1 / √(2 (n − 1)).
  private static let fewVoxels = 51

  /// A tissue's voxels: the region of that name; of a mask of its own with a single region that one, as the name then says
  /// what it is.
  private func tissue(_ name: String) throws(StudyError) -> (RowSpans, [Finding]) {
    let map = reference ?? matched, place = "\(map.path), reference '\(name)'"
    var findings: [Finding] = [], tissue: RowSpans
    if reference != nil, map.labels.count == 1, Int(name) == nil {
      tissue = map.labels[0].voxels
      if let own = map.labels[0].name, own != name {
        findings.append(Finding(.warning, place, "the mask's one region is '\(own)'; it is taken as '\(name)'."))
      }
    } else {
      do throws(StudyError) {
        let found = try map.regions(RegionChoice(name))
        tissue = found.count == 1 ? found[0].voxels : RowSpans(unionOf: found.map(\.voxels), size: map.geometry.size)
      } catch {
        throw StudyError.at(
          "reference tissue '\(name)', by which the recipe normalises", error.fact, .nameReference)
      }
    }
    let count = tissue.count
    if count < Self.fewVoxels {
      findings.append(
        Finding(
          .warning, place,
          "has \(count) voxel\(count == 1 ? "" : "s"), fewer than \(Self.fewVoxels): a standard deviation of so few is uncertain by more than "
            + "10 %. Outline more of the tissue."))
    }
    for region in regions where region.voxels != tissue {
      let shared = region.voxels.intersection(tissue).count
      guard shared > 0 else { continue }
      findings.append(
        Finding(
          .warning, place,
          "shares \(shared) of its \(count) voxels with region '\(region.name)', which is normalised by them: a lesion is no reference. "
            + "Outline the tissue apart from it."))
    }
    return (tissue, findings)
  }
}
