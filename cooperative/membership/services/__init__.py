"""Each change of membership in one function: lock, check, write, audit, notice."""
