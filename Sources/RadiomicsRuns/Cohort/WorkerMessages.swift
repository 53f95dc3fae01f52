import RadiomicsCore

/// What a supervisor tells a worker: one line of JSON each.
enum WorkerOrder: Sendable {
  /// Measure a case with so many lanes.
  case measure(number: Int, CaseFiles, lanes: Int)
  /// Use so many more lanes for a case, if it still runs.
  case lend(number: Int, lanes: Int)

  var line: String {
    switch self {
    case .measure(let number, let files, let lanes):
      JSON.map([
        .init("case", .integer(number)), .init("image", .text(files.image)), .init("mask", .text(files.mask)),
        .init("clip", files.clip.map { .text($0) } ?? .null),
        .init("reference", files.reference.map { .text($0) } ?? .null),
        .init("region", files.region.map { .text($0) } ?? .null),
        .init("volume", files.volume.map { .text($0) } ?? .null),
        .init("series", files.series.map { .text($0) } ?? .null),
        .init("mask_series", files.maskSeries.map { .text($0) } ?? .null),
        .init("folder", .text(files.folder)), .init("lanes", .integer(lanes)),
      ]).line + "\n"
    case .lend(let number, let lanes):
      JSON.map([.init("case", .integer(number)), .init("lanes", .integer(lanes))]).line + "\n"
    }
  }

  init?(line: [UInt8]) {
    guard let json = try? JSON(json: line, file: "order"), let number = json["case"]?.asInteger,
      let lanes = json["lanes"]?.asInteger
    else { return nil }
    guard let image = json["image"]?.asText else {
      self = .lend(number: number, lanes: lanes)
      return
    }
    guard let mask = json["mask"]?.asText, let folder = json["folder"]?.asText, lanes >= 1 else { return nil }
    let files = CaseFiles(
      image: image, mask: mask, clip: json["clip"]?.asText, reference: json["reference"]?.asText,
      region: json["region"]?.asText,
      volume: json["volume"]?.asText, series: json["series"]?.asText, maskSeries: json["mask_series"]?.asText,
      folder: folder)
    self = .measure(number: number, files, lanes: lanes)
  }
}

/// What a worker answers: one line of JSON each.
enum WorkerAnswer: Sendable {
  /// It is there and has read recipe and options.
  case ready
  /// A case is done; its result is kept under the key.
  case finished(number: Int, CaseKey, CaseFigures)
  /// A case cannot be measured.
  case failed(number: Int, CaseFailure)

  var line: String {
    switch self {
    case .ready: "{\"ready\":true}\n"
    case .finished(let number, let key, let figures):
      JSON.map([
        .init("case", .integer(number)), .init("key", .text(key.text)), .init("reused", .flag(figures.isReused)),
        .init("regions", .integer(figures.regions)), .init("undefined", .integer(figures.undefined)),
        .init("warnings", .integer(figures.warnings)), .init("seconds", .number(figures.seconds)),
        .init("failure", figures.failure.map { .text($0) } ?? .null),
      ]).line + "\n"
    case .failed(let number, let failure):
      JSON.map([
        .init("case", .integer(number)), .init("failed", .text(failure.kept)), .init("shown", .text(failure.shown)),
      ]).line + "\n"
    }
  }

  init?(line: [UInt8]) {
    guard let json = try? JSON(json: line, file: "answer") else { return nil }
    if json["ready"]?.asFlag == true {
      self = .ready
    } else if let number = json["case"]?.asInteger, let reason = json["failed"]?.asText {
      self = .failed(number: number, CaseFailure(shown: json["shown"]?.asText ?? reason, kept: reason))
    } else if let number = json["case"]?.asInteger, let key = json["key"]?.asText.flatMap(CaseKey.init(text:)) {
      let figures = CaseFigures(
        isReused: json["reused"]?.asFlag ?? false, regions: json["regions"]?.asInteger ?? 0,
        undefined: json["undefined"]?.asInteger ?? 0, warnings: json["warnings"]?.asInteger ?? 0,
        seconds: json["seconds"]?.asNumber ?? 0, failure: json["failure"]?.asText)
      self = .finished(number: number, key, figures)
    } else {
      return nil
    }
  }
}

/// A finished case in numbers.
package struct CaseFigures: Sendable {
  /// Whether it was there from an earlier run.
  package let isReused: Bool
  /// Rows, cells without a value, findings that are warnings.
  package let regions, undefined, warnings: Int
  /// How long it took.
  package let seconds: Double
  /// Why no region could be measured; nil if one was.
  package let failure: String?
}
