import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsRuns

struct DicomCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dicom", abstract: "What DICOM files hold.", subcommands: [List.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls", abstract: "Patients, studies, series and volumes of a folder.",
      discussion: """
        Searches a folder and those below it, or takes a DICOMDIR, a file, or a .txt
        file that lists files. Patients are numbered; their names and IDs are not
        shown unless --keep-identifiers is given.

          radiomics dicom ls export
          radiomics dicom ls export --format json
        """)

    @Argument(help: "A folder, a DICOMDIR, a file, or a list of files.") var path: String
    @Option(name: .long, help: "How it is printed.") var format = PrintedFormat.text
    @Flag(name: .long, help: "Show Patient IDs.") var keepIdentifiers = false
    @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

    func run() throws {
      let folder = try DICOMSource(lanes: Lanes(jobs: JobCount.preset)).folder(path)
      if !quiet { Terminal.report(folder.findings) }
      switch format {
      case .text: try Terminal.show(text(folder))
      case .csv: try Terminal.show(CSV(header: Self.header, rows: rows(folder)).text(separator: ","))
      case .json: try Terminal.show(json(folder).json + "\n")
      }
    }

    private static let header = [
      "patient", "study_uid", "series_uid", "modality", "number", "description", "kind", "files", "volumes",
    ]

    /// A number for each patient, in the order in which they are found; the ID only if asked for.
    private func patients(_ folder: DICOMFolder) -> [String] {
      var ids: [String] = []
      return folder.series.map { series in
        let id = series.patientID ?? ""
        if keepIdentifiers, !id.isEmpty { return id }
        if let place = ids.firstIndex(of: id) { return "\(place + 1)" }
        ids.append(id)
        return "\(ids.count)"
      }
    }

    private func rows(_ folder: DICOMFolder) -> [[String]] {
      zip(folder.series, patients(folder)).map { series, patient in
        [
          patient, series.studyUID, series.uid, series.modality, series.number.map(String.init) ?? "",
          series.description ?? "", series.kind.rawValue, "\(series.files.count)",
          series.volumes.joined(separator: "; "),
        ]
      }
    }

    private func json(_ folder: DICOMFolder) -> JSON {
      let series = zip(folder.series, patients(folder)).map { series, patient in
        JSON.map([
          .init("patient", .text(patient)), .init("study_uid", .text(series.studyUID)),
          .init("series_uid", .text(series.uid)), .init("modality", .text(series.modality)),
          .init("number", series.number.map { .integer($0) } ?? .null),
          .init("description", series.description.map { .text($0) } ?? .null),
          .init("kind", .text(series.kind.rawValue)),
          .init("files", .integer(series.files.count)), .init("volumes", .list(series.volumes.map { .text($0) })),
          .init("regions", .list(series.regionNames.map { .text($0) })),
        ])
      }
      return .map([.init("series", .list(series)), .init("findings", .list(folder.findings.map(\.json)))])
    }

    private func text(_ folder: DICOMFolder) -> String {
      var text = "", patient = "", study = ""
      for (series, name) in zip(folder.series, patients(folder)) {
        if name != patient || series.studyUID != study {
          let about = series.studyDescription.map { " '\($0)'" } ?? ""
          text += (text.isEmpty ? "" : "\n") + "patient \(name), study\(about) \(series.studyUID)\n"
          (patient, study) = (name, series.studyUID)
        }
        text += "  \(series.title)\n"
        let volumes = series.volumes
        for (index, volume) in volumes.enumerated() {
          text += "      \(volumes.count > 1 ? "volume \(index): " : "")\(volume)\n"
        }
        if !series.regionNames.isEmpty { text += "      regions: \(series.regionNames.joined(separator: ", "))\n" }
      }
      return text
    }
  }
}
