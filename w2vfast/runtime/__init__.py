"""Threads, progress bars, timings and cache-sized blocks."""
