from __future__ import annotations

import io

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def account(monkeypatch: pytest.MonkeyPatch, password: str, *arguments: str) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    said = io.StringIO()
    call_command("account", *arguments, stdout=said)
    return said.getvalue()


def test_an_account_is_made_and_given_a_new_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "The account asha is ready" in account(monkeypatch, "a first long password", "asha")
    assert "A new password for asha" in account(monkeypatch, "a second long password", "asha")
    assert authenticate(username="asha", password="a first long password") is None
    assert authenticate(username="asha", password="a second long password") == User.objects.get()


@pytest.mark.parametrize(
    ("name", "password"), [("asha", "short"), ("asha", "password1234"), ("a name", "long enough words")]
)
def test_a_weak_password_or_an_odd_name_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, password: str
) -> None:
    with pytest.raises(CommandError, match=r"\."):
        account(monkeypatch, password, name)
    assert not User.objects.exists()


def test_an_account_can_be_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    account(monkeypatch, "a first long password", "asha")
    assert "is gone" in account(monkeypatch, "", "asha", "--remove")
    assert not User.objects.exists()
    with pytest.raises(CommandError, match="no account called asha"):
        account(monkeypatch, "", "asha", "--remove")
