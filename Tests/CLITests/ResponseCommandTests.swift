import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

struct ResponseCommandTests {
  private let lesions = """
    subject,visit,lesion,role,organ,node,long,short,state
    a,1,T1,target,liver,no,60,,
    a,1,N1,target,lymph node,yes,,20,
    a,2,T1,target,liver,no,48,,
    a,2,N1,target,lymph node,yes,,8,
    a,3,T1,target,liver,no,50,,
    a,3,N1,target,lymph node,yes,,18,
    b,1,X1,non-target,bone,no,,,present
    b,2,X1,non-target,bone,no,,,present
    b,2,W1,new,lung,no,12,,

    """

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Data(lesions.utf8).write(to: folder.url.appendingPathComponent("lesions.csv"))
    return folder
  }

  @Test func writesTheContractsColumns() throws {
    let folder = try folder()
    let found = try Command(
      "response", "lesions.csv", "-o", "out.csv", "--figure", "out.svg", "--report", "out.html", in: folder)
    #expect(found.status == 0, "\(found.errors)")
    let csv = try String(contentsOf: folder.url.appendingPathComponent("out.csv"), encoding: .utf8)
    let lines = csv.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("subject,visit,sum,change_baseline,change_nadir,target,non_target,new,overall,"))
    #expect(lines[1].hasPrefix("a,1,80,,,,,,baseline,"))
    #expect(lines[2].hasPrefix("a,2,56,-0.3,-0.3,PR,,no,PR,"))
    #expect(lines[3].hasPrefix("a,3,68,-0.15,0.21428571428571427,PD,,no,PD,"))
    #expect(lines[5].hasPrefix("b,2,,,,,non-CR/non-PD,yes,PD,2,no target lesions,,non-iCR/non-iUPD,iUPD"))
    let figure = try String(contentsOf: folder.url.appendingPathComponent("out.svg"), encoding: .utf8)
    for panel in ["Waterfall", "Spider", "Swimmer"] { #expect(figure.contains(">\(panel)</text>")) }
    #expect(figure.contains("<title>a: -30 %, PR</title>"))
    let provenance = try String(
      contentsOf: folder.url.appendingPathComponent("out.provenance.json"), encoding: .utf8)
    #expect(provenance.contains("\"verb\": \"response\"") && provenance.contains("\"rows\": 9"))
  }

  @Test func saysTheSameAsJSONAndText() throws {
    let folder = try folder()
    let json = try Command("response", "lesions.csv", "--format", "json", in: folder)
    #expect(json.output.contains("\"change_nadir\": 0.21428571428571427") && json.output.contains("\"best\": \"PR\""))
    let text = try Command("response", "lesions.csv", in: folder)
    #expect(
      text.output.contains("Best response until progression, not confirmed: 1 PR, 1 PD; 1 of 2 responded (50 %)."))
  }

  @Test func namesTheLineOfAMistake() throws {
    let folder = try folder()
    let wrong = lesions.replacingOccurrences(
      of: "b,2,X1,non-target,bone,no,,,present", with: "b,2,X1,non-target,bone,no,,,there")
    try Data(wrong.utf8).write(to: folder.url.appendingPathComponent("lesions.csv"))
    let found = try Command("response", "lesions.csv", in: folder)
    #expect(found.status == 2 && found.errors.contains("lesions.csv:9: 'state' is 'there', must be empty, measured"))
  }

  @Test func warningsAreErrorsIfAsked() throws {
    let folder = try folder()
    let small = lesions.replacingOccurrences(of: "yes,,20", with: "yes,,12")
    try Data(small.utf8).write(to: folder.url.appendingPathComponent("lesions.csv"))
    let lax = try Command("response", "lesions.csv", in: folder)
    #expect(lax.status == 0 && lax.errors.contains("lesions.csv:3: target lesion 'N1' has a short axis of 12 mm"))
    let strict = try Command("response", "lesions.csv", "--strict", in: folder)
    #expect(strict.status == 2 && strict.output.isEmpty)
  }

  @Test(arguments: [
    (["--volume-decrease", "0.3"], "--volume-decrease: is 0.3"), (["--volume-increase", "0"], "--volume-increase"),
    (["--volume-repeatability", "0.2", "--volume-increase", "0.5"], "says both limits"),
  ])
  func refusesLimits(_ options: [String], _ words: String) throws {
    let found = try Command(arguments: ["response", "lesions.csv"] + options, in: folder())
    #expect(found.status == 2 && found.errors.contains(words), "\(found.errors)")
  }
}

/// Lesions measured on their masks.
struct ResponseCohortTests {
  private let cohort = """
    subject,visit,lesion,role,organ,node,state,image,mask,region
    a,1,T1,target,lung,no,,ct.nrrd,first.nrrd,1
    a,1,N1,target,lymph node,yes,,ct.nrrd,first.nrrd,2
    a,2,T1,target,lung,no,,ct.nrrd,second.nrrd,1
    a,2,N1,target,lymph node,yes,absent,,,

    """

  /// Blocks in a volume of 40 × 40 × 3 voxels of 1 × 1 × 5 mm.
  private func folder(_ cohort: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let geometry = try Geometry(size: [40, 40, 3], spacing: [1, 1, 5])
    func mask(_ blocks: [(label: UInt8, x: Range<Int>, y: Range<Int>)], _ name: String) throws {
      var voxels = [UInt8](repeating: 0, count: 4800)
      for block in blocks { for y in block.y { for x in block.x { voxels[x + 40 * y + 1600] = block.label } } }
      try ImageFormats.write(
        Scan(geometry: geometry, samples: .uint8(voxels)), to: folder.url.appendingPathComponent(name).path)
    }
    try ImageFormats.write(
      Scan(geometry: geometry, samples: .double((0..<4800).map { Double($0 % 97) })),
      to: folder.url.appendingPathComponent("ct.nrrd").path)
    // 24 × 7 has a diagonal of 25; 20 × 15 too, and across it 15 / (20/25) = 18.75.
    try mask([(1, 2..<26, 2..<9), (2, 10..<30, 20..<35)], "first.nrrd")
    try mask([(1, 2..<10, 2..<8)], "second.nrrd")
    try Data(cohort.utf8).write(to: folder.url.appendingPathComponent("cohort.csv"))
    return folder
  }

  /// Sums of 25 + 18.75 and 10 + 0 mm.
  @Test func measuresAndDraws() throws {
    let folder = try folder(cohort)
    let found = try Command(
      "response", "cohort.csv", "--lesions", "lesions.csv", "--pictures", "pictures", "-o", "out.csv", in: folder)
    #expect(found.status == 0, "\(found.errors)")
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)
    }
    let out = try text("out.csv").split(separator: "\n")
    #expect(out[1].hasPrefix("a,1,43.75,,,,,,baseline,"))
    #expect(out[2].hasPrefix("a,2,10,-0.7714285714285715,-0.7714285714285715,PR,,no,PR,"))
    let lesions = try text("lesions.csv")
    #expect(lesions.split(separator: "\n")[0].hasSuffix("long,short,volume,slice"))
    #expect(lesions.contains(",2,25,18.75") && lesions.contains(",1500,5\n"))
    let picture = try text("pictures/a_1_N1.svg")
    #expect(picture.contains("data:image/png;base64,iVBOR"))
    #expect(picture.contains("slice 2: longest diameter 25.00 mm (yellow), perpendicular 18.75 mm (blue)"))
    #expect(try text("out.provenance.json").contains("\"file\": \"second.nrrd\""))
  }

  @Test func centresAreShorter() throws {
    let folder = try folder(cohort)
    let found = try Command("response", "cohort.csv", "--ends", "centres", "--lesions", "lesions.csv", in: folder)
    #expect(found.status == 0)
    // 23 × 6 and 7 × 5 between centres.
    let lesions = try String(contentsOf: folder.url.appendingPathComponent("lesions.csv"), encoding: .utf8)
    #expect(lesions.contains(",23.769728648009426,") && lesions.contains(",8.602325267042627,"))
  }

  @Test(arguments: [
    ("region\na,1,T1,target,lung,no,,ct.nrrd,first.nrrd,9\n", "9"),
    ("region\na,1,T1,target,lung,no,,,first.nrrd,1\n", "cohort.csv:2: 'image' is empty"),
    ("region,long\na,1,T1,target,lung,no,,ct.nrrd,first.nrrd,1,25\n", "cohort.csv:2: there is a mask, and 'long'"),
  ])
  func refuses(_ end: String, _ words: String) throws {
    let folder = try folder("subject,visit,lesion,role,organ,node,state,image,mask," + end)
    let found = try Command("response", "cohort.csv", in: folder)
    #expect(found.status == 2 && found.errors.contains(words), "\(found.errors)")
  }

  @Test func keepsItsInputs() throws {
    let folder = try folder(cohort)
    let found = try Command("response", "cohort.csv", "--lesions", "cohort.csv", in: folder)
    #expect(found.status == 2 && found.errors.contains("named twice"))
    let sizes = try Command("response", "cohort.csv", "-o", "first.nrrd", in: folder)
    #expect(sizes.status == 2)
  }
}
