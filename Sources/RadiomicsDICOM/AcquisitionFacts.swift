import RadiomicsFormats

extension DICOMSeries {
  /// What the headers say on how the image was made, under names that end in the unit. Nothing here identifies a person: no
  /// name, number, date or place; no free text but the agent's and the vendor's.
  var acquisition: [AcquisitionFact] {
    let numbers: [(String, [Tag], Double)] = [
      ("tube_voltage_kv", [.kvp], 1), ("exposure_mas", [.exposure, .exposureInMilliampereSeconds], 1),
      ("tube_current_ma", [.xRayTubeCurrent, .xRayTubeCurrentInMilliamperes], 1),
      ("exposure_time_ms", [.exposureTime, .exposureTimeInMilliseconds], 1),
      ("slice_thickness_mm", [.sliceThickness], 1), ("field_strength_t", [.magneticFieldStrength], 1),
      ("repetition_time_ms", [.repetitionTime], 1), ("echo_time_ms", [.echoTime, .effectiveEchoTime], 1),
      ("inversion_time_ms", [.inversionTime, .inversionTimes], 1), ("flip_angle_deg", [.flipAngle], 1),
      ("echo_train_length", [.echoTrainLength], 1), ("averages", [.numberOfAverages], 1),
      ("b_value_s_mm2", [.diffusionBValue], 1), ("gantry_tilt_deg", [.gantryDetectorTilt], 1),
      ("frame_duration_s", [.actualFrameDuration], 0.001),
      ("cardiac_phase_percent", [.nominalPercentageOfCardiacPhase], 1),
    ]
    let texts: [(String, [Tag])] = [
      ("modality", [.modality]), ("manufacturer", [.manufacturer]), ("model", [.manufacturerModelName]),
      ("software", [.softwareVersions]), ("reconstruction_kernel", [.convolutionKernel]),
      ("reconstruction_method", [.reconstructionMethod]), ("contrast_agent", [.contrastBolusAgent]),
      ("contrast_route", [.contrastBolusRoute]),
      ("phase", [.temporalPositionIdentifier]),
      ("scanning_sequence", [.scanningSequence]), ("sequence_variant", [.sequenceVariant]),
      ("sequence", [.sequenceName, .pulseSequenceName]), ("acquisition_type", [.mrAcquisitionType]),
      ("receive_coil", [.receiveCoilName]), ("units", [.units]), ("corrections", [.correctedImage]),
      ("decay_correction", [.decayCorrection]), ("dose_units", [.doseUnits]),
    ]
    var facts: [AcquisitionFact] = texts.compactMap { name, tags in
      fact(name) { data in tags.lazy.compactMap { data.text($0) }.first.map { .text($0.replacing("\\", with: ", ")) } }
    }
    facts += numbers.compactMap { name, tags, factor in
      fact(name) { data in tags.lazy.compactMap { data.number($0) }.first.map { .number($0 * factor) } }
    }
    if let spacing = headers[0].dataSet.deep.lazy.compactMap({ $0.numbers(.pixelSpacing) }).first {
      facts.append(AcquisitionFact("pixel_spacing_mm", spacing.map { .number($0) }))
    }
    return facts + tracer
  }

  /// A fact with each value that occurs, in order of files.
  private func fact(_ name: String, _ value: (DataSet) -> AcquisitionFact.Value?) -> AcquisitionFact? {
    var values: [AcquisitionFact.Value] = []
    for header in headers {
      if let found = header.dataSet.deep.lazy.compactMap(value).first, !values.contains(found) { values.append(found) }
    }
    return values.isEmpty ? nil : AcquisitionFact(name, values)
  }

  private var tracer: [AcquisitionFact] {
    guard let item = headers[0].dataSet.deep.lazy.compactMap({ $0.item(.radiopharmaceuticalInformationSequence) }).first
    else { return [] }
    var facts: [AcquisitionFact] = []
    let name = item.text(.radiopharmaceutical) ?? item.item(.radiopharmaceuticalCodeSequence)?.text(.codeMeaning)
    if let name { facts.append(AcquisitionFact("tracer", [.text(name)])) }
    if let nuclide = item.item(.radionuclideCodeSequence)?.text(.codeMeaning) {
      facts.append(AcquisitionFact("radionuclide", [.text(nuclide)]))
    }
    if let dose = item.number(.radionuclideTotalDose) {
      facts.append(AcquisitionFact("injected_dose_bq", [.number(dose)]))
    }
    if let halfLife = item.number(.radionuclideHalfLife) {
      facts.append(AcquisitionFact("half_life_s", [.number(halfLife)]))
    }
    return facts
  }

  /// What identifies the person or the scan, as far as that may leave.
  func identifiers(_ privacy: Privacy) -> [AcquisitionFact] {
    var facts: [AcquisitionFact] = []
    func add(_ name: String, _ text: String?) {
      if let text, !text.isEmpty { facts.append(AcquisitionFact(name, [.text(text)])) }
    }
    let data = headers[0].dataSet
    add("patient_id", privacy.patientID(patientID))
    if privacy.tellsUIDs {
      add("study_uid", privacy.uid(studyUID))
      add("series_uid", privacy.uid(uid))
    }
    if privacy.keepsIdentifiers {
      add("patient_name", data.text(.patientName))
      add("patient_birth_date", data.text(.patientBirthDate))
      add("study_date", data.text(.studyDate))
      add("institution", data.text(.institutionName))
    }
    return facts
  }

  /// When it was acquired, else when its series or study began; for differences alone.
  var time: DateTime? {
    let data = headers[0].dataSet
    let pairs: [(Tag, Tag)] = [
      (.acquisitionDate, .acquisitionTime), (.seriesDate, .seriesTime), (.studyDate, .studyTime),
    ]
    return pairs.lazy.compactMap { DateTime(date: data.text($0.0), time: data.text($0.1) ?? "000000") }.first
  }
}

extension DataSet {
  /// The attributes at the top, then those of the functional groups that all frames share and of the first frame.
  fileprivate var deep: [DataSet] {
    let groups = [item(.sharedFunctionalGroupsSequence), item(.perFrameFunctionalGroupsSequence)].compactMap { $0 }
    return [self]
      + groups.flatMap { group in
        group.elements.sorted { $0.key < $1.key }.flatMap { tag, _ in group.items(tag) }
      }
  }
}
