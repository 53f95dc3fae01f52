# Writes golden cases as {id, data, tool, call, params, values, rtol, atol, note}; sourced by the make-*.R beside it.
RNGversion("4.2.0")

version <- function(package) paste(package, packageVersion(package))
r <- paste("R", getRversion())

case <- function(id, data, tool, call, values, params = NULL, rtol = 1e-7, atol = 1e-9, note = NULL) {
  entry <- list(id = id, data = data, tool = tool, call = call, params = params, values = values, rtol = rtol,
    atol = atol, note = note)
  entry[!vapply(entry, is.null, NA)]
}

# One case a line, so that a changed value is a changed line.
write_cases <- function(cases, file, area) {
  json <- function(x) jsonlite::toJSON(x, auto_unbox = TRUE, digits = NA, null = "null", na = "null")
  lines <- vapply(cases, function(entry) as.character(json(entry)), "")
  writeLines(c(
    sprintf("{\"area\": \"%s\", \"r\": \"%s\", \"cases\": [", area, r), paste(lines, collapse = ",\n"), "]}"), file)
}

named <- function(x) as.list(x)
bare <- function(x) matrix(as.numeric(x), nrow(x))
