"""The dialog that asks for a name."""

from PySide6.QtWidgets import QComboBox, QInputDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from musicdesk.ui.question import ask_name


def test_an_old_name_is_there_to_be_changed(qtbot: QtBot) -> None:
    parent, told = QWidget(), list[str]()
    qtbot.addWidget(parent)
    dialog = ask_name("Rename taste", "Its new name", parent, old="rainy")
    dialog.textValueSelected.connect(told.append)
    assert dialog.isVisible()
    assert (dialog.windowTitle(), dialog.labelText()) == ("Rename taste", "Its new name")
    field = dialog.findChild(QLineEdit)
    assert field.text() == "rainy"
    field.setText("sunny")
    dialog.accept()
    assert told == ["sunny"]
    qtbot.waitUntil(lambda: not parent.findChildren(QInputDialog))


def test_names_are_there_to_choose_from_and_another_one_may_be_typed(qtbot: QtBot) -> None:
    parent, told = QWidget(), list[str]()
    qtbot.addWidget(parent)
    dialog = ask_name("Add to playlist", "Which one?", parent, names=("calm", "loud"))
    dialog.textValueSelected.connect(told.append)
    box = dialog.findChild(QComboBox)
    assert [box.itemText(row) for row in range(box.count())] == ["calm", "loud"]
    box.setEditText("new")
    dialog.accept()
    assert told == ["new"]
