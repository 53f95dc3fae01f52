import RadiomicsCore
import RadiomicsFormats

/// The injected dose at the time to which an image is corrected for decay, after the vendor-neutral rule of QIBA's FDG-PET
/// committee (SUV calculation).
struct PETDecay {
  private let series: DICOMSeries
  private let path: String
  private let injection: DataSet
  /// Seconds from injection to scan, where the user says so.
  private let stated: Double?

  init(series: DICOMSeries, path: String, uptake: Double?) {
    self.series = series
    self.path = path
    stated = uptake
    injection = series.headers[0].dataSet.item(.radiopharmaceuticalInformationSequence) ?? DataSet()
  }

  private var top: DataSet { series.headers[0].dataSet }

  private func missing(_ what: String) -> FormatError {
    FormatError(
      path, "\(what) is missing, so uptake values cannot be computed.", advice: .measureStored)
  }

  /// Becquerels left when `data`'s counts are what the image says.
  func dose(for data: DataSet) throws(FormatError) -> Double {
    guard top.items(.radiopharmaceuticalInformationSequence).count <= 1 else {
      throw FormatError(
        path, "several radiopharmaceuticals were given, so there is no single dose.", advice: .measureStored)
    }
    guard let dose = injection.number(.radionuclideTotalDose), dose > 0 else {
      throw missing("Radionuclide Total Dose")
    }
    guard dose > 1e4, dose < 1e11 else {
      throw FormatError(
        path,
        "Radionuclide Total Dose is \(shortText(dose)) Bq, which no scan uses\(dose < 1e4 ? "; it looks like MBq" : ""). "
          + "Correct the file.", advice: .measureStored)
    }
    let halfLife = try halfLife
    let decay = try decayTime(data, halfLife)
    return dose * exp2(-decay / halfLife)
  }

  private var halfLife: Double {
    get throws(FormatError) {
      guard let halfLife = injection.number(.radionuclideHalfLife), halfLife > 0 else {
        throw missing("Radionuclide Half Life")
      }
      return halfLife
    }
  }

  /// Seconds from injection to the time to which the image is corrected.
  private func decayTime(_ data: DataSet, _ halfLife: Double) throws(FormatError) -> Double {
    guard let correction = data.text(.decayCorrection) else { throw missing("Decay Correction") }
    let corrected = data.texts(.correctedImage)
    guard !corrected.isEmpty else { throw missing("Corrected Image") }
    guard corrected.contains("ATTN") else {
      throw FormatError(
        path,
        "it is not corrected for attenuation (Corrected Image), so uptake means nothing.", advice: .measureStored)
    }
    guard corrected.contains("DECY") == (correction != "NONE") else {
      throw FormatError(
        path,
        "Decay Correction is \(correction), but Corrected Image \(corrected.contains("DECY") ? "lists" : "does not list") DECY. "
          + "They contradict each other.")
    }
    switch correction {
    case "ADMIN": return 0
    case "START":
      let uptake = try uptake(halfLife).seconds
      // Each frame's file says for itself when the scan began.
      return stated != nil ? uptake : try uptake + (scanStart(data, halfLife).time - begin(halfLife).time)
    case "NONE":
      guard let start = acquisition(data) else { throw missing("Acquisition Date or Time") }
      guard let duration = data.number(.actualFrameDuration), duration > 0 else {
        throw missing("Actual Frame Duration")
      }
      return try uptake(halfLife).seconds + (start - begin(halfLife).time) + meanCountTime(duration / 1000, halfLife)
    default: throw FormatError(path, "Decay Correction is '\(correction)', must be START, ADMIN or NONE.")
    }
  }

  /// The time of a frame at which its count rate is its mean count rate, seconds after its start.
  private func meanCountTime(_ duration: Double, _ halfLife: Double) -> Double {
    let constant = log(2) / halfLife, decay = constant * duration
    return log(decay / (1 - exp(-decay))) / constant
  }

  private func acquisition(_ data: DataSet) -> DateTime? {
    DateTime(date: data.text(.acquisitionDate), time: data.text(.acquisitionTime))
      ?? DateTime(data.text(.acquisitionDateTime))
  }

  /// When the scan began to which START refers, and by which attribute.
  private func scanStart(
    _ data: DataSet, _ halfLife: Double
  ) throws(FormatError) -> (time: DateTime, source: String) {
    guard let earliest = series.headers.compactMap({ acquisition($0.dataSet) }).min() else {
      throw missing("Acquisition Date or Time")
    }
    if let start = DateTime(date: top.text(.seriesDate), time: top.text(.seriesTime)), start <= earliest {
      return (start, "Series Time")
    }
    // The series was made again later, so its time is not the scan's.
    if let start = DateTime(top.privateText(0x0009, "GEMS_PETD_01", 0x0D)) { return (start, "GE's private scan time") }
    if let start = acquisition(data), let reference = data.number(.frameReferenceTime), reference > 0,
      let duration = data.number(.actualFrameDuration), duration > 0
    {
      return (start + (meanCountTime(duration / 1000, halfLife) - reference / 1000), "by Frame Reference Time")
    }
    return (earliest, "Acquisition Time")
  }

  /// When the scan began by the first file, and by which attribute.
  private func begin(_ halfLife: Double) throws(FormatError) -> (time: DateTime, source: String) {
    try scanStart(top, halfLife)
  }

  /// Seconds from the injection to the begin of the scan, and what to say of how they were found.
  private func uptake(_ halfLife: Double) throws(FormatError) -> (seconds: Double, findings: [Finding]) {
    if let stated {
      guard stated >= 0, stated <= 20 * halfLife else {
        throw FormatError(
          path,
          "an uptake time of \(span(stated)) is asked for, must be from 0 to 20 half-lives "
            + "(\(span(20 * halfLife))).")
      }
      return (stated, [])
    }
    let given = try Injection(injection, localOffset: DateTime.offset(of: top.text(Tag(0x0008, 0x0201))), path)
    let begin = try begin(halfLife)
    return try given.uptake(before: begin.time, called: "\(begin.source) \(begin.time.clockText)", halfLife)
  }

  /// What was computed with.
  var facts: [AcquisitionFact] {
    guard let halfLife = try? halfLife, let uptake = try? uptake(halfLife) else { return [] }
    return [AcquisitionFact("uptake_time_s", [.number(uptake.seconds)])]
  }

  /// What to say of the uptake time, where it was needed.
  var findings: [Finding] {
    if top.text(.decayCorrection) == "ADMIN" {
      return stated == nil
        ? []
        : [
          Finding(
            .note, path,
            "counts are corrected to the injection (ADMIN): the time that was given is not needed and not used.")
        ]
    }
    guard let halfLife = try? halfLife, let uptake = try? uptake(halfLife) else { return [] }
    return uptake.findings
  }
}
