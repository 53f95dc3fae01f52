import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Columns of words, as a file of lesions has them; an empty cell is none.
private func table(_ rows: [[String: String]]) -> Table {
  let names = Set(rows.flatMap(\.keys)).sorted()
  return Table(
    names.map { name in
      Column(name, .categories(rows.map { row in row[name].flatMap { $0.isEmpty ? nil : $0 } }))
    })
}

/// Rows of `subject,visit,lesion,role,organ,node,long,short,volume,slice,state`.
private func table(_ rows: String...) -> Table {
  let names = "subject,visit,lesion,role,organ,node,long,short,volume,slice,state".split(separator: ",").map(
    String.init)
  return table(
    rows.map { row in
      Dictionary(
        uniqueKeysWithValues: zip(names, row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
    })
}

struct ResponseTests {
  /// Each case tests a rule, which the file names; sums and responses were worked out by hand.
  @Test func handCases() throws {
    let expected = try ReferenceData.table("response/expected.csv")
    let found = try ResponseAnalysis(table(ReferenceData.table("response/lesions.csv")))
    #expect(found.subjects.count == 31 && expected.count == 52)
    var compared = 0
    for subject in found.subjects {
      for (index, visit) in subject.recist.visits.enumerated() {
        let row = try #require(
          expected.first { $0["subject"] == subject.name && $0["visit"] == subject.lesions.visits[index + 1] })
        let rule = Comment(rawValue: "\(subject.name): \(row["rule"] ?? "")")
        let hasSum = subject.recist.baseline > 0
        #expect((hasSum ? visit.sum.map(millimetres) : nil) ?? "" == row["sum"], rule)
        #expect(visit.target?.rawValue ?? "" == row["target"], rule)
        #expect(visit.nonTarget?.rawValue ?? "" == row["non_target"], rule)
        #expect((visit.hasNew.map { $0 ? "yes" : "no" } ?? "equivocal") == row["new"], rule)
        #expect(visit.overall.rawValue == row["overall"], rule)
        #expect(subject.immune.visits[index].overall.rawValue == row["irecist_overall"], rule)
        compared += 1
      }
    }
    #expect(compared == expected.count)
  }

  /// The order of rows changes nothing.
  @Test func rowsInAnyOrder() throws {
    let rows = try ReferenceData.table("response/lesions.csv")
    let found = try ResponseAnalysis(table(rows)), turned = try ResponseAnalysis(table(rows.reversed()))
    #expect(found.subjects.map(\.recist.visits) == turned.subjects.map(\.recist.visits))
    #expect(found.subjects.map(\.name) == turned.subjects.map(\.name))
  }

  /// 66 recorded responses of a public example; the one that differs is explained in the provenance.
  @Test func recordedResponses() throws {
    func read(_ name: String) throws -> [[String: String]] {
      try ReferenceData.table("response/recist/\(name)_onco_recist.csv").map { row in
        Dictionary(
          uniqueKeysWithValues: row.map { ($0.filter { $0 != "\"" }, $1 == "NA" ? "" : $1.filter { $0 != "\"" }) })
      }
    }
    func reader(_ row: [String: String], _ domain: String) -> String {
      "\(row["USUBJID"]!)/\(row[domain + "EVAL"]!.prefix(3))\(row[domain + "EVALID"]!.suffix(1))"
    }
    let organs = Dictionary(
      try read("tu").map { (reader($0, "TU") + $0["TULNKID"]!, $0["TULOC"]!) }, uniquingKeysWith: { $1 })
    var lesions: [String: [String: String]] = [:]
    for row in try read("tr") {
      let name = reader(row, "TR"), organ = try #require(organs[name + row["TRLNKID"]!])
      let isNode = organ == "LYMPH NODE", key = "\(name) \(row["VISITNUM"]!) \(row["TRLNKID"]!)"
      var lesion =
        lesions[key] ?? [
          "subject": name, "visit": row["VISITNUM"]!, "lesion": row["TRLNKID"]!, "role": row["TRGRPID"]!,
          "organ": organ, "node": isNode ? "yes" : "no",
        ]
      switch row["TRTESTCD"] {
      case "LDIAM" where !isNode: lesion["long"] = row["TRSTRESC"]
      case "LPERP" where isNode: lesion["short"] = row["TRSTRESC"]
      case "TUMSTATE": lesion["state"] = row["TRSTRESC"]!.lowercased()
      default: break
      }
      lesions[key] = lesion
    }
    let found = try ResponseAnalysis(table(lesions.sorted { $0.key < $1.key }.map(\.value)))
    let recorded = try read("rs")
    var different: [String] = []
    for row in recorded {
      let subject = try #require(found.subjects.first { $0.name == reader(row, "RS") })
      let visit = try #require(subject.lesions.visits.firstIndex(of: row["VISITNUM"]!))
      let overall = subject.recist.visits[visit - 1].overall.rawValue
      if overall.lowercased() != row["RSSTRESC"]!.lowercased() {
        different.append("\(subject.name) \(row["VISITNUM"]!): \(row["RSSTRESC"]!), \(overall)")
      }
    }
    #expect(recorded.count == 66)
    #expect(different == ["01-701-1133/IND2 4: PR, PD"])
    let odd = try #require(found.subjects.first { $0.name == "01-701-1133/IND2" }).recist
    #expect(odd.visits[2].isReappearance && odd.visits[1].target == .complete && odd.visits[2].sum == 495)
  }

  /// WHO: 1,200 mm² to 600 is half; 750 is a quarter more than 600.
  @Test func products() throws {
    let found = try ResponseAnalysis(
      table(
        "a,1,T1,target,liver,no,40,30,,,", "a,2,T1,target,liver,no,30,20,,,", "a,3,T1,target,liver,no,30,25,,,",
        "a,4,T1,target,liver,no,,,,,absent"))
    let products = try #require(found.subjects[0].products)
    #expect(products.sums == [12_000_000, 6_000_000, 7_500_000, 0])
    #expect(products.visits == [.partial, .progressive, .complete])
    #expect(found.subjects[0].recist.visits.map(\.overall) == [.stable, .stable, .complete])
  }

  /// −65 % of 1,000 mm³ are 350, +73 % are 1,730; with a repeatability of 25 % limits are 800 and 1,250.
  @Test func volumes() throws {
    func responses(_ volume: String, _ limits: VolumeResponse.Limits) throws -> ResponseCategory? {
      try ResponseAnalysis(
        table("a,1,T1,target,liver,no,20,,1000,,", "a,2,T1,target,liver,no,20,,\(volume),,"), limits: limits
      ).subjects[0].volumes?.visits[0]
    }
    let usual = VolumeResponse.Limits(), own = VolumeResponse.Limits(repeatability: 0.25)
    #expect(try responses("350", usual) == .partial && responses("350.1", usual) == .stable)
    #expect(try responses("1730", usual) == .progressive && responses("1729.9", usual) == .stable)
    #expect(try responses("800", own) == .partial && responses("800.1", own) == .stable)
    #expect(try responses("1250", own) == .progressive && responses("1249.9", own) == .stable)
  }

  @Test(arguments: [
    ("a,1,T1,target,liver,no,9.99,,,,", "must be at least 10 mm to be measurable"),
    ("a,1,T1,target,liver,no,15.9,,,8,", "must be at least 16 mm, two slices, to be measurable"),
    ("a,1,T1,target,liver,yes,,14.9,,,", "must be at least 15 mm to be measurable"),
    ("a,1,T1,non-target,liver,yes,,9.9,,,", "which is normal below 10 mm"),
  ])
  func warns(_ row: String, _ words: String) throws {
    let findings = try ResponseAnalysis(table(row)).findings
    #expect(findings.contains { $0.severity == .warning && $0.message.contains(words) }, "\(findings)")
  }

  /// At most five target lesions, and two in an organ; all nodes are one.
  @Test func countsTargets() throws {
    let six = (1...6).map { "a,1,T\($0),target,organ \($0 / 2),no,20,,,," }
    let nodes = (1...3).map { "a,1,N\($0),target,site \($0),yes,,20,,," }
    func warnings(_ rows: [String]) throws -> [String] {
      let names = ["subject", "visit", "lesion", "role", "organ", "node", "long", "short"]
      return try ResponseAnalysis(
        table(
          rows.map {
            Dictionary(
              uniqueKeysWithValues: zip(
                names, $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
          })
      ).findings.map(\.message)
    }
    #expect(try warnings(six).contains("subject 'a' has 6 target lesions, must have at most 5."))
    #expect(try warnings(Array(six.prefix(5))).allSatisfy { !$0.contains("must have at most") })
    #expect(
      try warnings(nodes).contains("subject 'a' has 3 target lesions in one organ, lymph nodes, must have at most 2."))
  }

  @Test(arguments: [
    (["a,1,T1,targets,liver,no,20,,,,"], "row 1: 'role' is 'targets', must be target, non-target or new."),
    (["a,1,T1,target,liver,no,2 cm,,,,"], "row 1: 'long' is '2 cm', must be a number of mm, 0 or more."),
    (["a,1,T1,target,liver,no,20,21,,,"], "row 1: 'short' is 21, must not be more than 'long', 20."),
    (["a,1,T1,target,liver,maybe,20,,,,"], "row 1: 'node' is 'maybe', must be yes or no."),
    (["a,1,T1,target,liver,no,20,,,,shrunk"], "row 1: 'state' is 'shrunk', must be empty"),
    (["a,1,T1,target,liver,no,20,,,,absent"], "row 1: 'state' is 'absent' and there is a size"),
    (["a,1,T1,target,liver,no,,,,,"], "has no longest diameter at the first visit"),
    (["a,week 1,T1,target,liver,no,20,,,,"], "row 1: 'visit' is 'week 1', must be a number where no column 'time'"),
    (
      ["a,1,T1,target,liver,no,20,,,,", "a,1,T1,target,liver,no,20,,,,"],
      "row 2: lesion 'T1' of subject 'a' is at visit '1' a second time"
    ),
    (
      ["a,1,T1,target,liver,no,20,,,,", "a,2,T1,non-target,liver,no,20,,,,"],
      "row 2: lesion 'T1' of subject 'a' is a non-target lesion"
    ),
    (
      ["a,1,T1,target,liver,no,20,,,,", "a,2,T2,target,liver,no,20,,,,"],
      "target lesion 'T2' of subject 'a' is not at the first visit"
    ),
    (["a,1,W,new,liver,no,20,,,,"], "is new at the first visit"),
    (["a,1,T1,target,liver,no,20,,,,", "a,2,T2,target,liver,no,9,,,,part of T9"], "must name a target lesion"),
    (
      ["a,1,T1,target,liver,no,20,,,,", "a,2,T1,target,liver,no,,,,,merged into T1"], "must name another target lesion"
    ),
    (["a,1,T1,target,liver,no,20,,,,", "a,2,T1,target,liver,no,,,,,progression"], "must be a size"),
  ])
  func refuses(_ rows: [String], _ words: String) throws {
    let names = ["subject", "visit", "lesion", "role", "organ", "node", "long", "short", "volume", "slice", "state"]
    let table = table(
      rows.map { row in
        Dictionary(
          uniqueKeysWithValues: zip(names, row.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        )
      })
    let error = #expect(throws: StudyError.self) { try ResponseAnalysis(table) }
    #expect(error?.fact.contains(words) == true, "\(String(describing: error))")
  }

  /// Dates order visits and give days since the baseline.
  @Test func dates() throws {
    let rows = [("2024-03-01", "end", "30"), ("2024-01-31", "start", "50")].map { date, visit, long in
      ["subject": "a", "time": date, "visit": visit, "lesion": "T1", "role": "target", "long": long]
    }
    let found = try ResponseAnalysis(table(rows))
    #expect(found.subjects[0].lesions.visits == ["start", "end"] && found.subjects[0].lesions.times == [0, 30])
    #expect(found.timeName == "days since baseline" && found.subjects[0].best == .partial)
    #expect(found.subjects[0].bestChange == -0.4)
  }
}
