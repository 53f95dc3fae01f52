# Writes the workbooks of this folder that R makes: Rscript make_tables.R. See PROVENANCE.md.
library(openxlsx)
write.xlsx(
  data.frame(
    id = c("a", "b", NA), x = c(1 / 3, NA, Inf), d = as.Date(c("2024-03-01", "1980-02-29", NA)),
    t = as.POSIXct(c("2024-03-01 12:30:00", "2024-03-01 00:00:00", NA), tz = "UTC"), ok = c(TRUE, FALSE, NA)),
  "openxlsx.xlsx")
book <- createWorkbook()
addWorksheet(book, "S")
writeData(book, "S", data.frame(a = c(1, 2)))
writeFormula(book, "S", x = "A2*2", startCol = 2, startRow = 2)
saveWorkbook(book, "formula-openxlsx.xlsx", overwrite = TRUE)
