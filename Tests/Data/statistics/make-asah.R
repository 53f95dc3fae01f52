# Golden cases of aSAH (pROC, GPL >= 3), whose data may not lie here: Rscript make-asah.R FOLDER, in this folder. Writes
# c_diagnostic.json, f_added_value.json and their data into FOLDER. The data come from the installed package pROC.
folder <- commandArgs(TRUE)[1]
source("make-diagnostic.R")

data(aSAH, package = "pROC")
asah <- with(aSAH, data.frame(
  y = as.numeric(outcome == "Poor"), s100b = s100b, ndka = ndka, wfns = as.numeric(wfns), age = age,
  gender = as.numeric(gender == "Female")))
stopifnot(nrow(asah) == 113, sum(asah$y) == 41)

renamed <- function(entry, id) { entry$id <- id; entry }
write_data <- function(table, name) {
  dir.create(file.path(folder, "data"), FALSE, TRUE)
  write.csv(table, file.path(folder, "data", paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
}

odd <- seq(1, nrow(asah), 2)
fit <- glm(y ~ s100b + age + gender, binomial, asah[odd, ])
judged <- data.frame(row = which(!seq_len(nrow(asah)) %in% odd), y = asah$y[-odd],
  p = unname(predict(fit, asah[-odd, ], type = "response")))
write_data(asah, "asah")
write_data(judged, "asah_test_predictions")

# R's own limits, which interpolate a coarse profile.
logistic <- logistic_case(asah, "asah", y ~ s100b + age + gender, function(fit) asplit(suppressMessages(confint(fit)), 1))
added <- added_cases(asah, c("asah", "asah_nested_predictions"), y ~ age + gender + wfns,
  y ~ age + gender + wfns + s100b + ndka, 15)
write_data(added$predictions, "asah_nested_predictions")
markers <- c("s100b", "ndka", "wfns"); cuts <- c(s100b = 0.205, ndka = 10.5, wfns = 3.5)
cases <- c(
  lapply(markers, area_case, table = asah, data = "asah"),
  do.call(c, lapply(markers, partial_cases, table = asah, data = "asah")),
  list(paired_case(asah, "asah", "s100b", "ndka"), paired_case(asah, "asah", "s100b", "wfns"),
    unpaired_case(asah, "asah", "s100b", "gender")),
  lapply(markers, function(marker) table_case(asah, "asah", marker, cuts[[marker]])),
  list(renamed(mcnemar_case(asah, "asah", list(marker = "s100b", cut = 0.205), list(marker = "ndka", cut = 10.5)),
    "mcnemar_sensitivity"), renamed(logistic, "logistic_fit")),
  Map(renamed, judged_cases(judged$y, judged$p, "asah_test_predictions"),
    c("calibration", "decision_curve", "hosmer_lemeshow_deciles")))
write_cases(cases, file.path(folder, "c_diagnostic.json"), "c_diagnostic")
write_cases(
  lapply(added$cases, function(entry) renamed(entry, sub("_markers", "", entry$id))),
  file.path(folder, "f_added_value.json"), "f_added_value")
