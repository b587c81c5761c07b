"""The officers' panel of scoring; each part registers itself."""
