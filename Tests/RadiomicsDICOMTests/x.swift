import Testing
import Foundation
@_spi(x) import RadiomicsDICOM
