# Diagnostic accuracy and added value of simulated markers: Rscript make-diagnostic.R, in this folder.
# Writes data/markers.csv, data/markers_predictions.csv, m_diagnostic.json and n_added_value.json.
suppressPackageStartupMessages({ library(pROC); library(Hmisc) })
source("golden.R")

simulate <- function() {
  set.seed(20261)
  n <- 160
  y <- rbinom(n, 1, 0.4)
  data.frame(
    y = y, volume = round(exp(rnorm(n, 2.6 + 0.7 * y, 0.8)), 1), entropy = round(rnorm(n, 4 + 0.35 * y, 0.6), 2),
    grade = pmin(5, pmax(1, round(rnorm(n, 2.3 + 1.1 * y, 1.1)))), age = round(rnorm(n, 61 + 2 * y, 9)),
    male = rbinom(n, 1, 0.55))
}

area_case <- function(table, data, marker) {
  roc <- roc(table$y, table[[marker]], levels = c(0, 1), direction = "<", quiet = TRUE)
  a <- as.numeric(auc(roc)); p <- sum(table$y == 1); q <- sum(table$y == 0)
  q1 <- a / (2 - a); q2 <- 2 * a^2 / (1 + a); spread <- sqrt(var(roc, method = "delong"))
  best <- function(method) coords(roc, "best", best.method = method, transpose = FALSE)
  youden <- best("youden"); closest <- best("closest.topleft")
  finite <- function(x) ifelse(is.infinite(x), sign(x) * 1e308, x)
  case(paste0("auc_", marker), data, version("pROC"),
    sprintf("roc(y, %s, levels = c(0, 1), direction = \"<\"); ci.auc(method = \"delong\"); var(method = \"delong\")", marker),
    list(auc = a, var_delong = spread^2, ci95 = as.numeric(ci.auc(roc, method = "delong"))[c(1, 3)],
      ci90 = as.numeric(ci.auc(roc, method = "delong", conf.level = 0.9))[c(1, 3)],
      hanley_mcneil_se = sqrt((a * (1 - a) + (p - 1) * (q1 - a^2) + (q - 1) * (q2 - a^2)) / (p * q)),
      logit_ci95 = plogis(qlogis(a) + c(-1, 1) * qnorm(0.975) * spread / (a * (1 - a))), n_pos = p, n_neg = q,
      youden_threshold = finite(youden$threshold), youden_sens = youden$sensitivity, youden_spec = youden$specificity,
      youden_J = youden$sensitivity[1] + youden$specificity[1] - 1, topleft_threshold = closest$threshold,
      roc_sens = roc$sensitivities, roc_spec = roc$specificities, roc_thresholds = finite(roc$thresholds)),
    note = "infinite thresholds are written as 1e308; Hanley and McNeil 1982 and the logit limits in closed form")
}

partial_cases <- function(table, data, marker) {
  roc <- roc(table$y, table[[marker]], levels = c(0, 1), direction = "<", quiet = TRUE)
  out <- list()
  for (focus in c("specificity", "sensitivity")) for (range in list(c(1, 0.9), c(0.95, 0.7))) for (corrected in c(FALSE, TRUE)) {
    area <- auc(roc, partial.auc = range, partial.auc.focus = focus, partial.auc.correct = corrected)
    out <- c(out, list(case(
      sprintf("pauc_%s_%s_%s_%s_%s", marker, focus, range[1], range[2], if (corrected) "corrected" else "raw"), data,
      version("pROC"),
      sprintf("auc(partial.auc = c(%s, %s), partial.auc.focus = \"%s\", partial.auc.correct = %s)", range[1], range[2],
        focus, corrected), list(pauc = as.numeric(area)))))
  }
  out
}

# Partial area of weighted rows: heights of the curve are straight between the steps.
weighted_part <- function(y, x, w, focus, range) {
  cuts <- c(Inf, sort(unique(x), decreasing = TRUE))
  share <- function(kind) vapply(cuts, function(cut) sum(w[y == kind & x >= cut]) / sum(w[y == kind]), 0)
  along <- if (focus == "specificity") share(0) else 1 - share(1)
  height <- if (focus == "specificity") share(1) else 1 - share(0)
  place <- order(along, height); along <- along[place]; height <- height[place]
  a <- 1 - range[1]; b <- 1 - range[2]; n <- length(along)
  low <- pmax(along[-n], a); high <- pmin(along[-1], b); slope <- diff(height) / diff(along)
  inside <- high > low
  sum(((high - low) * (height[-n] + slope * ((low + high) / 2 - along[-n])))[inside])
}

# Standard errors of partial areas by the infinitesimal jackknife: by how much each row's weight moves the area. Of the whole curve it
# is DeLong's.
partial_error_cases <- function(table, data, marker) {
  y <- table$y; x <- table[[marker]]; out <- list(); step <- 1e-4
  roc <- roc(y, x, levels = c(0, 1), direction = "<", quiet = TRUE)
  for (focus in c("specificity", "sensitivity")) for (range in list(c(1, 0), c(1, 0.9), c(0.95, 0.7))) {
    area <- as.numeric(auc(roc, partial.auc = range, partial.auc.focus = focus))
    stopifnot(abs(weighted_part(y, x, rep(1, length(y)), focus, range) - area) < 1e-12)
    moved <- vapply(seq_along(y), function(i) {
      by <- function(change) { w <- rep(1, length(y)); w[i] <- w[i] + change; weighted_part(y, x, w, focus, range) }
      (by(step) - by(-step)) / (2 * step)
    }, 0)
    spread <- vapply(0:1, function(kind) { m <- sum(y == kind); m / (m - 1) * sum(moved[y == kind]^2) }, 0)
    if (range[2] == 0) stopifnot(abs(sum(spread) / var(roc, method = "delong") - 1) < 1e-6)
    out <- c(out, list(case(
      sprintf("error_of_part_%s_%s_%s_%s", marker, focus, range[1], range[2]), data, paste(r, version("pROC")),
      sprintf("auc(partial.auc = c(%s, %s), partial.auc.focus = \"%s\"), infinitesimal jackknife", range[1], range[2], focus),
      list(pauc_se = sqrt(sum(spread))), rtol = 1e-6)))
  }
  out
}

paired_case <- function(table, data, first, second) {
  rocs <- lapply(c(first, second), function(m) roc(table$y, table[[m]], levels = c(0, 1), direction = "<", quiet = TRUE))
  test <- roc.test(rocs[[1]], rocs[[2]], method = "delong", paired = TRUE)
  case(sprintf("delong_paired_%s_%s", first, second), data, version("pROC"),
    "roc.test(method = \"delong\", paired = TRUE); cov(method = \"delong\")",
    list(auc1 = as.numeric(auc(rocs[[1]])), auc2 = as.numeric(auc(rocs[[2]])), z = unname(test$statistic),
      p = test$p.value, ci_diff = as.numeric(test$conf.int), cov_delong = cov(rocs[[1]], rocs[[2]], method = "delong")))
}

unpaired_case <- function(table, data, marker, group) {
  rocs <- lapply(c(1, 0), function(g) with(table[table[[group]] == g, ],
    roc(y, get(marker), levels = c(0, 1), direction = "<", quiet = TRUE)))
  test <- roc.test(rocs[[1]], rocs[[2]], method = "delong", paired = FALSE)
  case(sprintf("delong_unpaired_%s_by_%s", marker, group), data, version("pROC"),
    "roc.test(method = \"delong\", paired = FALSE)",
    list(D = unname(test$statistic), df = unname(test$parameter), p = test$p.value, auc1 = as.numeric(auc(rocs[[1]])),
      auc2 = as.numeric(auc(rocs[[2]]))),
    list(marker = marker, group = group))
}

proportion <- function(x, n) {
  z <- qnorm(0.975); m <- n + z^2; centre <- (x + z^2 / 2) / m
  interval <- function(correct) as.numeric(suppressWarnings(prop.test(x, n, correct = correct))$conf.int)
  list(est = x / n, wilson = interval(FALSE), wilson_cc = interval(TRUE),
    clopper_pearson = as.numeric(binom.test(x, n)$conf.int),
    agresti_coull = centre + c(-1, 1) * z * sqrt(centre * (1 - centre) / m),
    jeffreys = qbeta(c(0.025, 0.975), x + 0.5, n - x + 0.5))
}

table_case <- function(table, data, marker, cut) {
  positive <- table[[marker]] >= cut
  tp <- sum(positive & table$y == 1); fp <- sum(positive & table$y == 0)
  fn <- sum(!positive & table$y == 1); tn <- sum(!positive & table$y == 0)
  sens <- tp / (tp + fn); spec <- tn / (tn + fp)
  limits <- function(ratio, error) ratio * exp(c(-1, 1) * qnorm(0.975) * error)
  lrp <- sens / (1 - spec); lrn <- (1 - sens) / spec; odds <- tp * tn / (fp * fn)
  case(paste0("two_by_two_", marker), data, r, "prop.test, binom.test, qbeta; closed forms",
    list(TP = tp, FP = fp, FN = fn, TN = tn, sensitivity = proportion(tp, tp + fn), specificity = proportion(tn, tn + fp),
      ppv = proportion(tp, tp + fp), npv = proportion(tn, tn + fn), accuracy = proportion(tp + tn, tp + fp + fn + tn),
      lr_pos = lrp, lr_pos_ci = limits(lrp, sqrt(1 / tp - 1 / (tp + fn) + 1 / fp - 1 / (fp + tn))),
      lr_neg = lrn, lr_neg_ci = limits(lrn, sqrt(1 / fn - 1 / (tp + fn) + 1 / tn - 1 / (fp + tn))),
      dor = odds, dor_ci = limits(odds, sqrt(1 / tp + 1 / fp + 1 / fn + 1 / tn)),
      ppv_at_prev_10pct = sens * 0.1 / (sens * 0.1 + (1 - spec) * 0.9),
      npv_at_prev_10pct = spec * 0.9 / (spec * 0.9 + (1 - sens) * 0.1),
      mcc = (tp * tn - fp * fn) / sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)), f1 = 2 * tp / (2 * tp + fp + fn)),
    list(rule = sprintf("%s >= %s is positive", marker, cut)))
}

mcnemar_case <- function(table, data, first, second) {
  diseased <- table[table$y == 1, ]
  a <- diseased[[first$marker]] >= first$cut; b <- diseased[[second$marker]] >= second$cut
  only <- c(sum(a & !b), sum(!a & b))
  test <- mcnemar.test(table(factor(a, c(FALSE, TRUE)), factor(b, c(FALSE, TRUE))), correct = FALSE)
  rule <- function(x) sprintf("%s >= %s is positive", x$marker, x$cut)
  case("mcnemar_sensitivity_of_markers", data, r, "mcnemar.test(correct = FALSE); binom.test",
    list(b = only[1], c = only[2], chisq = unname(test$statistic), p = test$p.value,
      p_exact = binom.test(only[1], sum(only))$p.value),
    list(rules = list(rule(first), rule(second))))
}

calibration_values <- function(y, p) {
  lp <- qlogis(p); n <- length(y)
  large <- glm(y ~ offset(lp), binomial, epsilon = 1e-14)
  fit <- glm(y ~ lp, binomial, epsilon = 1e-14)
  loglik <- sum(dbinom(y, 1, p, log = TRUE)); null <- as.numeric(logLik(glm(y ~ 1, binomial)))
  chisq <- 2 * (as.numeric(logLik(fit)) - loglik)
  roc <- roc(y, p, levels = c(0, 1), direction = "<", quiet = TRUE)
  z <- sum((y - p) * (1 - 2 * p)) / sqrt(sum((1 - 2 * p)^2 * p * (1 - p)))
  smooth <- lowess(p, y, iter = 0); brier <- mean((y - p)^2)
  gain <- 2 * (loglik - null)
  list(calibration_in_the_large = unname(coef(large)), citl_se = sqrt(vcov(large)[1, 1]), slope = unname(coef(fit)[2]),
    slope_se = sqrt(vcov(fit)[2, 2]), intercept_with_slope = unname(coef(fit)[1]), O_over_E = sum(y) / sum(p),
    citl_ci = as.numeric(confint.default(large)), slope_ci = as.numeric(confint.default(fit)[2, ]),
    O_over_E_se = sum(y) / sum(p) * sqrt((1 - mean(y)) / sum(y)),
    O_over_E_ci = sum(y) / sum(p) * exp(c(-1, 1) * qnorm(0.975) * sqrt((1 - mean(y)) / sum(y))), brier = brier,
    brier_scaled = 1 - brier / (mean(y) * (1 - mean(y))), log_loss = -loglik / n, auc = as.numeric(auc(roc)),
    auc_ci = as.numeric(ci.auc(roc, method = "delong"))[c(1, 3)], spiegelhalter_z = z,
    spiegelhalter_p = 2 * pnorm(-abs(z)), nagelkerke_R2 = (1 - exp(-gain / n)) / (1 - exp(2 * null / n)),
    test_intercept0_slope1_chisq = chisq, U_p = pchisq(chisq, 2, lower.tail = FALSE),
    ICI_lowess = mean(abs(p - approx(smooth, xout = p, ties = mean)$y)))
}

judged_cases <- function(y, p, data) {
  values <- calibration_values(y, p); score <- rms::val.prob(p, y, pl = FALSE)
  # rms gives the same figures, and rounds none.
  agrees <- c("Brier" = values$brier, "Intercept" = values$intercept_with_slope, "Slope" = values$slope,
    "R2" = values$nagelkerke_R2, "S:z" = values$spiegelhalter_z, "C (ROC)" = values$auc, "Eavg" = values$ICI_lowess,
    "U:p" = values$U_p)
  stopifnot(abs(score[names(agrees)] - agrees) < 1e-6)
  thresholds <- c(0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)
  n <- length(y); odds <- thresholds / (1 - thresholds)
  benefit <- vapply(thresholds, function(t) sum(p >= t & y == 1) / n - sum(p >= t & y == 0) / n * t / (1 - t), 0)
  all <- mean(y) - (1 - mean(y)) * odds
  error <- vapply(thresholds, function(t) sqrt(var(ifelse(p < t, 0, ifelse(y == 1, 1, -t / (1 - t)))) / n), 0)
  groups <- cut(p, quantile(p, 0:10 / 10), include.lowest = TRUE)
  observed <- tapply(y, groups, sum); expected <- tapply(p, groups, sum); size <- tapply(p, groups, length)
  chisq <- sum((observed - expected)^2 / (expected * (1 - expected / size)))
  list(
    case("calibration_of_markers", data, paste(r, version("rms")),
      "glm(y ~ offset(logit p)); glm(y ~ logit p); lowess(iter = 0); rms::val.prob", values,
      note = "ICI_lowess: compare at 1e-3"),
    case("decision_curve_of_markers", data, r,
      "net benefit TP/n - FP/n t/(1-t), positive if p >= t (Vickers and Elkin 2006)",
      list(threshold = thresholds, model = benefit, model_se = error, model_lower = benefit - qnorm(0.975) * error,
        model_upper = benefit + qnorm(0.975) * error, treat_all = all, treat_none = 0 * thresholds,
        interventions_avoided_per_100 = 100 * (benefit - all) / odds, standardised = benefit / mean(y))),
    case("hosmer_lemeshow_of_markers", data, r, "deciles by quantile type 7, right-closed, lowest included",
      list(chisq = chisq, df_external = 10, p_external = pchisq(chisq, 10, lower.tail = FALSE),
        observed = as.numeric(observed), expected = as.numeric(expected), n = as.numeric(size))))
}

reclassification_case <- function(y, p, q, data, id, cuts = NULL) {
  if (is.null(cuts)) {
    up <- q - p > 0.02; down <- p - q > 0.02
  } else {
    old <- findInterval(p, cuts); new <- findInterval(q, cuts)
    up <- new > old; down <- new < old
  }
  event <- y == 1; m <- sum(event); k <- sum(!event)
  ue <- mean(up[event]); de <- mean(down[event]); uo <- mean(up[!event]); do <- mean(down[!event])
  nri <- ue - de + do - uo
  full <- sqrt((ue + de - (ue - de)^2) / m + (uo + do - (do - uo)^2) / k)
  values <- list(nri = nri, nri_events = ue - de, nri_nonevents = do - uo, up_events = ue, down_events = de,
    up_nonevents = uo, down_nonevents = do, z_pencina2008 = nri / sqrt((ue + de) / m + (uo + do) / k),
    z_events = (ue - de) / sqrt((ue + de) / m), z_nonevents = (do - uo) / sqrt((uo + do) / k), se_full = full,
    ci95_full = nri + c(-1, 1) * qnorm(0.975) * full)
  if (!is.null(cuts)) {
    classes <- 0:length(cuts)
    values$table_events <- bare(table(factor(old[event], classes), factor(new[event], classes)))
    values$table_nonevents <- bare(table(factor(old[!event], classes), factor(new[!event], classes)))
  }
  case(id, data, r, "findInterval; closed forms of Pencina 2008 and 2011", values,
    if (is.null(cuts)) list(difference = 0.02) else list(cut = as.list(cuts)))
}

# Data of the outcome and of the predictions; digits of the predictions.
added_cases <- function(table, data, base, more, digits) {
  models <- lapply(list(base, more), glm, family = binomial, data = table, epsilon = 1e-14)
  test <- anova(models[[1]], models[[2]], test = "LRT")
  p <- unname(round(fitted(models[[1]]), digits)); q <- unname(round(fitted(models[[2]]), digits)); y <- table$y
  rocs <- lapply(list(p, q), function(x) roc(y, x, levels = c(0, 1), direction = "<", quiet = TRUE))
  areas <- roc.test(rocs[[1]], rocs[[2]], method = "delong", paired = TRUE)
  h <- improveProb(p, q, y)
  predictions <- data[2]
  cases <- list(
    case("lrt_logistic_markers", data[1], r,
      sprintf("anova(glm(%s), glm(%s), test = \"LRT\")", deparse(base), deparse(more)),
      list(chisq = test$Deviance[2], df = test$Df[2], p = test$`Pr(>Chi)`[2], loglik0 = as.numeric(logLik(models[[1]])),
        loglik1 = as.numeric(logLik(models[[2]])))),
    case("delta_auc_markers", predictions, version("pROC"), "roc.test(method = \"delong\", paired = TRUE)",
      list(auc0 = as.numeric(auc(rocs[[1]])), auc1 = as.numeric(auc(rocs[[2]])), z = unname(areas$statistic),
        p = areas$p.value)),
    case("continuous_nri_idi_markers", predictions, version("Hmisc"), "improveProb(p0, p1, y)",
      list(nri = h$nri, se_nri = h$se.nri, z_nri = h$z.nri, nri_ev = h$nri.ev, se_nri_ev = h$se.nri.ev,
        nri_ne = h$nri.ne, se_nri_ne = h$se.nri.ne, idi = h$idi, se_idi = h$se.idi, z_idi = h$z.idi,
        is_increase_events = h$improveSens, ip_increase_nonevents = h$improveSpec,
        nri_ci95 = h$nri + c(-1, 1) * qnorm(0.975) * h$se.nri, idi_ci95 = h$idi + c(-1, 1) * qnorm(0.975) * h$se.idi,
        discrimination_slope0 = mean(p[y == 1]) - mean(p[y == 0]),
        discrimination_slope1 = mean(q[y == 1]) - mean(q[y == 0]))),
    reclassification_case(y, p, q, predictions, "categorical_nri_markers_0.2_0.4", c(0.2, 0.4)),
    reclassification_case(y, p, q, predictions, "categorical_nri_markers_0.3", 0.3),
    reclassification_case(y, p, q, predictions, "categorical_nri_markers_0.1_0.3_0.6", c(0.1, 0.3, 0.6)),
    reclassification_case(y, p, q, predictions, "difference_nri_markers_0.02"))
  list(cases = cases, predictions = data.frame(y = y, p0 = p, p1 = q))
}

# Limits where the deviance, at its least over the other coefficients, has risen by the quantile.
profile_limits <- function(fit) {
  deviance <- function(k, value) {
    x <- model.matrix(fit)
    glm.fit(x[, -k, drop = FALSE], fit$y, offset = x[, k] * value, family = binomial(),
      control = list(epsilon = 1e-14, maxit = 100))$deviance
  }
  limit <- function(k, side) uniroot(
    function(value) deviance(k, value) - fit$deviance - qchisq(0.95, 1),
    sort(coef(fit)[k] + side * sqrt(vcov(fit)[k, k]) * c(0.2, 6)), tol = 1e-12)$root
  profile <- lapply(seq_along(coef(fit)), function(k) c(limit(k, -1), limit(k, 1)))
  setNames(profile, names(coef(fit)))
}

logistic_case <- function(table, data, formula, profile = profile_limits) {
  odd <- table[seq(1, nrow(table), 2), ]
  fit <- glm(formula, binomial, odd, epsilon = 1e-14)
  case("logistic_fit_markers", data, r, sprintf("glm(%s, binomial) on odd rows (1, 3, 5, ...)", deparse(formula)),
    list(coef = named(coef(fit)), se = named(sqrt(diag(vcov(fit)))),
      z = named(summary(fit)$coefficients[, 3]), p = named(summary(fit)$coefficients[, 4]), deviance = fit$deviance,
      null_deviance = fit$null.deviance, aic = fit$aic, profile_ci = profile(fit)), list(formula = deparse(formula)),
    rtol = 1e-6, note = "profile_ci: roots of the profiled deviance by uniroot, or R's confint")
}

if (sys.nframe() == 0) {
  markers <- simulate(); data <- "markers"
  write.csv(markers, "data/markers.csv", row.names = FALSE, quote = FALSE)
  names <- c("volume", "entropy", "grade")
  added <- added_cases(markers, c(data, "markers_predictions"), y ~ age + male, y ~ age + male + volume + entropy, 6)
  # Predictions that are off, to be judged.
  predictions <- transform(added$predictions, p = round(plogis(0.3 + 0.7 * qlogis(p1)), 6))
  write.csv(predictions, "data/markers_predictions.csv", row.names = FALSE, quote = FALSE)
  cases <- c(
    lapply(names, area_case, table = markers, data = data),
    do.call(c, lapply(names, partial_cases, table = markers, data = data)),
    do.call(c, lapply(names, partial_error_cases, table = markers, data = data)),
    list(paired_case(markers, data, "volume", "entropy"), paired_case(markers, data, "volume", "grade"),
      unpaired_case(markers, data, "volume", "male"), table_case(markers, data, "volume", 20.05),
      table_case(markers, data, "entropy", 4.205), table_case(markers, data, "grade", 3),
      mcnemar_case(markers, data, list(marker = "volume", cut = 20.05), list(marker = "entropy", cut = 4.205)),
      logistic_case(markers, data, y ~ volume + age + male)),
    judged_cases(predictions$y, predictions$p, "markers_predictions"))
  write_cases(cases, "m_diagnostic.json", "m_diagnostic")
  write_cases(added$cases, "n_added_value.json", "n_added_value")
}
