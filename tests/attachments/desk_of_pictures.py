"""What people do about photographs and papers, for tests."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.attachments.models import Attachment, AttachmentPart
from app.cases import models as case_models
from tenants.context import Role
from tenants.database import db
from tests.attachments.pictures import photograph
from tests.documents.desk import Desk
from tests.world import Client
from workers import attachments, boundary

FILE_NAME = "Foto Bunga Contoh memar.jpg"
SEEN = "Memar di lengan kiri"


def upload(
    client: Client, desk: Desk, data: bytes, *, kind: str = "injury", where: str = "", **more: Any
) -> TestResponse:
    """Send one file as the form does."""
    path = where or f"/cases/{desk.case_id}/attachments/new"
    options = {"headers": more.pop("headers", {})}
    name = more.pop("name", FILE_NAME)
    values = {"kind": kind, "description": SEEN, "file": (BytesIO(data), name), **more}
    return client.post(path, values, content_type="multipart/form-data", **options)


def added(desk: Desk, username: str = "companion", data: bytes = b"", **more: Any) -> UUID:
    """Add one and return its id."""
    answer = upload(desk.client(username), desk, data or photograph(), **more)
    assert answer.status_code == 303, answer.text
    found = re.search(r"/attachments/([0-9a-f-]{36})", answer.headers["Location"])
    assert found is not None
    return UUID(found[1])


def prepare(desk: Desk, attachment_id: UUID) -> None:
    """Run the job that follows, with the worker's database role."""
    boundary.use(desk.worker_app)
    attachments.prepare_attachment(str(desk.tenant_id), str(attachment_id))


def clear(desk: Desk, attachment_id: UUID) -> None:
    """Run the job that removes its files."""
    boundary.use(desk.worker_app)
    attachments.remove_attachment(str(desk.tenant_id), str(attachment_id))


def row(desk: Desk, attachment_id: UUID) -> Attachment:
    """The attachment's row as it is now."""
    with desk.world.as_system(desk.tenant):
        found = db.session.get(Attachment, (desk.tenant_id, attachment_id))
        assert found is not None
        return found


def parts(desk: Desk, attachment_id: UUID) -> dict[str, tuple[bool, str | None]]:
    """Of each part: whether its bytes are in the database, and its name in the store."""
    query = select(
        AttachmentPart.part, AttachmentPart.content.is_not(None), AttachmentPart.object_name
    ).where(AttachmentPart.attachment_id == attachment_id)
    with desk.world.as_system(desk.tenant):
        return {part: (held, name) for part, held, name in db.session.execute(query)}


def opened(
    client: Client, attachment_id: UUID, how: str = "show", purpose: str = "handling"
) -> TestResponse:
    """Ask for the content."""
    return client.post(f"/attachments/{attachment_id}/{how}", {"purpose": purpose})


def refresh(client: Client) -> None:
    """Give the password once more."""
    assert client.confirm().status_code in {200, 303}


def put_into_team(desk: Desk, username: str, role: Role) -> None:
    """Assign somebody to the case."""
    account_id = desk.account(username)
    with desk.acting("case-officer"):
        db.session.add(
            case_models.TeamMember(
                case_id=desk.case_id,
                account_id=account_id,
                team=role.value,
                assigned_by=desk.account("case-officer"),
                assigned_at=desk_now(),
            )
        )


def desk_now() -> Any:
    """The moment as the services know it."""
    from tenants.clock import now

    return now()


def make_child(desk: Desk) -> None:
    """Let the survivor be a child, as a correction would."""
    with desk.rows_of(case_models.Survivor) as survivors:
        survivors[0].is_child = True
