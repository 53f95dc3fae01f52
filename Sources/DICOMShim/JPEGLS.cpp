// JPEG-LS frames by CharLS; DCMTK's decoder, an old copy of it under the same symbols, fails on samples of 7 bits.
#include "File.h"

#include <charls/charls_jpegls_decoder.h>

#include <algorithm>

namespace {

int failed(CDICOMError *error) {
  say(error, "the JPEG-LS code of a frame is damaged");
  return 1;
}

// Whether the code ends with its end marker, perhaps padded to an even length. CharLS 2.4.1 may read zeros for a minute
// beyond the end of a code without one.
bool isWhole(const std::vector<uint8_t> &code) {
  size_t end = code.size();
  while (end > 2 && code[end - 1] == 0) end--;
  return end > 2 && code[end - 2] == 0xFF && code[end - 1] == 0xD9;
}

// One plane for each component to one pixel after the other.
std::vector<uint8_t> interleaved(const std::vector<uint8_t> &planes, size_t samples, size_t bytes) {
  std::vector<uint8_t> pixels(planes.size());
  const size_t count = planes.size() / samples / bytes;
  for (size_t sample = 0; sample < samples; sample++)
    for (size_t index = 0; index < count; index++)
      std::copy_n(&planes[(sample * count + index) * bytes], bytes, &pixels[(index * samples + sample) * bytes]);
  return pixels;
}

}  // namespace

int decodeJPEGLS(const std::vector<uint8_t> &code, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
                 CDICOMError *error) {
  if (!isWhole(code)) {
    say(error, "the JPEG-LS code of a frame is cut short");
    return 1;
  }
  std::unique_ptr<charls_jpegls_decoder, void (*)(const charls_jpegls_decoder *)> decoder(
    charls_jpegls_decoder_create(), charls_jpegls_decoder_destroy);
  charls_frame_info frame{};
  charls_interleave_mode mode{};
  size_t size = 0;
  const auto isGood = [](charls_jpegls_errc code) { return static_cast<int>(code) == 0; };
  if (!decoder || !isGood(charls_jpegls_decoder_set_source_buffer(decoder.get(), code.data(), code.size()))
      || !isGood(charls_jpegls_decoder_read_header(decoder.get()))
      || !isGood(charls_jpegls_decoder_get_frame_info(decoder.get(), &frame))
      || !isGood(charls_jpegls_decoder_get_interleave_mode(decoder.get(), &mode))
      || !isGood(charls_jpegls_decoder_get_destination_size(decoder.get(), 0, &size)))
    return failed(error);
  facts->rows = frame.height;
  facts->columns = frame.width;
  facts->samples = static_cast<uint32_t>(frame.component_count);
  facts->bitsPerSample = static_cast<uint32_t>(frame.bits_per_sample);
  facts->isSigned = 2;
  const size_t values = size_t(facts->rows) * facts->columns * facts->samples, bytes = frame.bits_per_sample > 8 ? 2 : 1;
  // Samples of up to 8 bits may have two bytes each in the data set.
  if (values == 0 || size != values * bytes || count % values != 0 || count / values < bytes) {
    say(error, "a JPEG-LS frame has another size than rows, columns and bits say");
    return 1;
  }
  std::vector<uint8_t> decoded(size);
  if (!isGood(charls_jpegls_decoder_decode_to_buffer(decoder.get(), decoded.data(), size, 0))) return failed(error);
  if (facts->samples > 1 && mode == static_cast<charls_interleave_mode>(0))
    decoded = interleaved(decoded, facts->samples, bytes);
  const size_t wide = count / values;
  if (wide > bytes) std::fill_n(target, count, 0);
  for (size_t index = 0; index < values; index++) std::copy_n(&decoded[index * bytes], bytes, target + index * wide);
  return 0;
}
