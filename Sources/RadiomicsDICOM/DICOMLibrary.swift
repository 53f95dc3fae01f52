import CDICOM
import RadiomicsFormats

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
  import MachO
#endif

/// DCMTK behind `CDICOM.h`, loaded when the first DICOM file is met: linking it would cost every start of a program that
/// reads none.
enum DICOMLibrary {
  /// The table of functions.
  /// - Throws: `FormatError` about `path`, the file that is to be read or written, if the library cannot be found.
  static func functions(for path: String) throws(FormatError) -> CDICOMFunctions {
    switch loaded {
    case .success(let functions): return functions
    case .failure(let problem): throw FormatError(path, problem.sentence)
    }
  }

  private struct Problem: Error { let sentence: String }

  #if os(macOS)
    private static let name = "libradiomics-dicom.dylib"
  #else
    private static let name = "libradiomics-dicom.so"
  #endif

  private static let loaded: Result<CDICOMFunctions, Problem> = load()

  private static func load() -> Result<CDICOMFunctions, Problem> {
    let places = folders
    // A program may have linked it; else it is looked for.
    let candidates = [nil] + places.map { $0 + "/" + name } + [name]
    let isThere = { (library: UnsafeMutableRawPointer) in dlsym(library, "cdicom_functions") != nil }
    guard let library = candidates.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first(where: isThere) else {
      let why = dlerror().map { " (\(String(cString: $0)))" } ?? ""
      return .failure(
        Problem(
          sentence:
            "it is DICOM, and the part that reads it, \(name), cannot be loaded\(why). It must stand beside the "
            + "program or in ../lib/radiomics, and DCMTK must be installed (Debian: libdcmtk17)."))
    }
    typealias Entry = @convention(c) () -> UnsafePointer<CDICOMFunctions>
    let functions = unsafeBitCast(dlsym(library, "cdicom_functions"), to: Entry.self)().pointee
    let dictionary = (places + ["/usr/share/libdcmtk17/dicom.dic", "/usr/share/dcmtk/dicom.dic"])
      .map { $0.hasSuffix(".dic") ? $0 : $0 + "/dicom.dic" }.first { access($0, R_OK) == 0 }
    let isReady =
      if let dictionary { dictionary.withCString { functions.start($0) == 0 } } else { functions.start(nil) == 0 }
    guard isReady else {
      return .failure(
        Problem(sentence: "it is DICOM, and DCMTK's dictionary dicom.dic cannot be found. Put it beside \(name)."))
    }
    return .success(functions)
  }

  /// Beside the program, and where an installation has it.
  private static var folders: [String] {
    var buffer = [CChar](repeating: 0, count: 4096)
    #if os(macOS)
      var size = UInt32(buffer.count)
      guard _NSGetExecutablePath(&buffer, &size) == 0 else { return [] }
    #else
      guard readlink("/proc/self/exe", &buffer, buffer.count - 1) > 0 else { return [] }
    #endif
    let program = buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    let folder = program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return [folder, folder + "/../lib/radiomics"]
  }
}

extension CDICOMError {
  /// The sentence's rest.
  var sentence: String {
    withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
