"""What a letter was approved and issued as stays so, whoever holds a service's login.

Invariants 18 and 19 are kept by the program; here the database keeps them too, so that neither a
mistake nor an injected statement gives a number to another letter or other bytes to a number.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A number is given once, with everything that the approval froze.
_APPROVED = (
    "case_id", "type", "family", "year", "sequence", "number", "dated", "approved_at",
    "signatory_id", "snapshot_hash", "certificate_id", "verification_hash", "supersedes_id",
)  # fmt: skip
# A letter is issued once, as one set of bytes.
_ISSUED = ("sha256", "size", "object_name", "issued_at")
_WITHDRAWN = ("withdrawn_at", "withdrawn_by", "withdraw_reason")
# From these a letter goes nowhere any more, or only to these.
_ENDS = {
    "issued": ("issued", "withdrawn", "superseded"),
    "withdrawn": ("withdrawn",),
    "superseded": ("superseded",),
    "voided": ("voided",),
    "discarded": ("discarded",),
}


def upgrade() -> None:
    """Guard the rows of letters and of their counters."""
    moved = " OR ".join(
        f"(OLD.state = '{state}' AND NEW.state NOT IN ({', '.join(map(repr, allowed))}))"
        for state, allowed in _ENDS.items()
    )
    _guard(
        "letter",
        "letter_kept",
        f"(OLD.approved_at IS NOT NULL AND {_differ(_APPROVED)})"
        f" OR (OLD.issued_at IS NOT NULL AND {_differ(_ISSUED)})"
        f" OR (OLD.withdrawn_at IS NOT NULL AND {_differ(_WITHDRAWN)})"
        f" OR {moved}",
    )
    _guard("letter_counter", "letter_counter_kept", "NEW.last <> OLD.last + 1")


def downgrade() -> None:
    """Let go of them."""
    for table, name in (("letter", "letter_kept"), ("letter_counter", "letter_counter_kept")):
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")


def _differ(columns: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{row}.{one}" for one in columns) for row in ("OLD", "NEW"))
    return f"ROW({new}) IS DISTINCT FROM ROW({old})"


def _guard(table: str, name: str, refused: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog"
        " AS $$ BEGIN RAISE EXCEPTION '% is kept as it is', TG_TABLE_NAME"
        " USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")
    op.execute(
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({refused})"
        f" EXECUTE FUNCTION {name}()"
    )
