"""What every part needs and no part owns: money, dates, errors, audit, locks, jobs. No domain word."""
