"""The memory of this computer, as far as the system tells."""

import os
import sys
from contextlib import suppress

MB = 2**20


def total_mb() -> float | None:
    """All of it, in MiB; None where the system does not tell."""
    if sys.platform == "win32":
        return _windows("ullTotalPhys")
    with suppress(ValueError, OSError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / MB
    return None


def available_mb() -> float | None:
    """What programs can have without others being pushed out, in MiB; None where the system does not tell."""
    if sys.platform == "win32":
        return _windows("ullAvailPhys")
    with suppress(OSError, ValueError, StopIteration), open("/proc/meminfo", encoding="ascii") as meminfo:
        return int(next(line for line in meminfo if line.startswith("MemAvailable:")).split()[1]) / 1024
    return None


if sys.platform == "win32":
    import ctypes

    class _MemoryStatus(ctypes.Structure):
        _sizes = (
            "ullTotalPhys", "ullAvailPhys", "ullTotalPageFile", "ullAvailPageFile", "ullTotalVirtual",
            "ullAvailVirtual", "ullAvailExtendedVirtual",
        )  # fmt: skip
        _fields_ = (
            ("dwLength", ctypes.c_ulong),
            ("dwMemoryLoad", ctypes.c_ulong),
            *zip(_sizes, [ctypes.c_ulonglong] * len(_sizes), strict=True),
        )

    def _windows(field: str) -> float | None:
        status = _MemoryStatus(dwLength=ctypes.sizeof(_MemoryStatus))
        known = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return getattr(status, field) / MB if known else None
