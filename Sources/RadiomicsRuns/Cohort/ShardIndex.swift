import RadiomicsCore
import RadiomicsFormats

/// How one case ended.
enum CaseOutcome: Sendable, Hashable {
  /// With the result of this key.
  case finished(CaseKey)
  /// Without one, for this reason.
  case failed(String)
}

/// Which row of a cohort has which result: what a shard writes when all its rows are done.
struct ShardIndex: Sendable {
  let shard: Shard
  let cohortSHA256, recipeFingerprint, software: String
  /// Row (from 0) and how it ended, in order.
  let outcomes: [(row: Int, outcome: CaseOutcome)]

  init(_ shard: Shard, _ description: RunDescription, _ outcomes: [(row: Int, outcome: CaseOutcome)]) {
    self.shard = shard
    cohortSHA256 = description.cohortSHA256
    recipeFingerprint = description.recipeFingerprint
    software = description.software
    self.outcomes = outcomes
  }

  /// JSON with one case a line: row from 1, key, reason.
  /// - `folder`: Where the file stands until it is complete.
  func write(to path: String, madeIn folder: String) throws {
    let head = JSON.map([
      .init("format", .integer(1)), .init("software", .text(software)),
      .init("recipe_fingerprint", .text(recipeFingerprint)), .init("cohort_sha256", .text(cohortSHA256)),
      .init("shard", .integer(shard.number)), .init("of", .integer(shard.count)),
    ]).line.dropLast()
    let file = try StagedFile(path, madeIn: folder)
    var block = Array("\(head),\"cases\":[\n".utf8)
    for (index, (row, outcome)) in outcomes.enumerated() {
      let entry: [JSON] =
        switch outcome {
        case .finished(let key): [.integer(row + 1), .text(key.text)]
        case .failed(let reason): [.integer(row + 1), .null, .text(reason)]
        }
      block += Array((JSON.list(entry).line + (index < outcomes.count - 1 ? ",\n" : "\n")).utf8)
      guard block.count > 1 << 20 else { continue }
      try file.append(block)
      block.removeAll(keepingCapacity: true)
    }
    try file.append(block + Array("]}\n".utf8))
    try OutputFile.commit([file])
  }

  /// Reads an index.
  /// - Throws: `FormatError` if it cannot be read, `StudyError` if it is damaged.
  init(path: String) throws {
    func damaged() -> StudyError {
      StudyError.at(path, "it is damaged, must be the index of a shard. Resume the run, which writes it anew.")
    }
    let bytes = try WholeFile.bytes(of: path)
    guard let json = try? JSON(json: bytes, file: path), json["format"]?.asInteger == 1,
      let software = json["software"]?.asText,
      let recipe = json["recipe_fingerprint"]?.asText, let cohort = json["cohort_sha256"]?.asText,
      let number = json["shard"]?.asInteger, let count = json["of"]?.asInteger, let cases = json["cases"]?.asList
    else { throw damaged() }
    guard let shard = try? Shard("\(number)/\(count)") else { throw damaged() }
    self.shard = shard
    self.software = software
    recipeFingerprint = recipe
    cohortSHA256 = cohort
    outcomes = try cases.map { entry in
      guard let entry = entry.asList, entry.count >= 2, let row = entry[0].asInteger, row >= 1 else { throw damaged() }
      if let key = entry[1].asText.flatMap(CaseKey.init(text:)) { return (row - 1, .finished(key)) }
      guard entry.count == 3, let reason = entry[2].asText else { throw damaged() }
      return (row - 1, .failed(reason))
    }
  }
}
