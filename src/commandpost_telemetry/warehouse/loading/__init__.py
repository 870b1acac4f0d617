"""One batch of messages into rows: staged, sifted, filled in one transaction, tried again."""
