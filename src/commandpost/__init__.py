"""The application: incidents, playbooks, chat, accounts, and the telemetry they record."""
