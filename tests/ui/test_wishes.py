"""What is asked for while something runs is done in one go after it; a look that nobody asked for only says news."""

from musicdesk.records import Coverage, ScanReport
from musicdesk.ui.indexing_controller import Wish, news


def test_folders_of_two_wishes_are_scanned_in_one_go() -> None:
    assert Wish(("/a", "/b")).with_(Wish(("/b", "/c"))) == Wish(("/a", "/b", "/c"))


def test_all_folders_hold_any_folder() -> None:
    assert Wish(("/a",)).with_(Wish(())) == Wish(())
    assert Wish(()).with_(Wish(("/a",))) == Wish(())


def test_a_wish_to_listen_takes_no_scan_away_and_adds_none() -> None:
    assert Wish(None).with_(Wish(("/a",))) == Wish(("/a",))
    assert Wish(("/a",)).with_(Wish(None)) == Wish(("/a",))
    assert Wish(None).with_(Wish(None)) == Wish(None)


def test_what_one_asked_for_is_not_quiet_because_the_other_was() -> None:
    assert not Wish(("/a",), quiet=True).with_(Wish(("/b",))).quiet
    assert Wish(("/a",), quiet=True).with_(Wish(("/b",), quiet=True)).quiet


def test_an_encoder_that_was_named_is_kept() -> None:
    assert Wish(None, "handcrafted").with_(Wish(("/a",))).encoder == "handcrafted"
    assert Wish(("/a",)).with_(Wish(None, "handcrafted", full=True)).full


def test_news_tells_what_came_what_failed_and_what_is_still_being_copied() -> None:
    report = ScanReport(found=10, added=3, moved=1, waiting=("/a/x.mp3", "/a/y.mp3"))
    assert news(report, Coverage("m", ok=8, failed=1, silent=1)) == (
        "8 tracks are ready (3 new, 1 moved). 2 could not be heard: see Coverage. "
        "2 are still being copied and will come in later."
    )
    assert news(ScanReport(found=9), Coverage("m", ok=9)) == "9 tracks are ready (nothing new)."
    assert news(ScanReport(), Coverage("m")) == "There was no music in that folder."
