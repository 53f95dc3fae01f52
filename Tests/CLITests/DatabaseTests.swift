import Foundation
import Radiomics
import RadiomicsStore
import RadiomicsTestSupport
import Testing

/// `-o features.sqlite`.
@Suite struct DatabaseTests {
  /// Cohort, shards, resumed runs: the view has the rows of the long table, whatever way they came.
  @Test func longViewIsTheLongTable() throws {
    let cohort = try SmallCohort(4, families: SmallCohort.texture)
    let folder = cohort.folder
    // A region of one voxel has undefined features, a missing file fails.
    try folder.write(
      folder.read("cohort.csv") + "lost,gone.nrrd,m0.nrrd,\nsmall,i0.nrrd,one.nrrd,\n", to: "cohort.csv")
    let geometry = try Geometry(size: SIMD3(repeating: 6))
    let voxel = (0..<geometry.count).map { UInt8($0 == 100 ? 1 : 0) }
    try ImageFormats.write(Scan(geometry: geometry, samples: .uint8(voxel)), to: folder.path("one.nrrd"))
    #expect(try cohort.extract("-o", "t.csv", "--layout", "long").status == 1)
    let table = try CSV(path: folder.path("t.csv"))
    #expect(try cohort.extract("-o", "live.sqlite", "--jobs", "3").status == 1)
    #expect(try Command("merge", "t.run", "-o", "merged.sqlite", in: folder).status == 1)
    #expect(try rows(table.header, in: folder.path("live.sqlite")) == table.rows)
    #expect(try rows(table.header, in: folder.path("merged.sqlite")) == table.rows)
    let again = try cohort.extract("-o", "live.sqlite", "--resume")
    #expect(again.status == 1, "\(again.errors)")
    #expect(try rows(table.header, in: folder.path("live.sqlite")) == table.rows)
    #expect(WholeFile.exists(folder.path("live.provenance.json")))
    #expect(table.rows.contains { $0.contains("undefined") } && table.rows.contains { $0.contains("failed") })
  }

  @Test func oneImageToo() throws {
    let cohort = try SmallCohort(1)
    let folder = cohort.folder
    for name in ["t.csv", "t.sqlite"] {
      let run = try Command(
        "extract", "i0.nrrd", "m0.nrrd", "--recipe", "recipe.yaml", "--layout", "long", "-o", name, in: folder)
      #expect(run.status == 0, "\(run.errors)")
    }
    let table = try CSV(path: folder.path("t.csv"))
    #expect(try rows(table.header, in: folder.path("t.sqlite")) == table.rows)
    let provenance = try JSONSerialization.jsonObject(with: Data(folder.read("t.provenance.json").utf8))
    let fingerprint = (provenance as? [String: Any])?["recipe_fingerprint"] as? String
    let stored = try Database(folder.path("t.sqlite")).rows("SELECT value FROM run WHERE name = 'recipe_fingerprint'")
    #expect(fingerprint != nil && stored == [[.init(fingerprint)]])
  }

  @Test func whatIsNoFeatureTableIsKept() throws {
    let cohort = try SmallCohort(1)
    let text = String(repeating: "not a database\n", count: 100)
    try cohort.folder.write(text, to: "t.sqlite")
    let run = try cohort.extract("-o", "t.sqlite")
    #expect(run.status == 2)
    #expect(run.errors.contains("t.sqlite: it is not an SQLite database"), "\(run.errors)")
    #expect(try cohort.folder.read("t.sqlite") == text)
  }

  /// Rows of the view in the long table's columns, numbers written as the table writes them.
  private func rows(_ columns: [String], in path: String) throws -> [[String]] {
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    return try Database(path).rows(
      """
      SELECT \(names) FROM features_long AS f
      ORDER BY row_id, (SELECT measurand_id FROM measurands AS m WHERE m.column_name = f.column_name)
      """
    ).map { row in
      row.map { value in
        switch value {
        case .null: ""
        case .integer(let number): "\(number)"
        case .real(let number): numberText(number)
        case .text(let text): text
        }
      }
    }
  }
}
