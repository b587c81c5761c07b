"""What people are told is short enough to be kept."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from cooperative.notices.models import Notice
from credit.lending.services import contract_notices, loan_notices, request_notices
from credit.scoring.services.panels import telling

TELLING = [
    contract_notices.NOTICES,
    loan_notices.NOTICES,
    request_notices.NOTICES,
    telling.NOTICES,
]
# As long as such words come: a business by its full name, a contract's number, a reason in brief.
LONGEST = 24


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_title_fits_with_long_words_in_it(language: str) -> None:
    most = Notice._meta.get_field("title").max_length
    with translation.override(language):
        for notices in TELLING:
            for kind, told in notices.items():
                assert len(re.sub(r"%\(\w+\)s", "字" * LONGEST, str(told.sentence))) <= most, kind
