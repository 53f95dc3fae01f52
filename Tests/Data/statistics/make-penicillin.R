# Golden cases of Penicillin (lme4, GPL >= 2), whose data may not lie here: Rscript make-penicillin.R FOLDER, in this folder.
# Writes b_reliability.json and its data into FOLDER. The data come from the installed package lme4; cases of irr are left
# out where it is not installed.
folder <- commandArgs(TRUE)[1]
source("make-reliability.R")

data(Penicillin, package = "lme4")
plates <- with(Penicillin, tapply(diameter, list(plate, sample), mean))
stopifnot(dim(plates) == c(24, 6), nrow(Penicillin) == 144)
wide <- as.data.frame(plates, row.names = FALSE)

write_data <- function(table, name) {
  dir.create(file.path(folder, "data"), FALSE, TRUE)
  write.csv(table, file.path(folder, "data", paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
}

irr_cases <- function() {
  if (!requireNamespace("irr", quietly = TRUE)) return(list())
  settings <- expand.grid(
    r0 = c(0, 0.3), unit = c("single", "average"), type = c("consistency", "agreement"), model = c("oneway", "twoway"),
    stringsAsFactors = FALSE)
  lapply(split(settings, seq_len(nrow(settings)))[settings$model == "twoway" | settings$type == "consistency"], function(s) {
    result <- irr::icc(wide, model = s$model, type = s$type, unit = s$unit, r0 = s$r0)
    case(sprintf("icc_irr_penicillin_%s_%s_%s_r0_%s", s$model, s$type, s$unit, s$r0), "penicillin", version("irr"),
      sprintf("irr::icc(X, model = \"%s\", type = \"%s\", unit = \"%s\", r0 = %s)", s$model, s$type, s$unit, s$r0),
      list(icc = result$value, F = result$Fvalue, df1 = result$df1, df2 = result$df2, p = result$p.value,
        lower = result$lbound, upper = result$ubound))
  })
}

components <- function(fit) {
  table <- as.data.frame(lme4::VarCorr(fit))
  as.list(setNames(table$vcov, table$grp))
}

# lmer, its optimum made exact to rounding by Newton's steps.
polished <- function(restricted) {
  model <- lme4::lFormula(diameter ~ 1 + (1 | plate) + (1 | sample), Penicillin, REML = restricted)
  deviance <- do.call(lme4::mkLmerDevfun, model)
  theta <- lme4::optimizeLmer(deviance)$par; h <- diag(1e-4, 2)
  for (step in 1:8) {
    gradient <- apply(h, 1, function(d) deviance(theta + d) - deviance(theta - d)) / 2e-4
    hessian <- sapply(1:2, function(i) sapply(1:2, function(j) (deviance(theta + h[i, ] + h[j, ])
      - deviance(theta + h[i, ] - h[j, ]) - deviance(theta - h[i, ] + h[j, ]) + deviance(theta - h[i, ] - h[j, ])) / 4e-8))
    theta <- theta - solve(hessian, gradient)
  }
  optimum <- list(par = theta, fval = deviance(theta), conv = 0)
  lme4::mkMerMod(environment(deviance), optimum, model$reTrms, model$fr)
}

likelihood_case <- function() {
  fit <- polished(TRUE); ml <- polished(FALSE)
  effects <- lapply(lme4::ranef(fit, condVar = FALSE), function(x) as.list(setNames(x[[1]], rownames(x))))
  case("vc_penicillin", "penicillin_long", version("lme4"),
    "lme4::lmer(diameter ~ 1 + (1 | plate) + (1 | sample)), polished by Newton's steps",
    list(varcomp = components(fit), intercept = unname(lme4::fixef(fit)), intercept_se = sqrt(as.matrix(vcov(fit))[1, 1]),
      reml_criterion = unname(lme4::REMLcrit(fit)), singular = lme4::isSingular(fit), ML_varcomp = components(ml),
      ML_loglik = as.numeric(logLik(ml)), blup = effects), rtol = 1e-5, atol = 1e-6)
}

moments_case <- function() {
  squares <- summary(aov(diameter ~ plate + sample, Penicillin))[[1]][["Mean Sq"]]
  case("mom_penicillin", "penicillin_long", paste(r, "aov"), "aov(diameter ~ plate + sample), expected mean squares",
    list(MS = squares, residual = squares[3], plate = (squares[1] - squares[3]) / 6, sample = (squares[2] - squares[3]) / 24))
}

write_data(wide, "penicillin")
write_data(Penicillin, "penicillin_long")
write_cases(
  c(lapply(c(0.05, 0.1), correlation_case, readers = wide, data = "penicillin"), irr_cases(),
    list(squares_case(wide, "penicillin")),
    do.call(c, lapply(2:4, concordance_cases, readers = wide, data = "penicillin")),
    list(likelihood_case(), moments_case())), file.path(folder, "b_reliability.json"), "b_reliability")
