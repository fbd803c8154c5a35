"""The kernel builds: the only place that knows there are several."""
