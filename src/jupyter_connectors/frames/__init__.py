"""From a tool's replies to complete, typed DataFrames: decode, find the rows, follow the pages, type the columns."""
