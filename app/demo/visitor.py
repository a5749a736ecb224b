"""A browser without a window: opens pages, fills in their forms, sends them."""

import re
import threading
from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from app.accounts import one_time_codes
from tenants.clock import now

Values = dict[str, list[str]]


class DemoFault(Exception):
    """A page did not do what the demonstration expects; says which and how it answered."""


@dataclass
class PageForm:
    """One form of a page: where it goes and what it would send."""

    action: str
    values: Values = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def choose(self, name: str, words: str) -> str:
        """Return the value of the option of select ``name`` whose text holds ``words``.

        Raises:
            DemoFault: no option does.
        """
        for value, text in self.options.get(name, []):
            if words in text:
                return value
        raise DemoFault(f"{name} offers no {words!r} but {self.options.get(name)}")


@dataclass(frozen=True)
class Pick:
    """The option of a select whose text holds these words."""

    words: str


class _Forms(HTMLParser):
    """Collects the POST forms of a page with the values a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._form = PageForm(given.get("action") or "")
            if (given.get("method") or "").lower() == "post":
                self.forms.append(self._form)
        elif self._form is not None and tag == "input" and name:
            self._form.names.add(name)
            kind = (given.get("type") or "text").lower()
            if kind not in {"checkbox", "radio", "submit", "file"} or "checked" in given:
                self._form.values.setdefault(name, []).append(value)
        elif self._form is not None and tag in {"select", "textarea"} and name:
            self._form.names.add(name)
            self._select = name if tag == "select" else None
            self._textarea = name if tag == "textarea" else None
            if tag == "textarea":
                self._form.values[name] = [""]
        elif self._form is not None and tag == "option" and self._select:
            options = self._form.options.setdefault(self._select, [])
            options.append((value, ""))
            # A browser sends the first option when none is marked.
            if "selected" in given or len(options) == 1:
                self._form.values[self._select] = [value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag in {"select", "textarea"}:
            if self._form is not None and self._textarea is not None:
                # HTML: a line break right after the start tag is not part of the text.
                typed = self._form.values[self._textarea]
                typed[0] = typed[0].removeprefix("\r").removeprefix("\n")
            self._select = self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._textarea is not None:
            self._form.values[self._textarea][0] += data
        elif self._form is not None and self._select and self._form.options.get(self._select):
            value, text = self._form.options[self._select].pop()
            self._form.options[self._select].append((value, text + data.strip()))


class Visitor:
    """One person at one agency's host."""

    def __init__(self, app: Flask, host: str) -> None:
        self._app = app
        self._client = app.test_client()
        self.host = host
        self.base = app.extensions["settings"].public_url(host)
        self._secret, self._step = b"", 0

    def open(self, path: str, *, expect: int = 200) -> TestResponse:
        """Open a page, following redirects on this host.

        Raises:
            DemoFault: it answers with another status.
        """
        response = self._ask(self._client.get, path, follow_redirects=True)
        if response.status_code != expect:
            raise DemoFault(f"GET {path} answered {response.status_code}, not {expect}")
        return response

    def send(
        self, path: str, given: Mapping[str, Any] | None = None, *, form: str = "", **more: Any
    ) -> TestResponse:
        """Open ``path``, fill in one of its forms and send it.

        Args:
            form: part of the action of the form meant; by default the form that has all the
                names of what is to be filled in.
            given, more: what to fill in; a list for several values of one name.

        Raises:
            DemoFault: there is no such form, or the answer is an error.
        """
        values = {**(given or {}), **more}
        page = self.open(path)
        found = self._form(page, path, form, set(values))
        filled: Values = dict(found.values)
        for name, value in values.items():
            many = value if isinstance(value, list) else [value]
            filled[name] = [
                found.choose(name, one.words) if isinstance(one, Pick) else str(one) for one in many
            ]
        action = found.action or page.request.path
        response = self._ask(self._client.post, action, data=filled)
        if response.status_code >= 400:
            said = re.findall(r'<a href="#([^"]+)">([^<]*)</a></li>', response.text)
            raise DemoFault(f"POST {action} answered {response.status_code}: {said}")
        return response

    def press(self, path: str, name: str, value: str) -> TestResponse:
        """Open ``path`` and send the form that holds this hidden value, as it is.

        Raises:
            DemoFault: there is no such form, or the answer is an error.
        """
        parser = _Forms()
        parser.feed(self.open(path).text)
        for form in parser.forms:
            if form.values.get(name) == [value]:
                response = self._ask(self._client.post, form.action, data=form.values)
                if response.status_code >= 400:
                    raise DemoFault(f"POST {form.action} answered {response.status_code}")
                return response
        raise DemoFault(f"{path} has no button for {name} {value}")

    def keep(self, path: str, page: str, **typed: str) -> None:
        """Send what a page's script keeps while somebody types, with the token of the page.

        Raises:
            DemoFault: it was not kept.
        """
        parser = _Forms()
        parser.feed(self.open(page).text)
        token = next(
            form.values["csrf_token"] for form in parser.forms if "csrf_token" in form.values
        )
        response = self._ask(self._client.post, path, data={**typed, "csrf_token": token})
        if response.status_code != 200:
            raise DemoFault(f"POST {path} answered {response.status_code}")

    def json(self, path: str) -> dict[str, Any]:
        """Fetch what a page's script would poll."""
        response = self._ask(self._client.get, path, headers={"Accept": "application/json"})
        found: dict[str, Any] = response.get_json()
        return found

    def sign_in(self, username: str, password: str, code_key: str) -> None:
        """Sign in, in two steps.

        Raises:
            DemoFault: it was refused.
        """
        self._secret = one_time_codes.read(code_key)
        first = self.send("/sign-in", username=username, password=password)
        self.send(first.headers["Location"], code=self.code())

    def confirm(self, password: str) -> None:
        """Prove once more who it is."""
        self.send("/confirm", password=password, code=self.code())

    def code(self) -> str:
        """Return the next code of this person's app that was not used yet, waiting for it."""
        pause = threading.Event()
        while True:
            present = one_time_codes.step_at(now())
            step = max(present - one_time_codes.STEPS_OFF, self._step + 1)
            if step <= present + one_time_codes.STEPS_OFF:
                self._step = step
                return one_time_codes.code_at(self._secret, step)
            pause.wait(0.5)

    def _ask(self, send: Callable[..., TestResponse], path: str, **options: Any) -> TestResponse:
        """Send a request as if from outside: nothing of this command's own context goes along.

        In the context of a running command Flask would keep one ``g``, and with it the person
        of the first request, for all of them.
        """
        return Context().run(send, path, base_url=self.base, **options)

    def _form(self, page: TestResponse, path: str, action: str, names: set[str]) -> PageForm:
        parser = _Forms()
        parser.feed(page.text)
        for form in parser.forms:
            if (action and action in (form.action or path)) or (not action and names <= form.names):
                return form
        seen = [(form.action, sorted(form.names)) for form in parser.forms]
        raise DemoFault(f"{path} has no form {action or sorted(names)}; it has {seen}")


def path_of(response: TestResponse) -> str:
    """Return the path that a redirect leads to."""
    return urlsplit(response.headers["Location"]).path
