"""The pixel endpoint: Flask over ``platform``. It serves the SDK and receives its calls."""
