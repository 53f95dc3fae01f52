// The C library, for mathematics, files and processes: named here, once.
#if canImport(Glibc)
  @_exported import Glibc
#else
  @_exported import Darwin
#endif
