from django.db import migrations

# What the parties signed. Not `ends_on`, which an extension moves, nor what is sealed, which a new
# key seals again; the hash of the file tells whether that was changed.
CONTRACT = [
    "request_id",
    "membership_id",
    "union_id",
    "number",
    "principal",
    "annual_rate",
    "overdue_rate",
    "method",
    "terms",
    "payee",
    "payee_name",
    "contract_sha256",
    "drawn_by_id",
    "drawn_at",
]
COPY = ["loan_id", "kind", "record_id"]


def _row(columns: list[str], which: str) -> str:
    return "ROW(" + ", ".join(f"{which}.{column}" for column in columns) + ")"


def _fixed(table: str, name: str, columns: list[str]) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({_row(columns, 'OLD')} IS DISTINCT FROM {_row(columns, 'NEW')}) "
        "EXECUTE FUNCTION core_refuse_change();",
        f"DROP TRIGGER {name} ON {table};",
    )


class Migration(migrations.Migration):
    """What a contract says is never changed, and no copy of one is exchanged or removed."""

    dependencies = [("lending", "0003_contract_copies"), ("core", "0002_append_only")]

    operations = [
        _fixed("lending_loan", "lending_loan_contract_fixed", CONTRACT),
        _fixed("lending_contractcopy", "lending_contractcopy_fixed", COPY),
        migrations.RunSQL(
            "CREATE TRIGGER lending_contractcopy_kept BEFORE DELETE ON lending_contractcopy "
            "FOR EACH ROW EXECUTE FUNCTION core_refuse_change();",
            "DROP TRIGGER lending_contractcopy_kept ON lending_contractcopy;",
        ),
    ]
