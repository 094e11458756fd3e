"""The only code that touches network, database and disk. Only `mailbot.service` imports it."""
