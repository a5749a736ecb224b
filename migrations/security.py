"""Row-level security and grants, created beside each table (invariants 1 to 3).

Every tenant table has the same policy: a row is visible and writable only while its tenant
is the one bound to the transaction by a token that ``tenancy.bound()`` has verified.
"""

from alembic import op

WEB, WORKER, OPERATOR = "teduh_web", "teduh_worker", "teduh_operator"
SERVICE_ROLES = (WEB, WORKER, OPERATOR)
RETENTION = "teduh_retention"
"""Removes the texts of old events and can do nothing else."""
BACKUP, KEYS = "teduh_backup", "teduh_keys"
_ALLOWED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})

# The inner query is evaluated once per statement, not per row.
BOUND = "tenant_id = (SELECT tenancy.bound())"

_BOUND_FUNCTION = """
CREATE OR REPLACE FUNCTION tenancy.bound() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part text[] := string_to_array(current_setting('teduh.token', true), '|');
    message bytea;
    key record;
BEGIN
    IF part IS NULL OR array_length(part, 1) IS DISTINCT FROM 4
       OR part[2] IS DISTINCT FROM pg_backend_pid()::text
       /* moment */
       OR part[4] !~ '^[0-9a-f]{64}$' THEN
        RETURN NULL;
    END IF;
    message := convert_to(part[1] || '|' || part[2] || '|' || part[3], 'UTF8');
    FOR key IN SELECT inner_pad, outer_pad FROM tenancy.binding_key LOOP
        IF sha256(decode(part[4], 'hex'))
           = sha256(sha256(key.outer_pad || sha256(key.inner_pad || message))) THEN
            RETURN part[1]::uuid;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$
"""


def tenant_table(name: str, *, web: str = "", worker: str = "", operator: str = "") -> None:
    """Enable and force row security on a tenant table and grant what each role needs.

    Args:
        web, worker, operator: privileges as ``"SELECT, INSERT"``; TRUNCATE and REFERENCES are
            never granted because they pass row security.
    """
    op.execute(f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY tenant_bound ON "{name}" USING ({BOUND}) WITH CHECK ({BOUND})')
    back_up(name)
    grant(name, web=web, worker=worker, operator=operator)


def back_up(name: str) -> None:
    """Let the back-up's role read every row of a table, and do nothing else with it."""
    op.execute(f'DROP POLICY IF EXISTS back_up ON "{name}"')
    op.execute(f'CREATE POLICY back_up ON "{name}" FOR SELECT TO {BACKUP} USING (true)')
    op.execute(f'GRANT SELECT ON "{name}" TO {BACKUP}')


def seal_anew(name: str, *columns: str, of_case: bool = True) -> None:
    """Let the role that rotates keys seal columns anew: those columns and no others.

    Args:
        columns: columns of sealed bytes, as the models declare them.
        of_case: they lie under the key of the row's case, not under the tenant's.
    """
    where = ("tenant_id", "id", "case_id") if of_case else ("tenant_id", "id")
    sealed = ", ".join(columns)
    op.execute(f'GRANT SELECT ({", ".join(where)}, {sealed}) ON "{name}" TO {KEYS}')
    op.execute(f'GRANT UPDATE ({sealed}) ON "{name}" TO {KEYS}')


def grant(name: str, *, web: str = "", worker: str = "", operator: str = "") -> None:
    """Grant table privileges to the service roles."""
    for role, privileges in ((WEB, web), (WORKER, worker), (OPERATOR, operator)):
        if privileges:
            wanted = {part.strip() for part in privileges.split(",")}
            if not wanted <= _ALLOWED:
                raise ValueError(f"{name}: {sorted(wanted - _ALLOWED)} is never granted")
            op.execute(f'GRANT {privileges} ON "{name}" TO {role}')


def narrow(
    name: str, policy: str, *, role: str, command: str, using: str, check: str | None = None
) -> None:
    """Let a role do one thing to a tenant table only where a condition holds as well.

    Args:
        using: which rows of the bound tenant it may do it to.
        check: what the row must be like afterwards.
    """
    after = f" WITH CHECK ({check})" if check else ""
    op.execute(
        f'CREATE POLICY {policy} ON "{name}" AS RESTRICTIVE FOR {command} TO {role}'
        f" USING ({using}){after}"
    )


def widen(name: str, policy: str) -> None:
    """Undo :func:`narrow`."""
    op.execute(f'DROP POLICY {policy} ON "{name}"')


def create_tenancy() -> None:
    """Create the schema, the key table and the verifying function of the tenant binding.

    ``bound()`` returns the tenant of a valid token, else NULL, which no row equals. It is the
    one function that runs with its owner's rights; its search path is fixed.
    """
    op.execute("CREATE SCHEMA tenancy")
    op.execute(
        "CREATE TABLE tenancy.binding_key ("
        " id integer PRIMARY KEY CHECK (id IN (1, 2)),"  # two: the present key and the next
        " inner_pad bytea NOT NULL CHECK (octet_length(inner_pad) = 64),"
        " outer_pad bytea NOT NULL CHECK (octet_length(outer_pad) = 64))"
    )
    op.execute(bound_function())
    op.execute("REVOKE ALL ON FUNCTION tenancy.bound() FROM PUBLIC")
    op.execute("REVOKE ALL ON tenancy.binding_key FROM PUBLIC")
    for role in SERVICE_ROLES:
        let_bind(role)


def let_bind(role: str) -> None:
    """Let a role work inside a tenant that it has been given a token for."""
    op.execute(f"GRANT USAGE ON SCHEMA tenancy TO {role}")
    op.execute(f"GRANT EXECUTE ON FUNCTION tenancy.bound() TO {role}")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")


def bound_function(*, of_transaction: bool = False) -> str:
    """Return the statement that creates or replaces the verifying function.

    Args:
        of_transaction: a token holds for the transaction that began at the moment it names;
            without, for everything on its connection.
    """
    refused = "OR part[3] IS DISTINCT FROM extract(epoch FROM transaction_timestamp())::text"
    return _BOUND_FUNCTION.replace("/* moment */", refused if of_transaction else "")


def drop_tenancy() -> None:
    """Undo :func:`create_tenancy`."""
    op.execute("DROP SCHEMA tenancy CASCADE")
