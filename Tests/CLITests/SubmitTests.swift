import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// `radiomics submit`, with programs of Slurm that only note what they were told; Scripts/slurm-test has the real ones.
@Suite struct SubmitTests {
  private let cohort: SmallCohort
  private var folder: TemporaryFolder { cohort.folder }
  /// Every character that a shell or Slurm would read for itself.
  private let place = "it's 50%j \"$x\" & more"

  init() throws {
    cohort = try SmallCohort(5)
    try WholeFile.makeFolder(folder.path(place))
    try WholeFile.makeFolder(folder.path("bin"))
    try tool(
      "sbatch",
      "for a; do printf '%s\\n' \"$a\" >> ../sbatch.log; done; echo $((41 + $(cat ../n | wc -l))); echo >> ../n")
    try tool("squeue", "cat ../queue")
    try tool("scontrol", "echo 'MaxArraySize = 101'")
    for name in ["n", "queue", "sbatch.log"] { try folder.write("", to: name) }
  }

  private func tool(_ name: String, _ script: String) throws {
    try folder.write("#!/bin/sh\ncd \"$(dirname \"$0\")\"\n\(script)\n", to: "bin/\(name)")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("bin/\(name)"))
  }

  private func submit(_ options: String..., path: String = "$PWD/bin:/usr/bin:/bin") throws -> Command {
    try Command(
      arguments: ["submit"] + options, in: folder, shell: "export PATH=\"\(path)\"")
  }

  private var run: String { place + "/features.run" }

  @Test func submittedScriptsMakeTheTableOfOneProcess() throws {
    let submitted = try submit("cohort.csv", "--recipe", "recipe.yaml", "-o", place + "/features.csv", "--shards", "3")
    #expect(submitted.status == 0, "\(submitted.errors)")
    #expect(submitted.errors.hasPrefix("5 cases in 3 shards (job 41), then the merge (job 42)."))
    let arguments = try folder.read("sbatch.log").split(separator: "\n").map(String.init)
    #expect(arguments.contains("--dependency=afterany:41"))
    #expect(arguments.contains { $0.hasSuffix("/it's 50%%j \"$x\" & more/features.run/slurm/shard-%a.log") })
    // The scripts by themselves, in another folder, as a node would run them.
    for shard in ["3", "1", "2"] {
      #expect(try shell("SLURM_ARRAY_TASK_ID=\(shard) sh \"$1/slurm/shards.sh\"") == 0)
    }
    #expect(try shell("sh \"$1/slurm/merge.sh\"") == 0)
    #expect(try cohort.extract("-o", "one.csv", "--jobs", "1").status == 0)
    #expect(try folder.read(place + "/features.csv") == folder.read("one.csv"))
    let status = try submit("--status", run)
    #expect(status.status == 0)
    #expect(
      status.output == """
        shards  3 done, 0 running, 0 pending, 0 failed (job 41)
        cases   5 of 5 measured, 0 failed
        merge   done (job 42)

        """)
    let json = try submit("--status", place + "/features.csv", "--format", "json")
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect((object?["shards"] as? [String: Int])?["done"] == 3)
  }

  /// Runs a script in a folder elsewhere; `$1` is the run folder.
  private func shell(_ script: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, "sh", folder.path(run)]
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Shards of a study, in any order and twice, give the signature of one process.
  @Test func aStudyIsLearntByShards() throws {
    try folder.write(TrainCommandTests.table(1), to: "t.csv")
    try folder.write(TrainCommandTests.study, to: "study.yaml")
    #expect(try Command("train", "study.yaml", "-o", "one.json", "-q", in: folder).status == 0)
    let submitted = try submit("study.yaml", "-o", place + "/features.json", "--shards", "3")
    #expect(submitted.status == 0, "\(submitted.errors)")
    #expect(submitted.errors.contains("8 parts of the work in 3 shards (job 41), then the signature (job 42)."))
    for shard in ["3", "1", "2", "1"] {
      #expect(try shell("SLURM_ARRAY_TASK_ID=\(shard) sh \"$1/slurm/shards.sh\"") == 0)
    }
    let half = try submit("--status", run)
    #expect(half.output.contains("3 done") && half.output.contains("parts   8 of 8 learnt"), "\(half.output)")
    #expect(try shell("sh \"$1/slurm/merge.sh\"") == 0)
    #expect(try folder.read(place + "/features.json") == folder.read("one.json"))
    #expect(try submit("--status", run).output.contains("merge   done"))
    for (options, sentence) in [
      (["-o", "s.csv"], "must end in .json"), (["-o", "s.json", "--recipe", "ibsi-ct"], "are of a cohort"),
    ] {
      let bad = try Command(arguments: ["submit", "study.yaml"] + options, in: folder)
      #expect(bad.status == 2 && bad.errors.contains(sentence), "\(bad.errors)")
    }
  }

  @Test func dryRunPrintsAndWritesNothing() throws {
    let before = try folder.names
    let run = try submit(
      "cohort.csv", "--recipe", "recipe.yaml", "-o", "f.csv", "--dry-run", "--time", "30", "--cpus-per-task", "2",
      "--region", "union", "--max-memory", "2GB", "--cases-per-shard", "2")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("#SBATCH --array=1-3\n#SBATCH --cpus-per-task=2\n#SBATCH --time=30\n"))
    #expect(run.output.contains("--region union --max-memory 2000000000 -o "))
    #expect(run.output.contains("--dependency=afterany:ARRAY"))
    #expect(try folder.names == before)
    #expect(try folder.read("sbatch.log").isEmpty)
  }

  @Test func withoutSlurmThereIsASentence() throws {
    for options in [["cohort.csv", "--recipe", "recipe.yaml", "-o", "f.csv"]] {
      let run = try Command(arguments: ["submit"] + options, in: folder, shell: "export PATH=/nonexistent")
      #expect(run.status == 2)
      #expect(run.errors.contains("sbatch: is not there, must be in the search path."), "\(run.errors)")
    }
    #expect(
      try Command("submit", "--status", "none.run", in: folder).errors.contains("no jobs of this run were submitted"))
  }

  @Test func whatSlurmSaysIsHandedOnAndNothingRuns() throws {
    let options = ["cohort.csv", "--recipe", "recipe.yaml", "-o", "f.csv"]
    try tool("sbatch", "echo 'sbatch: error: invalid partition specified: nope' >&2; exit 1")
    let refused = try submit(options[0], options[1], options[2], options[3], options[4], "--partition", "nope")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("sbatch: error: invalid partition specified: nope"))
    // The merge is refused: the array must not run alone.
    try tool("sbatch", "case \"$*\" in *afterany*) echo 'no more jobs' >&2; exit 1;; *) echo 77;; esac")
    try tool("scancel", "echo \"$@\" > ../cancelled")
    let half = try submit(options[0], options[1], options[2], options[3], options[4])
    #expect(half.status == 2 && half.errors.contains("no more jobs"))
    #expect(try folder.read("cancelled") == "77\n")
    #expect(!WholeFile.exists(folder.path("f.run/slurm/jobs.json")))
  }

  @Test func aRunInTheQueueIsNotSubmittedAgain() throws {
    let first = try submit("cohort.csv", "--recipe", "recipe.yaml", "-o", "f.csv")
    #expect(first.status == 0)
    try folder.write("41|1|PENDING\n42|N/A|PENDING\n", to: "queue")
    let second = try submit("cohort.csv", "--recipe", "recipe.yaml", "-o", "f.csv")
    #expect(second.status == 2 && second.errors.contains("scancel 41 42"), "\(second.errors)")
    let status = try submit("--status", "f.csv")
    #expect(status.status == 0 && status.output.contains("0 done, 0 running, 1 pending, 0 failed"))
    // Slurm forgets jobs that have ended: then the shard has failed.
    try tool("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1")
    let failed = try submit("--status", "f.run")
    #expect(failed.status == 1 && failed.output.contains("failed  shard 1: f.run/slurm/shard-1.log"))
    #expect(try submit("cohort.csv", "--recipe", "recipe.yaml", "-o", "f.csv").status == 0)
  }

  @Test(arguments: [
    (["-o", "f.csv"], "no cohort is named"), (["cohort.csv"], "--output: is missing"),
    (["empty.csv", "-o", "f.csv"], "the cohort has a header and no rows"),
    (["cohort.csv", "-o", "f.ods"], "the name must end in"),
    (["cohort.csv", "-o", "f.csv", "--shards", "0"], "must be at least 1"),
    (["cohort.csv", "-o", "f.csv", "--shards", "2", "--cases-per-shard", "2"], "Leave one out"),
    (["cohort.csv", "-o", "f.csv", "--shards", "101"], "at most 100"),
    (["cohort.csv", "-o", "f.csv", "--partition", "a --wrap=b"], "must have no spaces"),
    (["cohort.csv", "-o", "f.csv", "--time", "1\n#SBATCH --x"], "must have no spaces"),
    (["cohort.csv", "-o", "f.csv", "--recipe", "none.yaml"], "none.yaml"),
    (["cohort.csv", "-o", "f.csv", "--clip-to", "m0.nrrd"], "column 'clip'"),
    (["--status", "f.run", "--dry-run"], "stands alone"),
  ])
  func wrongUseIsRefused(options: [String], sentence: String) throws {
    try folder.write("subject,image,mask\n", to: "empty.csv")
    let run = try Command(arguments: ["submit"] + options, in: folder, shell: "export PATH=\"$PWD/bin:$PATH\"")
    #expect(run.status == 2)
    #expect(run.errors.contains(sentence), "\(run.errors)")
    #expect(try folder.read("sbatch.log").isEmpty)
  }
}
