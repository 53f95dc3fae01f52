# Agreement of simulated readers: Rscript make-reliability.R, in this folder. Writes data/readers.csv and
# o_reliability.json.
source("golden.R")

simulate <- function() {
  set.seed(20263)
  n <- 24
  level <- rnorm(n, 40, 6)
  readers <- vapply(1:4, function(k) level + c(0, 1.5, -0.8, 0.4)[k] + rnorm(n, 0, c(1.5, 2.5, 2, 4)[k]), level)
  colnames(readers) <- c("first", "second", "third", "fourth")
  as.data.frame(round(readers, 1))
}

correlation_case <- function(readers, alpha, data = "readers") {
  result <- psych::ICC(readers, alpha = alpha, lmer = FALSE)$results
  values <- lapply(seq_len(nrow(result)), function(row) with(result[row, ], list(
    icc = ICC, F = F, df1 = df1, df2 = df2, p = p, lower = `lower bound`, upper = `upper bound`)))
  names(values) <- result$type
  case(sprintf("icc_psych_%s_alpha%s", data, alpha), data, version("psych"),
    sprintf("psych::ICC(X, alpha = %s, lmer = FALSE)", alpha), values, list(alpha = alpha))
}

squares_case <- function(readers, data = "readers") {
  long <- data.frame(
    y = unlist(readers), subject = factor(rep(seq_len(nrow(readers)), ncol(readers))),
    reader = factor(rep(names(readers), each = nrow(readers))))
  table <- summary(aov(y ~ subject + reader, long))[[1]]
  case(paste0("anova_", data), data, paste(r, "aov"), "aov(y ~ subject + reader)",
    list(MSB = table[1, 3], MSJ = table[2, 3], MSE = table[3, 3], dfB = table[1, 1], dfJ = table[2, 1], dfE = table[3, 1]))
}

concordance_cases <- function(readers, other, data = "readers") {
  x <- readers[[1]]; y <- readers[[other]]; n <- length(x)
  cases <- lapply(c("z-transform", "asymptotic"), function(ci) {
    result <- epiR::epi.ccc(x, y, ci = ci)
    case(sprintf("ccc_%s_%s_1_%d", ci, data, other), data, version("epiR"),
      sprintf("epiR::epi.ccc(x, y, ci = \"%s\")", ci),
      list(ccc = result$rho.c$est, lower = result$rho.c$lower, upper = result$rho.c$upper, scale_shift = result$s.shift,
        location_shift = result$l.shift, bias_correction_Cb = result$C.b), list(columns = list(1, other)))
  })
  ccc <- function(s) 2 * s(x, y) / (s(x, x) + s(y, y) + (mean(x) - mean(y))^2)
  c(cases, list(case(sprintf("ccc_definitions_%s_1_%d", data, other), data, r, "2 cov / (var + var + shift^2)",
    list(ccc_lin1989_n = ccc(function(a, b) cov(a, b) * (n - 1) / n), ccc_n_minus_1 = ccc(cov)),
    list(columns = list(1, other)))))
}

readers <- simulate()
write.csv(readers, "data/readers.csv", row.names = FALSE, quote = FALSE)
write_cases(
  c(lapply(c(0.05, 0.1), correlation_case, readers = readers), list(squares_case(readers)),
    do.call(c, lapply(2:4, concordance_cases, readers = readers))), "o_reliability.json", "o_reliability")
