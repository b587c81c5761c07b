"""What makes the test session strict; ``tests/conftest.py`` switches it on."""
