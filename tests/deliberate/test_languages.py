from __future__ import annotations

from django.utils.translation import get_language

from deliberate.languages import by_language


def test_each_is_met_in_their_own_language_and_those_of_one_language_in_their_order() -> None:
    people = [("Ann", "en"), ("Zoé", "fr"), ("Ben", "en"), ("Léa", "fr")]
    before = get_language()
    met = [(place, person[0], get_language()) for place, person in by_language(people, lambda person: person[1])]
    assert met == [(0, "Ann", "en"), (2, "Ben", "en"), (1, "Zoé", "fr"), (3, "Léa", "fr")]
    assert get_language() == before
