import Foundation
import Radiomics
import RadiomicsRuns
import RadiomicsTestSupport
import Testing

@Suite struct SlurmJobsTests {
  /// A shell reads back what was meant.
  @Test(arguments: [
    [
      "plain", "a b", "it's", "\"quoted\"", "$HOME `id` $(id)", "a\\b\\", "#x", "*", "", "line\nend", "-n", "Größe",
      "~", "'",
    ]
  ])
  func shellReadsArgumentsBack(arguments: [String]) throws {
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "printf '%s\\0' " + shellLine(arguments)]
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(String(decoding: output, as: UTF8.self) == arguments.map { $0 + "\0" }.joined())
  }

  @Test func plainArgumentsStayReadable() {
    #expect(
      shellLine(["/opt/x/radiomics", "--recipe=ibsi-ct", "a_1.csv"]) == "/opt/x/radiomics --recipe=ibsi-ct a_1.csv")
  }

  /// Cases, cases of a shard, shards, processors, the cluster's limit → shards.
  @Test(
    arguments: [
      (1, nil, nil, 1, 1000, 1), (20, nil, nil, 1, 1000, 1), (21, nil, nil, 1, 1000, 2), (1000, nil, nil, 1, 1000, 50),
      (1000, nil, nil, 4, 1000, 13), (100_000, nil, nil, 1, 1000, 1000), (1000, 3, nil, 1, 1000, 334),
      (1000, 1, nil, 1, 100, 100), (7, nil, 8, 1, 1000, 7), (1000, nil, 8, 1, 1000, 8),
    ] as [(Int, Int?, Int?, Int, Int, Int)])
  func cutsIntoShards(cases: Int, perShard: Int?, shards: Int?, processors: Int, limit: Int, count: Int) throws {
    #expect(
      try SlurmJobs.shardCount(
        cases: cases, perShard: perShard, shards: shards, processors: processors, limit: limit) == count)
  }

  @Test func moreShardsThanTheClusterTakesAreRefused() {
    let error = #expect(throws: StudyError.self) {
      try SlurmJobs.shardCount(cases: 5000, perShard: nil, shards: 2000, processors: 1, limit: 1000)
    }
    #expect(error?.description.contains("at most 1000") == true)
  }

  /// As `scontrol show config` prints it; array numbers go from 0 to one less.
  @Test func readsTheLimitOfArrays() {
    let text = "MailProg                = /bin/mail\nMaxArraySize            = 4001\nMaxDBDMsgs             = 20\n"
    #expect(SlurmJobs.arrayLimit(configuration: text) == 4000)
    #expect(SlurmJobs.arrayLimit(configuration: nil) == 1000)
    #expect(SlurmJobs.arrayLimit(configuration: "slurm_load_ctl_conf error") == 1000)
  }

  @Test func scriptsSayWhatIsAskedFor() throws {
    var request = SlurmJobs.Request()
    request.processors = 4
    request.time = "2:00:00"
    request.partition = "long"
    request.account = "lab"
    request.memory = "16G"
    let jobs = try SlurmJobs(
      output: "/data/it's 50%/features.csv", folder: "/data/it's 50%", program: "/opt/radiomics",
      cohort: "/data/it's 50%/cohort.csv",
      extraction: ["--recipe", "ibsi-ct"], merging: ["--layout", "long"], request: request, shardCount: 8)
    #expect(
      jobs.shardScript == """
        #!/bin/sh
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --array=1-8
        #SBATCH --cpus-per-task=4
        #SBATCH --time=2:00:00
        #SBATCH --mem=16G
        #SBATCH --partition=long
        #SBATCH --account=lab
        cd '/data/it'\\''s 50%' || exit 2
        exec /opt/radiomics extract '/data/it'\\''s 50%/cohort.csv' --recipe ibsi-ct -o '/data/it'\\''s 50%/features.csv' \
        --resume --jobs 4 --shard "$SLURM_ARRAY_TASK_ID/8" \
        --events '/data/it'\\''s 50%/features.run/slurm/shard-'"$SLURM_ARRAY_TASK_ID".events

        """)
    #expect(jobs.mergeScript.contains("#SBATCH --cpus-per-task=1\n#SBATCH --time=2:00:00\n#SBATCH --mem=16G\n"))
    #expect(
      jobs.mergeScript.contains(
        "\n/opt/radiomics merge '/data/it'\\''s 50%/features.run' -o '/data/it'\\''s 50%/features.csv' --layout long\n")
    )
    // Slurm reads '%' of a log's name, and not that of a script's.
    let folder = "/data/it's 50%/features.run/slurm"
    #expect(
      jobs.shardCommand == [
        "sbatch", "--parsable", "--job-name=radiomics features.csv",
        "--output=/data/it's 50%%/features.run/slurm/shard-%a.log", "\(folder)/shards.sh",
      ])
    #expect(jobs.mergeCommand(after: "17").contains("--dependency=afterany:17"))
  }

  @Test func aFolderThatSlurmCannotWriteLogsToIsRefused() {
    #expect(throws: StudyError.self) {
      try SlurmJobs(
        output: "/a\\b/f.csv", folder: "/a", program: "/r", cohort: "/c.csv", extraction: [], merging: [],
        request: .init(),
        shardCount: 1
      )
    }
  }

  @Test func readsTheNumberOfAJob() {
    #expect(SlurmRecord.job(of: "123\n")?.number == "123")
    #expect(SlurmRecord.job(of: "123;west\n")! == ("123", "west"))
    #expect(SlurmRecord.job(of: "") == nil)
    #expect(SlurmRecord.job(of: "error") == nil)
  }

  @Test func numbersOfJobsAreKept() throws {
    let folder = try TemporaryFolder()
    for cluster in [nil, "west"] {
      let record = SlurmRecord(
        array: "12", merge: "13", cluster: cluster, shardCount: 8, caseCount: 40, output: "/data/features.csv")
      try WholeFile.makeFolder(SlurmJobs.folder(ofRun: folder.path("features.run")))
      try record.write(ofRun: folder.path("features.run"))
      #expect(try SlurmRecord(ofRun: folder.path("features.run")) == record)
    }
    #expect(throws: StudyError.self) { try SlurmRecord(ofRun: folder.path("other.run")) }
  }

  /// The queue counts before the index of an earlier submission; what is in neither has failed.
  @Test func statusOfEachShard() throws {
    let record = SlurmRecord(array: "12", merge: "13", cluster: nil, shardCount: 6, caseCount: 40, output: "/f.csv")
    var progress = SlurmStatus.Progress()
    progress.finished = [1, 2, 6]
    let queue = """
      12|2|RUNNING
      12|3|PENDING
      12|4|COMPLETING
      13|N/A|PENDING
      99|5|RUNNING

      """
    let status = SlurmStatus(record, run: "f.run", queue: queue, progress: progress)
    #expect(status.shards == [.done, .running, .pending, .running, .failed, .done])
    #expect(status.merge == .pending && status.hasFailed)
    #expect(status.text.contains("shards  2 done, 2 running, 1 pending, 1 failed (job 12)\n"))
    #expect(status.text.contains("failed  shard 5: f.run/slurm/shard-5.log\n"))
    for (merged, state) in [(0, SlurmStatus.State.done), (1, .done), (2, .failed), (nil, .failed)] as [(Int?, _)] {
      progress.merged = merged
      #expect(SlurmStatus(record, run: "f.run", queue: "", progress: progress).merge == state)
    }
  }
}
