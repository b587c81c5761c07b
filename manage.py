#!/usr/bin/env python
"""Django's command line: `.venv/bin/python manage.py help`."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    if sys.argv[1:] == ["quote"]:
        # The engine is pure: it answers on a machine without settings, database or secrets.
        from credit.lending.rules.quote import main as quote

        sys.exit(quote(sys.stdin, sys.stdout, sys.stderr))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
