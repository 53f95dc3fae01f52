import Radiomics
import RadiomicsCore
import RadiomicsFormats
import RadiomicsRuns

/// A batch file of PyRadiomics' script: columns `Image` and `Mask`, `Label` and `Label_channel` as wanted, and any others.
package struct PyRadiomicsBatch: Sendable {
  /// A row.
  package struct Case: Sendable {
    /// Paths from the working folder.
    package let image, mask: String
    let label, volume: String?
    /// The row's columns by name, in the file's order.
    let columns: [(name: String, text: String)]

    /// One image and its mask.
    package init(image: String, mask: String) {
      self.init(image: image, mask: mask, label: nil, volume: nil, columns: [("Image", image), ("Mask", mask)])
    }

    fileprivate init(
      image: String, mask: String, label: String?, volume: String?, columns: [(name: String, text: String)]
    ) {
      (self.image, self.mask, self.label, self.volume, self.columns) = (image, mask, label, volume, columns)
    }

    /// The row's columns, paths written as asked.
    package func fields(paths written: (String) -> String) -> [(name: String, text: String)] {
      columns.map { name, text in
        (name, name == "Image" ? written(image) : name == "Mask" ? written(mask) : text)
      }
    }

    /// How its files are read: as `options` say, but for its own label and channel.
    /// - Throws: `StudyError` if one of them is no number.
    package func options(_ options: Study.Options) throws -> Study.Options {
      func number(_ text: String?, _ name: String) throws -> Int? {
        guard let text, !text.isEmpty else { return nil }
        guard let number = Int(text), number >= 0 else {
          throw StudyError("'\(name)' is '\(text)', must be a whole number from 0.")
        }
        return number
      }
      var options = options
      if let label = try number(label, "Label") { options.region = .label(label) }
      if let volume = try number(volume, "Label_channel") { options.maskVolume = volume }
      return options
    }
  }

  /// The rows.
  package let cases: [Case]
  /// The same as a cohort.
  package let cohort: Cohort

  /// Reads a batch file.
  /// - Throws: `StudyError` or `FormatError` with what is wrong.
  package init(path: String) throws {
    cohort = try Cohort(path: path)
    let table = try CSV(path: path)
    guard let image = table.header.firstIndex(of: "Image"), let mask = table.header.firstIndex(of: "Mask") else {
      throw StudyError.at(
        "\(path):1", "the columns 'Image' and 'Mask' must be there; there are: \(table.header.joined(separator: ", "))."
      )
    }
    let label = table.header.firstIndex(of: "Label"), volume = table.header.firstIndex(of: "Label_channel")
    let cohort = cohort
    cases = table.rows.enumerated().map { index, row in
      let files = cohort.files(of: index)
      return Case(
        image: files.located(row[image]), mask: files.located(row[mask]), label: label.map { row[$0] },
        volume: volume.map { row[$0] }, columns: Array(zip(table.header, row)).map { ($0, $1) })
    }
  }
}
