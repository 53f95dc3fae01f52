import RadiomicsCore
import RadiomicsFormats

/// From PET's stored intensities to standardised uptake values.
///
/// SUV = activity · n / dose, with n grams of body (or cm² of surface) and the injected dose, decayed to the time to which
/// the image is corrected. That time follows QIBA's vendor-neutral rule; the factors n are DICOM's (PS3.16, concepts
/// 126401 to 126406). Images that are uptake values already are converted from one n to another.
struct UptakeValue {
  let quantity: PETQuantity
  /// What slopes and intercepts are multiplied by, for each frame.
  let factors: [Double]
  /// What it was made from, for the provenance.
  let facts: [AcquisitionFact]
  /// What to say of the dose and when it was given.
  let findings: [Finding]

  /// - `uptake`: Seconds from injection to scan; nil: by the file's times.
  /// - Throws: `FormatError` where an attribute is missing or contradicts another.
  init(
    _ frames: [Frame], of series: DICOMSeries, quantity: PETQuantity, uptake: Double?
  ) throws(FormatError) {
    let data = series.headers[frames[0].header].dataSet
    let patient = Patient(data, path: series.headers[0].path)
    self.quantity = quantity
    let units = data.text(.units) ?? ""
    let type = data.text(.suvType)
    let rule = PETDecay(series: series, path: patient.path, uptake: uptake)
    var findings: [Finding] = []
    switch units {
    case "BQML":
      let size = try patient.size(quantity)
      let doses = try frames.map { (frame) throws(FormatError) in
        try rule.dose(for: series.headers[frame.header].dataSet)
      }
      factors = doses.map { size / $0 }
      findings = rule.findings
    case "CNTS":
      let scale = { (data: DataSet, element: UInt16) in
        data.privateText(0x7053, "Philips PET Private Group", element).flatMap(Double.init).flatMap {
          $0 > 0 && $0.isFinite ? $0 : nil
        }
      }
      if scale(data, 0x00) != nil {
        let ratio = try patient.size(quantity) / patient.size(.suvbw)
        factors = try frames.map { (frame) throws(FormatError) in
          guard let factor = scale(series.headers[frame.header].dataSet, 0x00) else {
            throw patient.missing("SUV factor (7053,xx00)")
          }
          return factor * ratio
        }
      } else if scale(data, 0x09) != nil {
        let size = try patient.size(quantity)
        factors = try frames.map { (frame) throws(FormatError) in
          let data = series.headers[frame.header].dataSet
          guard let factor = scale(data, 0x09) else { throw patient.missing("activity factor (7053,xx09)") }
          return try factor * size / rule.dose(for: data)
        }
        findings = rule.findings
      } else {
        throw FormatError(
          patient.path,
          "Units are counts (CNTS), and Philips' private factor (7053,xx00 or xx09) is not there, so uptake cannot be computed.",
          advice: .measureStored)
      }
    case "GML", "CM2ML":
      let stored = try Self.stored(type, units, patient.path)
      let factor = stored == quantity ? 1 : try patient.size(quantity) / patient.size(stored)
      factors = frames.map { _ in factor }
    default:
      throw FormatError(
        patient.path,
        "Units are '\(units)', must be BQML, CNTS, GML or CM2ML for uptake values.", advice: .measureStored)
    }
    facts = rule.facts
    self.findings = findings
  }

  /// What an image that is an uptake value already was scaled by.
  private static func stored(_ type: String?, _ units: String, _ path: String) throws(FormatError) -> PETQuantity {
    switch (units, type) {
    case ("GML", nil), ("GML", "BW"): return .suvbw
    case ("GML", "IBW"): return .suvibw
    case ("GML", "LBMJANMA"): return .sul
    case ("GML", "LBMJAMES128"): return .sulJames
    case ("CM2ML", nil), ("CM2ML", "BSA"): return .suvbsa
    case ("GML", "LBM"):
      throw FormatError(
        path,
        "it is scaled by lean body mass (SUV Type LBM), but by which formula is not said.", advice: .measureStored
      )
    default:
      throw FormatError(
        path, "SUV Type '\(type ?? "")' contradicts Units '\(units)'.", advice: .measureStored)
    }
  }
}

/// The body to which uptake is scaled.
private struct Patient {
  let path: String
  private let weight, height: Double?
  private let sex: String?

  init(_ data: DataSet, path: String) {
    self.path = path
    weight = data.number(.patientWeight).flatMap { $0 > 0 ? $0 : nil }
    height = data.number(.patientSize).flatMap { $0 > 0 ? $0 * 100 : nil }
    sex = data.text(.patientSex)
  }

  func missing(_ what: String) -> FormatError {
    FormatError(
      path, "\(what) is missing, so uptake values cannot be computed.", advice: .measureStored)
  }

  /// Grams, or cm² for the surface.
  func size(_ quantity: PETQuantity) throws(FormatError) -> Double {
    let size = try formula(quantity)
    // The formulas were fitted to adults: far from them they fall to nothing and below.
    guard quantity == .stored || size > 5000 || quantity == .suvbw && size > 0 || quantity == .suvbsa else {
      throw FormatError(
        path,
        "\(quantity.title) is not defined for this weight and height: the formula gives \(shortText(size / 1000)) kg.",
        advice: .measureByWeight)
    }
    return size
  }

  /// Weight in kg, height in cm.
  private func formula(_ quantity: PETQuantity) throws(FormatError) -> Double {
    if quantity == .stored { return 1 }
    guard quantity != .suvibw || height != nil else { throw missing("Patient's Size") }
    guard let weight else { throw missing("Patient's Weight") }
    // From a mouse to the heaviest people known.
    guard weight > 0.005, weight < 700 else {
      throw FormatError(
        path,
        "Patient's Weight is \(shortText(weight)) kg, must be from 0.005 to 700 kg\(weight < 700 ? "" : "; it looks like grams"). "
          + "Correct the file.", advice: .measureStored)
    }
    if quantity == .suvbw { return 1000 * weight }
    guard let height else { throw missing("Patient's Size") }
    guard height > 20, height < 300 else {
      throw FormatError(
        path,
        "Patient's Size is \(shortText(height / 100)), must be in metres, from 0.2 to 3. Correct the file.",
        advice: .measureByWeight
      )
    }
    if quantity == .suvbsa { return 10000 * 0.007184 * pow(weight, 0.425) * pow(height, 0.725) }
    guard let sex, sex == "M" || sex == "F" else {
      throw FormatError(
        path, "Patient's Sex is '\(sex ?? "")', must be M or F for this quantity.", advice: .measureByWeight)
    }
    let isMale = sex == "M", bmi = weight / (height * height / 10000)
    switch quantity {
    case .suvibw: return 1000 * (isMale ? 48 + 1.06 * (height - 152) : 45.5 + 0.91 * (height - 152))
    case .sulJames:
      let ratio = weight / height * weight / height
      return 1000 * (isMale ? 1.1 * weight - 128 * ratio : 1.07 * weight - 148 * ratio)
    default: return 1000 * 9270 * weight / (isMale ? 6680 + 216 * bmi : 8780 + 244 * bmi)
    }
  }
}
