import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging

/// A filter as a recipe writes it.
func readFilter(_ text: String) throws -> any ImageFilter {
  try Catalogue.standard.filter(Setting(yaml: text, file: "test.yaml"))
}

/// Voxels on a grid.
func volume(_ voxels: [Double], _ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1]) throws -> Volume<Double> {
  Volume(geometry: try Geometry(size: size, spacing: spacing), voxels: voxels)
}

/// The first response map of a filter.
func firstResponse(of text: String, to image: Volume<Double>) throws -> [Double] {
  try readFilter(text).responses(to: image)[0].voxels
}
