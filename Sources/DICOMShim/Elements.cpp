// A data set as records.
#include "File.h"

#include <cstring>

namespace {

class RecordWriter {
 public:
  RecordWriter(std::vector<uint8_t> &bytes, uint32_t limit) : bytes_(bytes), limit_(limit) {}

  void item(DcmItem &item) {
    for (DcmObject *object = item.nextInContainer(nullptr); object != nullptr; object = item.nextInContainer(object)) {
      if (object->getTag().getElement() == 0) continue;  // group lengths
      if (DcmSequenceOfItems *sequence = sequenceOf(object)) {
        this->sequence(*sequence);
      } else {
        element(*static_cast<DcmElement *>(object));
      }
    }
  }

 private:
  std::vector<uint8_t> &bytes_;
  const uint32_t limit_;

  static DcmSequenceOfItems *sequenceOf(DcmObject *object) {
    return object->ident() == EVR_SQ ? static_cast<DcmSequenceOfItems *>(object) : nullptr;
  }

  void record(const DcmObject &object, uint16_t kind, const void *value, uint32_t length) {
    CDICOMRecord record;
    record.group = object.getGTag();
    record.element = object.getETag();
    std::memcpy(record.vr, DcmVR(object.getVR()).getValidVRName(), 2);
    record.kind = kind;
    record.length = length;
    const auto *start = reinterpret_cast<const uint8_t *>(&record);
    bytes_.insert(bytes_.end(), start, start + sizeof record);
    if (value != nullptr) {
      const auto *first = static_cast<const uint8_t *>(value);
      bytes_.insert(bytes_.end(), first, first + length);
    }
  }

  void sequence(DcmSequenceOfItems &sequence) {
    record(sequence, CDICOMSequence, nullptr, 0);
    for (unsigned long index = 0; index < sequence.card(); index++) {
      DcmItem *item = sequence.getItem(index);
      record(*item, CDICOMItemStart, nullptr, 0);
      this->item(*item);
      record(*item, CDICOMItemEnd, nullptr, 0);
    }
    record(sequence, CDICOMSequenceEnd, nullptr, 0);
  }

  void element(DcmElement &element) {
    const uint32_t length = element.getLengthField();
    const DcmVR vr(element.getVR());
    const bool isPixels = element.getTag() == DCM_PixelData;
    if (isPixels || (!vr.isaString() && length > limit_)) {
      record(element, CDICOMLarge, nullptr, length);
      return;
    }
    const void *value = valueOf(element);
    if (value != nullptr) {
      // Texts that were converted to UTF-8 have another length than the file's.
      const uint32_t size = vr.isaString() ? std::strlen(static_cast<const char *>(value)) : length;
      record(element, CDICOMValue, value, size);
    } else {
      record(element, CDICOMValue, nullptr, 0);
    }
  }

 public:
  // The value in this machine's byte order; NULL if there is none or it cannot be read.
  static const void *valueOf(DcmElement &element) {
    if (element.getLengthField() == 0) return nullptr;
    switch (element.getVR()) {
      case EVR_US: case EVR_OW: case EVR_AT: case EVR_xs: case EVR_lt: {
        Uint16 *values = nullptr;
        return element.getUint16Array(values).good() ? values : nullptr;
      }
      case EVR_SS: {
        Sint16 *values = nullptr;
        return element.getSint16Array(values).good() ? values : nullptr;
      }
      case EVR_UL: case EVR_OL: case EVR_up: {
        Uint32 *values = nullptr;
        return element.getUint32Array(values).good() ? values : nullptr;
      }
      case EVR_SL: {
        Sint32 *values = nullptr;
        return element.getSint32Array(values).good() ? values : nullptr;
      }
      case EVR_FL: case EVR_OF: {
        Float32 *values = nullptr;
        return element.getFloat32Array(values).good() ? values : nullptr;
      }
      case EVR_FD: case EVR_OD: {
        Float64 *values = nullptr;
        return element.getFloat64Array(values).good() ? values : nullptr;
      }
      case EVR_UV: case EVR_OV: {
        Uint64 *values = nullptr;
        return element.getUint64Array(values).good() ? values : nullptr;
      }
      case EVR_SV: {
        Sint64 *values = nullptr;
        return element.getSint64Array(values).good() ? values : nullptr;
      }
      default:
        if (DcmVR(element.getVR()).isaString()) {
          char *text = nullptr;
          return element.getString(text).good() ? text : nullptr;
        }
        Uint8 *bytes = nullptr;
        return element.getUint8Array(bytes).good() ? bytes : nullptr;
    }
  }
};

}  // namespace

const uint8_t *records(CDICOMFile *file, size_t *count) {
  *count = 0;
  CDICOMError error;
  return guarded<const uint8_t *>(nullptr, &error, [&] {
    if (file->records.empty()) RecordWriter(file->records, file->limit).item(*file->format.getDataset());
    *count = file->records.size();
    return file->records.data();
  });
}

int large(CDICOMFile *file, uint16_t group, uint16_t element, uint8_t *target, size_t count, CDICOMError *error) {
  return guarded(1, error, [&] {
    DcmElement *found = nullptr;
    file->format.getDataset()->findAndGetElement(DcmTagKey(group, element), found);
    const void *value = nullptr;
    if (found != nullptr && found->getLengthField() == count) value = RecordWriter::valueOf(*found);
    if (value == nullptr) {
      say(error, "a large value cannot be read");
      return 1;
    }
    std::memcpy(target, value, count);
    return 0;
  });
}
