from django.db import migrations, models


class Migration(migrations.Migration):
    """A check that comes out as NULL lets the row pass: say that the amount must be there."""

    dependencies = [("lending", "0006_pledge_once")]

    operations = [
        migrations.RemoveConstraint(model_name="mediation", name="lending_mediation_promise_whole"),
        migrations.RemoveConstraint(
            model_name="pledge", name="lending_pledge_amount_while_pledged"
        ),
        migrations.AddConstraint(
            model_name="mediation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("promised_amount__isnull", True), ("promised_on__isnull", True)),
                    models.Q(
                        ("promised_amount__gt", 0),
                        ("promised_amount__isnull", False),
                        ("promised_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="lending_mediation_promise_whole",
                violation_error_message="答应的日期和金额要一起写。",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount__gt", 0),
                        ("amount__isnull", False),
                        ("state__in", ["pledged", "contracted"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["pledged", "contracted"]), _negated=True),
                        ("amount__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="lending_pledge_amount_while_pledged",
            ),
        ),
    ]
