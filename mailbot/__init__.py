"""mailbot: reads an editorial office's mailbox, files every submission, answers every contributor."""

__version__ = "0.1.0"
