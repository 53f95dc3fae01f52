import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

extension Recipe {
  /// Reads a recipe's file, and the files of kernels that it names.
  /// - Throws: `SettingError` if one of them is no such file, `FormatError` if one cannot be read, `StudyError` if a kernel is not the
  ///   one whose SHA-256 the recipe states.
  public init(path: String) throws {
    self = try Recipe(yaml: WholeFile.text(of: path), file: path).readingKernels { asked in
      let file = asked.file ?? "", located = Path.located(file, besides: path), text = try WholeFile.text(of: located)
      var kernel = try KernelMatch(kept: text, file: located)
      (kernel.file, kernel.sha256) = (file, sha256(text))
      if let stated = asked.sha256, stated != kernel.sha256 {
        throw StudyError.at(
          located,
          "has the SHA-256 \(kernel.sha256 ?? ""), the recipe \(path) states \(stated). Name the file that is meant, or leave 'sha256' "
            + "out.")
      }
      return kernel
    }
  }
}

extension KernelMatch {
  /// Format of files.
  private static let format = 1

  /// As a file that recipes name.
  package var kept: String {
    guard case .map(let entries) = settingValue else { preconditionFailure("settings are a map") }
    return Setting.Value.map([.init("format", .integer(Self.format))] + entries).json + "\n"
  }

  /// Reads what `kept` writes.
  /// - `file`: How errors call it.
  /// - Throws: `SettingError` if it is something else.
  package init(kept text: String, file: String) throws(SettingError) {
    let setting = try Setting(yaml: text, file: file)
    guard setting["format"]?.value == .integer(Self.format), case .map(let entries) = setting.value else {
      throw SettingError(
        place: Place(file: file),
        message: "is no file of a kernel, must have format \(Self.format), frequencies and gains.")
    }
    try self.init(setting: Setting(.map(entries.filter { $0.key != "format" }), at: Place(file: file)))
    guard isReady else {
      throw SettingError(place: Place(file: file), message: "has no frequencies and gains, must have both.")
    }
  }
}

extension Study {
  /// How far slices may be turned against axial ones, as by a tilted gantry: the cosine of 30 degrees.
  private static let axial = 0.866

  /// Checks that the image may be one of the sharp kernel.
  /// - Returns: What to say where no header tells, or a refusal is overridden.
  /// - Throws: `StudyError` if it cannot be.
  func check(_ kernel: KernelMatch) throws(StudyError) -> [Finding] {
    guard kernel.isReady else {
      throw StudyError.at(
        "preparation.kernel", "the file '\(kernel.file ?? "")' was not read. Read the recipe by its path.")
    }
    let grid = image.geometry
    guard abs(grid.direction[2].z) >= Self.axial else {
      throw StudyError.at(
        imagePath, "its slices are not axial, must be: a reconstruction kernel acts within axial slices.")
    }
    var against = contradictions(to: kernel), findings: [Finding] = []
    let pixel = min(grid.spacing.x, grid.spacing.y), known = kernel.pixel ?? pixel
    if pixel < 0.99 * known {
      against.append(
        "the image's pixels are \(shortText(pixel)) mm wide, the phantoms' \(shortText(known)) mm: what the kernels do to finer waves is not "
          + "known")
    } else if pixel > 1.01 * known {
      findings.append(
        Finding(
          .note, imagePath,
          "pixels are \(shortText(pixel)) mm wide, those of the phantoms of preparation.kernel \(shortText(known)) mm; gains are taken by "
            + "frequency."))
    }
    for sentence in against {
      guard options.allowed.contains(.kernel) else {
        throw StudyError.at(imagePath, "\(sentence).", .allow(Refusal.kernel.rawValue))
      }
      findings.append(Finding(.warning, imagePath, "\(sentence); matched nevertheless, as kernel is allowed."))
    }
    if fact("reconstruction_kernel") == nil || kernel.soft == nil && kernel.sharp == nil {
      findings.append(
        Finding(
          .note, imagePath,
          "no header tells whether the image is of the sharp kernel that preparation.kernel is for; one of a soft kernel would "
            + "be softened twice."))
    }
    return findings
  }

  /// What headers say against it.
  private func contradictions(to kernel: KernelMatch) -> [String] {
    var against: [String] = []
    if let modality = fact("modality"), modality != ["CT"] {
      against.append("the image's modality is \(modality.joined(separator: ", ")), preparation.kernel is for CT")
    }
    guard let own = fact("reconstruction_kernel") else { return against }
    let called = own.map { "'\($0)'" }.joined(separator: ", ")
    if let soft = kernel.soft, own.contains(soft) {
      against.append(
        "the image's kernel is \(called), to which preparation.kernel would bring it: it is soft already, and would be "
          + "softened twice")
    } else if let sharp = kernel.sharp, own != [sharp] {
      against.append("the image's kernel is \(called), preparation.kernel is for '\(sharp)'")
    }
    return against
  }

  /// The texts of a fact of the header; nil if it has none.
  private func fact(_ name: String) -> [String]? {
    acquisition.first { $0.name == name }.map { fact in
      fact.values.map { if case .text(let text) = $0 { text } else { "" } }
    }
  }
}
