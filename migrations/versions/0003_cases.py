"""Cases, referrals and mediation."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, row security beside each."""
    op.create_table(
        "case",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_case")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_case_tenant_id_code")),
    )
    tenant_table("case", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "case_counter",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_case_counter")),
        sa.UniqueConstraint("tenant_id", "year", name=op.f("uq_case_counter_tenant_id_year")),
    )
    tenant_table("case_counter", web="SELECT, INSERT, UPDATE")
    op.create_table(
        "team_member",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_team_member_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_team_member_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member_case", "team_member", ["tenant_id", "case_id"], unique=False)
    tenant_table("team_member", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "survivor",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("age_group", sa.Text(), nullable=False),
        sa.Column("disability", sa.Text(), nullable=False),
        sa.Column("is_child", sa.Boolean(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("full_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("safe_contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("health_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_survivor_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_survivor")),
    )
    op.create_index("ix_survivor_case", "survivor", ["tenant_id", "case_id"], unique=False)
    tenant_table("survivor", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "alleged_perpetrator",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("age_group", sa.Text(), nullable=False),
        sa.Column("is_child", sa.Boolean(), nullable=False),
        sa.Column("full_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("particulars_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_alleged_perpetrator_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_alleged_perpetrator")),
    )
    op.create_index(
        "ix_alleged_perpetrator_case", "alleged_perpetrator", ["tenant_id", "case_id"], unique=False
    )
    tenant_table("alleged_perpetrator", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "incident",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("violence", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("domestic", sa.Boolean(), nullable=False),
        sa.Column(
            "is_sexual",
            sa.Boolean(),
            sa.Computed("'sexual' = ANY (violence)", persisted=True),
            nullable=False,
        ),
        sa.Column("narrative_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("location_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_incident_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_case", "incident", ["tenant_id", "case_id"], unique=False)
    tenant_table("incident", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "need",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("description_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"], ["case.tenant_id", "case.id"], name=op.f("fk_need_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_need")),
    )
    op.create_index("ix_need_case", "need", ["tenant_id", "case_id"], unique=False)
    tenant_table("need", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "note",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_note_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"], ["case.tenant_id", "case.id"], name=op.f("fk_note_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_case", "note", ["tenant_id", "case_id"], unique=False)
    tenant_table("note", web="SELECT, INSERT")
    op.create_table(
        "legal_process",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_offence", sa.Boolean(), nullable=False),
        sa.Column("diversion_confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("diversion_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("examination_request_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_legal_process_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_legal_process")),
        sa.UniqueConstraint(
            "tenant_id", "case_id", name=op.f("uq_legal_process_tenant_id_case_id")
        ),
    )
    op.create_index(
        "ix_legal_process_case", "legal_process", ["tenant_id", "case_id"], unique=False
    )
    tenant_table("legal_process", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "consent",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("classes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"], ["case.tenant_id", "case.id"], name=op.f("fk_consent_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_consent_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_case", "consent", ["tenant_id", "case_id"], unique=False)
    tenant_table("consent", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "referral",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("request_note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_referral_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "need_id"],
            ["need.tenant_id", "need.id"],
            name=op.f("fk_referral_need_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_referral_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_referral")),
    )
    op.create_index("ix_referral_case", "referral", ["tenant_id", "case_id"], unique=False)
    tenant_table("referral", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "mediation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("requested_by_survivor", sa.Boolean(), nullable=False),
        sa.Column("companion_assessment", sa.Boolean(), nullable=False),
        sa.Column("psychologist_assessment", sa.Boolean(), nullable=False),
        sa.Column("separate_attendance", sa.Boolean(), nullable=False),
        sa.Column("free_of_coercion", sa.Boolean(), nullable=False),
        sa.Column("mediator_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("venue_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("outcome_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_mediation_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mediation")),
    )
    op.create_index("ix_mediation_case", "mediation", ["tenant_id", "case_id"], unique=False)
    tenant_table("mediation", web="SELECT, INSERT, UPDATE", worker="SELECT")


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "mediation",
        "referral",
        "consent",
        "legal_process",
        "note",
        "need",
        "incident",
        "alleged_perpetrator",
        "survivor",
        "team_member",
        "case_counter",
        "case",
    ):
        op.drop_table(table)
