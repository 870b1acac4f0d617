"""Messages that must leave: recorded in the deed's transaction, relayed afterwards."""
