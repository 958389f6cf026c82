"""Where a folder lies: whether its disk is there, whether it is a network drive, which links lead out of it."""

import os
import re
from dataclasses import dataclass

_MOUNTS = "/proc/self/mountinfo"
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|afs|9p|ceph|davfs2?|vboxsf|vmhgfs|virtiofs"
    r"|fuse\.(sshfs|rclone|smbnetfs|s3fs|glusterfs|davfs2?|gvfsd-fuse|kio-fuse|vmhgfs-fuse|cephfs)"
)
"""File systems that do not tell what another computer changes."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A disk and the folder where it is connected."""

    folder: str
    device: str
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """What tells a folder from another folder of the same name, as when a disk is connected over an empty one."""

    device: int
    inode: int
    below: frozenset[Mount] = frozenset()
    """Disks that are connected somewhere below."""


def place(folder: str) -> Place | None:
    """The place of a folder; None if it is not there."""
    try:
        with os.scandir(folder) as listing:  # a drive that went away may still be found, but not read
            next(listing, None)
        facts = os.stat(folder)
    except OSError:
        return None
    real = os.path.realpath(folder)
    below = (mount for mount in mounts() if mount.folder.startswith(real.rstrip(os.sep) + os.sep))
    return Place(facts.st_dev, facts.st_ino, frozenset(below))


def is_empty(folder: str) -> bool:
    """Whether a folder that is there holds nothing at all, as the place of a disk that is not connected."""
    try:
        with os.scandir(folder) as listing:
            return next(listing, None) is None
    except OSError:
        return False


def on_network(folder: str) -> bool:
    """Whether a folder lies on a drive that other computers may change; False where the system does not tell."""
    real = os.path.realpath(folder)
    over = [m for m in mounts() if real == m.folder or real.startswith(m.folder.rstrip(os.sep) + os.sep)]
    # of two disks connected at the same place the later one is seen
    return bool(over) and bool(_NETWORK.fullmatch(max(enumerate(over), key=lambda m: (len(m[1].folder), m[0]))[1].kind))


def mounts() -> tuple[Mount, ...]:
    """Every connected disk in the order of connecting (Linux; elsewhere none)."""
    try:
        with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            return tuple(mount for line in file if (mount := _mount(line)))
    except OSError:
        return ()


def _mount(line: str) -> Mount | None:
    """One line: id, parent, device, root, folder, options, any further fields, "-", kind, source, options."""
    left, dash, right = line.partition(" - ")
    fields = left.split(" ")
    if not dash or len(fields) < 5:
        return None
    folder = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
    return Mount(folder, fields[2], right.split(" ")[0])


def linked(folder: str) -> tuple[tuple[str, str], ...]:
    """Links to folders outside ``folder``, each with the real folder behind it, links behind links too."""
    found: dict[str, str] = {}
    stack, known = [folder], [os.path.realpath(folder)]
    while stack:
        for link in _links(stack.pop()):
            target = os.path.realpath(link)
            if not any(target == one or target.startswith(one.rstrip(os.sep) + os.sep) for one in known):
                known.append(target)
                found[link] = target
                stack.append(link)
    return tuple(found.items())


def _links(folder: str) -> list[str]:
    """Links to folders anywhere in the real folders below."""
    links: list[str] = []
    stack = [folder]
    while stack:
        try:
            with os.scandir(stack.pop()) as listing:
                for entry in listing:
                    if entry.is_symlink():
                        links += [entry.path] if os.path.isdir(entry.path) else []
                    elif entry.is_dir():
                        stack.append(entry.path)
        except OSError:
            continue
    return sorted(links)
