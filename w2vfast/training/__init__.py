"""Training runs: parameters, kernel arguments, epochs, saved state."""
