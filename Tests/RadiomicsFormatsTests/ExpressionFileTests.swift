import RadiomicsCore
import RadiomicsFormats
import RadiomicsTestSupport
import Testing

/// Tables of gene expression as programs write them.
@Suite struct ExpressionFileTests {
  private func read(_ text: String, _ name: String = "e.csv", _ duplicates: DuplicateGenes = .mean) throws
    -> ExpressionTable
  {
    let folder = try TemporaryFolder()
    let path = folder.path(name), bytes = Array(text.utf8)
    try OutputFile.write(name.hasSuffix(".gz") ? Gzip.compress(bytes) : bytes, to: path)
    return try ExpressionFile(path: path).expression(
      of: ["s1", "s2", "s3"], at: "features.csv", duplicates: duplicates)
  }

  @Test(arguments: [
    ("e.csv", "gene,s1,s2,s4\nTP53,1.5,2,3\nKRAS,4,NA,6.25\n"),
    ("e.tsv", "\"s1\"\t\"s2\"\t\"s4\"\n\"TP53\"\t1.5\t2\t3\n\"KRAS\"\t4\tNA\t6.25\n"),
    ("e.csv.gz", "subject,TP53,KRAS\ns1,1.5,4\ns2,2,\ns4,3,6.25\n"),
    ("e.tsv.gz", "gene\tchromosome\ts1\ts2\ts4\nTP53\tchr17\t1.5\t2\t3\nKRAS\tchr12\t4\t\t6.25\n"),
    ("e.gct", "#1.2\n2\t3\nName\tDescription\ts1\ts2\ts4\nTP53\t7157\t1.5\t2\t3\nKRAS\tx\t4\t\t6.25\n"),
  ])
  func orientationIsDetected(_ name: String, _ text: String) throws {
    let table = try read(text, name)
    #expect(table.genes == ["TP53", "KRAS"] && table.samples == ["s1", "s2", "s4"])
    #expect(table.elements.prefix(4) == [1.5, 2, 3, 4] && table.elements[4].isNaN && table.elements[5] == 6.25)
    #expect(table.findings[0].message.hasPrefix("2 genes are its"))
  }

  @Test func namesAreRepairedByRule() throws {
    let table = try read(
      """
      gene,s1,s2
      ENSG00000141510.12,1.5,2
      2-Sep,3.5,4
      Mar-03,3.5,4
      1-Mar,5.5,6
      tp53,7.5,8
      TP53,9.5,1
      EGFR,1.5,2
      EGFR,2.5,4

      """)
    #expect(table.genes == ["ENSG00000141510", "SEPTIN2", "MARCHF3", "1-Mar", "tp53", "TP53", "EGFR"])
    #expect(table.elements.suffix(2) == [2, 3])
    let said = table.findings.map(\.message).joined(separator: "\n")
    for part in [
      "1 name of a gene has a version", "2-Sep is SEPTIN2", "Mar-03 is MARCHF3", "nobody can say", "TP53 and tp53",
      "the mean of their values counts: EGFR",
    ] { #expect(said.contains(part), "\(part)\n\(said)") }
    #expect(try read("g,s1\nA,1.5\nA,2.5\n", "e.csv", .largest).elements == [2.5])
    #expect(throws: FormatError.self) { try read("g,s1\nA,1.5\nA,2.5\n", "e.csv", .refuse) }
  }

  @Test(arguments: [
    ("gene,x1,x2\nA,1,2\n", "neither its columns, such as 'x1', nor its rows, such as 'A'"),
    ("gene,S-1,x2\nA,1,2\n", "'S-1' and 's1' look alike"),
    ("gene,s1,s1x\ns1,1,2\nB,1,2\n", "must be one of both"),
    ("gene,s1,s2,s1\nA,1,2,3\n", "the subject 's1' is there twice"),
    ("gene,s1,s2\nA,900,2.5\nB,12,1.5\n", "must be all one of both"),
    ("gene,s1,s2\nA,9,2\nB,x,1\n", "e.csv:3: 's1' is 'x', must be a number, or empty."),
    ("gene,s1,s2\nA,9\n", "e.csv:2: the row has 2 values, must have 3"),
    ("gene\nA\n", "holds no numbers"),
  ])
  func whatIsWrongIsSaid(_ text: String, _ sentence: String) throws {
    let error = try #require(throws: FormatError.self) { try read(text) }
    #expect(error.fact.contains(sentence), "\(error.fact)")
  }
}
