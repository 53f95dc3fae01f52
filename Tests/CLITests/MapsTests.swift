import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

@Suite struct MapsTests {
  private static let recipe = """
    name: maps
    layers:
      - discretisation: none
        families: [morphology, intensity, glcm, glszm]
    """

  /// A folder with the digital phantom and a recipe.
  private func study() throws -> TemporaryFolder {
    let folder = try TemporaryFolder(), phantom = DigitalPhantom.region
    try ImageFormats.write(Scan(phantom.image.volume), to: folder.path("image.nii.gz"))
    try ImageFormats.write(
      Scan(geometry: phantom.geometry, mask: phantom.morphological.mask), to: folder.path("mask.nii.gz"))
    try folder.write(Self.recipe, to: "r.yaml")
    return folder
  }

  private func maps(_ options: String..., in folder: TemporaryFolder) throws -> Command {
    try Command(arguments: ["maps", "image.nii.gz", "mask.nii.gz", "--recipe", "r.yaml"] + options, in: folder)
  }

  private func volumes(_ folder: TemporaryFolder, _ name: String) throws -> [Volume<Double>] {
    try ImageFormats.read(path: folder.path(name), options: ReadingOptions(volume: .all)).volumes.map {
      $0.volume(in: $0.geometry.box)
    }
  }

  private func provenance(_ folder: TemporaryFolder, _ name: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(folder.read(name).utf8)) as? [String: Any])
  }

  @Test func aFileForEachFeature() throws {
    let folder = try study(), run = try maps("-o", "out", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("morphology is left out: a neighbourhood has the shape of the window"))
    #expect(run.errors.contains("out: 59 maps of 74 voxels, 2 of them undefined"), "\(run.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
    #expect(names.count == 60 && names.contains("cm_contrast.3D_mrg.nii.gz") && names.contains("stat_mean.nii.gz"))
    let mean = try volumes(folder, "out/stat_mean.nii.gz")[0], phantom = DigitalPhantom.region
    #expect(mean.geometry == phantom.geometry)
    for (index, isInside) in phantom.morphological.mask.enumerated() {
      #expect(mean.voxels[index].isNaN == (isInside == 0))
    }
    // The neighbourhood of the first voxel: the region's voxels of [0, 1]³, reckoned here.
    let inside = zip(phantom.morphological.mask, phantom.image.volume.voxels)
      .enumerated().filter { $0.offset % 5 < 2 && $0.offset / 5 % 4 < 2 && $0.offset < 40 && $0.element.0 != 0 }
    let expected = inside.reduce(0) { $0 + $1.element.1 } / Double(inside.count)
    expectClose(mean[0, 0, 0], expected, relative: 1e-12)
    let document = try provenance(folder, "out/maps.provenance.json")
    let listed = try #require(document["maps"] as? [[String: Any]])
    #expect(listed.count == 59 && listed[0]["file"] as? String == "stat_mean.nii.gz")
    #expect(document["fill"] as? String == "nan")
    #expect((document["neighbourhoods"] as? [String: Any])?["radius"] as? Int == 1)
    let correlation = try #require(listed.first { ($0["file"] as? String)?.hasPrefix("cm_corr") == true })
    #expect(correlation["undefined_voxels"] as? Int ?? 0 > 0)
    #expect((correlation["first_reason"] as? String)?.contains("one grey level") == true)
  }

  @Test func oneFileHoldsTheSameVolumes() throws {
    let folder = try study()
    for output in ["out", "all.nii.gz", "unpacked.nii"] {
      let run = try maps("--features", "glszm,Q4LE", "--radius", "2", "--shape", "ball", "-o", output, "-q", in: folder)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    }
    let all = try volumes(folder, "all.nii.gz")
    #expect(all.count == 17)
    #expect(try volumes(folder, "unpacked.nii").map(\.voxels).map(bits) == all.map(\.voxels).map(bits))
    let listed = try #require(provenance(folder, "all.provenance.json")["maps"] as? [[String: Any]])
    for (index, map) in listed.enumerated() {
      #expect(map["volume"] as? Int == index && map["file"] as? String == "all.nii.gz")
      let column = try #require((map["column"] as? [String: Any])?["name"] as? String)
      let alone = try volumes(folder, "out/\(column).nii.gz")[0]
      #expect(bits(alone.voxels) == bits(all[index].voxels))
    }
  }

  private func bits(_ voxels: [Double]) -> [UInt64] { voxels.map(\.bitPattern) }

  @Test func jobsChangeNoBit() throws {
    let folder = try study()
    for jobs in ["1", "3"] { #expect(try maps("--jobs", jobs, "-o", "\(jobs).nii", "-q", in: folder).status == 0) }
    let files = try ["1.nii", "3.nii"].map { try Data(contentsOf: folder.url.appendingPathComponent($0)) }
    #expect(files[0] == files[1])
  }

  @Test func fillAndFormatAsAsked() throws {
    let folder = try study()
    let run = try maps(
      "--features", "cm_corr", "--fill", "-1000", "--format", "nrrd", "--whole-neighbourhood", "--levels",
      "neighbourhood", "-o", "out", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let map = try volumes(folder, "out/cm_corr.3D_mrg.nrrd")[0].voxels
    #expect(map.count { $0 == -1000 } >= 6 && map.allSatisfy { $0 == -1000 || abs($0) <= 1 })
  }

  @Test func layersWithFiltersAreMapped() throws {
    let folder = try study()
    try folder.write(
      "layers: [{families: [intensity]}, {name: smooth, filter: {mean: {support: 3}}, families: [intensity]}]\n",
      to: "r.yaml")
    let run = try maps("--features", "stat_mean", "--whole-neighbourhood", "-o", "out", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let plain = try volumes(folder, "out/stat_mean.nii.gz")[0],
      smooth = try volumes(folder, "out/smooth.stat_mean.nii.gz")[0]
    let filter = try Command(
      arguments: ["filter", "image.nii.gz", "--filter", "mean: {support: 3}", "-o", "mean.nii.gz"], in: folder)
    #expect(filter.status == 0, "\(filter.errors)")
    let response = try volumes(folder, "mean.nii.gz")[0]
    // Away from the edge both are the mean over the same voxels.
    expectClose(plain[1, 1, 1], response[1, 1, 1], relative: 1e-6)
    let around = (0...2).flatMap { z in (0...2).flatMap { y in (0...2).map { x in response[x, y, z] } } }
    #expect(around.min()! < smooth[1, 1, 1] && smooth[1, 1, 1] < around.max()!)
  }

  @Test func resampledMapsLieOnThePreparedGrid() throws {
    let folder = try study()
    try folder.write("preparation: {resample: {spacing: [1, 1, 1]}}\nlayers: [{families: [intensity]}]\n", to: "r.yaml")
    let run = try maps("--features", "stat_max", "-o", "out", in: folder)
    #expect(run.status == 0 && run.errors.contains("on the prepared image's grid, 10 x 8 x 8 voxels"), "\(run.errors)")
    let map = try volumes(folder, "out/stat_max.nii.gz")[0]
    #expect(map.geometry.size == [10, 8, 8] && map.geometry.spacing == [1, 1, 1])
  }

  @Test(arguments: [
    (["--radius", "0", "-o", "out"], "--radius: is 0, must be a whole number from 1 to 10"),
    (["--shape", "sphere", "-o", "out"], "--shape"),
    (["--features", "cm_contrats", "-o", "out"], "Did you mean 'cm_contrast'"),
    (["--features", "morph_volume", "-o", "out"], "'morph_volume' cannot be mapped: a neighbourhood has the shape"),
    (["--format", "png", "-o", "out"], "format: is png"), (["-o", "out.nrrd"], "written as .nii or .nii.gz"),
    (["-o", "image.nii.gz"], "is named twice"), (["-o", "./mask.nii.gz"], "is named twice"),
    (["--features", "", "-o", "out"], "features '': names none"),
    (["-o", "none/out.nii"], "its folder does not exist"),
    (["--max-memory", "1MB", "-o", "out"], "the memory limit is 1 MB"), (["-o", "out", "--jobs", "0"], "--jobs: is 0"),
    (["--region", "7", "-o", "out"], "there is no label 7"), ([], "--output"),
  ])
  func wrongUsageSaysSo(_ options: [String], _ words: String) throws {
    let folder = try study(), before = try folder.names
    let run = try Command(
      arguments: ["maps", "image.nii.gz", "mask.nii.gz", "--recipe", "r.yaml"] + options, in: folder)
    #expect(run.status == 2 && run.errors.contains(words), "\(run.errors)")
    #expect(try folder.names == before)
  }

  @Test func severalRegionsMustBeChosenFrom() throws {
    let folder = try study(), phantom = DigitalPhantom.region
    let labels = phantom.morphological.mask.enumerated().map { $0.element == 0 ? 0 : UInt8($0.offset < 40 ? 1 : 2) }
    try ImageFormats.write(Scan(geometry: phantom.geometry, mask: labels), to: folder.path("mask.nii.gz"))
    let run = try maps("-o", "out", in: folder)
    #expect(run.status == 2 && run.errors.contains("has 2 regions (1, 2), maps are made of one"), "\(run.errors)")
    #expect(try maps("-o", "out", "--region", "2", "--features", "stat_mean", in: folder).status == 0)
  }
}
