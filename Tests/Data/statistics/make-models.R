# Logistic and Cox regression, survival curves and competing risks of a simulated cohort with tied times, centres, clusters
# and weights: Rscript make-models.R, in this folder. Writes data/cohort.csv and l_models.json.
suppressPackageStartupMessages({ library(survival); library(splines) })
source("golden.R")

simulate <- function() {
  set.seed(20262)
  n <- 180
  age <- round(rnorm(n, 63, 9)); stage <- sample(1:3, n, TRUE, c(0.4, 0.35, 0.25)); texture <- round(rnorm(n), 2)
  treated <- rbinom(n, 1, 0.5); centre <- sample(c("A", "B", "C"), n, TRUE); team <- sample(1:24, n, TRUE)
  hazard <- 0.02 * exp(0.02 * (age - 63) + 0.4 * (stage - 1) + 0.3 * texture - 0.4 * treated)
  death <- rexp(n, hazard); out <- runif(n, 10, 90)
  data.frame(
    time = ceiling(pmin(death, out)), event = as.numeric(death <= out), entry = floor(pmin(death, out) * runif(n, 0, 0.4)),
    response = rbinom(n, 1, plogis(-1 + 0.5 * texture + 0.8 * treated + 0.03 * (age - 63))), age = age, stage = stage,
    texture = texture, treated = treated, centre = centre, team = team, weight = sample(c(0.5, 1, 1.5, 2), n, TRUE),
    copies = sample(1:3, n, TRUE), grp = ifelse(age < 58, "young", ifelse(age < 68, "middle", "old")), kind = (death <= out) * (1 + rbinom(n, 1, 0.35)))
}

cox_case <- function(table, id, formula, ties, weights = NULL, robust = FALSE) {
  arguments <- list(as.formula(formula), data = quote(table), ties = ties,
    control = quote(coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)))
  if (!is.null(weights)) arguments$weights <- as.name(weights)
  if (robust) arguments$robust <- TRUE
  fit <- do.call(coxph, arguments)
  naive <- if (is.null(fit$naive.var)) fit$var else fit$naive.var
  summary <- summary(fit)
  values <- list(coef = named(coef(fit)), se = named(setNames(sqrt(diag(naive)), names(coef(fit)))), n = fit$n,
    nevent = fit$nevent, loglik = fit$loglik, lr_chisq = unname(summary$logtest[1]), wald_chisq = unname(fit$wald.test),
    score_chisq = fit$score, vcov = bare(vcov(fit)), hr_ci95 = unname(summary$conf.int[, 3:4, drop = FALSE]))
  if (!is.null(fit$naive.var)) {
    values$robust_se <- named(setNames(sqrt(diag(fit$var)), names(coef(fit))))
    values$robust_score <- unname(fit$rscore)
  }
  params <- list(formula = formula, ties = ties)
  if (!is.null(weights)) params$weights <- weights
  if (robust) params$robust <- TRUE
  case(id, "cohort", version("survival"),
    sprintf("coxph(%s, ties = \"%s\"%s%s)", formula, ties, if (is.null(weights)) "" else paste0(", weights = ", weights),
      if (robust) ", robust = TRUE" else ""), values, params, rtol = 1e-6)
}

cox_cases <- function(table) {
  plain <- "Surv(time, event) ~ age + stage + texture + treated"
  late <- "Surv(entry, time, event) ~ age + stage + texture + treated"
  out <- list()
  for (ties in c("efron", "breslow")) {
    out <- c(out, list(
      cox_case(table, paste0("cox_plain_", ties), plain, ties),
      cox_case(table, paste0("cox_strata_", ties), paste(plain, "+ strata(centre)"), ties),
      cox_case(table, paste0("cox_weights_", ties), plain, ties, weights = "copies"),
      cox_case(table, paste0("cox_robust_", ties), plain, ties, robust = TRUE),
      cox_case(table, paste0("cox_weights_robust_", ties), plain, ties, weights = "weight", robust = TRUE),
      cox_case(table, paste0("cox_cluster_", ties), paste(plain, "+ cluster(team)"), ties),
      cox_case(table, paste0("cox_strata_cluster_weights_", ties),
        paste(plain, "+ strata(centre) + cluster(team)"), ties, weights = "weight"),
      cox_case(table, paste0("cox_entry_", ties), late, ties),
      cox_case(table, paste0("cox_entry_strata_", ties), paste(late, "+ strata(centre)"), ties),
      cox_case(table, paste0("cox_interaction_", ties), "Surv(time, event) ~ age + texture * treated", ties)))
  }
  c(out, list(cox_case(table, "cox_plain_exact", plain, "exact"),
    cox_case(table, "cox_strata_exact", paste(plain, "+ strata(centre)"), "exact")))
}

# To 1e-14, without the columns that glm finds to be combinations of others: of these glm's rank test, whose tolerance is
# epsilon / 1000, sees none with an epsilon so small.
precise <- function(formula, table) {
  usual <- glm(formula, binomial, table); kept <- !is.na(coef(usual)); x <- model.matrix(usual)[, kept, drop = FALSE]
  fit <- glm.fit(x, usual$y, offset = usual$offset, family = binomial(), control = list(epsilon = 1e-14))
  p <- fit$fitted.values
  all <- function(values) { out <- rep(NA_real_, length(kept)); out[kept] <- values; named(setNames(out, names(kept))) }
  list(coef = all(fit$coefficients), se = all(sqrt(diag(solve(crossprod(x, p * (1 - p) * x))))),
    loglik = sum(dbinom(usual$y, 1, p, log = TRUE)), deviance = fit$deviance)
}

# Of coefficients by which terms are coded: factors, splines, interactions, an offset.
formula_cases <- function(table) {
  formulas <- c(
    factor = "response ~ factor(stage) + texture", words = "response ~ centre * texture",
    spline = "response ~ ns(age, 3) + treated", arithmetic = "response ~ I(texture^2) + texture + sqrt(time)",
    offset = "response ~ texture + offset(log(time))", crossed = "response ~ factor(stage) * treated + texture:age",
    mixed = "response ~ factor(treated) * stage + ns(age, 3) + log(time)", alias = "response ~ age + I(2 * age) + treated",
    margins = "response ~ stage + factor(treated):grp", bare = "response ~ 0 + grp + texture",
    power = "response ~ (age + treated + grp)^2 - age:grp", splines = "response ~ ns(age, df = 3):treated",
    scaled = "response ~ treated + offset(log(time)/10) + I(age^2/1000)",
    outcome = "I(time > 10) ~ texture:grp + `grp`", without = "response ~ texture * grp - grp")
  cases <- lapply(names(formulas), function(name) {
    case(paste0("formula_", name), "cohort", r, sprintf("glm(%s, binomial)", formulas[[name]]),
      precise(as.formula(formulas[[name]]), table), list(formula = formulas[[name]]))
  })
  weighted <- glm(response ~ texture + age, binomial, table, weights = copies, epsilon = 1e-14)
  c(cases, list(case("formula_weights", "cohort", r, "glm(response ~ texture + age, binomial, weights = copies)",
    list(coef = named(coef(weighted)), se = named(sqrt(diag(vcov(weighted))))),
    list(formula = "response ~ texture + age", weights = "copies"), rtol = 1e-6)))
}

logistic_values <- function(fit) {
  table <- summary(fit)$coefficients
  list(coef = named(table[, 1]), se = named(table[, 2]), z = named(table[, 3]), p = named(table[, 4]),
    vcov = bare(vcov(fit)), wald_ci95 = unname(confint.default(fit)), loglik = as.numeric(logLik(fit)),
    null_deviance = fit$null.deviance, robust_vcov_HC0 = bare(sandwich::vcovHC(fit, "HC0")))
}

# Firth's maximum by his modified scores: U(b) + sum h (1/2 - p) x = 0.
firth <- function(x, y) {
  b <- numeric(ncol(x))
  for (k in 1:200) {
    p <- plogis(drop(x %*% b)); w <- p * (1 - p); inverse <- solve(crossprod(x, w * x))
    h <- w * rowSums((x %*% inverse) * x)
    step <- drop(inverse %*% crossprod(x, y - p + h * (0.5 - p)))
    b <- b + step * min(1, 5 / max(abs(step)))
    if (max(abs(step)) < 1e-14) break
  }
  p <- plogis(drop(x %*% b)); information <- crossprod(x, p * (1 - p) * x)
  list(coef = named(setNames(b, colnames(x))), se = named(setNames(sqrt(diag(solve(information))), colnames(x))),
    loglik = sum(dbinom(y, 1, p, log = TRUE)) + as.numeric(determinant(information)$modulus) / 2)
}

logistic_cases <- function(table) {
  formulas <- c(
    markers = "response ~ age + texture + treated", interaction = "response ~ texture * treated + age",
    logarithm = "response ~ log(age) + texture", one = "response ~ treated")
  plain <- lapply(names(formulas), function(name) {
    fit <- glm(as.formula(formulas[[name]]), binomial, table, epsilon = 1e-14)
    case(paste0("glm_", name), "cohort", paste(r, version("sandwich")),
      sprintf("glm(%s, binomial); confint.default; vcovHC(type = \"HC0\")", formulas[[name]]), logistic_values(fit),
      list(formula = formulas[[name]]), rtol = 1e-6)
  })
  penalised <- lapply(names(formulas), function(name) {
    formula <- as.formula(formulas[[name]])
    case(paste0("firth_", name), "cohort", r, paste(formulas[[name]], ": Newton's steps on Firth's modified scores, 1e-14"),
      firth(model.matrix(formula, table), table$response), list(formula = formulas[[name]]), rtol = 1e-6)
  })
  # The first forty rows, with a column that separates their responses.
  part <- transform(table[1:40, ], marked = as.numeric(response == 1 & texture > 0))
  separated <- case("firth_separated", "cohort", r,
    "rows 1 to 40, marked = response == 1 & texture > 0; response ~ marked + age: Newton's steps, 1e-14",
    firth(model.matrix(response ~ marked + age, part), part$response), rtol = 1e-6)
  c(plain, penalised, list(separated))
}

curve_cases <- function(table) {
  at <- c(10, 20, 40, 60)
  curve <- function(id, formula, weighted) {
    fit <- if (weighted) survfit(formula, table, weights = weight, robust = FALSE, conf.type = "log-log") else
      survfit(formula, table, conf.type = "log-log")
    s <- summary(fit, times = at)
    case(id, "cohort", version("survival"),
      sprintf("survfit(%s, conf.type = \"log-log\"%s)", deparse(formula), if (weighted) ", weights = weight" else ""),
      list(n_risk = s$n.risk, surv = s$surv, std_err = s$std.err, lower = s$lower, upper = s$upper),
      list(times = at, weighted = weighted))
  }
  restricted <- function(horizon) {
    s <- summary(survfit(Surv(time, event) ~ treated, table), rmean = horizon)$table[, c("rmean", "se(rmean)")]
    difference <- s[2, 1] - s[1, 1]; error <- sqrt(sum(s[, 2]^2))
    case(paste0("rmst_difference_", horizon), "cohort", version("survival"),
      sprintf("summary(survfit(Surv(time, event) ~ treated), rmean = %s); difference, normal limits", horizon),
      list(rmst = unname(s[, 1]), se = unname(s[, 2]), difference = difference, difference_se = error,
        difference_ci95 = difference + c(-1, 1) * qnorm(0.975) * error), list(horizon = horizon))
  }
  logrank <- function(id, formula, rho) {
    test <- survdiff(formula, table, rho = rho)
    sum <- function(x) as.numeric(if (is.matrix(x)) rowSums(x) else x)
    df <- length(test$n) - 1
    case(id, "cohort", version("survival"), sprintf("survdiff(%s, rho = %s)", deparse(formula), rho),
      list(chisq = test$chisq, df = df, p = pchisq(test$chisq, df, lower.tail = FALSE), observed = sum(test$obs),
        expected = sum(test$exp)), list(rho = rho))
  }
  list(curve("curve_all", Surv(time, event) ~ 1, FALSE), curve("curve_weighted", Surv(time, event) ~ 1, TRUE),
    restricted(30), restricted(60), logrank("survdiff_stage", Surv(time, event) ~ stage, 0),
    logrank("survdiff_stage_peto", Surv(time, event) ~ stage, 1),
    logrank("survdiff_stage_strata", Surv(time, event) ~ stage + strata(centre), 0),
    logrank("survdiff_stage_strata_peto", Surv(time, event) ~ stage + strata(centre), 1))
}

check_cases <- function(table) {
  fit <- coxph(Surv(time, event) ~ age + stage + texture + treated, table,
    control = coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100))
  transforms <- lapply(c("km", "rank", "identity", "log"), function(transform) {
    test <- cox.zph(fit, transform)$table
    case(paste0("zph_", transform), "cohort", version("survival"),
      sprintf("cox.zph(coxph(Surv(time, event) ~ age + stage + texture + treated), \"%s\")", transform),
      list(chisq = named(test[, 1]), p = named(test[, 3])), list(formula = "Surv(time, event) ~ age + stage + texture + treated"),
      rtol = 1e-6)
  })
  agreements <- lapply(c("n", "S", "S/G", "n/G2", "I"), function(weighting) {
    result <- concordance(Surv(time, event) ~ stage, table, timewt = weighting, reverse = TRUE)
    count <- unname(result$count)
    case(paste0("concordance_stage_", gsub("/", "_over_", weighting)), "cohort", version("survival"),
      sprintf("concordance(Surv(time, event) ~ stage, timewt = \"%s\", reverse = TRUE)", weighting),
      list(c = unname(result$concordance), se = sqrt(result$var[1]), concordant = count[1], discordant = count[2],
        tied_x = count[3], tied_y = count[4], tied_xy = count[5]), list(weighting = weighting), rtol = 1e-6)
  })
  c(transforms, agreements)
}

competing_cases <- function(table) {
  design <- as.matrix(table[, c("age", "texture", "treated")]); at <- c(10, 20, 40)
  models <- lapply(1:2, function(kind) {
    fit <- cmprsk::crr(table$time, table$kind, design, failcode = kind, gtol = 1e-12, maxiter = 100)
    case(paste0("crr_kind", kind), "cohort", version("cmprsk"),
      sprintf("crr(time, kind, cbind(age, texture, treated), failcode = %d)", kind),
      list(coef = named(fit$coef), se_robust = named(setNames(sqrt(diag(fit$var)), names(fit$coef))), loglik = fit$loglik,
        loglik_null = fit$loglik.null), list(kind = kind), rtol = 1e-6)
  })
  gray <- lapply(c("treated", "stage"), function(group) {
    result <- cmprsk::cuminc(table$time, table$kind, table[[group]])
    case(paste0("gray_", group), "cohort", version("cmprsk"), sprintf("cuminc(time, kind, %s)", group),
      list(gray_stat = unname(result$Tests[, "stat"]), gray_p = unname(result$Tests[, "pv"])), list(group = group))
  })
  states <- summary(survfit(Surv(time, factor(kind)) ~ 1, table), times = at)
  c(models, gray, list(case("states", "cohort", version("survival"), "survfit(Surv(time, factor(kind)) ~ 1)",
    list(pstate = unname(states$pstate), std_err = unname(states$std.err)), list(times = at))))
}

cohort <- simulate()
write.csv(cohort, "data/cohort.csv", row.names = FALSE, quote = FALSE)
write_cases(
  c(logistic_cases(cohort), formula_cases(cohort), cox_cases(cohort), curve_cases(cohort), check_cases(cohort),
    competing_cases(cohort)), "l_models.json", "l_models")
