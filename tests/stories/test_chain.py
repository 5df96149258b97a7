"""From the words spoken to the text agreed, and back out of it: the whole way in real browsers."""

from __future__ import annotations

from pathlib import Path

import pytest

from rooms.captions.engine import installed
from tests.service import running
from tests.stories import chain, taking_back
from tests.stories.chain import room


@pytest.mark.timeout(900)
@pytest.mark.skipif(not installed("rooms.captions.whisper:Whisper"), reason="deliberate[captions] is not installed")
def test_a_sentence_goes_into_the_text_and_is_taken_back_out_of_it(tmp_path: Path) -> None:
    with running(tmp_path / "service", LIMIT_FACTOR="1000") as service, room(service) as here:
        chain.people_come(here)
        chain.asha_speaks_and_both_phones_read_along(here)
        taking_back.asha_sets_a_word_right(here)
        chain.ben_proposes_the_quote(here)
        chain.two_drafters_write_one_clause_at_the_same_time(here)
        chain.an_amendment_is_voted_in(here)
        chain.one_group_holds_a_reservation(here)
        chain.the_version_is_settled(here)
        taking_back.every_file_holds_the_quote(here)
        taking_back.asha_withdraws_her_words(here)
        taking_back.the_words_are_nowhere_any_more(here)
        files = taking_back.files_of(here)
        taking_back.files_agree(files)
        taking_back.the_bundle_becomes_the_same_event_elsewhere(files["bundle.json"], tmp_path / "elsewhere")
