import pytest

from musicdesk.errors import BadRequest, DataFolderError
from musicdesk.settings import Folders, Settings


def test_settings_come_back_as_they_were_saved(tmp_path):
    Settings(theme="dark", volume=0.5, workers=3).save(tmp_path)
    assert Settings.load(tmp_path) == Settings(theme="dark", volume=0.5, workers=3)


def test_a_missing_file_gives_the_defaults(tmp_path):
    assert Settings.load(tmp_path / "nowhere") == Settings()


def test_a_broken_file_gives_the_defaults(tmp_path):
    (tmp_path / "settings.toml").write_bytes(b"\xff\x00 this = is [no toml")
    assert Settings.load(tmp_path) == Settings()


def test_a_value_of_the_wrong_kind_falls_back_alone(tmp_path):
    (tmp_path / "settings.toml").write_text('volume = "loud"\ntheme = "dark"\nworkers = true\n')
    assert Settings.load(tmp_path) == Settings(theme="dark")


def test_keys_of_a_newer_version_are_kept(tmp_path):
    (tmp_path / "settings.toml").write_text('from_the_future = "kept"\n')
    Settings(theme="light").save(tmp_path)
    assert "from_the_future" in (tmp_path / "settings.toml").read_text()


def test_an_unknown_setting_is_refused():
    with pytest.raises(BadRequest, match="colour"):
        Settings().changed(colour="red")


def test_a_folder_that_cannot_be_made_is_told_as_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match="could not be saved"):
        Settings().save(tmp_path / "file" / "below")


def test_the_models_folder_can_be_moved(tmp_path, monkeypatch):
    monkeypatch.setenv("MUSICDESK_MODELS", str(tmp_path / "weights"))
    folders = Folders.default(tmp_path / "data")
    assert folders.models == tmp_path / "weights"
    assert folders.data == tmp_path / "data"
