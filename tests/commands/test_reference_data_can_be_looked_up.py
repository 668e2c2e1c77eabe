"""`gateway reference`: what the program knows, for people and for machines."""

from __future__ import annotations


def test_every_list_is_named_and_can_be_shown(gateway) -> None:
    listed = gateway("reference", "list", "--json").json
    assert {"states", "parties", "identifiers", "sex", "isco08"} <= {row["name"] for row in listed}
    for row in listed:
        assert len(gateway("reference", "show", row["name"], "--json").json) == row["entries"] > 0
        assert gateway("reference", "show", row["name"]).status == 0


def test_a_list_is_narrowed_to_a_state_and_a_day(gateway) -> None:
    shown = gateway("reference", "show", "parties", "--state", "rus", "--on", "1999-01-01", "--json").json
    assert {row["instrument"]: row["standing"] for row in shown} == {
        "ILLEGAL-MIGRATION-1998": "signatory",
        "VISA-FREE-1992": "party",
    }
    sex = gateway("reference", "show", "sex", "--state", "AZE", "--json").json
    assert {row["national"]: row["code"] for row in sex}["K"] == "1"
    assert [row["code"] for row in gateway("reference", "show", "states", "--state", "BLR", "--json").json] == ["BLR"]


def test_what_does_not_exist_is_wrong_use(gateway) -> None:
    for arguments in (
        ("nope",),
        ("sex", "--state", "XXX"),
        ("parties", "--on", "soon"),
        ("sex", "--language", "de"),
    ):
        done = gateway("reference", "show", *arguments)
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("misuse: ")


def test_a_list_is_shown_in_the_language_of_a_state_or_in_any_of_the_region(gateway) -> None:
    georgian = gateway("reference", "show", "expulsion_kind", "--state", "GEO", "--json").json
    assert {row["code"]: (row["national"], row["source"]) for row in georgian}["READMISSION"] == (
        "რეადმისია",
        "unverified",
    )
    shown = gateway("reference", "show", "countries", "--language", "kk", "--json").json
    assert {row["alpha3"]: row["national"] for row in shown}["DEU"] == "Германия"
    assert "Հայաստան" in gateway("reference", "show", "states").out
