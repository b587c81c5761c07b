"""Figures that other systems publish, as input of a quote and rows of due day, parts and balance.

Fineract rounds half-even and smooths every schedule of equal instalments; where its figures follow
another convention than ours, the case says so and leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EMI = "Apache Fineract, EMICalculation.feature"
MONTH_END = "Apache Fineract, LoanMonthEndDueDateStrategy.feature"
UNIT = "Apache Fineract, ProgressiveEMICalculatorTest"
HALF_EVEN = {"mode": "half_even", "to": "0.01"}


@dataclass(frozen=True)
class Published:
    """One published schedule: each row is due day, principal, interest, total, balance."""

    name: str
    source: str
    given: dict[str, Any]
    rows: str
    payoff: str = ""


def equal(
    principal: str, rate: str, instalments: int, on: str, day_count: str, **others: Any
) -> dict[str, Any]:
    """A loan of equal instalments, monthly unless ``every`` says otherwise."""
    return {
        "principal": principal,
        "annual_rate_percent": rate,
        "method": "equal_instalment",
        "instalments": instalments,
        "every": {"months": 1},
        "disbursed_on": on,
        "day_count": day_count,
        "smooth": True,
        "rounding": HALF_EVEN,
        **others,
    }


def in_parts(parts: list[tuple[str, str]], rate: str, instalments: int, **others: Any) -> Any:
    """The same delivered in parts, by thirty days a month."""
    given = equal("0", rate, instalments, "", "30/360", **others)
    del given["principal"], given["disbursed_on"]
    given["disbursements"] = [{"on": on, "amount": amount} for on, amount in parts]
    return given


def paid(given: dict[str, Any], payments: list[tuple[str, str]], as_of: str, future: str) -> Any:
    """The same once some payments came in."""
    return {
        **given,
        "payments": [{"on": on, "amount": amount} for on, amount in payments],
        "as_of": as_of,
        "future": future,
    }


SIX_AT_7 = equal("100", "7", 6, "2024-01-01", "30/360")
THREE_AT_10 = equal("1000", "10", 3, "2024-07-01", "30/360")

SCHEDULES = [
    Published(
        "actual/actual over the year end: the day of delivery is not counted, the due day is",
        f"{EMI} C3152",
        equal("10000", "12", 6, "2023-12-12", "actual/actual"),
        """
        2024-01-12 1623.75 101.81 1725.56 8376.25
        2024-02-12 1640.42  85.14 1725.56 6735.83
        2024-03-12 1661.51  64.05 1725.56 5074.32
        2024-04-12 1673.98  51.58 1725.56 3400.34
        2024-05-12 1692.11  33.45 1725.56 1708.23
        2024-06-12 1708.23  17.36 1725.59    0.00
        """,
    ),
    Published(
        "actual/actual with a rate of many digits",
        f"{EMI} C3153",
        equal("10000", "9.4822", 6, "2023-12-12", "actual/actual"),
        """
        2024-01-12 1632.67 80.45 1713.12 8367.33
        2024-02-12 1645.92 67.20 1713.12 6721.41
        2024-03-12 1662.62 50.50 1713.12 5058.79
        2024-04-12 1672.49 40.63 1713.12 3386.30
        2024-05-12 1686.80 26.32 1713.12 1699.50
        2024-06-12 1699.50 13.65 1713.15    0.00
        """,
    ),
    Published(
        "actual/actual, smoothed",
        f"{EMI} C3164",
        equal("331.77", "10.65", 5, "2023-12-12", "actual/actual"),
        """
        2024-01-12 65.14 3.00 68.14 266.63
        2024-02-12 65.73 2.41 68.14 200.90
        2024-03-12 66.44 1.70 68.14 134.46
        2024-04-12 66.93 1.21 68.14  67.53
        2024-05-12 67.53 0.59 68.12   0.00
        """,
    ),
    Published(
        "30/360, one per cent a month",
        f"{EMI} C3154",
        equal("100", "12", 6, "2024-01-01", "30/360"),
        """
        2024-02-01 16.25 1.00 17.25 83.75
        2024-03-01 16.41 0.84 17.25 67.34
        2024-04-01 16.58 0.67 17.25 50.76
        2024-05-01 16.74 0.51 17.25 34.02
        2024-06-01 16.91 0.34 17.25 17.11
        2024-07-01 17.11 0.17 17.28  0.00
        """,
    ),
    Published(
        "30/360, smoothed",
        f"{EMI} C3165",
        equal("75", "12.3", 5, "2024-01-01", "30/360"),
        """
        2024-02-01 14.70 0.77 15.47 60.30
        2024-03-01 14.85 0.62 15.47 45.45
        2024-04-01 15.00 0.47 15.47 30.45
        2024-05-01 15.16 0.31 15.47 15.29
        2024-06-01 15.29 0.16 15.45  0.00
        """,
    ),
    Published(
        "30/360 every two months",
        f"{EMI} C3157",
        equal("100", "12", 3, "2024-01-01", "30/360", every={"months": 2}),
        """
        2024-03-01 32.68 2.00 34.68 67.32
        2024-05-01 33.33 1.35 34.68 33.99
        2024-07-01 33.99 0.68 34.67  0.00
        """,
    ),
    Published(
        "30/360 every two weeks is 14/360",
        f"{EMI} C3158",
        equal("100", "9.4822", 6, "2024-01-01", "30/360", every={"weeks": 2}),
        """
        2024-01-15 16.51 0.37 16.88 83.49
        2024-01-29 16.57 0.31 16.88 66.92
        2024-02-12 16.63 0.25 16.88 50.29
        2024-02-26 16.69 0.19 16.88 33.60
        2024-03-11 16.76 0.12 16.88 16.84
        2024-03-25 16.84 0.06 16.90  0.00
        """,
    ),
    Published(
        "30/360 every 15 days is 15/360",
        f"{UNIT}, repayEvery15Days",
        equal("100", "9.4822", 6, "2024-01-01", "30/360", every={"days": 15}),
        """
        2024-01-16 16.50 0.40 16.90 83.50
        2024-01-31 16.57 0.33 16.90 66.93
        2024-02-15 16.64 0.26 16.90 50.29
        2024-03-01 16.70 0.20 16.90 33.59
        2024-03-16 16.77 0.13 16.90 16.82
        2024-03-31 16.82 0.07 16.89  0.00
        """,
    ),
    Published(
        "actual/360 every 15 days is the same",
        f"{UNIT}, repayEvery15Days",
        equal("100", "9.4822", 6, "2024-01-01", "actual/360", every={"days": 15}),
        """
        2024-01-16 16.50 0.40 16.90 83.50
        2024-01-31 16.57 0.33 16.90 66.93
        2024-02-15 16.64 0.26 16.90 50.29
        2024-03-01 16.70 0.20 16.90 33.59
        2024-03-16 16.77 0.13 16.90 16.82
        2024-03-31 16.82 0.07 16.89  0.00
        """,
    ),
    Published(
        "actual/365 counts real days",
        f"{EMI} C3159",
        equal("100", "12", 6, "2024-01-01", "actual/365"),
        """
        2024-02-01 16.23 1.02 17.25 83.77
        2024-03-01 16.45 0.80 17.25 67.32
        2024-04-01 16.56 0.69 17.25 50.76
        2024-05-01 16.75 0.50 17.25 34.01
        2024-06-01 16.90 0.35 17.25 17.11
        2024-07-01 17.11 0.17 17.28  0.00
        """,
    ),
    Published(
        "actual/365 with a rate of many digits",
        f"{EMI} C3160",
        equal("100", "9.4822", 6, "2024-01-01", "actual/365"),
        """
        2024-02-01 16.32 0.81 17.13 83.68
        2024-03-01 16.50 0.63 17.13 67.18
        2024-04-01 16.59 0.54 17.13 50.59
        2024-05-01 16.74 0.39 17.13 33.85
        2024-06-01 16.86 0.27 17.13 16.99
        2024-07-01 16.99 0.13 17.12  0.00
        """,
    ),
    Published(
        "actual/365 every 15 days, smoothed",
        f"{EMI} C3166",
        equal("100", "9.4822", 6, "2024-01-01", "actual/365", every={"days": 15}),
        """
        2024-01-16 16.51 0.39 16.90 83.49
        2024-01-31 16.57 0.33 16.90 66.92
        2024-02-15 16.64 0.26 16.90 50.28
        2024-03-01 16.70 0.20 16.90 33.58
        2024-03-16 16.77 0.13 16.90 16.81
        2024-03-31 16.81 0.07 16.88  0.00
        """,
    ),
    Published(
        "actual/365, where smoothing would not help and is dropped",
        f"{EMI} C3167",
        equal("100", "15.678", 6, "2024-01-01", "actual/365"),
        """
        2024-02-01 16.10 1.33 17.43 83.90
        2024-03-01 16.38 1.05 17.43 67.52
        2024-04-01 16.53 0.90 17.43 50.99
        2024-05-01 16.77 0.66 17.43 34.22
        2024-06-01 16.97 0.46 17.43 17.25
        2024-07-01 17.25 0.22 17.47  0.00
        """,
    ),
    Published(
        "actual/364 every week",
        f"{UNIT}, repayEvery1Week",
        equal("100", "9.4822", 6, "2024-01-01", "actual/364", every={"weeks": 1}),
        """
        2024-01-08 16.59 0.18 16.77 83.41
        2024-01-15 16.62 0.15 16.77 66.79
        2024-01-22 16.65 0.12 16.77 50.14
        2024-01-29 16.68 0.09 16.77 33.46
        2024-02-05 16.71 0.06 16.77 16.75
        2024-02-12 16.75 0.03 16.78  0.00
        """,
    ),
    Published(
        "actual/364 every two weeks",
        f"{UNIT}, repayEvery2Week",
        equal("100", "9.4822", 3, "2024-01-01", "actual/364", every={"weeks": 2}),
        """
        2024-01-15 33.21 0.36 33.57 66.79
        2024-01-29 33.33 0.24 33.57 33.46
        2024-02-12 33.46 0.12 33.58  0.00
        """,
    ),
    Published(
        "no interest",
        f"{UNIT}, NoInterest",
        equal("1000", "0", 4, "2024-01-01", "actual/actual"),
        """
        2024-02-01 250.00 0.00 250.00 750.00
        2024-03-01 250.00 0.00 250.00 500.00
        2024-04-01 250.00 0.00 250.00 250.00
        2024-05-01 250.00 0.00 250.00   0.00
        """,
    ),
    Published(
        "a down payment is number 1, due on the day of delivery",
        f"{EMI} C3161",
        equal("100", "5", 5, "2024-01-01", "30/360", down_payment_percent="25"),
        """
        2024-01-01 25.00 0.00 25.00 75.00
        2024-02-01 14.88 0.31 15.19 60.12
        2024-03-01 14.94 0.25 15.19 45.18
        2024-04-01 15.00 0.19 15.19 30.18
        2024-05-01 15.06 0.13 15.19 15.12
        2024-06-01 15.12 0.06 15.18  0.00
        """,
    ),
    Published(
        "principal grace up to the last instalment is a bullet",
        "Apache Fineract, LoanBulletBalloon.feature BL01",
        equal("100", "30", 8, "2024-01-01", "30/360", principal_grace=7),
        """
        2024-02-01   0.00 2.50   2.50 100.00
        2024-03-01   0.00 2.50   2.50 100.00
        2024-04-01   0.00 2.50   2.50 100.00
        2024-05-01   0.00 2.50   2.50 100.00
        2024-06-01   0.00 2.50   2.50 100.00
        2024-07-01   0.00 2.50   2.50 100.00
        2024-08-01   0.00 2.50   2.50 100.00
        2024-09-01 100.00 2.50 102.50   0.00
        """,
    ),
    Published(
        "month end, rolled to the first: real days",
        f"{MONTH_END} UC1",
        equal("10000", "12", 3, "2025-01-31", "actual/actual", month_end="roll"),
        """
        2025-03-01 3303.22 95.34 3398.56 6696.78
        2025-03-31 3332.51 66.05 3398.56 3364.27
        2025-05-01 3364.27 34.29 3398.56    0.00
        """,
    ),
    Published(
        "month end, clamped: the 31st comes back",
        f"{MONTH_END} UC5",
        equal("10000", "12", 3, "2025-01-31", "actual/actual"),
        """
        2025-02-28 3305.77 92.05 3397.82 6694.23
        2025-03-31 3329.59 68.23 3397.82 3364.64
        2025-04-30 3364.64 33.19 3397.83    0.00
        """,
    ),
    Published(
        "month end, rolled: 30/360 stays a twelfth of the year",
        f"{MONTH_END} UC3",
        equal("10000", "12", 3, "2025-01-31", "30/360", month_end="roll"),
        """
        2025-03-01 3300.22 100.00 3400.22 6699.78
        2025-03-31 3333.22  67.00 3400.22 3366.56
        2025-05-01 3366.56  33.67 3400.23    0.00
        """,
    ),
    Published(
        "month end, clamped: 30/360 stays a twelfth of the year",
        f"{MONTH_END} UC3",
        equal("10000", "12", 3, "2025-01-31", "30/360"),
        """
        2025-02-28 3300.22 100.00 3400.22 6699.78
        2025-03-31 3333.22  67.00 3400.22 3366.56
        2025-04-30 3366.56  33.67 3400.23    0.00
        """,
    ),
    Published(
        "more money within the first period",
        f"{EMI} C3194",
        in_parts([("2024-01-01", "100"), ("2024-01-08", "200")], "9.4822", 6),
        """
        2024-02-01 49.32 2.01 51.33 250.68
        2024-03-01 49.35 1.98 51.33 201.33
        2024-04-01 49.74 1.59 51.33 151.59
        2024-05-01 50.13 1.20 51.33 101.46
        2024-06-01 50.53 0.80 51.33  50.93
        2024-07-01 50.93 0.40 51.33   0.00
        """,
    ),
    Published(
        "more money within the second period",
        f"{EMI} C3197",
        in_parts([("2024-01-01", "100"), ("2024-02-15", "200")], "9.4822", 6),
        """
        2024-02-01 16.34 0.79 17.13  83.66
        2024-03-01 56.45 1.48 57.93 227.21
        2024-04-01 56.13 1.80 57.93 171.08
        2024-05-01 56.58 1.35 57.93 114.50
        2024-06-01 57.03 0.90 57.93  57.47
        2024-07-01 57.47 0.45 57.92   0.00
        """,
    ),
    Published(
        "more money on a due day changes only what falls due later",
        f"{EMI} C3199",
        in_parts([("2024-01-01", "100"), ("2024-03-01", "100")], "9.4822", 6),
        """
        2024-02-01 16.34 0.79 17.13  83.66
        2024-03-01 16.47 0.66 17.13  67.19
        2024-04-01 41.31 1.32 42.63 125.88
        2024-05-01 41.64 0.99 42.63  84.24
        2024-06-01 41.96 0.67 42.63  42.28
        2024-07-01 42.28 0.33 42.61   0.00
        """,
    ),
    Published(
        "a schedule that starts before the money comes, in three parts",
        f"{UNIT}, backdated_disbursement",
        in_parts(
            [("2024-01-05", "100"), ("2024-01-08", "50"), ("2024-01-08", "25")],
            "9.4822",
            6,
            schedule_from="2024-01-01",
        ),
        """
        2024-02-01 28.79 1.15 29.94 146.21
        2024-03-01 28.78 1.16 29.94 117.43
        2024-04-01 29.01 0.93 29.94  88.42
        2024-05-01 29.24 0.70 29.94  59.18
        2024-06-01 29.47 0.47 29.94  29.71
        2024-07-01 29.71 0.23 29.94   0.00
        """,
    ),
    Published(
        "down payments of two deliveries",
        f"{EMI} C3201",
        in_parts(
            [("2024-01-01", "100"), ("2024-01-15", "100")], "9.4822", 5, down_payment_percent="25"
        ),
        """
        2024-01-01 25.00 0.00 25.00  75.00
        2024-01-15 25.00 0.00 25.00 150.00
        2024-02-01 29.74 0.92 30.66 120.26
        2024-03-01 29.71 0.95 30.66  90.55
        2024-04-01 29.94 0.72 30.66  60.61
        2024-05-01 30.18 0.48 30.66  30.43
        2024-06-01 30.43 0.24 30.67   0.00
        """,
    ),
    Published(
        "a down payment, then every two weeks",
        f"{EMI} C3204",
        equal(
            "100",
            "9.4822",
            5,
            "2024-01-01",
            "30/360",
            every={"weeks": 2},
            down_payment_percent="25",
        ),
        """
        2024-01-01 25.00 0.00 25.00 75.00
        2024-01-15 14.89 0.28 15.17 60.11
        2024-01-29 14.95 0.22 15.17 45.16
        2024-02-12 15.00 0.17 15.17 30.16
        2024-02-26 15.06 0.11 15.17 15.10
        2024-03-11 15.10 0.06 15.16  0.00
        """,
    ),
    Published(
        "a down payment, then every 30 days",
        f"{EMI} C3205",
        equal(
            "100",
            "9.4822",
            5,
            "2024-01-01",
            "30/360",
            every={"days": 30},
            down_payment_percent="25",
        ),
        """
        2024-01-01 25.00 0.00 25.00 75.00
        2024-01-31 14.77 0.59 15.36 60.23
        2024-03-01 14.88 0.48 15.36 45.35
        2024-03-31 15.00 0.36 15.36 30.35
        2024-04-30 15.12 0.24 15.36 15.23
        2024-05-30 15.23 0.12 15.35  0.00
        """,
    ),
    Published(
        "three instalments of a thousand",
        "Apache Fineract, LoanMerchantIssuedRefund.feature C3842",
        THREE_AT_10,
        """
        2024-08-01 330.57 8.33 338.90 669.43
        2024-09-01 333.32 5.58 338.90 336.11
        2024-10-01 336.11 2.80 338.91   0.00
        """,
    ),
    Published(
        "equal principal in multiples of 100, principal and interest both rounded to it",
        "Apache Fineract, integration tests, multiples of 100 (principal); rule of the issue",
        {
            "principal": "10000000",
            "period_rate_percent": "2",
            "method": "equal_principal",
            "instalments": 24,
            "every": {"months": 1},
            "disbursed_on": "2011-09-20",
            "rounding": {"to": "100"},
        },
        "2011-10-20 416700.00 200000.00 616700.00 9583300.00\n"
        "2011-11-20 416700.00 191700.00 608400.00 9166600.00\n"
        "...\n"
        "2013-09-20 415900.00 8300.00 424200.00 0.00",
    ),
]

RUNNING = [
    Published(
        "as planned so far: what pays the loan off between two due days",
        f"{EMI} C3211",
        paid(SIX_AT_7, [("2024-02-01", "17.01")], "2024-02-15", "next"),
        """
        2024-02-01 16.43 0.58 17.01 83.57
        2024-03-01 16.52 0.49 17.01 67.05
        2024-04-01 16.62 0.39 17.01 50.43
        2024-05-01 16.72 0.29 17.01 33.71
        2024-06-01 16.81 0.20 17.01 16.90
        2024-07-01 16.90 0.10 17.00  0.00
        """,
        "83.57 0.24 83.81",
    ),
    Published(
        "paid off between two due days",
        f"{EMI} C3211",
        paid(SIX_AT_7, [("2024-02-01", "17.01"), ("2024-02-15", "83.81")], "2024-02-15", "next"),
        """
        2024-02-01 16.43 0.58 17.01 83.57
        2024-03-01 16.77 0.24 17.01 66.80
        2024-04-01 17.01 0.00 17.01 49.79
        2024-05-01 17.01 0.00 17.01 32.78
        2024-06-01 17.01 0.00 17.01 15.77
        2024-07-01 15.77 0.00 15.77  0.00
        """,
        "0.00 0.00 0.00",
    ),
    Published(
        "paid off with an instalment overdue: late principal goes on earning",
        f"{EMI} C3213",
        paid(SIX_AT_7, [("2024-02-15", "100.86")], "2024-02-15", "next"),
        """
        2024-02-01 16.43 0.58 17.01 83.57
        2024-03-01 16.73 0.28 17.01 66.84
        2024-04-01 17.01 0.00 17.01 49.83
        2024-05-01 17.01 0.00 17.01 32.82
        2024-06-01 17.01 0.00 17.01 15.81
        2024-07-01 15.81 0.00 15.81  0.00
        """,
        "0.00 0.00 0.00",
    ),
    Published(
        "part of an instalment paid late",
        f"{EMI} C3238 (to the third row; the last ones are cut off where it was read)",
        paid(SIX_AT_7, [("2024-02-01", "17.01"), ("2024-03-05", "10.00")], "2024-03-05", "next"),
        """
        2024-02-01 16.43 0.58 17.01 83.57
        2024-03-01 16.52 0.49 17.01 67.05
        2024-04-01 16.61 0.40 17.01 50.44
        2024-05-01 16.72 0.29 17.01 33.72
        2024-06-01 16.81 0.20 17.01 16.91
        2024-07-01 16.91 0.10 17.01  0.00
        """,
    ),
    Published(
        "an instalment paid early: its interest stops, what the rest of its time earns moves on",
        f"{UNIT}, balance_correction_on0215",
        paid(SIX_AT_7, [("2024-02-01", "17.01"), ("2024-02-15", "17.01")], "2024-02-15", "next"),
        """
        2024-02-01 16.43 0.58 17.01 83.57
        2024-03-01 16.77 0.24 17.01 66.80
        2024-04-01 16.42 0.59 17.01 50.38
        2024-05-01 16.72 0.29 17.01 33.66
        2024-06-01 16.81 0.20 17.01 16.85
        2024-07-01 16.85 0.10 16.95  0.00
        """,
        "66.80 0.00 66.80",
    ),
    Published(
        "five instalments paid at once: the interest of their time is asked for with the last",
        f"{UNIT}, payoff_on0115",
        paid(SIX_AT_7, [("2024-01-15", "85.05")], "2024-01-15", "next"),
        """
        2024-02-01 16.75 0.26 17.01 83.25
        2024-03-01 17.01 0.00 17.01 66.24
        2024-04-01 17.01 0.00 17.01 49.23
        2024-05-01 17.01 0.00 17.01 32.22
        2024-06-01 17.01 0.00 17.01 15.21
        2024-07-01 15.21 0.50 15.71  0.00
        """,
        "15.21 0.00 15.21",
    ),
    Published(
        "more than what is late goes to the last instalment",
        "Apache Fineract, EMICalculation-Part2.feature, adjust LAST installment",
        paid(SIX_AT_7, [("2024-02-15", "34.02")], "2024-02-15", "last"),
        """
        2024-02-01 16.43 0.58 17.01 83.57
        2024-03-01 16.53 0.48 17.01 67.04
        2024-04-01 16.72 0.29 17.01 50.32
        2024-05-01 16.82 0.19 17.01 33.50
        2024-06-01 16.49 0.10 16.59 17.01
        2024-07-01 17.01 0.00 17.01  0.00
        """,
    ),
    Published(
        "less than the interest so far changes nothing",
        "Apache Fineract, EMICalculation-Part2.feature C3251",
        paid(SIX_AT_7, [("2024-01-15", "0.20")], "2024-01-15", "next"),
        """
        2024-02-01 16.43 0.58 17.01 83.57
        2024-03-01 16.52 0.49 17.01 67.05
        2024-04-01 16.62 0.39 17.01 50.43
        2024-05-01 16.72 0.29 17.01 33.71
        2024-06-01 16.81 0.20 17.01 16.90
        2024-07-01 16.90 0.10 17.00  0.00
        """,
        "100.00 0.06 100.06",
    ),
    Published(
        "a cent more than the interest so far",
        "Apache Fineract, EMICalculation-Part2.feature C3252",
        paid(SIX_AT_7, [("2024-01-15", "0.27")], "2024-01-15", "next"),
        """
        2024-02-01 16.43 0.58 17.01 83.57
        2024-03-01 16.52 0.49 17.01 67.05
        2024-04-01 16.62 0.39 17.01 50.43
        2024-05-01 16.72 0.29 17.01 33.71
        2024-06-01 16.81 0.20 17.01 16.90
        2024-07-01 16.90 0.10 17.00  0.00
        """,
        "99.99 0.00 99.99",
    ),
    Published(
        "most of an instalment paid early",
        "Apache Fineract, EMICalculation-Part2.feature C3253",
        paid(SIX_AT_7, [("2024-01-15", "15.00")], "2024-01-15", "next"),
        """
        2024-02-01 16.47 0.54 17.01 83.53
        2024-03-01 16.52 0.49 17.01 67.01
        2024-04-01 16.62 0.39 17.01 50.39
        2024-05-01 16.72 0.29 17.01 33.67
        2024-06-01 16.81 0.20 17.01 16.86
        2024-07-01 16.86 0.10 16.96  0.00
        """,
        "85.26 0.00 85.26",
    ),
    Published(
        "all of an instalment but a cent paid early: no room for the rest of its interest",
        "Apache Fineract, EMICalculation-Part2.feature C3254",
        paid(SIX_AT_7, [("2024-01-15", "17.00")], "2024-01-15", "next"),
        """
        2024-02-01 16.75 0.26 17.01 83.25
        2024-03-01 16.25 0.76 17.01 67.00
        2024-04-01 16.62 0.39 17.01 50.38
        2024-05-01 16.72 0.29 17.01 33.66
        2024-06-01 16.81 0.20 17.01 16.85
        2024-07-01 16.85 0.10 16.95  0.00
        """,
    ),
    Published(
        "an instalment paid early in two parts",
        "Apache Fineract, EMICalculation-Part2.feature C3255",
        paid(SIX_AT_7, [("2024-01-15", "15.00"), ("2024-01-20", "2.01")], "2024-01-20", "next"),
        """
        2024-02-01 16.67 0.34 17.01 83.33
        2024-03-01 16.33 0.68 17.01 67.00
        2024-04-01 16.62 0.39 17.01 50.38
        2024-05-01 16.72 0.29 17.01 33.66
        2024-06-01 16.81 0.20 17.01 16.85
        2024-07-01 16.85 0.10 16.95  0.00
        """,
        "83.33 0.00 83.33",
    ),
]
