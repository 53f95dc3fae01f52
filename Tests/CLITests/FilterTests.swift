import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct FilterTests {
  /// A folder with an image of 12 × 10 × 8 voxels at random.
  private func study(_ change: (inout [Double]) -> Void = { _ in }) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 4)
    var voxels = (0..<960).map { _ in (generator.uniform() * 1000).rounded() }
    change(&voxels)
    let geometry = try Geometry(size: [12, 10, 8], spacing: [1, 1, 2])
    try ImageFormats.write(Scan(Volume(geometry: geometry, voxels: voxels)), to: folder.path("image.nii.gz"))
    return folder
  }

  private func filter(_ filter: String, _ options: String..., in folder: TemporaryFolder) throws -> Command {
    try Command(arguments: ["filter", "image.nii.gz", "--filter", filter] + options, in: folder)
  }

  private func volume(_ folder: TemporaryFolder, _ name: String) throws -> Volume<Double> {
    let scan = try ImageFormats.read(path: folder.path(name), options: ReadingOptions()).volumes[0]
    return scan.volume(in: scan.geometry.box)
  }

  @Test(arguments: ["out.nii.gz", "out.nrrd", "out.mha"]) func theResponseHasTheImagesGrid(_ output: String) throws {
    let folder = try study(), run = try filter("mean: {support: 3}", "-o", output, in: folder)
    #expect(run.status == 0 && run.errors.contains("\(output): responses from"), "\(run.errors)")
    let image = try volume(folder, "image.nii.gz"), response = try volume(folder, output)
    #expect(response.geometry == image.geometry)
    var sum = 0.0
    for z in 3...5 { for y in 4...6 { for x in 5...7 { sum += image[x, y, z] } } }
    expectClose(response[6, 5, 4], sum / 27, relative: 1e-6)
  }

  @Test func aFileForEachResponse() throws {
    let folder = try study()
    let run = try filter("separable_wavelet: {wavelet: haar}", "-o", "w.nii.gz", "--quiet", in: folder)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let expected = ["HHH", "HHL", "HLH", "HLL", "LHH", "LHL", "LLH", "LLL"].map { "w_\($0).nii.gz" }
    #expect(try folder.names.filter { $0.hasPrefix("w_") }.sorted() == expected)
  }

  @Test func aFigureShowsASliceBeforeAndAfter() throws {
    let folder = try study()
    let run = try filter(
      "laplacian_of_gaussian: {sigma: 2}", "-o", "log.nrrd", "--figure", "log.png", "--slice", "3", in: folder)
    #expect(run.status == 0 && run.errors.contains("log.png: slice 3, before and after"), "\(run.errors)")
    let png = try Data(contentsOf: folder.url.appendingPathComponent("log.png"))
    #expect(png.prefix(8) == Data([137, 80, 78, 71, 13, 10, 26, 10]))
  }

  @Test func jobsChangeNoBit() throws {
    let folder = try study()
    for jobs in ["1", "3"] { #expect(try filter("lbp3d", "-o", "\(jobs).nii", "--jobs", jobs, in: folder).status == 0) }
    for response in ["m1", "m2", "k"] {
      let files = try ["1", "3"].map {
        try Data(contentsOf: folder.url.appendingPathComponent("\($0)_\(response).nii"))
      }
      #expect(files[0] == files[1])
    }
  }

  /// The boundary condition is applied, and that is said.
  @Test func aFilterLargerThanTheImageIsAFinding() throws {
    let run = try filter("mean: {support: 25}", "-o", "out.nrrd", in: study())
    #expect(run.status == 0 && run.errors.contains("reaches 12 voxels, the image has 12 along x"), "\(run.errors)")
  }

  @Test(arguments: [
    ("laws: {kernels: L4E5E5}", ["-o", "out.nrrd"], "'L4'"), ("mean: {support: 4}", ["-o", "out.nrrd"], "odd"),
    ("laplacian_of_gaussian: {sigma: 0.4}", ["-o", "out.nrrd"], "less than half a voxel of 1 mm along x"),
    ("", ["-o", "out.nrrd"], "--filter: names no filter"), ("none", ["-o", "out.nrrd"], "--filter: names no filter"),
    ("mean: {support: 3}", ["-o", "./image.nii.gz"], "named twice"),
    ("lbp2d: {radius: 1e30}", ["-o", "out.nrrd"], "radius"),
    (
      "riesz: {filter: {laplacian_of_gaussian: {sigma: 450, cutoff: 10}}, order: [1, 0, 0]}", ["-o", "out.nrrd"],
      "must be 2048 at most"
    ),
    (
      "laplacian_of_gaussian: {sigma: 0.01, variant: pyradiomics}", ["-o", "out.nrrd"],
      "less than a twentieth of a voxel"
    ),
    ("laplacian_of_gaussian: {sigma: -1}", ["-o", "out.nrrd"], "sigma"),
    ("separable_wavelet: {wavelet: coif3, level: 3}", ["-o", "out.nrrd"], "choose a lower level"),
    ("separable_wavelet: {wavelet: db99}", ["-o", "out.nrrd"], "db99"),
    ("laplacian_of_gausian: {sigma: 1}", ["-o", "out.nrrd"], "Did you mean 'laplacian_of_gaussian'"),
    ("mean: [", ["-o", "out.nrrd"], "--filter"),
    ("mean: {support: 3}", ["-o", "out.png"], "out.png"),
    ("mean: {support: 3}", ["-o", "image.nii.gz"], "named twice"),
    ("mean: {support: 3}", ["-o", "none/out.nrrd"], "its folder does not exist"),
    ("mean: {support: 3}", ["-o", "out.nrrd", "--figure", "f.jpg"], "must end in .png"),
    ("mean: {support: 3}", ["-o", "out.nrrd", "--figure", "f.png", "--slice", "8"], "must be from 0 to 7"),
    ("mean: {support: 3}", ["-o", "out.nrrd", "--jobs", "0"], "--jobs: is 0"),
    ("mean: {support: 3}", ["-o", "out.nrrd", "--max-memory", "1MB"], "the memory limit is"),
  ])
  func wrongUsageSaysSo(_ text: String, _ options: [String], _ words: String) throws {
    let folder = try study(), before = try folder.names
    let run = try Command(arguments: ["filter", "image.nii.gz", "--filter", text] + options, in: folder)
    #expect(run.status == 2 && run.errors.contains(words), "\(run.status) \(run.errors)")
    #expect(try folder.names == before)
  }

  @Test func voxelsWithoutANumberAreRefused() throws {
    let folder = try study { $0[17] = .nan }
    let run = try filter("mean: {support: 3}", "-o", "out.nrrd", in: folder)
    #expect(run.status == 2 && run.errors.contains("1 voxels are not numbers"), "\(run.errors)")
  }
}
