"""How often an account may be tried and an SMS sent."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.throttle import DAY, HOUR, MINUTE, Limit

SMS_TOO_OFTEN = _("短信发得太勤了。请等 %(wait)s再试。")

# Sending costs money and bothers the owner of a number. Many members share the address of their
# mobile network, so the limits by address are wide.
SMS_TO_NUMBER = (
    Limit("sms-number-minute", 1, MINUTE),
    Limit("sms-number-hour", 5, HOUR),
    Limit("sms-number-day", 10, DAY),
)
SMS_FROM_ADDRESS = (
    Limit("sms-address-hour", 30, HOUR),
    Limit("sms-address-day", 200, DAY),
)
WRONG_BY_ACCOUNT = Limit("wrong-account", 5, 15 * MINUTE)
WRONG_FROM_ADDRESS = Limit("wrong-address", 50, 15 * MINUTE)
