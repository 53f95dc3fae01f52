import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport

/// Cases of noise in a folder, with a cohort file and a recipe.
struct SmallCohort {
  let folder: TemporaryFolder

  /// `count` cases of `size` voxels along each axis: `cohort.csv`, `recipe.yaml`, `i0.nrrd`, `m0.nrrd`, …
  init(_ count: Int, size: Int = 6, families: String = "intensity") throws {
    folder = try TemporaryFolder()
    let geometry = try Geometry(size: SIMD3(repeating: size))
    var generator = SeededGenerator(seed: 1)
    var lines = ["subject,image,mask,site"]
    for number in 0..<count {
      let image = (0..<geometry.count).map { _ in Int16(generator.uniform() * 100) }
      let mask = (0..<geometry.count).map { _ in UInt8(generator.uniform() < 0.7 ? 1 : 0) }
      try ImageFormats.write(Scan(geometry: geometry, samples: .int16(image)), to: folder.path("i\(number).nrrd"))
      try ImageFormats.write(Scan(geometry: geometry, samples: .uint8(mask)), to: folder.path("m\(number).nrrd"))
      lines.append("S\(number),i\(number).nrrd,m\(number).nrrd,site \(number % 3)")
    }
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "cohort.csv")
    try folder.write("name: small\nlayers: [{families: [\(families)]}]\n", to: "recipe.yaml")
  }

  /// Texture enough for a case to take a while.
  static let texture = "intensity, {glcm: {discretisation: {fixed_bin_number: 32}}}, morphology"

  /// Runs `radiomics extract cohort.csv --recipe recipe.yaml` with more options.
  func extract(_ options: String..., shell: String? = nil) throws -> Command {
    try Command(arguments: ["extract", "cohort.csv", "--recipe", "recipe.yaml"] + options, in: folder, shell: shell)
  }

  /// The events of a file, with what each says.
  func events(_ name: String) throws -> [[String: Any]] {
    guard FileManager.default.fileExists(atPath: folder.path(name)) else { return [] }
    // The last line of a run that was killed may not be whole.
    return try folder.read(name).split(separator: "\n").compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  /// Number of events of a kind.
  func count(_ event: String, in name: String) throws -> Int {
    try events(name).count { $0["event"] as? String == event }
  }
}

/// `radiomics` that runs on while the test looks at it.
final class RunningCommand {
  private let process = Process()

  init(arguments: [String], in folder: TemporaryFolder) throws {
    process.executableURL = Command.program
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = folder.url.appendingPathComponent(".errors")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
  }

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  func send(_ signal: Int32) { if isRunning { kill(pid, signal) } }

  /// Waits for the end; gives the exit status, negative for a signal.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
  }
}
