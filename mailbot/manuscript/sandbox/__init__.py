"""The processes that read strangers' files: their limits, how they are spoken to, what is believed of them."""
