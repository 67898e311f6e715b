"""The sentences of the reasons: a table a language, each code with why, and with what would have to change.

A new code needs a line in `en` and one in `de`, with the same figures; a test finds what is missing.
"""

from __future__ import annotations

from enum import StrEnum

from controller.domain.sentences import de, en
from controller.domain.sentences.speech import Ground, Speaker


class Language(StrEnum):
    """A language that people are spoken to in."""

    EN = "en"
    DE = "de"


SPEAKERS: dict[Language, Speaker] = {Language.EN: Speaker(en.SPEECH), Language.DE: Speaker(de.SPEECH)}


def sentence(ground: Ground, language: Language = Language.EN) -> str:
    """Why: the ground with its figures."""
    return SPEAKERS[language].sentence(ground)


def changes_when(ground: Ground, language: Language = Language.EN) -> str:
    """What would have to change, or what is waited for, until another decision is made."""
    return SPEAKERS[language].changes_when(ground)
