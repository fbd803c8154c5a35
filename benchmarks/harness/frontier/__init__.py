"""The frontier of quality against CPU time: the grid, its runs, table and chart."""
