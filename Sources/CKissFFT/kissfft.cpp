#include "CKissFFT.h"
#include <kissfft/kissfft.hh>

void kissfft_transform(size_t length, size_t count, const double *input, double *output) {
  using Complex = kissfft<double>::cpx_t;
  kissfft<double> plan(length, false);
  auto from = reinterpret_cast<const Complex *>(input);
  auto to = reinterpret_cast<Complex *>(output);
  for (size_t i = 0; i < count; ++i) plan.transform(from + i * length, to + i * length);
}
