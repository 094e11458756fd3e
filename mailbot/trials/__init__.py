"""What an admin asks of rules: what would they change (`rules backtest`), why was it decided so (`rules explain`)."""
