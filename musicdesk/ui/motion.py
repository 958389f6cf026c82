"""Whether things may move on the screen: what the system asks for."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStyle

REDUCED = "Reduced"
"""What Qt 6.12 and later call the wish for less motion (``Qt::MotionPreference``)."""


def reduced() -> bool:
    """Whether the system wants little motion, as far as this Qt can tell: by its hint, or by a style without motion."""
    told = getattr(QGuiApplication.styleHints().accessibility(), "motionPreference", None)
    if told is not None and REDUCED in getattr(told(), "name", ""):
        return True
    style, hint = QApplication.style(), QStyle.StyleHint
    return not style.styleHint(hint.SH_Widget_Animate) or not style.styleHint(hint.SH_Widget_Animation_Duration)
