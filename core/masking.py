"""Personal data as it is shown to someone who has no need of the whole. Pure functions."""

from __future__ import annotations

STAR = "*"

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "司徒",
        "司空",
        "夏侯",
        "端木",
        "百里",
        "呼延",
        "南宫",
        "独孤",
    ]
)


def mask_name(name: str) -> str:
    """A person's name with the surname and the last character left.

    >>> mask_name("王秋实"), mask_name("王实"), mask_name("欧阳秋实"), mask_name("王")
    ('王*实', '王*', '欧阳*实', '*')
    """
    name = name.strip()
    if len(name) < 2:
        return STAR * len(name)
    kept = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    given = len(name) - kept
    if given == 1:
        return name[:kept] + STAR
    return name[:kept] + STAR * (given - 1) + name[-1]


def mask_phone(phone: str) -> str:
    """A phone number with its first three and last four digits left.

    >>> mask_phone("13812345678"), mask_phone("+8613812345678"), mask_phone("88123")
    ('138****5678', '138****5678', '***23')
    """
    digits = phone.strip().removeprefix("+86").replace(" ", "").replace("-", "")
    return _keep_ends(digits, 3, 4)


def mask_id(number: str) -> str:
    """A resident ID number or social credit code with its first and last four characters left.

    >>> mask_id("230113197805201234"), mask_id("")
    ('2301**********1234', '')
    """
    return _keep_ends(number.strip(), 4, 4)


def mask_account(number: str) -> str:
    """A bank account or card number with its last four digits left.

    >>> mask_account("6228480402564890018")
    '***************0018'
    """
    return _keep_ends(number.strip().replace(" ", ""), 0, 4)


def _keep_ends(text: str, head: int, tail: int) -> str:
    """Stars between ``head`` and ``tail`` characters; a text too short for both keeps two at most."""
    if len(text) <= head + tail:
        kept = min(2, len(text) // 2)
        return STAR * (len(text) - kept) + text[len(text) - kept :]
    return text[:head] + STAR * (len(text) - head - tail) + text[len(text) - tail :]
