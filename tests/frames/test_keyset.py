"""Which SOQL queries can be asked page by page, and what the pages look like."""

from __future__ import annotations

import pytest

from jupyter_connectors.frames.keyset import is_id, keyset

ID = "001000000000001AAA"


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("SELECT Id FROM Account", "SELECT Id FROM Account @ORDER BY Id LIMIT 5"),
        ("select Name from Account a", "SELECT Id, Name FROM Account a @ORDER BY Id LIMIT 5"),
        (
            "SELECT Id FROM Account\nWHERE Name = 'a limit (1' OR Name = 'O\\'Hara'",
            "SELECT Id FROM Account @AND (Name = 'a limit (1' OR Name = 'O\\'Hara') ORDER BY Id LIMIT 5",
        ),
        (
            "SELECT Id, (SELECT Id FROM Contacts ORDER BY Name LIMIT 3) FROM Account",
            "SELECT Id, (SELECT Id FROM Contacts ORDER BY Name LIMIT 3) FROM Account @ORDER BY Id LIMIT 5",
        ),
        (
            "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE X = 1)",
            "SELECT Id FROM Contact @AND (AccountId IN (SELECT Id FROM Account WHERE X = 1)) ORDER BY Id LIMIT 5",
        ),
    ],
)
def test_a_plain_query_has_pages(query: str, page: str) -> None:
    found = keyset(query)

    assert found is not None
    assert found.page(ID, 5) == page.replace("@", f"WHERE Id > '{ID}' ")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT Id FROM Account ORDER BY Name",
        "SELECT Id FROM Account LIMIT 10",
        "SELECT Id FROM Account WHERE X = 1 limit 10",
        "SELECT Id FROM Account OFFSET 5",
        "SELECT Name, COUNT(Id) FROM Account GROUP BY Name",
        "SELECT COUNT() FROM Account",
        "SELECT MAX(Amount) FROM Opportunity",
        "SELECT FIELDS(ALL) FROM Account",
        "SELECT Id FROM Account WITH SECURITY_ENFORCED",
        "SELECT Id FROM Account FOR UPDATE",
        "SELECT Id FROM Account ALL ROWS",
        "SELECT Id FROM Account USING SCOPE Mine",
        "FIND {x} RETURNING Account",
        "SELECT Id FROM Account, Account.Contacts c",
        "",
        None,
        7,
    ],
)
def test_a_query_with_an_order_limit_or_groups_of_its_own_has_none(query: object) -> None:
    assert keyset(query) is None


@pytest.mark.parametrize(
    ("value", "yes"), [(ID, True), (ID[:15], True), ("1' OR '", False), (ID + "1", False), (1, False), (None, False)]
)
def test_only_an_id_is_an_id(value: object, yes: bool) -> None:
    assert is_id(value) is yes
