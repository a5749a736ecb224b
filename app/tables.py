# ruff: noqa: F401 (imported for what importing does)
"""Imports every module with tables, so that the metadata is whole for migrations and tests."""

import app.accounts.models
import app.assessments.models
import app.attachments.models
import app.audit.models
import app.cases.models
import app.clocks.models
import app.conferences.models
import app.destruction.models
import app.documents.models
import app.figures.models
import app.mediation.models
import app.network.models
import app.referrals.models
import app.reports.models
import app.services.models
import app.shelter.models
import app.simfoni.models
import app.statutory.models
import app.tasks.models
import app.transfers.models
import tenants.audit
import tenants.outbox
import tenants.parcels
import tenants.registry
import tenants.vault
