// Pixels of one frame.
#include "File.h"

#include <climits>

#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

namespace {

bool isJPEG2000(E_TransferSyntax syntax) {
  return syntax == EXS_JPEG2000LosslessOnly || syntax == EXS_JPEG2000
         || syntax == EXS_JPEG2000MulticomponentLosslessOnly || syntax == EXS_JPEG2000Multicomponent;
}

// The code of frame `index`, whose fragments end where the next frame's begin.
bool codeOf(DcmDataset &data, DcmPixelSequence &sequence, uint32_t index, std::vector<uint8_t> &code) {
  Sint32 frames = 1;
  data.findAndGetSint32(DCM_NumberOfFrames, frames);
  if (frames < 1) frames = 1;
  Uint32 first = 1, end = sequence.card();
  if (frames > 1) {
    if (DcmCodec::determineStartFragment(index, frames, &sequence, first).bad()) return false;
    if (index + 1 < static_cast<uint32_t>(frames)
        && DcmCodec::determineStartFragment(index + 1, frames, &sequence, end).bad())
      return false;
  }
  for (Uint32 fragment = first; fragment < end; fragment++) {
    DcmPixelItem *item = nullptr;
    Uint8 *bytes = nullptr;
    if (sequence.getItem(item, fragment).bad() || item->getUint8Array(bytes).bad() || bytes == nullptr) return false;
    code.insert(code.end(), bytes, bytes + item->getLength());
  }
  return !code.empty();
}

int decode(CDICOMFile *file, uint32_t index, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
           CDICOMError *error) {
  DcmDataset *data = file->format.getDataset();
  DcmElement *element = nullptr;
  data->findAndGetElement(DCM_PixelData, element);
  auto *pixels = dynamic_cast<DcmPixelData *>(element);
  if (pixels == nullptr) {
    say(error, "it has no pixel data");
    return 1;
  }
  if (isJPEG2000(data->getOriginalXfer())) {
    DcmPixelSequence *sequence = nullptr;
    std::vector<uint8_t> code;
    if (pixels->getEncapsulatedRepresentation(data->getOriginalXfer(), nullptr, sequence).bad() || sequence == nullptr
        || !codeOf(*data, *sequence, index, code)) {
      say(error, "the JPEG 2000 code of a frame is missing");
      return 1;
    }
    return decodeJPEG2000(code, target, count, facts, error);
  }
  Uint32 size = 0;
  if (pixels->getUncompressedFrameSize(data, size).bad() || size != count || count > UINT_MAX - 1) {
    say(error, "its pixel data has another size than rows, columns and bits say");
    return 1;
  }
  // DCMTK wants an even size, so that it can exchange bytes.
  std::vector<uint8_t> even;
  if (count % 2 != 0) even.resize(count + 1);
  Uint32 fragment = 0;
  OFString colourModel;
  const OFCondition condition = pixels->getUncompressedFrame(
    data, index, fragment, even.empty() ? target : even.data(), static_cast<Uint32>(count + count % 2), colourModel,
    &file->cache);
  if (condition.bad()) {
    say(error, condition.text());
    return 1;
  }
  if (!even.empty()) std::copy(even.begin(), even.end() - 1, target);
  facts->isSigned = 2;
  return 0;
}

}  // namespace

int frame(CDICOMFile *file, uint32_t index, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
          CDICOMError *error) {
  *facts = CDICOMFrameFacts();
  return guarded(1, error, [&] { return decode(file, index, target, count, facts, error); });
}
