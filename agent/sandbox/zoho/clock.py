"""The sandbox's own time: it runs with the machine's, or stands still, and can be put forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone


class SandboxClock:
    """The organisation's time.

    Args:
        start: an aware instant at which time stands still until `advance`; None follows the machine's clock.
        zone_hours: the organisation's offset from UTC, used for every time in an answer.
    """

    def __init__(self, start: datetime | None = None, zone_hours: int = 3) -> None:
        self._frozen = start
        self._ahead = timedelta()
        self.zone = timezone(timedelta(hours=zone_hours))

    def now(self) -> datetime:
        """Give the present instant in UTC, with microseconds."""
        return (self._frozen or datetime.now(UTC)).astimezone(UTC) + self._ahead

    def stamp(self) -> datetime:
        """Give the present instant as Zoho keeps it: whole seconds."""
        return self.now().replace(microsecond=0)

    def advance(self, by: timedelta) -> None:
        """Put the clock forward."""
        if by < timedelta():
            raise ValueError("the clock only goes forward")
        self._ahead += by

    def text(self, instant: datetime) -> str:
        """Write an instant as answers carry it: `yyyy-MM-ddTHH:mm:ss+03:00`, no milliseconds."""
        return instant.astimezone(self.zone).replace(microsecond=0).isoformat()
