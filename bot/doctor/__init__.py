"""`dianxiaoer doctor`: looks at everything that must be right, and says what to click where it is not."""

from bot.doctor.examine import examine

__all__ = ["examine"]
