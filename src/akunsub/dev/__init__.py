"""``akunsub dev``: a page of yours, wired to an endpoint here, beside the inspector."""
