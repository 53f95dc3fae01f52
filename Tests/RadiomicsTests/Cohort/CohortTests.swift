import Radiomics
import RadiomicsRuns
import RadiomicsTestSupport
import Testing

@Suite struct CohortTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func cohort(_ text: String, _ name: String = "c.csv") throws -> Cohort {
    try folder.write(text, to: name)
    return try Cohort(path: folder.path(name))
  }

  @Test func columnsHaveTheirOrder() throws {
    let text = "site,mask,image,subject,reader,weight,timepoint\nA,m,i,S1,R,80,0\n"
    #expect(
      try cohort(text).texts == ["subject", "timepoint", "reader", "image", "mask", "region", "site", "weight"])
  }

  @Test(arguments: [
    "\u{FEFF}subject,image,mask\r\n\"S,1\",i.nii,m.nii\r\n", "subject , image, mask\n\"S,1\",i.nii,m.nii",
    "subject,image,mask\n\n\"S,1\",\"i.nii\",m.nii\n\n",
  ])
  func spreadsheets(_ text: String) throws {
    let cohort = try cohort(text)
    #expect(cohort.count == 1 && cohort.texts == ["subject", "image", "mask", "region"] && cohort.findings.isEmpty)
  }

  @Test func tabs() throws {
    #expect(try cohort("subject\timage\tmask\nS,1\ti\tm\n", "c.tsv").count == 1)
  }

  @Test func headerOfPyRadiomics() throws {
    let cohort = try cohort("Image,Mask,Label,ID\ni,m,2,P1\n")
    #expect(cohort.texts == ["image", "mask", "region", "ID"])
  }

  @Test func rowsThatOccurTwice() throws {
    let findings = try cohort("subject,image,mask\nA,i,m\nB,i,m\nA,i,m\n").findings
    #expect(findings.map(\.message) == ["rows occur twice: lines 4 (as 2). Each is measured."])
  }

  @Test(arguments: [
    ("", "c.csv: the table is empty"), ("subject,image\nA,i\n", "c.csv:1: the column 'mask' is missing"),
    ("subject,image,maks\nA,i,m\n", "If 'maks' is meant to be it, rename it."),
    ("image,mask\ni,m\n", "the column 'subject' is missing"),
    ("subject,image,mask,image\nA,i,m,i\n", "'image' occurs twice"),
    ("subject,image,mask, image\nA,i,m,i\n", "c.csv:1: the column 'image' occurs twice"),
    ("subject,image,mask,\nA,i,m,\n", "c.csv:1: column 4 has no name"),
    ("subject,image,mask\n", "a header and no rows"), ("subject,image,mask\nA,i\n", "c.csv:2: the row has 2 values"),
    ("subject,image,mask\nA,i,m\nB,,m\n", "c.csv:3: 'image' is empty"),
    ("subject,image,mask\n\n ,i,m\n", "c.csv:3: 'subject' is empty"),
    ("subject,image,mask\nA,i,\"m\n", "c.csv:2: the quote that opens here is never closed"),
    ("subject,image,mask,status\nA,i,m,x\n", "a column 'status' of its own"),
    ("subject,image,mask\nA,i\0,m\n", "c.csv:2: holds a zero byte"),
  ])
  func brokenOnesSayWhere(_ text: String, _ words: String) throws {
    let error = #expect(throws: (any Error).self) { try cohort(text) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(words), "\(error.map { "\($0)" } ?? "")")
  }

  @Test func shards() throws {
    #expect(try (1...3).map { Array(try Shard("\($0)/3").rows(of: 8)) } == [[0, 3, 6], [1, 4, 7], [2, 5]])
    #expect(Array(Shard.whole.rows(of: 3)) == [0, 1, 2])
    for text in ["0/3", "4/3", "3", "a/b", "1/2/3", "-1/3", "1/"] {
      #expect(throws: StudyError.self) { try Shard(text) }
    }
  }

  @Test(arguments: [
    ("4GB", 4_000_000_000), ("512M", 512 << 20), ("1.5GiB", 3 << 29), ("2000000", 2_000_000), ("3000 KB", 3_000_000),
    ("2t", 2 << 40), ("5kib", nil), ("GB", nil), ("4 potatoes", nil), ("-4GB", nil), ("1e3GB", nil), ("", nil),
  ])
  func amountsOfMemory(_ text: String, _ bytes: Int?) { #expect(MemoryAmount(text)?.bytes == bytes) }
}
