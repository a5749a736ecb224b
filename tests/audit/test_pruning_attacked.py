"""Texts emptied beside the policy: with the login of retention, and past it."""

from __future__ import annotations

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.audit import retention, service
from tenants.database import db
from tests.audit.archive import Archive, of_open_case
from tests.world import CONTOH


def test_the_login_of_retention_empties_nothing_that_is_not_recorded_and_over(
    archive: Archive,
) -> None:
    archive.ledger.write(3)
    archive.ledger.sign()
    with archive.acting():
        db.session.execute(text("UPDATE audit_event SET body = NULL"))
    assert archive.empty() == []
    archive.step()
    with archive.acting():  # recorded, and not signed
        db.session.execute(text("UPDATE audit_event SET body = NULL"))
    assert archive.empty() == []
    archive.ledger.sign()
    with archive.acting():  # whatever a thief writes into the list of work, the young texts stay
        insert = "INSERT INTO audit_pruning (tenant_id, id, covered, reached) SELECT tenant_id,"
        db.session.execute(text("DELETE FROM audit_pruning"))
        record = "id, '{[0,1000)}', -1 FROM audit_event WHERE tag = 'audit:log:pruned'"
        db.session.execute(text(f"{insert} {record}"))
        db.session.execute(text("UPDATE audit_event SET body = NULL"))
    assert len(archive.empty()) == 10
    archive.all_in_order()


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE audit_event SET body = \'{"tag":"x"}\'',
        "UPDATE audit_event SET at = now()",
        "DELETE FROM audit_event",
        "SELECT body FROM audit_event",
        "SELECT address FROM audit_event",
        "UPDATE audit_leaf SET leaf_hash = ''",
        "DELETE FROM audit_leaf",
        "DELETE FROM audit_pending",
        "UPDATE audit_pruning SET covered = '{[0,9)}'",
        "SELECT * FROM survivor",
        'SELECT code FROM "case"',
        "SELECT answer FROM explanation_request",
        "INSERT INTO audit_pruning (tenant_id, id, covered, reached) SELECT tenant_id, id,"
        " '{[0,9)}', -1 FROM audit_event WHERE tag <> 'audit:log:pruned' LIMIT 1",
        "INSERT INTO audit_checkpoint SELECT * FROM audit_checkpoint",
    ],
)
def test_the_login_of_retention_can_do_nothing_else(archive: Archive, statement: str) -> None:
    archive.step()
    archive.ledger.sign()
    with pytest.raises(ProgrammingError) as refused, archive.acting():
        db.session.execute(text(statement))
    assert isinstance(refused.value.orig, InsufficientPrivilege)


def test_texts_emptied_beside_what_was_recorded_are_named_one_by_one(archive: Archive) -> None:
    archive.ledger.write(3)
    archive.ledger.sign()
    archive.prune()
    kept = archive.empty()[-1] + 1
    with archive.ledger.postgres.connect(archive.ledger.database) as session:
        session.execute(
            "UPDATE audit_event e SET body = NULL FROM audit_leaf l WHERE l.event_id = e.id"
            " AND l.index BETWEEN %s AND %s AND l.tenant_id = %s",
            (kept, kept + 1, archive.ledger.world.tenant(CONTOH).tenant_id),
        )
    code, said = archive.checked()
    assert code == 1
    assert f"The text of entry {kept}-{kept + 1} was removed: no recorded pruning" in said
    with archive.ledger.world.as_system(CONTOH):
        result = service.verify()
    assert [one.index for one in result.found] == [kept, kept + 1]


def test_a_text_emptied_in_a_gap_of_a_recorded_pruning_is_named(archive: Archive) -> None:
    of_open_case(archive)
    archive.old(5)
    archive.prune()
    gap = archive.empty()[10] - 1
    with archive.ledger.postgres.connect(archive.ledger.database) as session:
        session.execute(
            "UPDATE audit_event e SET body = NULL FROM audit_leaf l WHERE l.event_id = e.id"
            " AND l.index = %s AND l.tenant_id = %s",
            (gap, archive.ledger.world.tenant(CONTOH).tenant_id),
        )
    code, said = archive.checked()
    assert code == 1
    assert f"The text of entry {gap} was removed: no recorded pruning" in said
    with archive.ledger.world.as_system(CONTOH):
        assert [one.index for one in service.verify().found] == [gap]


def test_a_database_that_keeps_a_recorded_text_is_heard(archive: Archive) -> None:
    """The profile says more years by now than it did when the pruning was recorded."""
    archive.step()
    archive.ledger.sign()
    archive.superuser("UPDATE tenant_profile SET document = replace(document, '\"audit_years\": 5',"
                      " '\"audit_years\": 50')")  # fmt: skip
    with pytest.raises(retention.PruningRefused):
        archive.step()
    assert archive.empty() == []
