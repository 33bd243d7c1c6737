"""One file for each version. A published one is never changed: it may have been run."""
