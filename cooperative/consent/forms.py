"""Forms of the members' pages. Nothing is ever ticked beforehand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperative.consent.models import ConsentText, DataRequest
from cooperative.consent.personal_data import sections
from cooperative.consent.rules.purposes import category_title


class GiveForm(forms.Form):
    """Which optional data go along; the version shown travels with the answer."""

    text = forms.IntegerField(widget=forms.HiddenInput)
    extra = forms.MultipleChoiceField(
        label=_("另外还可以给（不选也行）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, shown: ConsentText, **kwargs: Any) -> None:
        super().__init__(*args, initial={"text": shown.pk}, **kwargs)
        self.fields["extra"].choices = [  # type: ignore[attr-defined]
            (code, category_title(code)) for code in shown.optional_categories
        ]


class RequestForm(forms.Form):
    """What a member asks for."""

    section = forms.ChoiceField(label=_("哪一部分"), widget=forms.RadioSelect)
    details = forms.CharField(
        label=_("说明"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )

    _HINTS = {
        "correction": _("写明哪里不对、应该是什么。有凭证的，请带到工会办公室。"),
        "objection": _("写明您不同意什么、为什么。"),
        "access_copy": _("例如：要盖章的纸质件。只要电子版，可以直接导出，不用等。"),
        "erasure": _("可以写一句为什么，也可以不写。"),
    }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind in {DataRequest.Kind.CORRECTION, DataRequest.Kind.OBJECTION}:
            self.fields["section"].choices = [  # type: ignore[attr-defined]
                *((section.code, section.title) for section in sections()),
                ("other", _("其他")),
            ]
        else:
            del self.fields["section"]
            self.fields["details"].required = False
        self.fields["details"].help_text = self._HINTS[kind]
