#!/usr/bin/env python3
"""A peer of bench/read-tables.ts: pandas reads a table. Argument: the table, whose first column is the index.

Prints one JSON object: the seconds of the reading, the peak memory of the process in megabytes, and the sum of all
values.
"""
import json, resource, sys, time
import pandas

started = time.perf_counter()
table = pandas.read_csv(sys.argv[1], index_col=0)
seconds = time.perf_counter() - started
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "megabytes": megabytes, "sum": float(table.to_numpy().sum())}))
