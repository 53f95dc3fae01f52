import RadiomicsCore
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsNumerics

/// Colours of habitats, from 1.
private func color(_ habitat: Int) -> String { Plot.color(habitat - 1) }

/// How steady each number of habitats is where patients are drawn again.
package struct HabitatNumbers: FigurePanel {
  package let numbers: [(count: Int, jaccard: Double)], chosen: Int, least: Double

  /// - `least`: From which mean Jaccard index on a number is steady.
  package init(_ numbers: [(count: Int, jaccard: Double)], chosen: Int, least: Double) {
    (self.numbers, self.chosen, self.least) = (numbers, chosen, least)
  }

  package var heading: String { "Number of habitats" }
  package var note: String { "Chosen: \(chosen); dashed: steady from here on" }
  package let size = (width: 420.0, height: 318.0)

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let counts = numbers.map { Double($0.count) }
    let plot = Plot(
      frame: (left + 70, top, size.width - 90, 260), horizontal: Plot.padded(counts.min() ?? 2, counts.max() ?? 2),
      vertical: 0...1)
    drawing.line(
      plot.frame.x, plot.y(least), plot.frame.x + plot.frame.width, plot.y(least), color: "#999", isDashed: true)
    plot.curve(&drawing, numbers.map { (Double($0.count), $0.jaccard) }, color: Plot.color(0))
    for number in numbers {
      let isChosen = number.count == chosen
      drawing.dot(
        plot.x(Double(number.count)), plot.y(number.jaccard), radius: isChosen ? 6 : 3.5,
        fill: Plot.color(isChosen ? 1 : 0))
    }
    plot.axes(&drawing, "habitats", "mean Jaccard index")
  }
}

/// Shares of habitats, a bar for each scan.
package struct HabitatShares: FigurePanel {
  package let scans: [(name: String, shares: [Double])], all: Int

  /// - `most`: How many scans are shown.
  package init(_ scans: [(name: String, shares: [Double])], most: Int = 60) {
    self.scans = Array(scans.prefix(most))
    all = scans.count
  }

  package var heading: String { "Shares of habitats" }
  package var note: String { all > scans.count ? "The first \(scans.count) of \(all) scans" : "Each scan's voxels" }
  private static let step = 18.0, names = 150.0
  package var size: (width: Double, height: Double) { (560, Self.step * Double(scans.count) + 62) }

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    let height = Self.step * Double(scans.count), width = size.width - Self.names - 20
    let plot = Plot(frame: (left + Self.names, top, width, height), horizontal: 0...1, vertical: 0...1)
    for (index, scan) in scans.enumerated() {
      let y = top + Self.step * Double(index) + 2
      drawing.text(left + Self.names - 8, y + 11, Drawing.short(scan.name, 24), size: 11, anchor: .end)
      var from = 0.0
      for (habitat, share) in scan.shares.enumerated() where share > 0 {
        drawing.rectangle(
          plot.x(from), y, plot.x(from + share) - plot.x(from), Self.step - 4, fill: color(habitat + 1), opacity: 0.85,
          hint: "habitat \(habitat + 1): \(shortText(100 * share, digits: 3)) %")
        from += share
      }
    }
    let bottom = top + height
    drawing.line(plot.frame.x, bottom, plot.frame.x + width, bottom)
    for tick in [0, 0.25, 0.5, 0.75, 1] {
      drawing.line(plot.x(tick), bottom, plot.x(tick), bottom + 4)
      drawing.text(plot.x(tick), bottom + 18, "\(numberText(100 * tick)) %", anchor: .middle)
    }
    let count = scans.map(\.shares.count).max() ?? 0
    for habitat in 1...max(1, count) {
      let x = plot.frame.x + 42 * Double(habitat - 1)
      drawing.rectangle(x, bottom + 34, 12, 12, fill: color(habitat), opacity: 0.85)
      drawing.text(x + 16, bottom + 44, "\(habitat)", size: 11)
    }
  }
}

/// The slice of a scan in which most of its region lies, without and with its habitats.
package struct HabitatSlice: FigurePanel {
  package let heading: String, note: String
  private let plain: [UInt8], coloured: [UInt8]
  private let columns: Int, rows: Int
  private let width: Double, height: Double

  /// - `labels`: On the image's grid; not all 0.
  package init(_ name: String, image: Scan, labels: Volume<UInt8>) {
    let size = labels.geometry.size, spacing = labels.geometry.spacing
    let region = RowSpans(size: size, mask: labels.voxels)
    var counts = [Int](repeating: 0, count: size.z)
    for span in region.spans { counts[span.z] += span.count }
    let slice = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    let around = (region.boundingBox ?? labels.geometry.box).grown(by: [8, 8, 0])
    var box = around.clipped(to: labels.geometry.box) ?? labels.geometry.box
    box = Box(lower: [box.lower.x, box.lower.y, slice], size: [box.size.x, box.size.y, 1])
    let part = image.volume(in: box).voxels, own = labels.cropped(to: box).voxels
    let sorted = part.filter(\.isFinite).sorted()
    let low = sorted.isEmpty ? 0 : percentile(1, of: sorted), high = sorted.isEmpty ? 1 : percentile(99, of: sorted)
    var plain: [UInt8] = [], coloured: [UInt8] = []
    for (value, label) in zip(part, own) {
      let grey = value.isFinite && high > low ? 255 * min(1, max(0, (value - low) / (high - low))) : 0
      plain += [UInt8](repeating: UInt8(grey), count: 3)
      let shade = label > 0 ? Self.channels(color(Int(label))) : [grey, grey, grey]
      coloured += shade.map { UInt8(label > 0 ? 0.35 * grey + 0.65 * $0 : grey) }
    }
    (columns, rows) = (box.size.x, box.size.y)
    self.plain = PNG.encode(width: columns, height: rows, rgb: plain)
    self.coloured = PNG.encode(width: columns, height: rows, rgb: coloured)
    let scale = 250 / max(Double(columns) * spacing.x, Double(rows) * spacing.y)
    width = Double(columns) * spacing.x * scale
    height = Double(rows) * spacing.y * scale
    heading = Drawing.short(name, 40)
    note = "Slice \(slice + 1) of \(size.z)"
  }

  private static func channels(_ color: String) -> [Double] {
    let number = Int(color.dropFirst(), radix: 16) ?? 0
    return [16, 8, 0].map { Double(number >> $0 & 255) }
  }

  package var size: (width: Double, height: Double) { (2 * width + 12, height) }

  package func draw(_ drawing: inout Drawing, left: Double, top: Double) {
    drawing.picture(left, top, width, height, png: plain)
    drawing.picture(left + width + 12, top, width, height, png: coloured)
  }
}
