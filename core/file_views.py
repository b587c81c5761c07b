"""Files out of private storage."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from core.access import signed_in
from core.errors import NotFound
from core.files import access_file, path_of

_SHOWN = {"image/jpeg", "image/png"}
_NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'none'"


@signed_in  # type: ignore[type-var]
def show_file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Pictures are shown, all else is downloaded; absent and foreign files look the same."""
    file = access_file(request.user, file_id)
    try:
        content = path_of(file).open("rb")
    except FileNotFoundError:
        raise NotFound(_("这份文件已经不在了。")) from None
    response = FileResponse(
        content,
        content_type=file.content_type,
        as_attachment=file.content_type not in _SHOWN,
        filename=file.original_name,
    )
    response["Content-Security-Policy"] = _NOTHING_RUNS
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
