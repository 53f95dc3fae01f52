import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging

// Columns `diagnostics_…` as PyRadiomics writes them: what became of image and mask at each step.

extension Recipe {
  /// Names of the table's columns.
  package var diagnosticColumns: [String] { diagnostics.map { "diagnostics_\($0.key)" } }
}

extension Study {
  /// For each region, of which the steps of preparation are given, the texts of a recipe's diagnostics.
  package func diagnosticTexts(_ recipe: Recipe, _ steps: [[PreparationStep]]) -> [[String?]] {
    guard !recipe.diagnostics.isEmpty else { return steps.map { _ in [] } }
    let hashes = ["Image-original_Hash": image.sha1, "Mask-original_Hash": labels.sha1]
    return steps.map { steps in
      recipe.diagnostics.map { entry in
        if case .text(let text) = entry.value { return text }
        return hashes[entry.key] ?? steps.diagnostic(entry.key)
      }
    }
  }
}

extension [PreparationStep] {
  /// What `Mask-resegmented_VoxelNum` and its like say; nil where preparation did not come so far.
  fileprivate func diagnostic(_ name: String) -> String? {
    let parts = name.split(separator: "_").map(String.init)
    guard parts.count == 2 else { return nil }
    let places = ["original": "initial", "interpolated": "interpolated", "resegmented": "resegmented"]
    let what = parts[0].split(separator: "-").map(String.init)
    guard what.count == 2, let step = first(where: { $0.name == places[what[1]] }) else { return nil }
    let isImage = what[0] == "Image", mask = step.intensity, figures = isImage ? step.image : step.intensities
    switch parts[1] {
    case "Dimensionality": return "3D"
    case "Spacing": return tuple(step.geometry.spacing)
    case "Size": return tuple(step.geometry.size)
    case "Mean": return figures.map { "\($0.mean)" }
    case "Minimum": return figures.map { "\($0.minimum)" }
    case "Maximum": return figures.map { "\($0.maximum)" }
    case "BoundingBox":
      return "(\([mask.lower, mask.box].flatMap { [$0.x, $0.y, $0.z] }.map(String.init).joined(separator: ", ")))"
    case "VoxelNum": return "\(mask.count)"
    case "VolumeNum": return mask.parts.map { "\($0)" }
    case "CenterOfMassIndex": return mask.centre.map(tuple)
    case "CenterOfMass": return mask.centre.map { tuple(step.geometry.position(of: $0)) }
    default: return nil
    }
  }
}

/// As Python writes a tuple.
private func tuple<Number>(_ vector: SIMD3<Number>) -> String { "(\(vector.x), \(vector.y), \(vector.z))" }

extension Scan {
  /// SHA-1 of the samples as ITK holds them, which makes floating-point numbers of scaled ones.
  fileprivate var sha1: String {
    guard slope == 1, intercept == 0 else {
      return volume(in: geometry.box).voxels.map { Float($0) }.withUnsafeBytes(RadiomicsCore.sha1)
    }
    switch samples {
    case .int8(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    case .uint8(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    case .int16(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    case .uint16(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    case .int32(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    case .uint32(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    case .int64(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    case .uint64(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    case .float(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    case .double(let values): return values.withUnsafeBytes(RadiomicsCore.sha1)
    }
  }
}

extension LabelMap {
  /// SHA-1 of the labels as 32-bit numbers, to which PyRadiomics converts them.
  fileprivate var sha1: String {
    var values = [UInt32](repeating: 0, count: geometry.count)
    for label in labels { label.voxels.fill(&values, with: UInt32(truncatingIfNeeded: label.value)) }
    return values.withUnsafeBytes(RadiomicsCore.sha1)
  }
}
