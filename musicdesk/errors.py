"""Every error a caller may catch.

::

    UserFacing                     a sentence that says what to do; shown as it is
    ├── BadRequest                 an argument that cannot be right (exit code 2)
    ├── NotFound                   no such track, folder, encoder, prototype, playlist
    │   └── Ambiguous              several tracks fit the words
    ├── NothingYet                 the library, the analysis or the feedback is still empty
    ├── UnreadableAudio            one file's sound cannot be had; costs that file alone
    ├── UnreadablePlaylist         a playlist file that is none
    ├── UnreadableLog              a listening log or a player's library that is none
    ├── ModelUnavailable           weights missing, broken, not downloadable; a library missing
    │   └── LicenceNotAccepted     weights whose licence has to be accepted before they are fetched
    ├── DataFolderError            the data folder cannot be used
    │   ├── ReadOnlyData           no right to write
    │   ├── DiskFull               no room left
    │   ├── NewerDatabase          written by a newer musicdesk
    │   └── BrokenDatabase         no database, or a damaged one
    └── NoSound                    no sound device, or it went away

Anything else that reaches the top is a bug of ours and keeps its traceback.
"""


class UserFacing(Exception):
    """A sentence for the person who can act on it."""


class BadRequest(UserFacing):
    """An argument that cannot be right."""


class NotFound(UserFacing):
    """No such track, folder, encoder, prototype or playlist."""


class Ambiguous(NotFound):
    """Several tracks fit the words."""


class NothingYet(UserFacing):
    """The library, the analysis or the feedback is still empty."""


class UnreadableAudio(UserFacing):
    """One file's sound cannot be had."""


class UnreadablePlaylist(UserFacing):
    """A playlist file that is none."""


class UnreadableLog(UserFacing):
    """A file of what was heard elsewhere that is none, or is damaged."""


class ModelUnavailable(UserFacing):
    """Weights that are missing, broken or not downloadable, or a library that is missing."""


class LicenceNotAccepted(ModelUnavailable):
    """Weights whose licence has to be accepted before they are fetched."""


class DataFolderError(UserFacing):
    """The data folder cannot be used."""


class ReadOnlyData(DataFolderError):
    """No right to write in the data folder."""


class DiskFull(DataFolderError):
    """No room left on the disk."""


class NewerDatabase(DataFolderError):
    """The database was written by a newer musicdesk."""


class BrokenDatabase(DataFolderError):
    """The database is damaged, or no database at all."""


class NoSound(UserFacing):
    """No sound device, or it went away."""
