"""The crops of data/crops.csv, and the view in which officers see all facts as one list."""

import csv
from pathlib import Path

from django.db import migrations

CROPS = Path(__file__).resolve().parent.parent / "data" / "crops.csv"

# What every kind of fact has, taken over as it is.
SHARED = """member_id, origin, state, reason, corrects_id, made_by_id, made_at, checked_by_id,
    checked_at, CASE state WHEN 'stated' THEN 0 WHEN 'refused' THEN 1 WHEN 'confirmed' THEN 2
    WHEN 'replaced' THEN 3 ELSE 4 END AS rank"""

QUEUE = f"""
CREATE VIEW farming_queuedfact AS
SELECT 'plot-' || id AS key, 'plot' AS kind, id AS fact_id, {SHARED}, ended_on,
    division_id, main_crop_id AS crop_id, NULL::smallint AS year, local_name AS name,
    tenure AS variety, area_mu, NULL::numeric(14, 2) AS amount
FROM farming_plot
UNION ALL
SELECT 'plan-' || id, 'plan', id, {SHARED}, ended_on,
    NULL, crop_id, year, '', '', area_mu, NULL
FROM farming_seasonplan
UNION ALL
SELECT 'asset-' || id, 'asset', id, {SHARED}, ended_on,
    NULL, NULL, NULL, name, kind, NULL, value
FROM farming_asset
UNION ALL
SELECT 'income-' || id, 'income', id, {SHARED}, NULL::date,
    NULL, NULL, year, '', source, NULL, amount
FROM farming_yearlyincome
"""  # noqa: S608 - built of literals only


def load_crops(apps, schema_editor):
    """Add the crops that are missing."""
    crop = apps.get_model("farming", "Crop")
    with CROPS.open(encoding="utf-8") as rows:
        crop.objects.using(schema_editor.connection.alias).bulk_create(
            [crop(**row) for row in csv.DictReader(rows)], ignore_conflicts=True
        )


class Migration(migrations.Migration):
    """Reference data and a read-only view."""

    dependencies = [("farming", "0001_farming")]

    operations = [
        migrations.RunPython(load_crops, migrations.RunPython.noop),
        migrations.RunSQL(QUEUE, "DROP VIEW farming_queuedfact"),
    ]
