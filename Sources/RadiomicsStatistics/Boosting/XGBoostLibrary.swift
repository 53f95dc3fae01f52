import RadiomicsCore
import RadiomicsNumerics

/// The functions of XGBoost's C library that are used, loaded by name when a model asks for them: a program that boosts no tree needs no
/// library. XGBoost 1.7, c_api.h; Apache-2.0.
package struct XGBoostLibrary: Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Status = CInt

  let createMatrix:
    @convention(c) @Sendable (
      UnsafePointer<Float>?, UInt64, UInt64, Float, UnsafeMutablePointer<Handle?>, CInt
    ) -> Status
  let setFloats: @convention(c) @Sendable (Handle?, UnsafePointer<CChar>, UnsafePointer<Float>?, UInt64) -> Status
  let freeMatrix: @convention(c) @Sendable (Handle?) -> Status
  let createBooster: @convention(c) @Sendable (UnsafePointer<Handle?>?, UInt64, UnsafeMutablePointer<Handle?>) -> Status
  let setParameter: @convention(c) @Sendable (Handle?, UnsafePointer<CChar>, UnsafePointer<CChar>) -> Status
  let update: @convention(c) @Sendable (Handle?, CInt, Handle?) -> Status
  let predict:
    @convention(c) @Sendable (
      Handle?, Handle?, UnsafePointer<CChar>, UnsafeMutablePointer<UnsafePointer<UInt64>?>,
      UnsafeMutablePointer<UInt64>,
      UnsafeMutablePointer<UnsafePointer<Float>?>
    ) -> Status
  let save:
    @convention(c) @Sendable (
      Handle?, UnsafePointer<CChar>, UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UnsafePointer<CChar>?>
    ) -> Status
  let load: @convention(c) @Sendable (Handle?, UnsafeRawPointer?, UInt64) -> Status
  let freeBooster: @convention(c) @Sendable (Handle?) -> Status
  let lastError: @convention(c) @Sendable () -> UnsafePointer<CChar>?
  /// Such as 1.7.4.
  let version: String

  #if canImport(Glibc)
    package static let names = ["libxgboost.so.0", "libxgboost.so"]
  #else
    package static let names = ["libxgboost.dylib"]
  #endif

  private static let loaded: Result<XGBoostLibrary, ModelError> = {
    do throws(ModelError) { return .success(try XGBoostLibrary(names)) } catch { return .failure(error) }
  }()

  /// - Throws: `ModelError` if the library is not there.
  static func shared() throws(ModelError) -> XGBoostLibrary { try loaded.get() }

  /// - `names`: Of the library, the first that can be loaded counts.
  /// - Throws: `ModelError` if there is none, or it lacks a function.
  init(_ names: [String]) throws(ModelError) {
    guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first else {
      throw ModelError.at(
        "xgboost",
        "the library \(names[0]) cannot be loaded, must be installed (Debian: libxgboost0). Install it, or choose another model."
      )
    }
    func symbol<Function>(_ name: String, as type: Function.Type) throws(ModelError) -> Function {
      guard let address = dlsym(library, name) else {
        throw ModelError.at("xgboost", "the library \(names[0]) has no \(name), must be of version 1.6 or later.")
      }
      return unsafeBitCast(address, to: type)
    }
    createMatrix = try symbol("XGDMatrixCreateFromMat_omp", as: type(of: createMatrix))
    setFloats = try symbol("XGDMatrixSetFloatInfo", as: type(of: setFloats))
    freeMatrix = try symbol("XGDMatrixFree", as: type(of: freeMatrix))
    createBooster = try symbol("XGBoosterCreate", as: type(of: createBooster))
    setParameter = try symbol("XGBoosterSetParam", as: type(of: setParameter))
    update = try symbol("XGBoosterUpdateOneIter", as: type(of: update))
    predict = try symbol("XGBoosterPredictFromDMatrix", as: type(of: predict))
    save = try symbol("XGBoosterSaveModelToBuffer", as: type(of: save))
    load = try symbol("XGBoosterLoadModelFromBuffer", as: type(of: load))
    freeBooster = try symbol("XGBoosterFree", as: type(of: freeBooster))
    lastError = try symbol("XGBGetLastError", as: type(of: lastError))
    typealias Version =
      @convention(c) (UnsafeMutablePointer<CInt>, UnsafeMutablePointer<CInt>, UnsafeMutablePointer<CInt>) -> Void
    var parts: (CInt, CInt, CInt) = (0, 0, 0)
    try symbol("XGBoostVersion", as: Version.self)(&parts.0, &parts.1, &parts.2)
    version = "\(parts.0).\(parts.1).\(parts.2)"
  }

  /// - Throws: `ModelError` with what the library says.
  func check(_ status: Status) throws(ModelError) {
    guard status != 0 else { return }
    let text = lastError().map { String(cString: $0) } ?? "no reason is given"
    // The first line; the others are the library's own places.
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    throw ModelError.at("xgboost", "the library refuses: \(lines.first { !$0.hasPrefix("Stack trace") } ?? text).")
  }
}
