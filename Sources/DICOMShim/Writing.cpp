// Records to a file.
#include "File.h"

#include <cstring>

#include <dcmtk/dcmdata/dcostrma.h>
#include <dcmtk/dcmdata/dcvrat.h>

namespace {

// Hands every block on as it comes.
class SinkConsumer : public DcmConsumer {
 public:
  SinkConsumer(CDICOMSink sink, void *context) : sink_(sink), context_(context) {}
  OFBool good() const override { return hasFailed_ ? OFFalse : OFTrue; }
  OFCondition status() const override { return hasFailed_ ? EC_InvalidStream : EC_Normal; }
  OFBool isFlushed() const override { return OFTrue; }
  offile_off_t avail() const override { return 1 << 20; }
  void flush() override {}
  offile_off_t write(const void *bytes, offile_off_t count) override {
    if (!hasFailed_ && sink_(context_, bytes, static_cast<size_t>(count)) != 0) hasFailed_ = true;
    return count;
  }

 private:
  CDICOMSink sink_;
  void *context_;
  bool hasFailed_ = false;
};

class SinkStream : public DcmOutputStream {
 public:
  SinkStream(CDICOMSink sink, void *context) : DcmOutputStream(&consumer_), consumer_(sink, context) {}

 private:
  SinkConsumer consumer_;
};

class RecordReader {
 public:
  RecordReader(const uint8_t *bytes, size_t count) : bytes_(bytes), count_(count) {}

  // Fills `item` up to the end of the item or of the records.
  OFCondition fill(DcmItem &item) {
    while (position_ < count_) {
      const CDICOMRecord record = take();
      if (record.kind == CDICOMItemEnd) return EC_Normal;
      const char name[3] = {record.vr[0], record.vr[1], 0};
      const DcmTag tag(record.group, record.element, DcmVR(name));
      OFCondition condition;
      if (record.kind == CDICOMSequence) {
        auto *sequence = new DcmSequenceOfItems(tag);
        condition = fill(*sequence);
        if (condition.good()) condition = item.insert(sequence, OFTrue);
      } else {
        condition = put(item, tag, bytes_ + position_, record.length);
        position_ += record.length;
      }
      if (condition.bad()) return condition;
    }
    return EC_Normal;
  }

 private:
  const uint8_t *bytes_;
  const size_t count_;
  size_t position_ = 0;

  CDICOMRecord take() {
    CDICOMRecord record;
    std::memcpy(&record, bytes_ + position_, sizeof record);
    position_ += sizeof record;
    return record;
  }

  OFCondition fill(DcmSequenceOfItems &sequence) {
    while (position_ < count_) {
      if (take().kind == CDICOMSequenceEnd) return EC_Normal;
      auto *item = new DcmItem();
      OFCondition condition = fill(*item);
      if (condition.good()) condition = sequence.append(item);
      if (condition.bad()) return condition;
    }
    return EC_CorruptedData;
  }

  template <typename Number>
  static std::vector<Number> numbers(const uint8_t *value, uint32_t length) {
    std::vector<Number> numbers(length / sizeof(Number));
    if (length > 0) std::memcpy(numbers.data(), value, numbers.size() * sizeof(Number));
    return numbers;
  }

  static OFCondition put(DcmItem &item, const DcmTag &tag, const uint8_t *value, uint32_t length) {
    DcmElement *element = nullptr;
    OFCondition condition = DcmItem::newDicomElementWithVR(element, tag);
    if (condition.bad()) return condition;
    switch (tag.getEVR()) {
      case EVR_US: case EVR_OW: case EVR_AT: {
        const auto values = numbers<Uint16>(value, length);
        condition = element->putUint16Array(values.data(), values.size() / (tag.getEVR() == EVR_AT ? 2 : 1));
        break;
      }
      case EVR_SS: {
        const auto values = numbers<Sint16>(value, length);
        condition = element->putSint16Array(values.data(), values.size());
        break;
      }
      case EVR_UL: {
        const auto values = numbers<Uint32>(value, length);
        condition = element->putUint32Array(values.data(), values.size());
        break;
      }
      case EVR_SL: {
        const auto values = numbers<Sint32>(value, length);
        condition = element->putSint32Array(values.data(), values.size());
        break;
      }
      case EVR_FL: case EVR_OF: {
        const auto values = numbers<Float32>(value, length);
        condition = element->putFloat32Array(values.data(), values.size());
        break;
      }
      case EVR_FD: case EVR_OD: {
        const auto values = numbers<Float64>(value, length);
        condition = element->putFloat64Array(values.data(), values.size());
        break;
      }
      case EVR_OB: case EVR_UN:
        condition = element->putUint8Array(value, length);
        break;
      default:
        condition = element->putString(reinterpret_cast<const char *>(value), length);
        break;
    }
    if (condition.good()) condition = item.insert(element, OFTrue);
    return condition;
  }
};

}  // namespace

int write(const uint8_t *records, size_t count, CDICOMSink sink, void *context, CDICOMError *error) {
  return guarded(1, error, [&] {
    DcmFileFormat format;
    OFCondition condition = RecordReader(records, count).fill(*format.getDataset());
    if (condition.good()) {
      SinkStream stream(sink, context);
      format.validateMetaInfo(EXS_LittleEndianExplicit);
      format.transferInit();
      condition = format.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr, EGL_recalcGL,
                               EPD_noChange, 0, 0, 0, EWM_createNewMeta);
      format.transferEnd();
    }
    if (condition.good()) return 0;
    say(error, condition.text());
    return 1;
  });
}
