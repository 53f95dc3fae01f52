import Foundation
import Radiomics
import RadiomicsDICOM
import RadiomicsTestSupport
import Testing

/// JPEG-LS of every depth. The codes are of made-up numbers (`value`), by pyjpegls 1.5.1.
@Suite struct JPEGLSTests {
  /// Sample `index` of 8 x 6.
  private static func value(_ index: Int, bits: Int) -> Int {
    (index * ((1 << bits) / 48) + index % 5 * 3) % (1 << bits)
  }

  private func voxels(
    _ code: [UInt8], bits: Int, allocated: Int? = nil, signed: Bool = false, samples: Int = 1, near: Bool = false,
    _ edit: @escaping (inout DataSet) -> Void = { _ in }
  ) throws -> [Double] {
    var slice = Slice()
    (slice.columns, slice.rows) = (8, 6)
    slice.edit = { data in
      data.set(.bitsAllocated, VR("US"), allocated ?? (bits > 8 ? 16 : 8))
      data.set(.bitsStored, VR("US"), bits)
      data.set(.highBit, VR("US"), bits - 1)
      data.set(.pixelRepresentation, VR("US"), signed ? 1 : 0)
      data.set(.samplesPerPixel, VR("US"), samples)
      if samples == 3 {
        data.set(.photometricInterpretation, VR("CS"), "RGB")
        data.set(.planarConfiguration, VR("US"), 0)
      }
      edit(&data)
    }
    let folder = try TemporaryFolder(), syntax = "1.2.840.10008.1.2.4.8\(near ? 1 : 0)"
    let path = try folder.writeEncapsulated(slice.dataSet, frames: [code], syntax: syntax, to: "a.dcm")
    let scan = try StudyReader(sources: [DICOMSource()]).image(path).volumes[0]
    return scan.volume(in: scan.geometry.box).voxels
  }

  @Test(arguments: [(7, Codes.grey7), (8, Codes.grey8), (12, Codes.grey12), (16, Codes.grey16)])
  func lossless(_ bits: Int, _ code: [UInt8]) throws {
    let expected = (0..<48).map { Double(Self.value($0, bits: bits)) }
    #expect(try voxels(code, bits: bits) == expected)
    // Files may keep few bits in two bytes.
    if bits < 8 { #expect(try voxels(code, bits: bits, allocated: 16) == expected) }
  }

  /// Within 2 of each value, and with the sums that CharLS 2 gives pyjpegls.
  @Test(arguments: [
    (7, Codes.near7, 2544), (8, Codes.near8, 5919), (12, Codes.near12, 96139), (16, Codes.near16, 1540015),
  ])
  func nearLossless(_ bits: Int, _ code: [UInt8], _ sum: Double) throws {
    let read = try voxels(code, bits: bits, near: true)
    #expect(read.enumerated().allSatisfy { abs($1 - Double(Self.value($0, bits: bits))) <= 2 })
    #expect(read.reduce(0, +) == sum)
  }

  @Test(arguments: [(12, Codes.signed12), (16, Codes.signed16)]) func signed(_ bits: Int, _ code: [UInt8]) throws {
    #expect(try voxels(code, bits: bits, signed: true) == (0..<48).map { Double(31 * $0 - 300) })
  }

  /// Grey in three components, by planes, lines or pixels.
  @Test(arguments: [Codes.planes, Codes.lines, Codes.pixels]) func components(_ code: [UInt8]) throws {
    #expect(try voxels(code, bits: 8, samples: 3) == (0..<48).map { Double(Self.value($0, bits: 8)) })
  }

  /// What contradicts the data set, or is cut, is refused.
  @Test func contradictions() throws {
    #expect(refusal { _ = try voxels(Codes.grey7, bits: 7) { $0.set(.rows, VR("US"), 5) } } != nil)
    let turned = refusal {
      _ = try voxels(Codes.grey7, bits: 7) {
        $0.set(.rows, VR("US"), 8)
        $0.set(.columns, VR("US"), 6)
      }
    }
    #expect(turned?.contains("other rows and columns") == true)
    #expect(refusal { _ = try voxels(Codes.signed12, bits: 16, signed: true) }?.contains("sign is not known") == true)
    // Without its end CharLS could read on for a minute.
    for length in 0..<Codes.grey7.count {
      #expect(refusal { _ = try voxels(Array(Codes.grey7[..<length]), bits: 7) }?.contains("a.dcm: ") == true)
    }
  }
}

private enum Codes {
  static func code(_ hexadecimal: String) -> [UInt8] {
    var bytes: [UInt8] = [], rest = hexadecimal[...]
    while !rest.isEmpty {
      bytes.append(UInt8(rest.prefix(2), radix: 16)!)
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  static let grey7 = code(
    "ffd8fff7000b070006000801011100ffda0008010100000000830c37027f8000016208154180009000c009dce13ca0006041"
      + "e8ed20f60036106abaca411d441a8400ffd9")
  static let grey8 = code(
    "ffd8fff7000b080006000801011100ffda0008010100000000871da390f6800000b084790380ce1400011ae30b62c051016c"
      + "4b4c2ca0000ec30b67ac4103354516a700ffd9")
  static let grey12 = code(
    "ffd8fff7000b0c0006000801011100ffda00080101000000008de6f56aaca2ad5580000311c120ac552a14c5200000445228"
      + "940804e2695c6c1f4964a24921e0ac3404622ba90c84412a94f901fdf9f5b5eca8ffd9")
  static let grey16 = code(
    "ffd8fff7000b100006000801011100fff8000d01ffff0012004301140040ffda00080101000000008d5e6af556aaad516aa7"
      + "552800002b11ac1520aac5552aa154c6920034e3545aa0d4f69fb535a98557001a91a76d496a4351da8cd362ab0151cd436a"
      + "134c9a80d3f69f15540a8769e34eda74d39694b4dcaa80ffd9")
  static let near7 = code(
    "ffd8fff7000b070006000801011100ffda0008010100020000bfcbc126b1265a26b304d649a6c9d91251ad20ffd9")
  static let near8 = code(
    "ffd8fff7000b080006000801011100ffda00080101000200009ef5b0025a64580b1264d95ac24c80d09962261612d100ffd9")
  static let near12 = code(
    "ffd8fff7000b0c0006000801011100ffda000801010002000089912645b26440001424f12284893c0001e244893840914249"
      + "a2088a3cd120000f2279a7902224463cf38e2ce120ffd9")
  static let near16 = code(
    "ffd8fff7000b100006000801011100fff8000d01ffff0018004d01220040ffda00080101000200008919212464850da2143e"
      + "00008a12223c48891222440478030a4448810f21a43c88091006218590f21c43c8710a12400c130e61a4288690c21a244018"
      + "2618c318590c21042c8880ffd9")
  static let signed12 = code(
    "ffd8fff7000b0c0006000801011100ffda0008010100000000002b7df7e7bf5e7c4070fdf2041042000e100070f5e3b74fcf"
      + "772e0b962a51f1ee4c91120fbcf4f675c71b6da780ffd9")
  static let signed16 = code(
    "ffd8fff7000b100006000801011100fff8000d01ffff0012004301140040ffda000801010000000065687b0ee398de6b3398"
      + "df087d0f20040100402005f08017c23a8e26d3487d7ba65309756555443cbdd4d4945413d391d7d93531312d2d5238ffd9")
  static let planes = code(
    "ffd8fff70011080006000803011100021100031100ffda0008010100000000871da390f6800000b084790380ce1400011ae3"
      + "0b62c051016c4b4c2ca0000ec30b67ac4103354516a700ffda0008010200000000871da390f6800000b084790380ce140001"
      + "1ae30b62c051016c4b4c2ca0000ec30b67ac4103354516a700ffda0008010300000000871da390f6800000b084790380ce14"
      + "00011ae30b62c051016c4b4c2ca0000ec30b67ac4103354516a700ffd9")
  static let lines = code(
    "ffd8fff70011080006000803011100021100031100ffda000c03010002000300000100871da390f6cf5a5662d73ff5262d20"
      + "00002c211e40e033851030b635c52d7946a96d2920000896106abc0522d5906ab5b20d5106aad93c3556928d38e8b55a0a2c"
      + "c582d57e516500007e28b57d1043a516af873fc28b57c33c2be145a95d957945a95d157945a900ffd9")
  static let pixels = code(
    "ffd8fff70011080006000803011100021100031100ffda000c03010002000300000200821040ed5a7f476acc2887b5ab5a40"
      + "000058440bc11cc2c9790e60ed580ce34c52855a40001088813fac2ca21083cd2d4a56ed80adb27874b06965b14abbb490f2"
      + "94a34b2ce30a0000e42ff9ad294a2cb2d8a57ff18c10e678edd14a57b71dca528d2cb5294a5200ffd9")
}
