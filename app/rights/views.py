"""The page of the policy."""

from typing import Any

from flask import render_template
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.audit.service import field_name
from app.rights import table
from app.ui.fields import purpose_label
from app.web import GuardedBlueprint, Needs
from app.web.shell import ROLE_NAMES
from tenants import registry
from tenants.confidential import FieldClass
from tenants.context import acting_person
from tenants.grants import Relation
from tenants.policy import Permission, permits
from tenants.profile import LIMITS
from tenants.vocabulary import Tag

blueprint = GuardedBlueprint("rights", "app.rights", template_folder="templates")

CLASS_NAMES: dict[FieldClass, Any] = {
    FieldClass.IDENTITY: _lp("policy", "Identity"),
    FieldClass.CONTACT: _lp("policy", "Contact"),
    FieldClass.LOCATION: _lp("policy", "Location"),
    FieldClass.NARRATIVE: _lp("policy", "Account"),
    FieldClass.CLINICAL: _lp("policy", "Health"),
    FieldClass.LEGAL: _lp("policy", "Law"),
}
RELATION_NAMES: dict[Relation, Any] = {
    Relation.TEAM: _l("In the team of the case"),
    Relation.INTAKE: _l("Took the report"),
    Relation.OVERSIGHT: _l("Answers for the cases"),
    Relation.EMERGENCY: _l("Opened it in an emergency"),
    Relation.REVIEWING: _l("Judges an emergency: its reason alone"),
    Relation.INITIALLING: _l("Initials a letter of the case before it is signed"),
    Relation.SIGNING: _l("Signs a letter of the case: the letter alone"),
    Relation.PARTNER: _l("The organisation has a living referral, and she consents"),
    Relation.ADDRESSEE: _l("Gets a letter that the law asks for: the letter alone"),
    Relation.FORMER_PARTNER: _l("The organisation had a referral"),
}
LIMIT_NAMES: dict[str, Any] = {
    "reveals_a_day": _l("Hidden values that one person opens on one day"),
    "uploads_a_day": _l("Photographs and papers that one person adds on one day"),
    "searches_a_day": _l("Searches of one person on one day"),
    "emergencies_a_day": _l("Cases that one person opens in an emergency on one day"),
    "emergency_minutes": _l("Minutes that an emergency lasts"),
}


@blueprint.route("/policy", access=Needs(Permission.POLICY_READ), records=Tag.POLICY_VIEWED)
def policy() -> Any:
    """Show who sees, opens and writes what, as it holds in this office."""
    profile = registry.profile()
    return render_template(
        "rights/policy.html",
        parts=[(one, one.title or str(ROLE_NAMES[one.role])) for one in table.parts()],
        fields=[(field_name(one.name), one) for one in table.fields()],
        limits=[(LIMIT_NAMES[name], profile.limit(name)) for name in LIMITS],
        class_names=CLASS_NAMES,
        relation_names=RELATION_NAMES,
        role_names=ROLE_NAMES,
        purpose_label=purpose_label,
        may_judge=permits(acting_person(), Permission.EMERGENCY_LIST),
    )
