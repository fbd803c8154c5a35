"""The measurements of softmax.py, which run in child processes."""
