import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

@Suite struct SimulateCommandTests {
  /// 80 bytes a voxel of 1024³ are more than a machine for tests has.
  @Test func imagesBeyondMemoryAreRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("kind: uniform\nsize: [1024, 1024, 1024]\nradius: [20, 20]\n", to: "plan.yaml")
    let run = try Command(
      arguments: ["simulate", "plan.yaml", "-o", "out"], in: folder, shell: "ulimit -v 8000000")
    #expect(run.status == 2 && run.errors.contains("'size' is 1024 x 1024 x 1024"), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
  }

  private static let plan = """
    kind: lesions
    subjects: 12
    sessions: 2
    scanners: 3
    size: [40, 40, 16]
    variance: { subject: 100, subject:session: 4, scanner: 9, residual: 1 }
    noise: 12
    spectrum: [[0, 0], [0.2, 1], [0.5, 0.2]]
    kernels: [soft, sharp]
    """

  /// From images to components, all of it planted: reading, measuring, reliability.
  @Test func theWholeChainFindsItsTruth() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.plan, to: "plan.yaml")
    let simulated = try Command("simulate", "plan.yaml", "-o", "phantoms", in: folder)
    #expect(
      simulated.status == 0 && simulated.errors.contains("phantoms/cohort.csv: 72 examinations"), "\(simulated.errors)")
    let extracted = try Command(
      "extract", "phantoms/cohort.csv", "--recipe", "phantoms/recipe.yaml", "-o", "f.csv", in: folder)
    #expect(extracted.status == 0, "\(extracted.errors)")
    let assessed = try Command(
      "reliability", "f.csv", "--session", "session", "--scanner", "scanner", "--truth", "true_mean", "--components",
      "subject,subject:session,scanner", "--format", "json", in: folder)
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(assessed.output.utf8)) as? [String: Any], "\(assessed.errors)")
    let features = try #require(document["features"] as? [[String: Any]])
    let mean = try #require(features.first { $0["feature"] as? String == "stat_mean" })
    let limits = try #require(mean["varcomp_profile"] as? [String: [Double]])
    for (term, variance) in [("subject", 100.0), ("subject:session", 4), ("scanner", 9), ("Residual", 1)] {
      let limit = try #require(limits[term])
      #expect(limit[0] <= variance && variance <= limit[1], "\(term): \(limit)")
    }
    let line = try #require(mean["linearity"] as? [String: Double])
    #expect(line["slope_lower"]! <= 1 && 1 <= line["slope_upper"]!)
    #expect(line["bias_lower"]! <= 0 && 0 <= line["bias_upper"]!)
    // Kernels change noise, and with it the variance of intensities: there scanners dominate.
    let spread = try #require(features.first { $0["feature"] as? String == "stat_var" })
    #expect(spread["dominant_error"] as? String == "scanner")
  }

  @Test func seedsFixEverythingAndReadingsAreATable() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.plan.replacing("subjects: 12", with: "subjects: 2"), to: "plan.yaml")
    for (name, jobs) in [("a", "1"), ("b", "3")] {
      #expect(try Command("simulate", "plan.yaml", "-o", name, "--jobs", jobs, "-q", in: folder).status == 0)
    }
    #expect(try Command("simulate", "plan.yaml", "-o", "c", "--seed", "2", "-q", in: folder).status == 0)
    func bytes(_ path: String) throws -> Data { try Data(contentsOf: folder.url.appendingPathComponent(path)) }
    let name = "sub1_ses2_sca3.nii.gz"
    #expect(try bytes("a/\(name)") == bytes("b/\(name)"))
    #expect(try bytes("a/\(name)") != bytes("c/\(name)"))
    try folder.write(
      "kind: readings\nsubjects: 20\nscanners: 4\ncolumns: 3\nvariance: {subject: 4, scanner: 1, residual: 0.5}\n",
      to: "readings.yaml")
    let readings = try Command("simulate", "readings.yaml", "-o", "r.csv", in: folder)
    #expect(readings.status == 0 && readings.errors.contains("r.csv: 160 rows, 3 features"), "\(readings.errors)")
    let assessed = try Command("reliability", "r.csv", "--scanner", "scanner", "--session", "session", "-q", in: folder)
    #expect(assessed.status == 0 && assessed.output.contains("feature3"), "\(assessed.errors)")
  }

  @Test(arguments: [
    ("kind: lesion", "Did you mean 'lesions'?"),
    ("variance: {reader: 1, residual: 1}", "must be made of subject, session, scanner"),
    ("radius: [30, 40]", "fit into the image"), ("radius: 3", "must be above 6.22 mm"),
    // A ball so small may lie between voxels, so that its outline would be empty.
    ("radius: 6.2", "must be above 6.22 mm"),
    ("kernels: [hard]", "'hard' is unknown"),
    ("spectrum: [[0.2, 1], [0.1, 1]]", "ascending order"), ("size: [20.5, 40, 16]", "must be whole numbers"),
    ("variance: {subject: -1}", "must be 0 or more"), ("sessions: 1\nvariance: {session: 1}", "has a single level"),
    ("subject: 3", "Did you mean 'subjects'?"),
  ])
  func refuses(_ plan: String, _ sentence: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(plan + "\n", to: "plan.yaml")
    let run = try Command("simulate", "plan.yaml", "-o", "out", in: folder)
    #expect(run.status == 2 && run.errors.contains(sentence), "\(run.errors)")
    #expect(try folder.names == ["plan.yaml"])
  }
}
