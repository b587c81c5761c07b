"""Uploaded files: checked by content, kept outside the web root, served only to who may see them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file as it was accepted. ``purpose`` names the registered rule that says who may see it.

    After ``erased_at`` its bytes and its name are gone; the row stays for what points at its hash.
    """

    purpose = models.CharField(_("用途"), max_length=40)
    scope = models.CharField(_("范围"), max_length=255, blank=True)
    path = models.CharField(max_length=80, unique=True, editable=False)
    original_name = models.CharField(_("文件名"), max_length=200)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.PositiveIntegerField(_("大小（字节）"))
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("上传人"),
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    erased_at = models.DateTimeField(_("删除时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        constraints = [
            models.CheckConstraint(
                name="core_storedfile_not_empty", condition=models.Q(size__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.original_name}"
