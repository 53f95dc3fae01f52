import RadiomicsCore
import RadiomicsFormats

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The injected dose at the time to which an image is corrected for decay, after the vendor-neutral rule of QIBA's FDG-PET
/// committee (SUV calculation).
struct PETDecay {
  private let series: DICOMSeries
  private let path: String
  private let injection: DataSet

  init(series: DICOMSeries, path: String) {
    self.series = series
    self.path = path
    injection = series.headers[0].dataSet.item(.radiopharmaceuticalInformationSequence) ?? DataSet()
  }

  private var top: DataSet { series.headers[0].dataSet }

  private func missing(_ what: String) -> FormatError {
    FormatError(
      path, "\(what) is missing, so uptake values cannot be computed. --pet stored measures the file's own units.")
  }

  /// Becquerels left when `data`'s counts are what the image says.
  func dose(for data: DataSet) throws(FormatError) -> Double {
    guard top.items(.radiopharmaceuticalInformationSequence).count <= 1 else {
      throw FormatError(
        path, "several radiopharmaceuticals were given, so there is no single dose. --pet stored measures activity.")
    }
    guard let dose = injection.number(.radionuclideTotalDose), dose > 0 else {
      throw missing("Radionuclide Total Dose")
    }
    guard dose > 1e4 else {
      throw FormatError(
        path,
        "Radionuclide Total Dose is \(shortText(dose)) Bq, which no scan uses; it looks like MBq. Correct the file, or "
          + "--pet stored.")
    }
    guard let halfLife = injection.number(.radionuclideHalfLife), halfLife > 0 else {
      throw missing("Radionuclide Half Life")
    }
    let decay = try decayTime(data, halfLife)
    return dose * exp2(-decay / halfLife)
  }

  /// Seconds from injection to the time to which the image is corrected.
  private func decayTime(_ data: DataSet, _ halfLife: Double) throws(FormatError) -> Double {
    guard let correction = data.text(.decayCorrection) else { throw missing("Decay Correction") }
    let corrected = data.texts(.correctedImage)
    guard !corrected.isEmpty else { throw missing("Corrected Image") }
    guard corrected.contains("ATTN") else {
      throw FormatError(
        path,
        "it is not corrected for attenuation (Corrected Image), so uptake means nothing. --pet stored measures it.")
    }
    guard corrected.contains("DECY") == (correction != "NONE") else {
      throw FormatError(
        path,
        "Decay Correction is \(correction), but Corrected Image \(corrected.contains("DECY") ? "lists" : "does not list") DECY. "
          + "They contradict each other.")
    }
    switch correction {
    case "ADMIN": return 0
    case "START": return try elapsed(to: try scanStart(data, halfLife), halfLife)
    case "NONE":
      guard let start = acquisition(data) else { throw missing("Acquisition Date or Time") }
      guard let duration = data.number(.actualFrameDuration), duration > 0 else {
        throw missing("Actual Frame Duration")
      }
      return try elapsed(to: start + meanCountTime(duration / 1000, halfLife), halfLife)
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

  /// When the scan began to which START refers.
  private func scanStart(_ data: DataSet, _ halfLife: Double) throws(FormatError) -> DateTime {
    guard let earliest = series.headers.compactMap({ acquisition($0.dataSet) }).min() else {
      throw missing("Acquisition Date or Time")
    }
    if let start = DateTime(date: top.text(.seriesDate), time: top.text(.seriesTime)), start <= earliest {
      return start
    }
    // The series was made again later, so its time is not the scan's.
    if let start = DateTime(top.privateText(0x0009, "GEMS_PETD_01", 0x0D)) { return start }
    if let start = acquisition(data), let reference = data.number(.frameReferenceTime), reference > 0,
      let duration = data.number(.actualFrameDuration), duration > 0
    {
      return start + (meanCountTime(duration / 1000, halfLife) - reference / 1000)
    }
    return earliest
  }

  /// Seconds since the injection. Where only its time of day is known, it was the last such time before `scan`.
  private func elapsed(to scan: DateTime, _ halfLife: Double) throws(FormatError) -> Double {
    let elapsed: Double
    let start = injection.text(.radiopharmaceuticalStartDateTime), zone = DateTime.offset(of: start)
    let local = DateTime.offset(of: top.text(Tag(0x0008, 0x0201)))
    if let injected = DateTime(start), zone == nil || local != nil {
      elapsed = scan - injected + (zone.map { $0 - local! } ?? 0)
    } else if let text = injection.text(.radiopharmaceuticalStartTime) {
      guard let second = DateTime.second(Array(text.utf8)) else {
        throw FormatError(path, "Radiopharmaceutical Start Time is '\(text)', must be a time, HHMMSS.")
      }
      elapsed = scan.second >= second ? scan.second - second : scan.second - second + 86400
    } else {
      throw missing("Radiopharmaceutical Start Time")
    }
    guard elapsed >= 0 else {
      throw FormatError(
        path,
        "the injection is \(shortText(-elapsed)) s after the start of the scan; times or dates contradict each other.")
    }
    guard elapsed <= 20 * halfLife else {
      throw FormatError(
        path,
        "the injection is \(shortText(elapsed / 3600)) h before the scan, when nothing of the dose is left; times or dates "
          + "contradict each other.")
    }
    return elapsed
  }

  /// What was computed with.
  var facts: [AcquisitionFact] {
    var facts: [AcquisitionFact] = []
    if let halfLife = injection.number(.radionuclideHalfLife), let start = try? scanStart(top, halfLife),
      let uptake = try? elapsed(to: start, halfLife)
    {
      facts.append(AcquisitionFact("uptake_time_s", [.number(uptake)]))
    }
    return facts
  }
}
