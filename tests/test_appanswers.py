"""What an app is told of errors."""

from __future__ import annotations

from jupyter_connectors.appanswers import FAILED, REFUSED, refusal
from jupyter_connectors.errors import ConnectorError, Denied, SignInNeeded


def test_a_sign_in_that_ran_out_is_marked_for_the_view_and_told_to_the_app_without_its_words() -> None:
    told = refusal(SignInNeeded("the sign-in of ada@acme.example ran out", hint="%connect acme-billing"))
    assert told["signin"] is True
    assert told["error"]["code"] == FAILED and "ada" not in told["error"]["message"]


def test_no_other_error_is_taken_for_a_sign_in() -> None:
    for error in (Denied("no", hint=""), ConnectorError("/home/ada/keys is gone", hint="")):
        told = refusal(error)
        assert "signin" not in told and told["error"]["code"] in (REFUSED, FAILED)
        assert "ada" not in told["error"]["message"]
