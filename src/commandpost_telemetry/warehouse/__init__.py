"""From the log to tables that an analyst trusts."""
