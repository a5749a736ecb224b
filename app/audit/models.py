"""The signing key of the tenant's audit log. The log's own tables belong to the kernel."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import TenantTable, plain


class AuditKey(TenantTable):
    """The Ed25519 key that signs the tenant's checkpoints."""

    __tablename__ = "audit_key"

    public: Mapped[bytes] = mapped_column(info=plain("Ed25519 public key; published"))
    private: Mapped[bytes] = mapped_column(info=plain("sealed under the tenant key"))
    created_at: Mapped[datetime]
