"""What proofs and signatures need beside the log. The log's own tables belong to the kernel."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base, TenantTable, plain


class AuditKey(TenantTable):
    """The Ed25519 key that signs the tenant's checkpoints."""

    __tablename__ = "audit_key"

    public: Mapped[bytes] = mapped_column(info=plain("Ed25519 public key; published"))
    private: Mapped[bytes] = mapped_column(info=plain("sealed under the tenant key"))
    created_at: Mapped[datetime]


class AuditNode(Base):
    """A complete inner node of the tenant's tree: one for every 256 leaves, then for 65,536.

    Read for proofs only; nothing is signed from it.
    """

    __tablename__ = "audit_node"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(info=plain("SHA-256 of a part of the tree"))


class CheckpointHandover(TenantTable):
    """One attempt to hand a checkpoint to a place outside the database.

    Only what changed is written: a checkpoint that is handed over, or a fault that is new.
    """

    __tablename__ = "checkpoint_handover"
    __table_args__ = (Index("ix_checkpoint_handover_at", "tenant_id", "at"),)

    size: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    fault: Mapped[str | None] = mapped_column(info=plain("code list; empty when it went well"))
