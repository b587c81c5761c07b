"""Documents as PDF: set by typst from data, recorded, and verified in public."""

from core.documents.register import Issued, issue_document, new_number
from core.documents.rendering import DocumentError, content_digest, render_pdf, render_pictures

__all__ = [
    "DocumentError",
    "Issued",
    "content_digest",
    "issue_document",
    "new_number",
    "render_pdf",
    "render_pictures",
]
