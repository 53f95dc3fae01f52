#include "CBoostMath.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

namespace {

using namespace boost::math;

typedef policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>, policies::underflow_error<policies::ignore_error>,
    policies::denorm_error<policies::ignore_error>, policies::rounding_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>, policies::indeterminate_result_error<policies::ignore_error>,
    policies::promote_double<false>>
    Quiet;

typedef normal_distribution<double, Quiet> Normal;
typedef students_t_distribution<double, Quiet> StudentT;
typedef chi_squared_distribution<double, Quiet> ChiSquared;
typedef fisher_f_distribution<double, Quiet> FisherF;
typedef beta_distribution<double, Quiet> Beta;
typedef non_central_t_distribution<double, Quiet> NoncentralT;

}  // namespace

extern "C" {

double boostmath_normal_below(double x) { return cdf(Normal(), x); }
double boostmath_normal_quantile(double p) { return quantile(Normal(), p); }

double boostmath_t_above(double x, double df) { return cdf(complement(StudentT(df), x)); }
double boostmath_t_quantile(double p, double df) { return quantile(StudentT(df), p); }

double boostmath_chi_squared_above(double x, double df) { return cdf(complement(ChiSquared(df), x)); }
double boostmath_chi_squared_quantile(double p, double df) { return quantile(ChiSquared(df), p); }

double boostmath_f_above(double x, double df1, double df2) { return cdf(complement(FisherF(df1, df2), x)); }
double boostmath_f_quantile(double p, double df1, double df2) { return quantile(FisherF(df1, df2), p); }

double boostmath_beta_below(double x, double a, double b) { return cdf(Beta(a, b), x); }
double boostmath_beta_quantile(double p, double a, double b) { return quantile(Beta(a, b), p); }

double boostmath_noncentral_t_below(double x, double df, double noncentrality) {
  return cdf(NoncentralT(df, noncentrality), x);
}
double boostmath_noncentral_t_quantile(double p, double df, double noncentrality) {
  return quantile(NoncentralT(df, noncentrality), p);
}

double boostmath_digamma(double x) { return digamma(x, Quiet()); }
double boostmath_trigamma(double x) { return trigamma(x, Quiet()); }
}
