import RadiomicsCore
import RadiomicsFormats

/// A cohort file proposed for the images and masks in a folder: of files of voxels by their names alone, of DICOM by which
/// series a mask was drawn on.
///
/// Known are BIDS, nnU-Net and Decathlon (`imagesTr`, `labelsTr`), TotalSegmentator (an image beside `segmentations`), pairs
/// `NAME_image` and `NAME_mask` in a folder, one image with its masks in a folder for each subject, and a folder of DICOM with
/// images and masks for each subject. What fits none, or more than one, is left out and said.
package struct CohortProposal: Sendable {
  /// The proposal; `session`, `modality` and `structure` where names tell them, `series` and `mask_series` where one path holds
  /// several.
  package let table: CSV
  /// Files that were left out, and why.
  package let findings: [Finding]

  /// Looks through a folder and those below it.
  /// - `output`: Where the file will stand, to which paths are relative; the working folder if nil.
  /// - `sources`: What else than files of voxels makes up a case.
  /// - Throws: `FormatError` if a folder cannot be read.
  package init(folder: String, for output: String?, sources: [any ImageSource] = []) throws {
    var files: [ImageFile] = [], left: [Finding] = []
    var subjects: [(name: String, cases: [SourceCase])] = []
    var seen: Set<FileIdentity> = Set([FileIdentity(folder)].compactMap { $0 })
    for name in try Folder.names(in: folder) where Folder.exists(folder + "/" + name) {
      guard FileIdentity(folder + "/" + name).map({ seen.insert($0).inserted }) ?? false else { continue }
      for source in sources {
        let (cases, findings) = source.cases(in: folder + "/" + name)
        if !cases.isEmpty { subjects.append((name, cases)) }
        left += findings.map { $0.placed(at: name) }
      }
    }
    seen = []
    try Self.collect(folder, below: [], leaving: Set(subjects.map(\.name)), &seen, into: &files, &left)
    let base = output.map { String(Path.folder(of: $0).dropLast()) } ?? "."
    let isRooted = output?.hasPrefix("/") ?? false
    let prefix = relative(folder, to: base.isEmpty ? (isRooted ? "/" : ".") : base)
    var pairs: [Pair] = []
    let bids = files.filter { $0.bids != nil }
    pairs += Self.bidsPairs(bids, &left)
    var groups = Self.grouped(files.filter { $0.bids == nil })
    pairs += Self.trainingPairs(&groups, &left) + Self.segmentationPairs(&groups)
    for (_, group) in groups { pairs += Self.folderPairs(group, &left) }
    pairs.sort { ($0.image.path, $0.mask.path) < ($1.image.path, $1.mask.path) }
    left += Self.namesakes(pairs)
    table = Self.table(pairs, subjects, prefix)
    findings = left.sorted { $0.place < $1.place }
  }

  /// An image with its mask.
  fileprivate struct Pair {
    let subject: String
    var session, modality, structure: String?
    let image, mask: ImageFile
  }

  /// Images of one subject that nothing in the proposal tells apart: they may be of different people.
  private static func namesakes(_ pairs: [Pair]) -> [Finding] {
    var images: [[String]: [String]] = [:], order: [[String]] = []
    for pair in pairs {
      let key = [pair.subject, pair.session ?? "", pair.modality ?? "", pair.structure ?? ""]
      if images[key] == nil { order.append(key) }
      if !(images[key] ?? []).contains(pair.image.path) { images[key, default: []].append(pair.image.path) }
    }
    return order.compactMap { key in
      guard let paths = images[key], paths.count > 1 else { return nil }
      return Finding(
        .warning, paths[0],
        "'\(key[0])' is the subject of \(paths.count) images (\(paths.prefix(3).joined(separator: ", "))\(paths.count > 3 ? ", …" : "")), which "
          + "count as one person. Correct the column subject, or add a column session.")
    }
  }

  /// - `subjects`: Folders that hold images and masks at once.
  private static func table(
    _ pairs: [Pair], _ subjects: [(name: String, cases: [SourceCase])], _ prefix: String
  ) -> CSV {
    let names = [
      "subject", "session", "image", "series", "mask", "mask_series", "modality", "structure",
    ]
    let rows =
      pairs.map { pair in
        [
          pair.subject, pair.session ?? "", prefix + pair.image.path, "", prefix + pair.mask.path, "",
          pair.modality ?? "", pair.structure ?? "",
        ]
      }
      + subjects.flatMap { name, cases in
        cases.map { one in
          [
            name, "", prefix + name, one.series ?? "", prefix + name, one.maskSeries ?? "",
            cases.count > 1 ? one.modality ?? "" : "", "",
          ]
        }
      }
    let inUse = names.indices.filter { index in
      ["subject", "image", "mask"].contains(names[index]) || rows.contains { !$0[index].isEmpty }
    }
    return CSV(header: inUse.map { names[$0] }, rows: rows.map { row in inUse.map { row[$0] } })
  }

  /// Image files in a folder and below, hidden ones and `subjects` apart; of a pair of files only the header.
  /// - `seen`: Folders that were looked through: links may lead to one again.
  private static func collect(
    _ root: String, below: [String], leaving subjects: Set<String> = [], _ seen: inout Set<FileIdentity>,
    into files: inout [ImageFile], _ left: inout [Finding]
  ) throws {
    let folder = ([root] + below).joined(separator: "/")
    guard FileIdentity(folder).map({ seen.insert($0).inserted }) ?? false else { return }
    let names = try Folder.names(in: folder)
    var dicom = 0
    for name in names where !subjects.contains(name) {
      if Folder.exists(folder + "/" + name) {
        guard below.count < 16 else {
          left.append(Finding(.warning, (below + [name]).joined(separator: "/"), "lies too deep. Scan it by itself."))
          continue
        }
        try collect(root, below: below + [name], &seen, into: &files, &left)
      } else if let file = ImageFile(name, in: below) {
        let isSecondHalf = file.suffix.hasPrefix(".img") && names.contains { $0.hasPrefix(file.stem + ".hdr") }
        if !isSecondHalf { files.append(file) }
      } else if name.lowercased().hasSuffix(".dcm") {
        dicom += 1
      }
    }
    guard dicom > 0 else { return }
    let place = below.isEmpty ? root : below.joined(separator: "/")
    left.append(Finding(.warning, place, "\(dicom) DICOM files that are not an image with its mask."))
  }

  private typealias Group = (folder: [String], files: [ImageFile])

  /// Files by folder, in the order found.
  private static func grouped(_ files: [ImageFile]) -> [Group] {
    var groups: [Group] = []
    var places: [[String]: Int] = [:]
    for file in files {
      if let place = places[file.folder] {
        groups[place].files.append(file)
      } else {
        places[file.folder] = groups.count
        groups.append((file.folder, [file]))
      }
    }
    return groups
  }

  /// Masks of a BIDS data set with the image whose entities they bear.
  private static func bidsPairs(_ files: [ImageFile], _ left: inout [Finding]) -> [Pair] {
    let masks = files.filter(\.isMask), images = files.filter { !$0.isMask }
    var pairs: [Pair] = [], used: Set<String> = []
    for mask in masks {
      guard let name = mask.bids else { continue }
      let fitting = images.filter { $0.bids.map { $0.describes(name) } ?? false }
      let most = fitting.compactMap { $0.bids?.entities.count }.max() ?? 0
      let best = fitting.filter { $0.bids?.entities.count == most }
      guard let image = best.first, best.count == 1, let described = image.bids else {
        let few = best.prefix(3).map(\.path).joined(separator: ", ")
        let reason =
          best.isEmpty
          ? "a mask without an image of its subject and session" : "a mask that fits \(best.count) images: \(few)"
        left.append(Finding(.warning, mask.path, "\(reason). Add the row by hand."))
        continue
      }
      used.insert(image.path)
      pairs.append(
        Pair(
          subject: "sub-\(described["sub"] ?? "")", session: described["ses"].map { "ses-\($0)" },
          modality: described.suffix, image: image, mask: mask))
    }
    for image in images where !used.contains(image.path) {
      left.append(Finding(.warning, image.path, "an image without a mask."))
    }
    return pairs
  }

  /// nnU-Net and Decathlon: `labelsTr/NAME` is the mask of `imagesTr/NAME` or of its channels `NAME_0000`, `NAME_0001` …
  private static func trainingPairs(_ groups: inout [Group], _ left: inout [Finding]) -> [Pair] {
    var pairs: [Pair] = [], taken: Set<[String]> = []
    for images in groups {
      guard let name = images.folder.last, name.hasPrefix("images"),
        let labels = groups.first(where: {
          $0.folder == images.folder.dropLast() + ["labels" + name.dropFirst("images".count)]
        })
      else { continue }
      taken.formUnion([images.folder, labels.folder])
      var used: Set<String> = []
      for mask in labels.files {
        let channels = images.files.filter { $0.stem == mask.stem || $0.channel(of: mask.stem) != nil }
        used.formUnion(channels.map(\.path))
        if channels.isEmpty { left.append(Finding(.warning, mask.path, "a mask without an image.")) }
        pairs += channels.map { image in
          Pair(
            subject: mask.stem, modality: channels.count > 1 ? image.channel(of: mask.stem) : nil, image: image,
            mask: mask)
        }
      }
      left += images.files.filter { !used.contains($0.path) }.map {
        Finding(.warning, $0.path, "an image without a mask.")
      }
    }
    groups.removeAll { taken.contains($0.folder) }
    return pairs
  }

  /// TotalSegmentator: every file in `segmentations` is a mask of the one image beside that folder.
  private static func segmentationPairs(_ groups: inout [Group]) -> [Pair] {
    var pairs: [Pair] = [], taken: Set<[String]> = []
    for masks in groups where masks.folder.last == "segmentations" {
      let parent = Array(masks.folder.dropLast())
      guard let beside = groups.first(where: { $0.folder == parent }), beside.files.count == 1 else { continue }
      taken.formUnion([masks.folder, parent])
      let image = beside.files[0], subject = parent.isEmpty ? image.stem : parent.joined(separator: "/")
      pairs += masks.files.map { Pair(subject: subject, structure: $0.stem, image: image, mask: $0) }
    }
    groups.removeAll { taken.contains($0.folder) }
    return pairs
  }

  /// Pairs by name in one folder, else its one image with its masks.
  private static func folderPairs(_ files: [ImageFile], _ left: inout [Finding]) -> [Pair] {
    var masks = files.filter(\.isMask), images = files.filter { !$0.isMask }
    var pairs: [Pair] = []
    for image in images {
      guard let name = image.pairName(among: ["image", "img"]), !name.isEmpty else { continue }
      for mask in masks where mask.maskName == name {
        pairs.append(Pair(subject: name, image: image, mask: mask))
      }
    }
    masks.removeAll { mask in pairs.contains { $0.mask.path == mask.path } }
    images.removeAll { image in pairs.contains { $0.image.path == image.path } }
    if let image = images.first, images.count == 1, !masks.isEmpty, pairs.isEmpty {
      let subject = image.folder.isEmpty ? image.stem : image.folder.joined(separator: "/")
      return masks.map { Pair(subject: subject, image: image, mask: $0) }
    }
    for image in images {
      let reason =
        masks.isEmpty ? "an image without a mask" : "one of \(images.count) images; which mask is whose is not clear"
      left.append(Finding(.warning, image.path, "\(reason)."))
    }
    for mask in masks {
      let reason = images.isEmpty ? "a mask without an image" : "a mask beside \(images.count) images"
      left.append(
        Finding(.warning, mask.path, "\(reason). Call them NAME_image and NAME_mask, or add the row by hand."))
    }
    return pairs
  }
}

/// An image file by its name.
private struct ImageFile {
  let folder: [String]
  let stem, suffix: String
  let bids: BIDSName?

  init?(_ name: String, in folder: [String]) {
    let suffixes = ImageFormats.all.flatMap { $0.suffixes }.sorted { $0.count > $1.count }
    guard let suffix = suffixes.first(where: { name.lowercased().hasSuffix($0) }), name.count > suffix.count else {
      return nil
    }
    self.folder = folder
    self.suffix = String(name.suffix(suffix.count))
    stem = String(name.dropLast(suffix.count))
    bids = BIDSName(stem)
  }

  /// `0001` of `NAME_0001`, a channel of the case NAME as nnU-Net has it; nil if it is none.
  func channel(of name: String) -> String? {
    guard stem.hasPrefix(name + "_"), case let rest = stem.dropFirst(name.count + 1), rest.count == 4,
      rest.allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    return String(rest)
  }

  /// From the folder that is scanned.
  var path: String { (folder + [stem + suffix]).joined(separator: "/") }

  private static let maskWords = ["mask", "label", "labels", "seg", "dseg", "segmentation", "roi", "gtv", "contour"]

  /// Whether the name says that it is a mask.
  var isMask: Bool { bids.map(\.isMask) ?? (maskName != nil) }

  /// `A` of `A_mask` and `A_mask_2`; empty for `mask` and `mask-gtv`; nil if it is no mask's name.
  var maskName: String? { pairName(among: Self.maskWords) }

  /// What stands before the last of some words that is a word of the name.
  func pairName(among words: [String]) -> String? {
    let parts = stem.split(omittingEmptySubsequences: false) { $0 == "_" || $0 == "-" || $0 == "." || $0 == " " }
    guard let last = parts.lastIndex(where: { words.contains($0.lowercased()) }) else { return nil }
    guard last > 0 else { return "" }
    return String(stem[..<parts[last - 1].endIndex])
  }
}

/// A file's name as BIDS has it: `sub-01_ses-2_acq-ce_T1w`.
private struct BIDSName {
  let entities: [(key: String, value: String)]
  let suffix: String

  init?(_ stem: String) {
    var parts = stem.split(separator: "_", omittingEmptySubsequences: false)
    guard stem.hasPrefix("sub-"), parts.count >= 2, let last = parts.popLast(), !last.contains("-") else { return nil }
    var entities: [(key: String, value: String)] = []
    for part in parts {
      guard let dash = part.firstIndex(of: "-") else {
        // A suffix of the image may stand before that of the mask: sub-01_T1w_mask.
        entities.append(("image", String(part)))
        continue
      }
      entities.append((String(part[..<dash]), String(part[part.index(after: dash)...])))
    }
    self.entities = entities
    suffix = String(last)
  }

  subscript(key: String) -> String? { entities.first { $0.key == key }?.value }

  var isMask: Bool { ["mask", "dseg", "seg", "roi"].contains(suffix.lowercased()) || self["label"] != nil }

  /// Whether a mask of this name is of this image: it bears all entities of the image, and names its suffix if any.
  func describes(_ mask: BIDSName) -> Bool {
    guard entities.allSatisfy({ mask[$0.key] == $0.value }), mask["ses"] == self["ses"] else { return false }
    let named =
      mask["image"] ?? (["T1w", "T2w", "FLAIR", "bold", "pet"].contains(mask["space"] ?? "") ? mask["space"] : nil)
    return named == nil || named == suffix
  }
}

/// The path that leads from the folder `base` to the folder `path`, with its last slash; empty if they are the same.
private func relative(_ path: String, to base: String) -> String {
  if path.hasPrefix("/") && !base.hasPrefix("/") { return Path.slashed(path) }
  func parts(_ path: String) -> [Substring] {
    var parts: [Substring] = []
    let working = getcwd(nil, 0)
    defer { free(working) }
    let start = path.hasPrefix("/") ? "" : working.map { String(cString: $0) } ?? ""
    for part in (start + "/" + path).split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }
  let target = parts(path), origin = parts(base)
  let common = zip(target, origin).prefix { $0 == $1 }.count
  return String(repeating: "../", count: origin.count - common) + target[common...].map { $0 + "/" }.joined()
}
