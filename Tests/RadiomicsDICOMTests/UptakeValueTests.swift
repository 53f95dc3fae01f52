import Foundation
import Radiomics
import RadiomicsDICOM
import RadiomicsTestSupport
import Testing

/// Uptake values by hand calculation: 370 MBq of fluorine-18 injected at 10:00, a scan that began at 11:00, 80 kg, 1.80 m.
@Suite struct UptakeValueTests {
  private static let dose = 370e6, halfLife = 6586.2, weight = 80.0, height = 1.8

  private static func slice(_ edit: @escaping (inout DataSet) -> Void = { _ in }) -> Slice {
    var slice = Slice()
    (slice.modality, slice.sopClass) = ("PT", "1.2.840.10008.5.1.4.1.1.128")
    (slice.slope, slice.intercept) = (2, 0)
    slice.edit = { data in
      data.set(.units, VR("CS"), "BQML")
      data.set(.decayCorrection, VR("CS"), "START")
      data.set(.correctedImage, VR("CS"), "NORM\\DTIM\\ATTN\\SCAT\\DECY")
      data.set(.patientWeight, decimals: [weight])
      data.set(.patientSize, decimals: [height])
      data.set(.patientSex, VR("CS"), "M")
      data.set(.seriesDate, VR("DA"), "20200304")
      data.set(.seriesTime, VR("TM"), "110000")
      data.set(.acquisitionDate, VR("DA"), "20200304")
      data.set(.acquisitionTime, VR("TM"), "110500.5")
      data.setInjection { item in
        item.set(.radionuclideTotalDose, decimals: [dose])
        item.set(.radionuclideHalfLife, decimals: [halfLife])
        item.set(.radiopharmaceuticalStartTime, VR("TM"), "100000")
      }
      edit(&data)
    }
    return slice
  }

  private func read(
    _ quantity: PETQuantity? = nil, uptake: Double? = nil, _ edit: @escaping (inout DataSet) -> Void = { _ in }
  ) throws -> (value: Double, stored: StoredImage) {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.slice(edit).dataSet, to: "pet.dcm")
    var options = Study.Options()
    options.series.quantity = quantity
    options.series.uptake = uptake
    let stored = try StudyReader(options: options, sources: [DICOMSource()]).image(path)
    let scan = stored.volumes[0]
    // The pixel that is stored as 5: 10 Bq/mL.
    return (scan.volume(in: scan.geometry.box).voxels[5], stored)
  }

  private func expect(_ value: Double, _ expected: Double) { #expect(abs(value / expected - 1) < 1e-12, "\(value)") }

  /// 10 Bq/mL · n / dose left after an hour.
  private func uptake(_ size: Double, after seconds: Double = 3600) -> Double {
    10 * size / (Self.dose * pow(2, -seconds / Self.halfLife))
  }

  @Test func bodies() throws {
    expect(try read().value, uptake(80000))
    expect(try read(.suvbw).value, uptake(80000))
    // Du Bois: 0.007184 · 80^0.425 · 180^0.725 = 1.9963 m².
    expect(try read(.suvbsa).value, uptake(10000 * 0.007184 * pow(80, 0.425) * pow(180, 0.725)))
    expect(try read(.suvibw).value, uptake(1000 * (48 + 1.06 * 28)))
    expect(try read(.sulJames).value, uptake(1000 * (1.1 * 80 - 128 * pow(80.0 / 180, 2))))
    expect(try read(.sul).value, uptake(1000 * 9270 * 80 / (6680 + 216 * 80 / 3.24)))
    expect(try read(.stored).value, 10)
    let female = { (data: inout DataSet) in data.set(.patientSex, VR("CS"), "F") }
    expect(try read(.suvibw, female).value, uptake(1000 * (45.5 + 0.91 * 28)))
    expect(try read(.sulJames, female).value, uptake(1000 * (1.07 * 80 - 148 * pow(80.0 / 180, 2))))
    expect(try read(.sul, female).value, uptake(1000 * 9270 * 80 / (8780 + 244 * 80 / 3.24)))
  }

  @Test func theQuantityIsNamed() throws {
    let stored = try read(.sul).stored
    #expect(stored.acquisition.contains(AcquisitionFact("pet_quantity", [.text("sul")])))
    #expect(stored.acquisition.contains(AcquisitionFact("uptake_time_s", [.number(3600)])))
    #expect(stored.findings.contains { $0.message.contains("Janmahasatian") })
  }

  @Test func decayCorrections() throws {
    expect(try read { $0.set(.decayCorrection, VR("CS"), "ADMIN") }.value, uptake(80000, after: 0))
    // Not corrected: at the frame's mean count rate, 11:05:00.5 and nearly half of its 120 s.
    let constant = log(2) / Self.halfLife
    let mean = log(constant * 120 / (1 - exp(-constant * 120))) / constant
    #expect(abs(mean - 60) < 0.2)
    expect(
      try read {
        $0.set(.decayCorrection, VR("CS"), "NONE")
        $0.set(.correctedImage, VR("CS"), "ATTN")
        $0.set(.actualFrameDuration, VR("IS"), "120000")
      }.value, uptake(80000, after: 3900.5 + mean))
  }

  /// A series made again later: GE's private time, else from the frame's reference time, else the first acquisition.
  @Test func lateSeries() throws {
    let late = { (data: inout DataSet) in data.set(.seriesTime, VR("TM"), "150000") }
    expect(try read(nil, late).value, uptake(80000, after: 3900.5))
    expect(
      try read {
        late(&$0)
        $0.set(Tag(0x0009, 0x0010), VR("LO"), "GEMS_PETD_01")
        $0.set(Tag(0x0009, 0x100D), VR("DT"), "20200304110200.00")
      }.value, uptake(80000, after: 3720))
    let constant = log(2) / Self.halfLife
    let mean = log(constant * 120 / (1 - exp(-constant * 120))) / constant
    expect(
      try read {
        late(&$0)
        $0.set(.frameReferenceTime, decimals: [200_000])
        $0.set(.actualFrameDuration, VR("IS"), "120000")
      }.value, uptake(80000, after: 3900.5 - 200 + mean))
  }

  @Test func midnight() throws {
    let after = { (data: inout DataSet) in
      data.set(.seriesTime, VR("TM"), "003000")
      data.set(.acquisitionTime, VR("TM"), "003100")
    }
    expect(
      try read { data in
        after(&data)
        data.editInjection { $0.set(.radiopharmaceuticalStartTime, VR("TM"), "2345") }
      }.value, uptake(80000, after: 2700))
    expect(
      try read { data in
        after(&data)
        data.editInjection { $0.set(.radiopharmaceuticalStartDateTime, VR("DT"), "20200303234500") }
      }.value, uptake(80000, after: 2700))
    // 23:45 an hour east is 22:45 here; without a zone of the study the time of day counts.
    for (zone, seconds) in [("+0000", 6300.0), ("+0100", 2700), (nil, 1800)] {
      expect(
        try read { data in
          after(&data)
          if let zone { data.set(Tag(0x0008, 0x0201), VR("SH"), zone) }
          data.editInjection {
            $0.set(.radiopharmaceuticalStartDateTime, VR("DT"), "20200303234500+0100")
            $0.set(.radiopharmaceuticalStartTime, VR("TM"), "000000")
          }
        }.value, uptake(80000, after: seconds))
    }
  }

  private static func injected(_ time: String, _ halfLife: Double = halfLife) -> (inout DataSet) -> Void {
    { data in
      data.editInjection {
        $0.set(.radiopharmaceuticalStartTime, VR("TM"), time)
        $0.set(.radionuclideHalfLife, decimals: [halfLife])
      }
    }
  }

  /// A time of day after the scan's 11:00 is the day before only if that is at most 5 half-lives ago.
  @Test func injectionAfterTheScan() throws {
    for (time, words) in [
      ("110005", "(Radiopharmaceutical Start Time 11:00:05) is 5 s after the start of the scan (Series Time 11:00:00)"),
      ("111000", "is 10 min after the start of the scan"), ("115900", "is 59 min after the start of the scan"),
      ("110005", "on the day before it would be 24 h, 13.1 half-lives"),
    ] {
      let said = refusal { _ = try read(nil, Self.injected(time)) }
      #expect(
        said?.contains(words) == true && said?.contains("Give the time from injection to scan") == true,
        "\(said ?? "accepted")")
    }
    // 5 half-lives of fluorine-18 are 9 h 8 min 51 s.
    let late: (String, String) -> (inout DataSet) -> Void = { injection, scan in
      { data in
        Self.injected(injection)(&data)
        data.set(.seriesTime, VR("TM"), scan)
        data.set(.acquisitionTime, VR("TM"), scan)
      }
    }
    let found = try read(nil, late("230000", "080800"))
    expect(found.value, uptake(80000, after: 9 * 3600 + 480))
    #expect(
      found.stored.findings.contains {
        $0.severity == .note
          && $0.message.contains("is taken for the day before the scan (Series Time 08:08:00): 9.133 h")
      })
    #expect(refusal { _ = try read(nil, late("230000", "080900")) }?.contains("14.85 h after the start") == true)
    // Corrected to the injection: no time is needed.
    let administered = try read { data in
      Self.injected("110005")(&data)
      data.set(.decayCorrection, VR("CS"), "ADMIN")
    }
    expect(administered.value, uptake(80000, after: 0))
    #expect(!administered.stored.acquisition.contains { $0.name == "uptake_time_s" })
  }

  /// The day of the injection matters where the nuclide lives for days.
  @Test func longLived() throws {
    let yttrium = 230400.0
    let said = refusal { _ = try read(nil, Self.injected("100000", yttrium)) }
    #expect(
      said?.contains("only the time of day is known") == true && said?.contains("2.667 d") == true, "\(said ?? "")")
    let left = { (seconds: Double) in 10 * 80000 / (Self.dose * pow(2, -seconds / yttrium)) }
    expect(
      try read { data in
        Self.injected("100000", yttrium)(&data)
        data.editInjection { $0.set(.radiopharmaceuticalStartDateTime, VR("DT"), "20200301100000") }
      }.value, left(3 * 86400 + 3600))
    expect(try read(nil, uptake: 2 * 86400, Self.injected("100000", yttrium)).value, left(2 * 86400))
  }

  @Test func uptakeTimeThatIsStated() throws {
    expect(try read(nil, uptake: 5400).value, uptake(80000, after: 5400))
    expect(try read(nil, uptake: 5400, Self.injected("110005")).value, uptake(80000, after: 5400))
    let undated = try read(nil, uptake: 0) { data in
      for tag in [Tag.acquisitionTime, .seriesTime] { data.elements[tag] = nil }
      data.editInjection { $0.elements[.radiopharmaceuticalStartTime] = nil }
    }
    expect(undated.value, uptake(80000, after: 0))
    #expect(undated.stored.acquisition.contains(AcquisitionFact("uptake_time_s", [.number(0)])))
    // Of a frame that is not corrected: from the scan's begin on, 5 minutes before it.
    let constant = log(2) / Self.halfLife
    let mean = log(constant * 120 / (1 - exp(-constant * 120))) / constant
    expect(
      try read(nil, uptake: 5400) {
        $0.set(.decayCorrection, VR("CS"), "NONE")
        $0.set(.correctedImage, VR("CS"), "ATTN")
        $0.set(.actualFrameDuration, VR("IS"), "120000")
      }.value, uptake(80000, after: 5400 + 300.5 + mean))
    for wrong in [-1.0, 21 * Self.halfLife] {
      #expect(refusal { _ = try read(nil, uptake: wrong) }?.contains("must be from 0 to 20 half-lives") == true)
    }
    let needless = try read(nil, uptake: 60) { $0.set(.decayCorrection, VR("CS"), "ADMIN") }
    expect(needless.value, uptake(80000, after: 0))
    #expect(needless.stored.findings.contains { $0.message.contains("not needed and not used") })
  }

  @Test func doubtfulTimes() throws {
    let contradicting = try read { data in
      data.editInjection { $0.set(.radiopharmaceuticalStartDateTime, VR("DT"), "20200304093000") }
    }
    expect(contradicting.value, uptake(80000, after: 5400))
    #expect(contradicting.stored.findings.contains { $0.message.contains("09:30:00 contradicts Radiopharmaceutical") })
    let early = try read(nil, Self.injected("010000"))
    #expect(early.stored.findings.contains { $0.severity == .warning && $0.message.contains("5.47 half-lives") })
    #expect(!(try read().stored.findings).contains { $0.severity == .warning })
  }

  @Test func units() throws {
    expect(
      try read {
        $0.set(.units, VR("CS"), "CNTS")
        $0.set(Tag(0x7053, 0x0010), VR("LO"), "Philips PET Private Group")
        $0.set(Tag(0x7053, 0x1000), VR("DS"), "0.0005")
      }.value, 10 * 0.0005)
    expect(
      try read {
        $0.set(.units, VR("CS"), "CNTS")
        $0.set(Tag(0x7053, 0x0010), VR("LO"), "Philips PET Private Group")
        $0.set(Tag(0x7053, 0x1009), VR("DS"), "3")
      }.value, 3 * uptake(80000))
    expect(try read { $0.set(.units, VR("CS"), "GML") }.value, 10)
    let lean = 1000 * 9270 * 80 / (6680 + 216 * 80 / 3.24)
    let james = 1000 * (1.1 * 80 - 128 * pow(80.0 / 180, 2))
    for (type, expected) in [("LBMJANMA", 80000 / lean), ("LBMJAMES128", 80000 / james), ("BW", 1)] {
      expect(
        try read {
          $0.set(.units, VR("CS"), "GML")
          $0.set(.suvType, VR("CS"), type)
        }.value, 10 * expected)
    }
    let surface = 10000 * 0.007184 * pow(80, 0.425) * pow(180, 0.725)
    expect(try read { $0.set(.units, VR("CS"), "CM2ML") }.value, 10 * 80000 / surface)
  }

  @Test func refusals() throws {
    let cases: [(PETQuantity?, (inout DataSet) -> Void, String)] = [
      (nil, { $0.elements[.patientWeight] = nil }, "Patient's Weight is missing"),
      (nil, { $0.set(.patientWeight, decimals: [80000]) }, "looks like grams"),
      (nil, { $0.set(.patientWeight, decimals: [0.001]) }, "from 0.005 to 700 kg"),
      (nil, { $0.editInjection { $0.set(.radionuclideTotalDose, decimals: [3.7e14]) } }, "which no scan uses"),
      (.suvbsa, { $0.elements[.patientSize] = nil }, "Patient's Size is missing"),
      (.suvbsa, { $0.set(.patientSize, decimals: [180]) }, "must be in metres"),
      (.sul, { $0.set(.patientSex, VR("CS"), "O") }, "must be M or F"),
      (.suvibw, { $0.set(.patientSize, decimals: [1]) }, "is not defined for this weight and height"),
      (nil, { $0.elements[.decayCorrection] = nil }, "Decay Correction is missing"),
      (nil, { $0.set(.decayCorrection, VR("CS"), "LATER") }, "must be START, ADMIN or NONE"),
      (nil, { $0.elements[.correctedImage] = nil }, "Corrected Image is missing"),
      (nil, { $0.set(.correctedImage, VR("CS"), "DECY") }, "not corrected for attenuation"),
      (nil, { $0.set(.correctedImage, VR("CS"), "ATTN") }, "contradict each other"),
      (nil, { $0.set(.decayCorrection, VR("CS"), "NONE") }, "contradict each other"),
      (nil, { $0.editInjection { $0.elements[.radionuclideTotalDose] = nil } }, "Radionuclide Total Dose is missing"),
      (nil, { $0.editInjection { $0.set(.radionuclideTotalDose, decimals: [370]) } }, "looks like MBq"),
      (nil, { $0.editInjection { $0.elements[.radionuclideHalfLife] = nil } }, "Radionuclide Half Life is missing"),
      (nil, { $0.editInjection { $0.elements[.radiopharmaceuticalStartTime] = nil } }, "Start Time is missing"),
      (nil, { $0.editInjection { $0.set(.radiopharmaceuticalStartTime, VR("TM"), "noon") } }, "must be a time"),
      (
        nil, { $0.editInjection { $0.set(.radiopharmaceuticalStartDateTime, VR("DT"), "20200304113000") } },
        "after the start of the scan"
      ),
      (
        nil, { $0.editInjection { $0.set(.radiopharmaceuticalStartDateTime, VR("DT"), "20190304100000") } },
        "nothing of the dose is left"
      ),
      (
        nil, { $0.set(.radiopharmaceuticalInformationSequence, [DataSet(), DataSet()]) }, "several radiopharmaceuticals"
      ),
      (nil, { $0.set(.units, VR("CS"), "CNTS") }, "Philips' private factor"),
      (nil, { $0.set(.units, VR("CS"), "PROPCPS") }, "must be BQML, CNTS, GML or CM2ML"),
      (
        nil,
        {
          $0.set(.units, VR("CS"), "GML")
          $0.set(.suvType, VR("CS"), "LBM")
        }, "by which formula is not said"
      ),
      (
        nil,
        {
          $0.set(.units, VR("CS"), "CM2ML")
          $0.set(.suvType, VR("CS"), "BW")
        }, "contradicts Units"
      ),
    ]
    for (quantity, edit, words) in cases {
      let said = refusal { _ = try read(quantity, edit) }
      #expect(said?.contains(words) == true, "\(words): \(said ?? "accepted")")
      // Whatever is missing, the file's own units can be measured.
      #expect(try read(.stored, edit).value == 10)
    }
  }

  /// Each bed position is scaled by its own time where nothing was corrected for decay.
  @Test func slicesOfTheirOwn() throws {
    let folder = try TemporaryFolder()
    for (index, time) in ["110000", "111000"].enumerated() {
      var slice = Self.slice {
        $0.set(.decayCorrection, VR("CS"), "NONE")
        $0.set(.correctedImage, VR("CS"), "ATTN")
        $0.set(.actualFrameDuration, VR("IS"), "1")
        $0.set(.acquisitionTime, VR("TM"), time)
      }
      slice.position![2] = 3 * Double(index)
      try folder.write(slice.dataSet, to: "\(index)")
    }
    let scan = try StudyReader(sources: [DICOMSource()]).image(folder.url.path).volumes[0]
    let voxels = scan.volume(in: scan.geometry.box).voxels
    #expect(abs(voxels[17] / voxels[5] / pow(2, 600 / Self.halfLife) - 1) < 1e-12)
  }
}

extension DataSet {
  fileprivate mutating func setInjection(_ fill: (inout DataSet) -> Void) {
    set(.radiopharmaceuticalInformationSequence, [DataSet(fill)])
  }

  fileprivate mutating func editInjection(_ edit: (inout DataSet) -> Void) {
    var item = item(.radiopharmaceuticalInformationSequence)!
    edit(&item)
    set(.radiopharmaceuticalInformationSequence, [item])
  }
}
