// JPEG 2000 frames, which DCMTK does not decode.
#include "File.h"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>

namespace {

struct Code {
  const std::vector<uint8_t> &bytes;
  size_t position;
};

OPJ_SIZE_T take(void *target, OPJ_SIZE_T count, void *context) {
  auto *code = static_cast<Code *>(context);
  const size_t part = std::min<size_t>(count, code->bytes.size() - code->position);
  if (part == 0) return static_cast<OPJ_SIZE_T>(-1);
  std::memcpy(target, code->bytes.data() + code->position, part);
  code->position += part;
  return part;
}

OPJ_OFF_T skip(OPJ_OFF_T count, void *context) {
  auto *code = static_cast<Code *>(context);
  if (count < 0 || static_cast<size_t>(count) > code->bytes.size() - code->position) return -1;
  code->position += static_cast<size_t>(count);
  return count;
}

OPJ_BOOL seek(OPJ_OFF_T position, void *context) {
  auto *code = static_cast<Code *>(context);
  if (position < 0 || static_cast<size_t>(position) > code->bytes.size()) return OPJ_FALSE;
  code->position = static_cast<size_t>(position);
  return OPJ_TRUE;
}

template <typename Sample>
void store(const opj_image_t &image, uint8_t *target) {
  auto *samples = reinterpret_cast<Sample *>(target);
  const size_t count = size_t(image.comps[0].w) * image.comps[0].h;
  for (size_t index = 0; index < count; index++)
    for (uint32_t component = 0; component < image.numcomps; component++)
      *samples++ = static_cast<Sample>(image.comps[component].data[index]);
}

int failed(CDICOMError *error) {
  say(error, "the JPEG 2000 code of a frame is damaged");
  return 1;
}

}  // namespace

int decodeJPEG2000(const std::vector<uint8_t> &code, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
                   CDICOMError *error) {
  // A code stream as DICOM wants it, or the file format that some programs write in its place.
  const bool isFile = code.size() > 12 && code[0] == 0 && code[1] == 0 && code[2] == 0 && code[3] == 12;
  std::unique_ptr<opj_codec_t, void (*)(opj_codec_t *)> codec(
    opj_create_decompress(isFile ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K), opj_destroy_codec);
  std::unique_ptr<opj_stream_t, void (*)(opj_stream_t *)> stream(opj_stream_default_create(OPJ_TRUE),
                                                                 opj_stream_destroy);
  Code source{code, 0};
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), code.size());
  opj_stream_set_read_function(stream.get(), take);
  opj_stream_set_skip_function(stream.get(), skip);
  opj_stream_set_seek_function(stream.get(), seek);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  // A palette would make more components of what the header says.
  parameters.flags |= OPJ_DPARAMETERS_IGNORE_PCLR_CMAP_CDEF_FLAG;
  opj_image_t *header = nullptr;
  if (!opj_setup_decoder(codec.get(), &parameters) || !opj_read_header(stream.get(), codec.get(), &header))
    return failed(error);
  std::unique_ptr<opj_image_t, void (*)(opj_image_t *)> image(header, opj_image_destroy);
  const opj_image_comp_t *components = image->comps;
  for (uint32_t component = 1; component < image->numcomps; component++)
    if (components[component].w != components[0].w || components[component].h != components[0].h
        || components[component].prec != components[0].prec)
      return failed(error);
  facts->rows = components[0].h;
  facts->columns = components[0].w;
  facts->samples = image->numcomps;
  facts->bitsPerSample = components[0].prec;
  const size_t bytes = components[0].prec <= 8 ? 1 : components[0].prec <= 16 ? 2 : 4;
  facts->isSigned = components[0].sgnd ? 1 : 0;
  if (size_t(facts->rows) * facts->columns * facts->samples * bytes != count) {
    say(error, "a JPEG 2000 frame has another size than rows, columns and bits say");
    return 1;
  }
  if (!opj_decode(codec.get(), stream.get(), image.get()) || image->numcomps != facts->samples) return failed(error);
  for (uint32_t component = 0; component < image->numcomps; component++) {
    const opj_image_comp_t &decoded = image->comps[component];
    if (decoded.data == nullptr || decoded.w != facts->columns || decoded.h != facts->rows) return failed(error);
  }
  switch (bytes) {
    case 1: store<uint8_t>(*image, target); break;
    case 2: store<uint16_t>(*image, target); break;
    default: store<uint32_t>(*image, target); break;
  }
  return 0;
}
