// The table of functions, and what they share: start, open, close. Every function keeps exceptions to itself.
#include "File.h"

#include <cstdio>
#include <cstring>
#include <new>

#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcistrmf.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/oflog/oflog.h>

void say(CDICOMError *error, const char *text) { std::snprintf(error->text, sizeof error->text, "%s", text); }

namespace {

int start(const char *dictionary) {
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  if (dictionary != nullptr) {
    DcmDataDictionary &dictionaries = dcmDataDict.wrlock();
    if (!dictionaries.isDictionaryLoaded()) dictionaries.loadDictionary(dictionary, OFFalse);
    dcmDataDict.wrunlock();
  }
  DcmRLEDecoderRegistration::registerCodecs();
  DJDecoderRegistration::registerCodecs();
  return dcmDataDict.isDictionaryLoaded() ? 0 : 1;
}

// A file that stops giving bytes once sequences are nested so deep that the stack would end: each level is a call.
class GuardedProducer : public DcmProducer {
 public:
  GuardedProducer(const OFFilename &name, const char *base) : file_(name), base_(base) {}
  OFBool good() const override { return isDeep_ ? OFFalse : file_.good(); }
  OFCondition status() const override { return isDeep_ ? EC_CorruptedData : file_.status(); }
  OFBool eos() override { return isDeep_ ? OFTrue : file_.eos(); }
  offile_off_t avail() override { return isDeep_ ? 0 : file_.avail(); }
  offile_off_t skip(offile_off_t count) override { return file_.skip(count); }
  void putback(offile_off_t count) override { file_.putback(count); }
  offile_off_t read(void *target, offile_off_t count) override {
    if (base_ - static_cast<const char *>(__builtin_frame_address(0)) > maximumDepth) isDeep_ = true;
    return isDeep_ ? 0 : file_.read(target, count);
  }
  bool isDeep() const { return isDeep_; }

 private:
  static constexpr ptrdiff_t maximumDepth = 200'000;  // bytes of a thread's stack of 512 KiB
  DcmFileProducer file_;
  const char *base_;
  bool isDeep_ = false;
};

class GuardedStream : public DcmInputStream {
 public:
  GuardedStream(const OFFilename &name, const char *base)
      : DcmInputStream(&producer_), producer_(name, base), name_(name) {}
  DcmInputStreamFactory *newFactory() const override {
    // Bytes behind a filter cannot be found again in the file.
    return currentProducer() == &producer_ ? new DcmInputFileStreamFactory(name_, tell()) : nullptr;
  }
  bool isDeep() const { return producer_.isDeep(); }

 private:
  GuardedProducer producer_;
  OFFilename name_;
};

CDICOMFile *read(const char *path, uint32_t limit, CDICOMFileFacts *facts, CDICOMError *error) {
  const auto *base = static_cast<const char *>(__builtin_frame_address(0));
  std::unique_ptr<CDICOMFile> file(new CDICOMFile);
  GuardedStream stream(OFFilename(path), base);
  OFCondition condition = stream.status();
  if (condition.good()) {
    file->format.transferInit();
    condition = file->format.read(stream, EXS_Unknown, EGL_noChange, limit);
    file->format.transferEnd();
  }
  if (stream.isDeep()) {
    say(error, "its sequences are nested deeper than any real file's");
    return nullptr;
  }
  DcmDataset *data = file->format.getDataset();
  DcmMetaInfo *meta = file->format.getMetaInfo();
  if (condition.bad()) {
    // What DCMTK keeps of a file that ends within an element has lengths that cannot be trusted.
    say(error, data->card() > 0 ? "it is damaged or cut short, an element reaches beyond its end" : condition.text());
    return nullptr;
  }
  facts->hasMetaHeader = meta != nullptr && meta->card() > 0;
  const DcmXfer syntax(data->getOriginalXfer());
  std::snprintf(facts->transferSyntax, sizeof facts->transferSyntax, "%s", syntax.getXferID());
  facts->isEncapsulated = syntax.isEncapsulated();
  OFString characters;
  data->findAndGetOFStringArray(DCM_SpecificCharacterSet, characters);
  facts->charactersUnknown = 0;
  if (!characters.empty() && characters != "ISO_IR 6" && characters != "ISO_IR 192")
    facts->charactersUnknown = data->convertToUTF8().bad();
  file->limit = limit;
  return file.release();
}

CDICOMFile *open(const char *path, uint32_t limit, CDICOMFileFacts *facts, CDICOMError *error) {
  std::memset(facts, 0, sizeof *facts);
  return guarded<CDICOMFile *>(nullptr, error, [&] { return read(path, limit, facts, error); });
}

void close(CDICOMFile *file) { delete file; }

}  // namespace

const CDICOMFunctions *cdicom_functions(void) {
  static const CDICOMFunctions functions = {start, open, close, records, large, frame, write};
  return &functions;
}
