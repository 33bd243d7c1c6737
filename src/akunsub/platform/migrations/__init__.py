"""The schema's versions, each a step from the one before. ``schema`` runs them."""
