#include <charls/charls_jpegls_decoder.h>
