"""
Code that the benchmark scripts share.

Scripts import from this package; this package imports no script. The sub-packages
`quality`, `kernels` and `pipeline` have one module for each subcommand of the script
with the same name.
"""
