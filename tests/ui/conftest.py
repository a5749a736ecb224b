"""The sample application without a browser."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.ui.sample import create_sample


@pytest.fixture
def sample() -> Flask:
    """A fresh sample application."""
    return create_sample()


@pytest.fixture
def visitor(sample: Flask) -> FlaskClient:
    """Someone who opens its pages in Indonesian."""
    return sample.test_client()
