#include "CNumbers.h"

#include <charconv>

size_t cnumbers_read(const char *first, const char *last, double *value) {
  const auto [end, error] = std::from_chars(first, last, *value);
  return error == std::errc() ? static_cast<size_t>(end - first) : 0;
}
