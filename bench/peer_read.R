# A peer of bench/read-tables.ts: data.table's fread reads a table. Argument: the table, whose first column is the index.
# Prints one JSON object: the seconds of the reading, the peak memory of the process in megabytes, the sum of all values,
# and how many threads fread takes.
suppressPackageStartupMessages(library(data.table))
file <- commandArgs(trailingOnly = TRUE)[1]
started <- proc.time()[["elapsed"]]
table <- fread(file, showProgress = FALSE)
seconds <- proc.time()[["elapsed"]] - started
status <- readLines("/proc/self/status")
megabytes <- as.numeric(gsub("[^0-9]", "", grep("^VmHWM", status, value = TRUE))) / 1024
total <- sum(vapply(table[, -1], sum, 0))
cat(sprintf('{"seconds": %f, "megabytes": %f, "sum": %.17g, "threads": %d}\n', seconds, megabytes, total, getDTthreads()))
