import RadiomicsCore
import RadiomicsFormats

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A cohort file proposed for the images and masks in a folder, by their names alone.
///
/// Four layouts are known: BIDS, pairs `NAME_image` and `NAME_mask` in a folder, one image with its masks in a folder for
/// each subject, and a folder of DICOM with image and mask for each subject. What fits none, or more than one, is left out and
/// said.
public struct CohortProposal: Sendable {
  /// The proposal; `session` and `modality` where names tell them.
  public let table: CSV
  /// Files that were left out, and why.
  public let findings: [Finding]

  /// Looks through a folder and those below it.
  /// - Parameters:
  ///   - output: Where the file will stand, to which paths are relative; the working folder if nil.
  ///   - sources: What else than files of voxels makes up a case.
  /// - Throws: `FormatError` if a folder cannot be read.
  public init(folder: String, for output: String?, sources: [any ImageSource] = []) throws {
    var files: [ImageFile] = [], left: [Finding] = []
    let subjects = try Folder.names(in: folder).filter { name in
      Folder.exists(folder + "/" + name) && sources.contains { $0.holdsCase(folder + "/" + name) }
    }
    try Self.collect(folder, below: [], leaving: Set(subjects), into: &files, &left)
    let base = output.map { String($0[..<($0.lastIndex(of: "/").map { $0 } ?? $0.startIndex)]) } ?? "."
    let isRooted = output?.hasPrefix("/") ?? false
    let prefix = relative(folder, to: base.isEmpty ? (isRooted ? "/" : ".") : base)
    var pairs: [Pair] = []
    let bids = files.filter { $0.bids != nil }
    pairs += Self.bidsPairs(bids, &left)
    for (_, group) in Self.grouped(files.filter { $0.bids == nil }) { pairs += Self.folderPairs(group, &left) }
    pairs.sort { ($0.image.path, $0.mask.path) < ($1.image.path, $1.mask.path) }
    table = Self.table(pairs, subjects, prefix)
    findings = left.sorted { $0.place < $1.place }
  }

  /// An image with its mask.
  fileprivate struct Pair {
    let subject: String
    var session, modality: String?
    let image, mask: ImageFile
  }

  /// - Parameter subjects: Folders that are image and mask at once.
  private static func table(_ pairs: [Pair], _ subjects: [String], _ prefix: String) -> CSV {
    let hasSessions = pairs.contains { $0.session != nil }, hasModalities = pairs.contains { $0.modality != nil }
    let header =
      ["subject"] + (hasSessions ? ["session"] : []) + ["image", "mask"] + (hasModalities ? ["modality"] : [])
    let rows = pairs.map { pair in
      [pair.subject] + (hasSessions ? [pair.session ?? ""] : []) + [prefix + pair.image.path, prefix + pair.mask.path]
        + (hasModalities ? [pair.modality ?? ""] : [])
    }
    let folders = subjects.map { name in
      [name] + (hasSessions ? [""] : []) + [prefix + name, prefix + name] + (hasModalities ? [""] : [])
    }
    return CSV(header: header, rows: rows + folders)
  }

  /// Image files in a folder and below, hidden ones and `subjects` apart; of a pair of files only the header.
  private static func collect(
    _ root: String, below: [String], leaving subjects: Set<String> = [], into files: inout [ImageFile],
    _ left: inout [Finding]
  ) throws {
    let folder = ([root] + below).joined(separator: "/")
    let names = try Folder.names(in: folder)
    var dicom = 0
    for name in names where !subjects.contains(name) {
      if Folder.exists(folder + "/" + name) {
        guard below.count < 16 else {
          left.append(Finding(.warning, (below + [name]).joined(separator: "/"), "lies too deep. Scan it by itself."))
          continue
        }
        try collect(root, below: below + [name], into: &files, &left)
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

  /// Files by folder, in the order found.
  private static func grouped(_ files: [ImageFile]) -> [(folder: [String], files: [ImageFile])] {
    var groups: [(folder: [String], files: [ImageFile])] = []
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
  if path.hasPrefix("/") && !base.hasPrefix("/") { return path.hasSuffix("/") ? path : path + "/" }
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
