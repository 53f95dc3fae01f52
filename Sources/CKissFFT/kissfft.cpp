#include "CKissFFT.h"

#include <cmath>
#include <complex>
#include <cstddef>
#include <utility>
#include <vector>

namespace {

/// Eight numbers side by side, for KissFFT to calculate with as if they were one.
struct Eight {
  typedef double Vector __attribute__((vector_size(64)));
  Vector lanes;

#define INLINE __attribute__((always_inline))
  INLINE Eight() {}
  INLINE Eight(double x) : lanes{x, x, x, x, x, x, x, x} {}
  INLINE operator double() const { return lanes[0]; }
  INLINE Eight &operator+=(const Eight &b) { lanes += b.lanes; return *this; }
  INLINE Eight &operator-=(const Eight &b) { lanes -= b.lanes; return *this; }
  INLINE Eight &operator*=(const Eight &b) { lanes *= b.lanes; return *this; }
  INLINE friend Eight operator+(Eight a, const Eight &b) { return a += b; }
  INLINE friend Eight operator-(Eight a, const Eight &b) { return a -= b; }
  INLINE friend Eight operator*(Eight a, const Eight &b) { return a *= b; }
  INLINE friend Eight operator*(std::size_t a, const Eight &b) { return b * Eight(double(a)); }
  INLINE friend Eight operator-(Eight a) { a.lanes = -a.lanes; return a; }
};

}  // namespace

/// KissFFT's twiddles, exp(i angle).
template <>
inline std::complex<Eight> std::exp(const std::complex<Eight> &z) {
  return {std::cos(double(z.imag())), std::sin(double(z.imag()))};
}

// The library once for each kind of vector unit.
namespace baseline {
#include <kissfft/kissfft.hh>
}
#ifdef __x86_64__
#undef KISSFFT_CLASS_HH
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
namespace avx2 {
#include <kissfft/kissfft.hh>
}
#pragma clang attribute pop
#undef KISSFFT_CLASS_HH
#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)
namespace avx512 {
#include <kissfft/kissfft.hh>
}
#pragma clang attribute pop
#endif

struct kissfft_plan {
  virtual ~kissfft_plan() {}
  virtual void transform(const double *input, double *output) const = 0;
};

namespace {

template <template <typename> class Library>
struct Plan : kissfft_plan {
  Library<Eight> library;
  Plan(std::size_t length) : library(length, false) {}
  void transform(const double *input, double *output) const override {
    using Complex = std::complex<Eight>;
    library.transform(reinterpret_cast<const Complex *>(input), reinterpret_cast<Complex *>(output));
  }
};

}  // namespace

kissfft_plan *kissfft_plan_create(std::size_t length) {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f")) return new Plan<avx512::kissfft>(length);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return new Plan<avx2::kissfft>(length);
#endif
  return new Plan<baseline::kissfft>(length);
}

void kissfft_plan_destroy(kissfft_plan *plan) { delete plan; }

void kissfft_transform(const kissfft_plan *plan, const double *input, double *output) { plan->transform(input, output); }
