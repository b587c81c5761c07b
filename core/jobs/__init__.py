"""Long work on Celery: runs, chunks, progress, resume, and failure of one item alone."""
