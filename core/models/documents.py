"""Documents that were issued: enough to tell a genuine one from a forged one, nothing personal."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DocumentRecord(models.Model):
    """One issued document. Append-only (trigger).

    ``content_sha256`` is of the data the document was set from and stands printed in it;
    ``sha256`` is of the file itself. ``scope`` is the union path that may list the row.
    """

    number = models.CharField(_("文件编号"), max_length=30, unique=True)
    kind = models.CharField(_("种类"), max_length=40)
    content_sha256 = models.CharField(_("内容防改码"), max_length=64)
    sha256 = models.CharField(_("文件防改码"), max_length=64)
    issued_at = models.DateTimeField(_("出具时间"))
    scope = models.CharField(_("范围"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("出具的文件")
        verbose_name_plural = _("出具的文件")
        constraints = [
            models.CheckConstraint(
                name="core_documentrecord_hashes_whole",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
                & Q(content_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.number
